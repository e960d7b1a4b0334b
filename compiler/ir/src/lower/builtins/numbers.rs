//! Methods of `Int` and `Float`.

use fuse_sema::program::{Builtin, Expr};

use crate::lower::body::Body;
use crate::mir::{BinaryOp, LocalId, Operand, UnaryOp};

impl Body<'_, '_> {
    pub fn number_builtin(
        &mut self,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let op = match builtin {
            Builtin::IntToFloat => return self.int_to_float(&args[0], dest),
            Builtin::IntAbs => {
                let value = self.operand(&args[0]);
                return self.int_abs(value, dest);
            }
            Builtin::FloatIsNan => {
                let value = self.operand(&args[0]);
                return self.binary_into(dest, BinaryOp::NeFloat, value.clone(), value);
            }
            Builtin::FloatFloor => UnaryOp::Floor,
            Builtin::FloatCeil => UnaryOp::Ceil,
            Builtin::FloatRound => UnaryOp::Round,
            Builtin::FloatSqrt => UnaryOp::Sqrt,
            Builtin::FloatAbs => UnaryOp::AbsFloat,
            other => unreachable!("invariant: {other:?} is lowered elsewhere"),
        };
        let value = self.operand(&args[0]);
        self.unary_into(dest, op, value)
    }
}
