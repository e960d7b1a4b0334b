//! `while` and `for`.

use fuse_syntax::ast::{self, BinaryOp, Literal};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::func::{FnCx, Loop, stmt};
use crate::program::{Arm, Block, LocalId, Pattern, Stmt, StmtKind};
use crate::stmt::Tail;
use crate::types::{Type, TypeId};

/// Checks what is inside a loop.
type LoopBody<'b, Cx> = &'b mut dyn FnMut(&mut Cx) -> Block;

impl<'a> FnCx<'_, 'a> {
    pub fn while_statement(
        &mut self,
        condition: &'a ast::Expr,
        body: &'a ast::Block,
        span: Span,
        out: &mut Vec<Stmt>,
    ) -> bool {
        let forever = matches!(condition.kind, ast::ExprKind::Literal(Literal::Bool(true)));
        let condition = self.condition(condition);
        let (body, broke) = self.loop_body(|cx| cx.block(body, Tail::No).block);
        out.push(stmt(StmtKind::While { condition, body }, span));
        let falls = !forever || broke;
        if !falls {
            out.push(stmt(StmtKind::Fault("endless loop ended"), span));
        }
        falls
    }

    /// Runs `f` inside a loop; also tells whether a `break` leaves it.
    pub fn loop_body<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> (R, bool) {
        self.loops.push(Loop { broke: false });
        let result = f(self);
        let broke = self.loops.pop().is_some_and(|l| l.broke);
        (result, broke)
    }

    pub fn for_statement(
        &mut self,
        pattern: &'a ast::Pattern,
        value_pattern: Option<&'a ast::Pattern>,
        iterable: &'a ast::Expr,
        body: &'a ast::Block,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let header = (pattern, value_pattern, iterable);
        self.for_each(header, span, out, &mut |cx| cx.block(body, Tail::No).block);
    }

    /// A loop over the elements of something, with what `body` makes of each.
    pub fn for_each(
        &mut self,
        (pattern, value_pattern, iterable): (
            &'a ast::Pattern,
            Option<&'a ast::Pattern>,
            &'a ast::Expr,
        ),
        span: Span,
        out: &mut Vec<Stmt>,
        body: LoopBody<'_, Self>,
    ) {
        if let Some((left, right, inclusive)) = range_parts(iterable) {
            let (start, end) = self.range_bounds(left, right, iterable.span);
            if start.ty == self.c.common.int && end.ty == self.c.common.int {
                self.no_second_pattern(value_pattern, "a range");
                let (local, body) = self.loop_over(pattern, start.ty, body);
                return out.push(stmt(
                    StmtKind::ForRange {
                        local,
                        start,
                        end,
                        inclusive,
                        body,
                    },
                    span,
                ));
            }
            let list = self.range_list(start, end, inclusive, iterable.span);
            self.no_second_pattern(value_pattern, "a range");
            let element = self.element_of(list.ty);
            let (local, body) = self.loop_over(pattern, element, body);
            return out.push(stmt(StmtKind::ForList { local, list, body }, span));
        }
        let value = self.expr(iterable, None);
        let value = self.settle(value);
        let value = match (self.c.is_dynamic(value.ty), value_pattern) {
            (true, Some(_)) => self.dynamic_entries(value),
            (true, None) => self.dynamic_items(value),
            (false, _) => value,
        };
        match *self.ty(value.ty) {
            Type::List(element) => {
                self.no_second_pattern(value_pattern, "a list");
                let (local, body) = self.loop_over(pattern, element, body);
                out.push(stmt(
                    StmtKind::ForList {
                        local,
                        list: value,
                        body,
                    },
                    span,
                ));
            }
            Type::Map(element) => {
                let string = self.c.common.string;
                let (key, value_local, body) = match value_pattern {
                    Some(second) => {
                        let (key, (local, body)) = self.scoped(|cx| {
                            let (key, mut test) = cx.loop_pattern(pattern, string);
                            let (local, body) = cx.loop_over(second, element, body);
                            if let Some(arms) = test.take() {
                                return (key, (local, cx.guarded(key, arms, body, pattern.span)));
                            }
                            (key, (local, body))
                        });
                        (Some(key), local, body)
                    }
                    None => {
                        let (local, body) = self.loop_over(pattern, element, body);
                        (None, local, body)
                    }
                };
                out.push(stmt(
                    StmtKind::ForMap {
                        key,
                        value: Some(value_local),
                        map: value,
                        body,
                    },
                    span,
                ));
            }
            _ => {
                let error = self.c.common.error;
                if value.ty != error {
                    let message = format!(
                        "expected a list, a map or a range, found `{}`",
                        self.show(value.ty)
                    );
                    let d = Diagnostic::error("FUSE_NOT_ITERABLE", value.span, message);
                    let hint = match self.ty(self.c.root(value.ty)) {
                        Type::Int => Some("`0..<n` counts from 0 to before `n`"),
                        Type::String => Some("`.lines()` and `.split(..)` give lists"),
                        Type::Option(_) => Some("the value may be null; give a default with `??`"),
                        _ => None,
                    };
                    self.c.sink.push(match hint {
                        Some(hint) => d.with_hint(hint),
                        None => d,
                    });
                }
                self.scoped(|cx| {
                    cx.pattern(pattern, error, false);
                    if let Some(second) = value_pattern {
                        cx.pattern(second, error, false);
                    }
                    cx.loop_body(body);
                });
            }
        }
    }

    fn no_second_pattern(&mut self, pattern: Option<&'a ast::Pattern>, what: &str) {
        if let Some(pattern) = pattern {
            let message = format!("`for key, value` expected a map, found {what}");
            self.error("FUSE_NOT_ITERABLE", pattern.span, message);
        }
    }

    /// The local that takes each element, and the test its pattern needs beyond binding.
    fn loop_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        ty: TypeId,
    ) -> (LocalId, Option<Pattern>) {
        match self.pattern(pattern, ty, false) {
            Pattern::Bind(local) => (local, None),
            Pattern::Wildcard => (self.temp(ty, pattern.span), None),
            test => (self.temp(ty, pattern.span), Some(test)),
        }
    }

    fn loop_over(
        &mut self,
        pattern: &'a ast::Pattern,
        element: TypeId,
        body: LoopBody<'_, Self>,
    ) -> (LocalId, Block) {
        self.scoped(|cx| {
            let (local, test) = cx.loop_pattern(pattern, element);
            let (body, _) = cx.loop_body(body);
            match test {
                Some(test) => (local, cx.guarded(local, test, body, pattern.span)),
                None => (local, body),
            }
        })
    }

    /// `body` for elements that match, a fault for the others.
    fn guarded(&mut self, local: LocalId, pattern: Pattern, body: Block, span: Span) -> Block {
        let scrutinee = self.local(local, span);
        let fault = stmt(StmtKind::Fault("for pattern did not match value"), span);
        let arms = vec![
            Arm { pattern, body },
            Arm {
                pattern: Pattern::Wildcard,
                body: Block {
                    statements: vec![fault],
                },
            },
        ];
        Block {
            statements: vec![stmt(StmtKind::Match { scrutinee, arms }, span)],
        }
    }

    pub fn element_of(&self, list: TypeId) -> TypeId {
        match self.ty(list) {
            Type::List(element) => *element,
            _ => self.c.common.error,
        }
    }
}

/// Bounds and inclusiveness of a range expression.
pub(crate) fn range_parts(expr: &ast::Expr) -> Option<(&ast::Expr, &ast::Expr, bool)> {
    match &expr.kind {
        ast::ExprKind::Binary {
            op: BinaryOp::RangeInclusive,
            left,
            right,
            ..
        } => Some((left, right, true)),
        ast::ExprKind::Binary {
            op: BinaryOp::RangeExclusive,
            left,
            right,
            ..
        } => Some((left, right, false)),
        _ => None,
    }
}
