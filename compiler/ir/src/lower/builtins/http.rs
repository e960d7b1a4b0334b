//! `http.*`: the runtime talks to the other server and keeps what came of it, from which the result is made.

use fuse_abi::RuntimeFn;
use fuse_abi::http::{BODY, CODE, GET, MESSAGE, METHOD, POST, REQUEST, URL};
use fuse_sema::program::{Builtin, Expr};

use crate::lower::body::{Body, copy, int};
use crate::mir::{LocalId, Operand, Type, TypeId};

impl Body<'_, '_> {
    /// `Ok` of an `http.response`, or `Err` of an `http.error`.
    pub fn http_call(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let Type::Result(response, error) = self.cx.shape(ty) else {
            unreachable!("invariant: an HTTP exchange gives a result")
        };
        let known = self.cx.known;
        let option_int = self.cx.intern(Type::Option(known.int));
        let mut args = self.operands(args);
        let function = match builtin {
            Builtin::HttpGet => {
                args.insert(0, self.text_const("GET"));
                args.insert(2, self.text_const(""));
                GET
            }
            Builtin::HttpPost => {
                args.insert(0, self.text_const("POST"));
                POST
            }
            _ => REQUEST,
        };
        args.insert(0, int(function));
        let exchange = self.row(RuntimeFn::HttpSend, args, known.raw);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (bad, good, join) = (self.f.block(), self.f.block(), self.f.block());
        let has_failed = self.row(RuntimeFn::HttpFailed, vec![exchange.clone()], known.bool);
        self.f.branch(has_failed, bad, good);

        self.f.switch_to(good);
        let parts = [
            ("method", self.http_text(&exchange, METHOD)),
            ("url", self.http_text(&exchange, URL)),
            (
                "status",
                self.row(RuntimeFn::HttpStatus, vec![exchange.clone()], known.int),
            ),
            ("headers", self.http_headers(&exchange, response)),
            ("body", self.http_text(&exchange, BODY)),
        ];
        let value = self.struct_of(None, response, &parts);
        self.aggregate(Some(result), ty, 0, vec![value]);
        self.row(RuntimeFn::HttpEnd, vec![exchange.clone()], known.unit);
        self.f.goto(join);

        self.f.switch_to(bad);
        let body = vec![exchange.clone(), int(BODY)];
        let parts = [
            ("code", self.http_text(&exchange, CODE)),
            ("message", self.http_text(&exchange, MESSAGE)),
            ("method", self.http_text(&exchange, METHOD)),
            ("url", self.http_text(&exchange, URL)),
            (
                "status",
                self.row(
                    RuntimeFn::HttpErrorStatus,
                    vec![exchange.clone()],
                    option_int,
                ),
            ),
            ("headers", self.http_headers(&exchange, error)),
            (
                "body",
                self.row(RuntimeFn::HttpText, body, known.option_string),
            ),
        ];
        let value = self.struct_of(None, error, &parts);
        self.aggregate(Some(result), ty, 1, vec![value]);
        self.row(RuntimeFn::HttpEnd, vec![exchange], known.unit);
        self.f.goto(join);
        self.f.switch_to(join);
        copy(result)
    }

    /// A text of the exchange that is there.
    fn http_text(&mut self, exchange: &Operand, which: i64) -> Operand {
        let string = self.cx.known.string;
        self.row(
            RuntimeFn::HttpText,
            vec![exchange.clone(), int(which)],
            string,
        )
    }

    fn http_headers(&mut self, exchange: &Operand, owner: TypeId) -> Operand {
        let ty = self.named_field_type(owner, "headers");
        self.row(RuntimeFn::HttpHeaders, vec![exchange.clone()], ty)
    }
}
