//! Where a base value meets a refined type: literals are judged now, other values when the program runs.

use fuse_syntax::span::Span;

use crate::checker::FnKind;
use crate::func::{FnCx, stmt};
use crate::program::{Block, Expr, ExprKind, LocalId, StmtKind};
use crate::refine::{Known, Verdict, is_email};
use crate::types::{RefinementId, Type, TypeId};

/// What a literal says about itself, through conversions that keep the value.
fn known(expr: &Expr) -> Option<Known<'_>> {
    match &expr.kind {
        ExprKind::Int(v) => Some(Known::Int(*v)),
        ExprKind::Float(v) => Some(Known::Float(*v)),
        ExprKind::String(v) => Some(Known::Text(v)),
        ExprKind::Retype(inner) => known(inner),
        _ => None,
    }
}

impl FnCx<'_, '_> {
    /// `value`, of the base of `target`, as a `target`; `rule` is absent for `Id` and `Email`.
    pub fn refine(
        &mut self,
        value: Expr,
        rule: Option<RefinementId>,
        target: TypeId,
        path: &str,
    ) -> Expr {
        let span = value.span;
        let verdict = match (known(&value), rule) {
            (Some(known), Some(rule)) => self.c.judge(rule, known),
            (Some(Known::Text(text)), None) => match self.ty(target) {
                Type::Email if is_email(text) => Verdict::Holds,
                Type::Email => Verdict::Fails("invalid email address".to_string()),
                _ if text.is_empty() => Verdict::Fails("expected non-empty Id".to_string()),
                _ => Verdict::Holds,
            },
            _ => Verdict::Unknown,
        };
        match verdict {
            Verdict::Holds => self.retype(value, target),
            Verdict::Fails(reason) => {
                let message = format!(
                    "expected `{}`, found a value that does not fit: {reason}",
                    self.show(target)
                );
                self.error("FUSE_REFINEMENT_VIOLATED", span, message);
                self.error_expr(span)
            }
            Verdict::Unknown => {
                let on_error = self.validation_exit(span);
                let kind = ExprKind::Refine {
                    value: Box::new(value),
                    rule,
                    path: path.to_string(),
                    on_error,
                };
                Expr {
                    kind,
                    ty: target,
                    span,
                }
            }
        }
    }

    /// In a function whose error type is or includes `std.Error.Validation`, a failed check is its error.
    pub fn validation_exit(&mut self, span: Span) -> Option<(LocalId, Block)> {
        let validation = self.c.common.validation;
        let ret = self.ret;
        if !matches!(self.kind, FnKind::Function | FnKind::Route | FnKind::Task) {
            return None;
        }
        let err = match *self.ty(ret) {
            Type::Result(_, err) if err == validation || self.c.joins_union(validation, err) => err,
            _ => return None,
        };
        let error = self.temp(validation, span);
        let value = self.local(error, span);
        let value = Box::new(self.convert(value, err, ""));
        let result = Expr {
            kind: ExprKind::Err(value),
            ty: ret,
            span,
        };
        Some((
            error,
            Block {
                statements: vec![
                    stmt(StmtKind::GiveUpTasks, span),
                    stmt(StmtKind::Return(result), span),
                ],
            },
        ))
    }
}
