//! Arithmetic. `Int` operations check for overflow unless constants rule it out; `Float` operations are IEEE.

use fuse_abi::FaultKind;
use fuse_sema::program::{ArithOp, Expr};

use super::body::{Body, boolean, int};
use crate::mir::{BinaryOp, Const, LocalId, Operand, Rvalue, Terminator, UnaryOp};

impl Body<'_, '_> {
    pub fn arith(
        &mut self,
        op: ArithOp,
        left: &Expr,
        right: &Expr,
        dest: Option<LocalId>,
    ) -> Operand {
        let is_float = self.ty(left) == self.cx.known.float;
        let (left, right) = self.operand_pair(left, right);
        self.arith_values(op, is_float, left, right, dest)
    }

    /// Both operands `Float` or both `Int`.
    pub fn arith_values(
        &mut self,
        op: ArithOp,
        is_float: bool,
        left: Operand,
        right: Operand,
        dest: Option<LocalId>,
    ) -> Operand {
        if is_float {
            let op = match op {
                ArithOp::Add => BinaryOp::AddFloat,
                ArithOp::Sub => BinaryOp::SubFloat,
                ArithOp::Mul => BinaryOp::MulFloat,
                ArithOp::Div => BinaryOp::DivFloat,
                ArithOp::Rem => BinaryOp::RemFloat,
            };
            return self.binary_into(dest, op, left, right);
        }
        if let (Operand::Const(Const::Int(a)), Operand::Const(Const::Int(b))) = (&left, &right)
            && let Some(value) = fold(op, *a, *b)
        {
            return self.give(dest, int(value));
        }
        match op {
            ArithOp::Add => self.binary_into(dest, BinaryOp::AddChecked, left, right),
            ArithOp::Sub => self.binary_into(dest, BinaryOp::SubChecked, left, right),
            ArithOp::Mul => self.binary_into(dest, BinaryOp::MulChecked, left, right),
            ArithOp::Div => self.divide(left, right, dest),
            ArithOp::Rem => self.remainder(left, right, dest),
        }
    }

    fn divide(&mut self, left: Operand, right: Operand, dest: Option<LocalId>) -> Operand {
        match right {
            Operand::Const(Const::Int(0)) => self.division_by_zero(dest),
            Operand::Const(Const::Int(-1)) => self.unary_into(dest, UnaryOp::NegChecked, left),
            Operand::Const(_) => self.binary_into(dest, BinaryOp::Div, left, right),
            _ => self.unless_minus_one(
                left,
                right,
                dest,
                |body, left, result| {
                    // Faults exactly for the one quotient that does not fit.
                    body.unary_into(Some(result), UnaryOp::NegChecked, left);
                },
                BinaryOp::Div,
            ),
        }
    }

    fn remainder(&mut self, left: Operand, right: Operand, dest: Option<LocalId>) -> Operand {
        match right {
            Operand::Const(Const::Int(0)) => self.division_by_zero(dest),
            Operand::Const(Const::Int(-1)) => self.give(dest, int(0)),
            Operand::Const(_) => self.binary_into(dest, BinaryOp::Rem, left, right),
            _ => self.unless_minus_one(
                left,
                right,
                dest,
                |body, _, result| {
                    body.f.assign(result, Rvalue::Use(int(0)));
                },
                BinaryOp::Rem,
            ),
        }
    }

    fn division_by_zero(&mut self, dest: Option<LocalId>) -> Operand {
        let loc = self.f.loc;
        self.f
            .terminate(Terminator::Fault(FaultKind::DivisionByZero, loc));
        self.give(dest, int(0))
    }

    /// Division by a divisor that is only known at run time: -1 goes its own way, because the machine's division traps for the
    /// smallest Int.
    fn unless_minus_one(
        &mut self,
        left: Operand,
        right: Operand,
        dest: Option<LocalId>,
        by_minus_one: impl FnOnce(&mut Self, Operand, LocalId),
        op: BinaryOp,
    ) -> Operand {
        let nonzero = self.binary(BinaryOp::Ne, right.clone(), int(0));
        self.f.check(nonzero, FaultKind::DivisionByZero);
        if matches!(left, Operand::Const(Const::Int(value)) if value != i64::MIN) {
            return self.binary_into(dest, op, left, right);
        }
        let int_type = self.cx.known.int;
        let result = dest.unwrap_or_else(|| self.f.temp(int_type));
        let (special, usual, join) = (self.f.block(), self.f.block(), self.f.block());
        let is_minus_one = self.binary(BinaryOp::Eq, right.clone(), int(-1));
        self.f.branch(is_minus_one, special, usual);
        self.f.switch_to(special);
        by_minus_one(self, left.clone(), result);
        self.f.goto(join);
        self.f.switch_to(usual);
        self.binary_into(Some(result), op, left, right);
        self.f.goto(join);
        self.f.switch_to(join);
        super::body::copy(result)
    }

    pub fn neg(&mut self, value: &Expr, dest: Option<LocalId>) -> Operand {
        let is_float = self.ty(value) == self.cx.known.float;
        let value = self.operand(value);
        match value {
            Operand::Const(Const::Float(value)) => {
                self.give(dest, Operand::Const(Const::Float(-value)))
            }
            Operand::Const(Const::Int(value)) if value != i64::MIN => self.give(dest, int(-value)),
            value if is_float => self.unary_into(dest, UnaryOp::NegFloat, value),
            value => self.unary_into(dest, UnaryOp::NegChecked, value),
        }
    }

    pub fn int_to_float(&mut self, value: &Expr, dest: Option<LocalId>) -> Operand {
        match self.operand(value) {
            Operand::Const(Const::Int(value)) => {
                self.give(dest, Operand::Const(Const::Float(value as f64)))
            }
            value => self.unary_into(dest, UnaryOp::IntToFloat, value),
        }
    }

    /// Absolute value of an Int; the smallest one has none.
    pub fn int_abs(&mut self, value: Operand, dest: Option<LocalId>) -> Operand {
        let int_type = self.cx.known.int;
        let result = dest.unwrap_or_else(|| self.f.temp(int_type));
        let (negative, positive, join) = (self.f.block(), self.f.block(), self.f.block());
        let below_zero = self.binary(BinaryOp::Lt, value.clone(), int(0));
        self.f.branch(below_zero, negative, positive);
        self.f.switch_to(negative);
        self.unary_into(Some(result), UnaryOp::NegChecked, value.clone());
        self.f.goto(join);
        self.f.switch_to(positive);
        self.f.assign(result, Rvalue::Use(value));
        self.f.goto(join);
        self.f.switch_to(join);
        super::body::copy(result)
    }

    /// `!value`, folded for constants.
    pub fn negate(&mut self, value: Operand, dest: Option<LocalId>) -> Operand {
        match value {
            Operand::Const(Const::Bool(value)) => self.give(dest, boolean(!value)),
            value => self.unary_into(dest, UnaryOp::Not, value),
        }
    }
}

/// The result when it is certain.
fn fold(op: ArithOp, left: i64, right: i64) -> Option<i64> {
    match op {
        ArithOp::Add => left.checked_add(right),
        ArithOp::Sub => left.checked_sub(right),
        ArithOp::Mul => left.checked_mul(right),
        ArithOp::Div => left.checked_div(right),
        ArithOp::Rem if right == -1 => Some(0),
        ArithOp::Rem => left.checked_rem(right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_only_what_is_certain() {
        assert_eq!(fold(ArithOp::Add, 2, 3), Some(5));
        assert_eq!(fold(ArithOp::Add, i64::MAX, 1), None);
        assert_eq!(fold(ArithOp::Div, 1, 0), None);
        assert_eq!(fold(ArithOp::Div, i64::MIN, -1), None);
        assert_eq!(fold(ArithOp::Rem, i64::MIN, -1), Some(0));
        assert_eq!(fold(ArithOp::Rem, -7, 3), Some(-1));
    }
}
