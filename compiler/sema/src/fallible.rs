//! `??` and `?!`: values that may be missing or errors.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::FnKind;
use crate::func::{FnCx, stmt};
use crate::program::{Block, Expr, ExprKind, StmtKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// The value as an option where the context takes one: a map access that may find nothing becomes null there.
    pub fn as_option(&mut self, value: Expr) -> Expr {
        match crate::coerce::missing_path(value) {
            Ok(entry) => entry,
            Err(value) => value,
        }
    }

    pub fn coalesce(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let value = self.expr(left, None);
        let value = self.as_option(value);
        if self.c.is_dynamic(value.ty) {
            let default = self.expr(right, None);
            return self.dynamic_coalesce(value, default, span);
        }
        let payload = match *self.ty(value.ty) {
            Type::Option(inner) => Some(inner),
            _ => None,
        };
        let hint = payload
            .filter(|p| !self.c.is_open(*p))
            .or(want)
            .or(Some(value.ty));
        let default = self.expr(right, hint);
        let error = self.c.common.error;
        if value.ty == error || default.ty == error {
            return self.error_expr(span);
        }
        let Some(payload) = payload else {
            // Never null: the default only has to fit.
            self.warn_never_null(&value);
            return self.coerce_default(value, default, span);
        };
        if payload == self.c.common.never {
            return Expr { span, ..default };
        }
        let optional_default = matches!(self.ty(default.ty), Type::Option(_));
        let inner = match *self.ty(default.ty) {
            Type::Option(inner) if !matches!(self.ty(payload), Type::Option(_)) => inner,
            _ => default.ty,
        };
        let Some(joined) = self.c.unify(payload, inner) else {
            self.mismatch(default.span, payload, default.ty);
            return self.error_expr(span);
        };
        let option = self.c.option(joined);
        let value = self.convert(value, option, "");
        let nested = matches!(self.ty(payload), Type::Option(_));
        let ty = if optional_default && !nested {
            option
        } else {
            joined
        };
        let default = self.convert(default, ty, "");
        Expr {
            kind: ExprKind::Coalesce {
                value: Box::new(value),
                default: Box::new(default),
            },
            ty,
            span,
        }
    }

    /// What a type parameter stands for may be an option.
    fn warn_never_null(&mut self, value: &Expr) {
        if self.c.opaque.contains_key(&value.ty) {
            return;
        }
        let hint = match self.ty(value.ty) {
            Type::Result(..) => "take a result apart with `?!` or `match`",
            _ => "remove `??` and what follows it",
        };
        let ty = self.show(value.ty);
        let message =
            format!("`??` expected an option before it, found `{ty}`, which is never null");
        let found = Diagnostic::warning("FUSE_COALESCE_NEVER_NULL", value.span, message);
        self.c.sink.push(found.with_hint(hint));
    }

    fn coerce_default(&mut self, value: Expr, default: Expr, span: Span) -> Expr {
        match self.c.unify(value.ty, default.ty) {
            Some(_) => Expr { span, ..value },
            None => {
                self.mismatch(default.span, value.ty, default.ty);
                self.error_expr(span)
            }
        }
    }

    pub fn propagate(
        &mut self,
        value: &'a ast::Expr,
        error: Option<&'a ast::Expr>,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let value = self.expr(value, None);
        let value = self.as_option(value);
        let value = if self.c.is_dynamic(value.ty) {
            self.dynamic_option(value)
        } else {
            value
        };
        let failed = value.ty == self.c.common.error;
        let (payload, source) = match *self.ty(value.ty) {
            Type::Option(inner) if inner == self.c.common.never => {
                // Never yields, so it is whatever is due here.
                let due = want.map_or(self.c.common.unit, |w| match self.ty(w) {
                    Type::Result(ok, _) => *ok,
                    _ => w,
                });
                (due, None)
            }
            Type::Option(inner) => (inner, None),
            Type::Result(ok, err) => (ok, Some(err)),
            _ => {
                if !failed {
                    let message = format!(
                        "`?!` expected an option or a result, found `{}`",
                        self.show(value.ty)
                    );
                    self.error("FUSE_PROPAGATE_OPERAND", value.span, message);
                }
                if let Some(error) = error {
                    self.expr(error, None);
                }
                return self.error_expr(span);
            }
        };
        if error.is_none() && source.is_none() {
            let message = "`?!` on an optional value expected an error value after it, found none";
            self.error("FUSE_PROPAGATE_OPERAND", span, message);
            return self.error_expr(span);
        }
        if self.task.inferring.is_some() {
            let error = match (error, source) {
                (Some(error), _) => self.expr(error, None).ty,
                (None, Some(source)) => source,
                (None, None) => self.c.common.error,
            };
            self.note_error(error);
            return Expr {
                kind: ExprKind::Unit,
                ty: payload,
                span,
            };
        }
        let Some(domain) = self.propagation_domain(span) else {
            if let Some(error) = error {
                self.expr(error, None);
            }
            return self.error_expr(span);
        };
        let option = self.c.option(payload);
        let value = if source.is_none() {
            self.convert(value, option, "")
        } else {
            value
        };
        let bound = source.map(|err| self.temp(err, span));
        let raised = match (error, bound) {
            (Some(error), _) => self.expr(error, Some(domain)),
            (None, Some(local)) => self.local(local, span),
            (None, None) => return self.error_expr(span),
        };
        if !self.c.assignable(raised.ty, domain) {
            let message = format!(
                "expected error type `{}`, found `{}`",
                self.show(domain),
                self.show(raised.ty)
            );
            self.error("FUSE_ERROR_DOMAIN_MISMATCH", raised.span, message);
            return self.error_expr(span);
        }
        let raised = self.convert(raised, domain, "error");
        if raised.ty == self.c.common.error {
            return self.error_expr(span);
        }
        let result = Expr {
            kind: ExprKind::Err(Box::new(raised)),
            ty: self.ret,
            span,
        };
        let exit = Block {
            statements: vec![stmt(StmtKind::Return(result), span)],
        };
        let kind = ExprKind::PayloadOr {
            value: Box::new(value),
            error: bound,
            exit,
        };
        Expr {
            kind,
            ty: payload,
            span,
        }
    }

    /// The error type `?!` may return here; reports if there is none.
    fn propagation_domain(&mut self, span: Span) -> Option<TypeId> {
        match (self.kind, self.ty(self.ret)) {
            (FnKind::Function | FnKind::Route | FnKind::Task, Type::Result(_, err)) => Some(*err),
            (_, Type::Error) => Some(self.c.common.error),
            (FnKind::Function | FnKind::Route | FnKind::Task, _) => {
                let message = format!(
                    "`?!` expected a function that returns a result, found one that returns `{}`",
                    self.show(self.ret)
                );
                self.error("FUSE_PROPAGATE_NON_FALLIBLE", span, message);
                None
            }
            _ => {
                self.error(
                    "FUSE_PROPAGATE_OUTSIDE",
                    span,
                    "`?!` is used outside of a function",
                );
                None
            }
        }
    }
}
