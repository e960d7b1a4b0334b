//! Statements.

use super::Dumper;
use super::node::Node;
use crate::ast::{ArmBody, Block, MatchArm, Stmt, StmtKind};

impl Dumper {
    pub(super) fn statements(&self, block: &Block) -> Vec<Node> {
        block
            .statements
            .iter()
            .map(|statement| self.statement(statement))
            .collect()
    }

    pub(super) fn block(&self, block: &Block) -> Node {
        self.spanned("block", block.span, self.statements(block))
    }

    fn statement(&self, statement: &Stmt) -> Node {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Let {
                mutable,
                name,
                ty,
                value,
            } => {
                let head = if *mutable { "var" } else { "let" };
                let ty = ty.iter().map(|ty| Node::list(":", [self.type_ref(ty)]));
                let parts = [Node::atom(&name.text)]
                    .into_iter()
                    .chain(ty)
                    .chain([self.expr(value)]);
                self.spanned(head, span, parts)
            }
            StmtKind::Assign { target, value } => {
                self.spanned("assign", span, [self.expr(target), self.expr(value)])
            }
            StmtKind::Return(value) => {
                self.spanned("return", span, value.iter().map(|value| self.expr(value)))
            }
            StmtKind::If(statement) => {
                let branches = statement.branches.iter().map(|(condition, block)| {
                    Node::group(
                        [self.expr(condition)]
                            .into_iter()
                            .chain(self.statements(block)),
                    )
                });
                let otherwise = statement
                    .otherwise
                    .iter()
                    .map(|block| Node::list("else", self.statements(block)));
                self.spanned("if", span, branches.chain(otherwise))
            }
            StmtKind::Match { scrutinee, arms } => {
                let arms = arms.iter().map(|arm| self.arm(arm));
                self.spanned(
                    "match",
                    span,
                    [self.expr(scrutinee)].into_iter().chain(arms),
                )
            }
            StmtKind::For {
                pattern,
                value_pattern,
                iterable,
                body,
            } => {
                let header = self.for_header(pattern, value_pattern.as_ref(), iterable);
                self.spanned("for", span, header.into_iter().chain([self.block(body)]))
            }
            StmtKind::While { condition, body } => {
                self.spanned("while", span, [self.expr(condition), self.block(body)])
            }
            StmtKind::Transaction(body) => self.spanned("transaction", span, self.statements(body)),
            StmtKind::Break => self.spanned("break", span, []),
            StmtKind::Continue => self.spanned("continue", span, []),
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Error => self.spanned("error", span, []),
        }
    }

    fn arm(&self, arm: &MatchArm) -> Node {
        match &arm.body {
            ArmBody::Return(value) => self.spanned(
                "->",
                arm.span,
                [self.pattern(&arm.pattern), self.expr(value)],
            ),
            ArmBody::Block(block) => {
                let parts = [self.pattern(&arm.pattern)]
                    .into_iter()
                    .chain(self.statements(block));
                self.spanned("arm", arm.span, parts)
            }
        }
    }
}
