//! Ordering and equality.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, OrderOp};

use super::body::{Body, boolean, int};
use super::per_type::PerType;
use crate::mir::{BinaryOp, Const, LocalId, Operand, Place, Type, TypeId};

impl Body<'_, '_> {
    pub fn order(
        &mut self,
        op: OrderOp,
        left: &Expr,
        right: &Expr,
        dest: Option<LocalId>,
    ) -> Operand {
        let (left_type, right_type) = (self.ty(left), self.ty(right));
        let (left, right) = self.operand_pair(left, right);
        match (self.cx.shape(left_type), self.cx.shape(right_type)) {
            (Type::Int, Type::Int) => self.binary_into(dest, int_order(op), left, right),
            (Type::Float, Type::Float) => self.binary_into(dest, float_order(op), left, right),
            (Type::Int, Type::Float) => self.order_int_float(op, left, right, dest),
            (Type::Float, Type::Int) => self.order_int_float(swapped(op), right, left, dest),
            (Type::Enum(_), _) => {
                let compared = self.compare_dynamic(left, right);
                self.order_of(op, compared, dest)
            }
            _ => {
                let int_type = self.cx.known.int;
                let compared = self.row(RuntimeFn::TextCompare, vec![left, right], int_type);
                self.binary_into(dest, int_order(op), compared, int(0))
            }
        }
    }

    /// Exact: no Int is rounded to a Float.
    fn order_int_float(
        &mut self,
        op: OrderOp,
        left: Operand,
        right: Operand,
        dest: Option<LocalId>,
    ) -> Operand {
        if let Some(exact) = as_exact_float(&left) {
            return self.binary_into(dest, float_order(op), exact, right);
        }
        let compared = self.compare_int_float(left, right);
        self.order_of(op, compared, dest)
    }

    /// From -1, 0, 1; 2 when a NaN is among the values, which is in no order.
    fn order_of(&mut self, op: OrderOp, compared: Operand, dest: Option<LocalId>) -> Operand {
        match op {
            OrderOp::Lt => self.binary_into(dest, BinaryOp::Lt, compared, int(0)),
            OrderOp::Le => self.binary_into(dest, BinaryOp::Le, compared, int(0)),
            OrderOp::Gt => self.binary_into(dest, BinaryOp::Eq, compared, int(1)),
            OrderOp::Ge => self.binary_into(dest, BinaryOp::LtUnsigned, compared, int(2)),
        }
    }

    fn compare_int_float(&mut self, left: Operand, right: Operand) -> Operand {
        let int_type = self.cx.known.int;
        self.row(RuntimeFn::CompareIntFloat, vec![left, right], int_type)
    }

    pub fn equal(
        &mut self,
        negated: bool,
        left: &Expr,
        right: &Expr,
        dest: Option<LocalId>,
    ) -> Operand {
        let (left_type, right_type) = (self.ty(left), self.ty(right));
        let (left, right) = self.operand_pair(left, right);
        let (int_type, float_type) = (self.cx.known.int, self.cx.known.float);
        if (left_type, right_type) == (int_type, float_type) {
            return self.equal_int_float(negated, left, right, dest);
        }
        if (left_type, right_type) == (float_type, int_type) {
            return self.equal_int_float(negated, right, left, dest);
        }
        self.equal_values(negated, left_type, left, right, dest)
    }

    fn equal_int_float(
        &mut self,
        negated: bool,
        left: Operand,
        right: Operand,
        dest: Option<LocalId>,
    ) -> Operand {
        if let Some(exact) = as_exact_float(&left) {
            let op = if negated {
                BinaryOp::NeFloat
            } else {
                BinaryOp::EqFloat
            };
            return self.binary_into(dest, op, exact, right);
        }
        let compared = self.compare_int_float(left, right);
        let op = if negated { BinaryOp::Ne } else { BinaryOp::Eq };
        self.binary_into(dest, op, compared, int(0))
    }

    /// Structural equality of two values of a type.
    pub fn equal_values(
        &mut self,
        negated: bool,
        ty: TypeId,
        left: Operand,
        right: Operand,
        dest: Option<LocalId>,
    ) -> Operand {
        match self.cx.shape(ty) {
            Type::Int => {
                let op = if negated { BinaryOp::Ne } else { BinaryOp::Eq };
                self.binary_into(dest, op, left, right)
            }
            Type::Float => {
                let op = if negated {
                    BinaryOp::NeFloat
                } else {
                    BinaryOp::EqFloat
                };
                self.binary_into(dest, op, left, right)
            }
            Type::Unit => self.give(dest, boolean(!negated)),
            _ if negated => {
                let equal = self.equal_values(false, ty, left, right, None);
                self.negate(equal, dest)
            }
            Type::Bool => match (left, right) {
                (value, Operand::Const(Const::Bool(true)))
                | (Operand::Const(Const::Bool(true)), value) => self.give(dest, value),
                (left, right) => self.binary_into(dest, BinaryOp::EqBool, left, right),
            },
            Type::String | Type::Bytes | Type::Html | Type::Query => {
                self.equal_text(left, right, dest)
            }
            Type::Enum(_) if self.is_plain_enum(ty) => {
                let left = self.place_of(left, ty);
                let right = self.place_of(right, ty);
                let (left, right) = (self.tag(left), self.tag(right));
                self.binary_into(dest, BinaryOp::Eq, left, right)
            }
            _ => {
                let bool_type = self.cx.known.bool;
                self.call_per_type(dest, PerType::Equal, ty, vec![left, right], bool_type)
            }
        }
    }

    fn equal_text(&mut self, left: Operand, right: Operand, dest: Option<LocalId>) -> Operand {
        match (&left, &right) {
            (Operand::Copy(text), other) | (other, Operand::Copy(text))
                if self.is_empty_constant(other) =>
            {
                return self.is_empty(text.clone(), dest);
            }
            _ => {}
        }
        let bool_type = self.cx.known.bool;
        self.row_into(dest, RuntimeFn::TextEqual, vec![left, right], bool_type)
    }

    fn is_empty_constant(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Const(Const::Str(id)) => self.cx.mir.string_bytes(*id).is_empty(),
            _ => false,
        }
    }

    /// Is a text, list or map empty?
    pub fn is_empty(&mut self, place: Place, dest: Option<LocalId>) -> Operand {
        let len = self.len(place);
        self.binary_into(dest, BinaryOp::Eq, len, int(0))
    }

    /// An enum whose variants carry nothing: its tag is its value.
    pub fn is_plain_enum(&self, ty: TypeId) -> bool {
        match self.cx.shape(ty) {
            Type::Enum(id) => self.cx.mir.types.enums[id]
                .variants
                .iter()
                .all(|variant| variant.payload.is_empty()),
            _ => false,
        }
    }
}

fn int_order(op: OrderOp) -> BinaryOp {
    match op {
        OrderOp::Lt => BinaryOp::Lt,
        OrderOp::Le => BinaryOp::Le,
        OrderOp::Gt => BinaryOp::Gt,
        OrderOp::Ge => BinaryOp::Ge,
    }
}

fn float_order(op: OrderOp) -> BinaryOp {
    match op {
        OrderOp::Lt => BinaryOp::LtFloat,
        OrderOp::Le => BinaryOp::LeFloat,
        OrderOp::Gt => BinaryOp::GtFloat,
        OrderOp::Ge => BinaryOp::GeFloat,
    }
}

/// `a op b` as `b swapped(op) a`.
fn swapped(op: OrderOp) -> OrderOp {
    match op {
        OrderOp::Lt => OrderOp::Gt,
        OrderOp::Le => OrderOp::Ge,
        OrderOp::Gt => OrderOp::Lt,
        OrderOp::Ge => OrderOp::Le,
    }
}

/// A constant Int as the Float of the same value, when there is one.
fn as_exact_float(operand: &Operand) -> Option<Operand> {
    const LARGEST_EXACT: u64 = 1 << 53;
    match operand {
        Operand::Const(Const::Int(value)) if value.unsigned_abs() <= LARGEST_EXACT => {
            Some(Operand::Const(Const::Float(*value as f64)))
        }
        _ => None,
    }
}
