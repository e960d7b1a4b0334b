//! Boxes: cells that variables and parameters share. A box exists as long as a variable holds it; everywhere else an
//! expression is worth the content.

use fuse_syntax::ast::{self, ExprKind as Ast};

use fuse_syntax::span::Span;

use crate::checker::FnKind;
use crate::func::FnCx;
use crate::program::{Expr, ExprKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// The content of a box; other values as they are.
    pub fn content_of(&self, value: Expr) -> Expr {
        let Type::Box(ty) = *self.ty(value.ty) else {
            return value;
        };
        let span = value.span;
        Expr {
            kind: ExprKind::BoxGet(Box::new(value)),
            ty,
            span,
        }
    }

    /// The cell a boxed variable named by `expr` holds.
    fn named_cell(&mut self, expr: &'a ast::Expr) -> Option<Expr> {
        let Ast::Name(name) = &expr.kind else {
            return None;
        };
        let local = self.lookup_local(&name.text)?;
        if !matches!(self.ty(self.locals[local.index()].ty), Type::Box(_)) {
            return None;
        }
        Some(self.read_local(local, name.span))
    }

    /// Reports the use of `box` in a task.
    pub fn box_in_task(&mut self, span: Span) -> bool {
        let task = self.kind == FnKind::Task;
        if task {
            self.error("FUSE_SPAWN_BOX", span, "`box` cannot be used in a task");
        }
        task
    }

    /// The cell an argument shares with a parameter of type `content`, if it names a variable with such a cell.
    pub fn shared_cell(&mut self, expr: &'a ast::Expr, content: TypeId) -> Option<Expr> {
        let cell = self.named_cell(expr)?;
        (self.c.content(cell.ty) == content).then_some(cell)
    }

    /// The cell a new variable holds: a new one for `box e`, that of another variable, or `None` for any other value. With a
    /// written type, the content is checked against it; a cell of another type is not shared.
    pub fn cell(&mut self, expr: &'a ast::Expr, due: Option<(TypeId, &str)>) -> Option<Expr> {
        match &expr.kind {
            Ast::Name(_) => {
                let cell = self.named_cell(expr)?;
                let fits = due.is_none_or(|(ty, _)| self.c.content(cell.ty) == ty);
                fits.then_some(cell)
            }
            Ast::Box(inner) => {
                if let Some(cell) = self.cell(inner, due) {
                    return Some(cell);
                }
                let content = match due {
                    Some((ty, path)) => {
                        let value = self.check(inner, ty, path);
                        Expr { ty, ..value }
                    }
                    None => {
                        let value = self.expr(inner, None);
                        self.closed(value, "box")
                    }
                };
                if self.box_in_task(expr.span) || content.ty == self.c.common.error {
                    return Some(self.error_expr(expr.span));
                }
                let ty = self.c.types.intern(Type::Box(content.ty));
                Some(Expr {
                    kind: ExprKind::BoxNew(Box::new(content)),
                    ty,
                    span: expr.span,
                })
            }
            _ => None,
        }
    }
}
