//! `if` and `match`.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use crate::func::{FnCx, stmt};
use crate::program::{Arm, Block, Expr, ExprKind, Pattern, Place, Stmt, StmtKind};
use crate::stmt::{Checked, Tail};

/// The longest chain of `else if` that becomes nested statements.
const CHAIN: usize = 32;

impl<'a> FnCx<'_, 'a> {
    pub fn condition(&mut self, condition: &'a ast::Expr) -> Expr {
        let bool = self.c.common.bool;
        let value = self.expr(condition, Some(bool));
        let value = self.to_root(value);
        self.coerce(value, bool, "")
    }

    pub fn if_statement(
        &mut self,
        chain: &'a ast::IfStmt,
        span: Span,
        tail: Tail,
        out: &mut Vec<Stmt>,
    ) -> bool {
        let mut checked = Vec::new();
        let mut falls = false;
        for (condition, block) in &chain.branches {
            let condition = self.condition(condition);
            let branch = self.block(block, tail);
            falls |= branch.falls;
            checked.push((condition, branch.block));
        }
        let otherwise = match &chain.otherwise {
            Some(block) => {
                let branch = self.block(block, tail);
                falls |= branch.falls;
                branch.block
            }
            None => {
                falls = true;
                Block::default()
            }
        };
        if self.if_chain(checked, otherwise, span, out) && !falls {
            out.push(stmt(StmtKind::Fault("no branch was taken"), span));
        }
        falls
    }

    /// Branches that have been checked as statements. True if their shape hides from later stages that one of them is taken.
    pub fn if_chain(
        &mut self,
        mut checked: Vec<(Expr, Block)>,
        mut otherwise: Block,
        span: Span,
        out: &mut Vec<Stmt>,
    ) -> bool {
        if checked.len() <= CHAIN {
            out.extend(nested(checked, otherwise, span).statements);
            return false;
        }
        // A long chain must not become a deep tree: it is cut into groups, and a flag tells whether one of them was taken.
        let bool = self.c.common.bool;
        let open = self.temp(bool, span);
        self.locals[open.index()].mutable = true;
        let flag = |value| Expr {
            kind: ExprKind::Bool(value),
            ty: bool,
            span,
        };
        let set = |value| {
            let target = Place {
                root: open,
                steps: Vec::new(),
            };
            stmt(
                StmtKind::Assign {
                    target,
                    value: flag(value),
                },
                span,
            )
        };
        out.push(stmt(
            StmtKind::Let {
                local: open,
                value: flag(true),
            },
            span,
        ));
        let mut groups = Vec::new();
        while checked.len() > CHAIN {
            groups.push(checked.split_off(checked.len() - CHAIN));
        }
        groups.push(checked);
        while let Some(group) = groups.pop() {
            let rest = if groups.is_empty() {
                std::mem::take(&mut otherwise)
            } else {
                Block {
                    statements: vec![set(true)],
                }
            };
            let mut then = vec![set(false)];
            then.extend(nested(group, rest, span).statements);
            let condition = self.local(open, span);
            let kind = StmtKind::If {
                condition,
                then: Block { statements: then },
                otherwise: Block::default(),
            };
            out.push(stmt(kind, span));
        }
        true
    }

    pub fn match_statement(
        &mut self,
        scrutinee: &'a ast::Expr,
        arms: &'a [ast::MatchArm],
        span: Span,
        tail: Tail,
        out: &mut Vec<Stmt>,
    ) -> bool {
        let value = self.scrutinee(scrutinee, arms);
        let ty = value.ty;
        let mut checked = Vec::new();
        let mut falls = false;
        let mut sound = true;
        for arm in arms {
            let (pattern, body) = self.scoped(|cx| {
                let mark = cx.c.sink.mark();
                let pattern = cx.pattern(&arm.pattern, ty, true);
                sound &= !cx.c.sink.failed_since(mark);
                let body = match &arm.body {
                    ast::ArmBody::Return(value) => {
                        cx.check_transaction("->", arm.span);
                        let mut statements = Vec::new();
                        cx.return_statement(Some(value), arm.span, &mut statements);
                        Checked {
                            block: Block { statements },
                            falls: false,
                        }
                    }
                    ast::ArmBody::Block(block) => cx.block(block, tail),
                };
                (pattern, body)
            });
            falls |= body.falls;
            checked.push(Arm {
                pattern,
                body: body.block,
            });
        }
        // `match` and its scrutinee's line: the keyword is where findings about the whole point.
        let keyword = Span {
            end: span.start + 5,
            ..span
        };
        let due = tail == Tail::Yes && self.value_due();
        // With a broken pattern nothing certain can be said about the others.
        let covered = !sound || self.check_coverage(ty, &checked, arms, keyword, due);
        if covered && !falls {
            let open = !matches!(
                checked.last(),
                Some(Arm {
                    pattern: Pattern::Wildcard | Pattern::Bind(_),
                    ..
                })
            );
            if open {
                let fault = stmt(StmtKind::Fault("match did not cover its value"), span);
                checked.push(Arm {
                    pattern: Pattern::Wildcard,
                    body: Block {
                        statements: vec![fault],
                    },
                });
            }
        }
        out.push(stmt(
            StmtKind::Match {
                scrutinee: value,
                arms: checked,
            },
            span,
        ));
        falls || !covered
    }
}

/// `if` and `else if` branches as statements inside each other.
fn nested(mut branches: Vec<(Expr, Block)>, mut otherwise: Block, span: Span) -> Block {
    while let Some((condition, then)) = branches.pop() {
        let span = if branches.is_empty() {
            span
        } else {
            condition.span
        };
        let kind = StmtKind::If {
            condition,
            then,
            otherwise,
        };
        otherwise = Block {
            statements: vec![stmt(kind, span)],
        };
    }
    otherwise
}
