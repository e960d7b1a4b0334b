//! Methods of `Map`.

use fuse_sema::program::{Builtin, Expr};

use super::texts::take;
use crate::lower::body::{Body, copy, int};
use crate::lower::per_type::PerType;
use crate::mir::{BinaryOp, LocalId, Operand};

impl Body<'_, '_> {
    pub fn map_builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let map_type = self.ty(&args[0]);
        let args = self.operands(args);
        let family = match builtin {
            Builtin::MapHas => {
                let [map, key] = take(args);
                let map = self.place_of(map, map_type);
                let entry = self.map_find(map, key);
                return self.binary_into(dest, BinaryOp::Ge, copy(entry), int(0));
            }
            Builtin::MapRemove => PerType::MapRemove,
            Builtin::MapKeys => PerType::MapKeys,
            Builtin::MapValues => PerType::MapValues,
            other => unreachable!("invariant: {other:?} is lowered elsewhere"),
        };
        self.call_per_type(dest, family, map_type, args, ty)
    }
}
