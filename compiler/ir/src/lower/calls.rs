//! Calls of user functions and construction of values.

use fuse_sema::program::{Expr, FunctionId};

use super::body::Body;
use crate::mir::{Callee, LocalId, Operand};

impl Body<'_, '_> {
    pub fn user_call(
        &mut self,
        function: FunctionId,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let args = self.operands(args);
        let ret = self.return_type(function);
        let callee = Callee::Function(self.cx.function(function));
        self.call_into(dest, callee, args, ret)
    }

    /// Calls a user function from code that lowering makes itself.
    pub fn call_user(&mut self, function: FunctionId, args: Vec<Operand>) -> Operand {
        if self.continues_markup(function) {
            return self.call_markup(function, args);
        }
        let ret = self.return_type(function);
        let callee = self.cx.function(function);
        self.call(callee, args, ret)
    }

    /// MIR type of what a canonical function returns.
    pub fn return_type(&mut self, function: FunctionId) -> crate::mir::TypeId {
        let source = &self.cx.program.functions[function.index()];
        self.cx.ty(source.ret, source.span)
    }

    /// A struct, variant, result or box from its parts.
    pub fn build(
        &mut self,
        expr: &Expr,
        variant: u32,
        parts: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let parts = self.operands(parts);
        self.aggregate(dest, ty, variant, parts)
    }
}
