//! `time.parse`, whose failure is a value.

use fuse_abi::RuntimeFn;
use fuse_sema::program::Expr;

use crate::lower::body::{Body, int};
use crate::lower::errors::INTERNAL_STATUS;
use crate::mir::{LocalId, Operand, Projection, Type};

impl Body<'_, '_> {
    /// `Ok` of the milliseconds, or `Err` of a `std.Error` that names the format.
    pub fn time_parse(&mut self, expr: &Expr, args: &[Expr], dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let Type::Result(_, error_type) = self.cx.shape(ty) else {
            unreachable!("invariant: `time.parse` gives a result")
        };
        let known = self.cx.known;
        let option_int = self.cx.intern(Type::Option(known.int));
        let args = self.operands(args);
        let format = args[1].clone();
        let found = self.row(RuntimeFn::TimeParse, args, option_int);
        let found = self.place_of(found, option_int);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (some, none, join) = (self.f.block(), self.f.block(), self.f.block());
        self.switch_tag(found.clone(), 1, some, none);
        self.f.switch_to(some);
        let millis = Operand::Copy(found.project(Projection::Some));
        self.aggregate(Some(result), ty, 0, vec![millis]);
        self.f.goto(join);
        self.f.switch_to(none);
        let message = self.row(RuntimeFn::TimeParseMessage, vec![format], known.string);
        let code = self.text_const("error");
        let status = int(INTERNAL_STATUS);
        let parts = [("code", code), ("message", message), ("status", status)];
        let error = self.struct_of(None, error_type, &parts);
        self.aggregate(Some(result), ty, 1, vec![error]);
        self.f.goto(join);
        self.f.switch_to(join);
        super::super::body::copy(result)
    }
}
