//! Calls of functions and constructors that every module knows.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use super::arguments::Arguments;
use super::table::{self, FUNCTIONS, OPEN_FUNCTIONS};
use crate::call::Default;
use crate::diag::with_suggestion;
use crate::func::FnCx;
use crate::program::{Builtin, Expr, ExprKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// A call of a function every module knows; `name` includes its namespace.
    pub fn builtin_call(
        &mut self,
        name: &str,
        call: &'a ast::Call,
        callee: Span,
        span: Span,
    ) -> Expr {
        if name != "json.decode" {
            self.no_type_arguments(call);
        }
        if let Some(capability) = table::capability(name) {
            self.need(capability, name, callee);
        }
        if let Some(row) = FUNCTIONS.iter().find(|f| f.name == name) {
            let params = self.table_params(row.params, self.c.common.error, row.defaults);
            let arguments = Arguments {
                call,
                callee: name,
                receiver: None,
                ready: Vec::new(),
            };
            let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
                return self.error_expr(span);
            };
            let ty = self.c.table_type(row.ret, self.c.common.error);
            let value = Expr {
                kind: ExprKind::Builtin {
                    builtin: row.builtin,
                    args,
                },
                ty,
                span,
            };
            return self.with_statements(statements, value);
        }
        match name {
            "print" => self.print(call, span),
            "log" => self.log(call, span),
            "assert" => self.assert(call, span),
            "json.encode" => self.json_encode(call, span),
            "json.decode" => self.json_decode(call, span),
            "db.exec" | "db.query" | "db.one" => self.db_call(name, call, span),
            _ => {
                self.visit(&call.args);
                self.unknown_builtin(name, callee);
                self.error_expr(span)
            }
        }
    }

    /// Parameters, result and operation of a builtin whose types are fixed.
    pub fn builtin_signature(
        &mut self,
        name: &str,
        span: Span,
    ) -> Option<(Vec<TypeId>, TypeId, Builtin)> {
        let row = FUNCTIONS.iter().find(|f| f.name == name)?;
        if let Some(capability) = table::capability(name) {
            self.need(capability, name, span);
        }
        let params = self.table_params(row.params, self.c.common.error, &[]);
        let params = params.into_iter().map(|(_, ty, _)| ty).collect();
        let ret = self.c.table_type(row.ret, self.c.common.error);
        Some((params, ret, row.builtin))
    }

    pub fn unknown_builtin(&mut self, name: &str, span: Span) {
        let (namespace, member) = name.split_once('.').unwrap_or((name, ""));
        if namespace == "task" {
            let message = format!("there is no `{name}`: tasks are made with `spawn`");
            let d = Diagnostic::error("FUSE_TASK_API", span, message);
            let hint = "write `let task = spawn:` with a block, and `await task` for its result";
            return self.c.sink.push(d.with_hint(hint));
        }
        let d = Diagnostic::error(
            "FUSE_UNKNOWN_MEMBER",
            span,
            format!("`{namespace}` has no member `{member}`"),
        );
        let known = FUNCTIONS
            .iter()
            .map(|f| f.name)
            .chain(OPEN_FUNCTIONS.iter().copied());
        let members = known
            .filter_map(|n| n.split_once('.'))
            .filter(|(n, _)| *n == namespace)
            .map(|(_, m)| m);
        let d = with_suggestion(d, member, members);
        self.c.sink.push(d);
    }

    fn open_arguments(
        &mut self,
        call: &'a ast::Call,
        name: &str,
        params: &[(&str, bool)],
    ) -> Option<Vec<(usize, Expr)>> {
        let Some(bound) = self.bind(params, &call.args, name, call.callee.span) else {
            self.visit(&call.args);
            return None;
        };
        let mut values = Vec::new();
        for (arg, index) in call.args.iter().zip(bound) {
            let value = self.expr(&arg.value, None);
            let value = self.settle(value);
            values.push((index, value));
        }
        (!values.iter().any(|(_, v)| v.ty == self.c.common.error)).then_some(values)
    }

    fn print(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let Some(mut values) = self.open_arguments(call, "print", &[("value", true)]) else {
            return self.error_expr(span);
        };
        let text = match values.pop() {
            Some((_, value)) => self.text_of(value),
            None => Expr {
                kind: ExprKind::String(String::new()),
                ty: self.c.common.string,
                span,
            },
        };
        self.unit_builtin(Builtin::Print, vec![text], span)
    }

    fn unit_builtin(&self, builtin: Builtin, args: Vec<Expr>, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Builtin { builtin, args },
            ty: self.c.common.unit,
            span,
        }
    }

    fn log(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        if let Some(name) = call.args.iter().find_map(|a| a.name.as_ref()) {
            self.visit(&call.args);
            let message = format!("`log` has no parameter `{}`", name.text);
            self.error("FUSE_UNKNOWN_ARGUMENT", name.span, message);
            return self.error_expr(span);
        }
        let mut values = Vec::new();
        for arg in &call.args {
            let value = self.expr(&arg.value, None);
            values.push(self.settle(value));
        }
        if values.iter().any(|v| v.ty == self.c.common.error) {
            return self.error_expr(span);
        }
        self.unit_builtin(Builtin::Log, values, span)
    }

    fn assert(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let params = [("condition", false), ("message", true)];
        let Some(values) = self.open_arguments(call, "assert", &params) else {
            return self.error_expr(span);
        };
        let bool = self.c.common.bool;
        let mut written = Vec::new();
        for (index, value) in values {
            let value = if index == 0 {
                let value = self.to_root(value);
                self.coerce(value, bool, "")
            } else {
                self.text_of(value)
            };
            if value.ty == self.c.common.error {
                return self.error_expr(span);
            }
            written.push((index, value));
        }
        let mut defaults = Vec::new();
        if written.len() == 1 {
            let kind = ExprKind::String("assertion failed".to_string());
            let message = Expr {
                kind,
                ty: self.c.common.string,
                span,
            };
            defaults.push((1, Default::Inline(message)));
        }
        let (statements, args) = self.arrange(2, written, defaults, span);
        let value = self.unit_builtin(Builtin::Assert, args, span);
        self.with_statements(statements, value)
    }

    fn json_encode(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let Some(values) = self.open_arguments(call, "json.encode", &[("value", false)]) else {
            return self.error_expr(span);
        };
        let args: Vec<Expr> = values.into_iter().map(|(_, v)| v).collect();
        if let Some(value) = args.iter().find(|v| self.c.lacks_json_form(v.ty)) {
            let message = format!("`{}` has no JSON form", self.show(value.ty));
            self.error("FUSE_NOT_ENCODABLE", value.span, message);
            return self.error_expr(span);
        }
        Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::JsonEncode,
                args,
            },
            ty: self.c.common.string,
            span,
        }
    }

    /// `json.decode(text)` and `json.decode<T>(text)`.
    fn json_decode(&mut self, call: &'a ast::Call, span: Span) -> Expr {
        let ty = match call.type_args.as_slice() {
            [] => self.c.types.intern(Type::Dynamic),
            [written] => {
                let value = self.resolve_type(written);
                if value != self.c.common.error && !self.c.has_json_form(value) {
                    let message = format!(
                        "expected a type that JSON can be read as, found `{}`",
                        self.show(value)
                    );
                    self.error("FUSE_JSON_TYPE", written.span, message);
                    self.visit(&call.args);
                    return self.error_expr(span);
                }
                let validation = self.c.common.validation;
                self.c.types.intern(Type::Result(value, validation))
            }
            [_, second, ..] => {
                let message = format!(
                    "`json.decode` expected one type argument, found {}",
                    call.type_args.len()
                );
                self.error("FUSE_GENERIC_CALL_TYPE_ARG", second.span, message);
                self.visit(&call.args);
                return self.error_expr(span);
            }
        };
        let params = [("text", self.c.common.string, None)];
        let arguments = Arguments {
            call,
            callee: "json.decode",
            receiver: None,
            ready: Vec::new(),
        };
        let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
            return self.error_expr(span);
        };
        let value = Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::JsonDecode,
                args,
            },
            ty,
            span,
        };
        self.with_statements(statements, value)
    }

    /// `Some(x)`, `None()`, `Ok(x)`, `Err(x)`.
    pub fn constructor(
        &mut self,
        name: &str,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        self.no_type_arguments(call);
        let never = self.c.common.never;
        let wanted = want.map(|w| self.ty(w).clone());
        let value = match (name, call.args.as_slice()) {
            ("None", []) => {
                return Expr {
                    kind: ExprKind::None,
                    ty: self.c.option(never),
                    span,
                };
            }
            ("Ok", []) => Expr {
                kind: ExprKind::Unit,
                ty: self.c.common.unit,
                span,
            },
            (
                "Some" | "Ok" | "Err",
                [
                    ast::Arg {
                        name: None, value, ..
                    },
                ],
            ) => {
                let hint = match (name, wanted) {
                    ("Some", Some(Type::Option(t))) | ("Ok", Some(Type::Result(t, _))) => Some(t),
                    ("Err", Some(Type::Result(_, t))) => Some(t),
                    _ => None,
                };
                self.expr(value, hint)
            }
            _ => {
                self.visit(&call.args);
                let expected = if name == "None" {
                    "no arguments"
                } else {
                    "one unnamed argument"
                };
                let message = format!("`{name}` expected {expected}, found {}", call.args.len());
                self.error("FUSE_WRONG_ARITY", span, message);
                return self.error_expr(span);
            }
        };
        if value.ty == self.c.common.error {
            return self.error_expr(span);
        }
        let inner = value.ty;
        let (kind, ty) = match name {
            "Some" => (ExprKind::Some(Box::new(value)), Type::Option(inner)),
            "Ok" => (ExprKind::Ok(Box::new(value)), Type::Result(inner, never)),
            _ => (ExprKind::Err(Box::new(value)), Type::Result(never, inner)),
        };
        let ty = self.c.types.intern(ty);
        Expr { kind, ty, span }
    }
}
