//! Blocks, statements and conditions.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Block, Expr, ExprKind, Stmt, StmtKind};

use super::body::{Body, copy, unit};
use super::errors::language_fault;
use super::html;
use crate::mir::{BlockId, LocalId, Operand, Rvalue, Terminator};

impl Body<'_, '_> {
    pub fn block(&mut self, block: &Block) {
        let mut rest = block.statements.as_slice();
        while let Some(statement) = rest.first()
            && self.f.is_open()
        {
            let pieces = html::plain_pieces(rest);
            let (now, later) = rest.split_at(pieces.max(1));
            self.at(statement.span, |body| match pieces {
                0 => body.statement(statement),
                _ => body.markup_pieces(now),
            });
            rest = later;
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match &statement.kind {
            StmtKind::Let { local, value } => {
                let local = self.local(*local);
                self.expr_into(local, value);
            }
            StmtKind::Assign { target, value } => self.assign_statement(target, value),
            StmtKind::Expr(value) => {
                self.operand(value);
            }
            StmtKind::Return(value) if self.result.is_some() => {
                let result = self.result.expect("invariant: just tested");
                self.markup_into(result, value);
                self.f.ret(copy(result));
            }
            StmtKind::Return(value) => {
                let value = self.operand(value);
                if self.transactions > 0 {
                    let unit_type = self.cx.known.unit;
                    self.row(RuntimeFn::DbRollback, Vec::new(), unit_type);
                }
                if self.f.ret == self.cx.known.unit {
                    self.f.ret(unit());
                } else {
                    self.f.ret(value);
                }
            }
            StmtKind::Raise(value) => self.raise(value),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.if_statement(condition, then, otherwise),
            StmtKind::While { condition, body } => self.while_loop(condition, body),
            StmtKind::ForRange {
                local,
                start,
                end,
                inclusive,
                body,
            } => self.for_range(*local, start, end, *inclusive, body),
            StmtKind::ForList { local, list, body } => self.for_list(*local, list, body),
            StmtKind::ForMap {
                key,
                value,
                map,
                body,
            } => self.for_map(*key, *value, map, body),
            StmtKind::Match { scrutinee, arms } => self.match_statement(scrutinee, arms),
            StmtKind::Fault(message) => language_fault(self, message),
            StmtKind::Transaction(body) => self.transaction(body),
            StmtKind::GiveUpTasks => self.give_up_tasks(),
            StmtKind::Markup(piece) => self.markup_piece(piece),
            StmtKind::Break => {
                let exit = self.innermost_loop().1;
                self.f.goto(exit);
            }
            StmtKind::Continue => {
                let next = self.innermost_loop().0;
                self.f.goto(next);
            }
        }
    }

    /// Faults and raised errors leave through the guard, which rolls back itself.
    fn transaction(&mut self, block: &Block) {
        let unit_type = self.cx.known.unit;
        self.row(RuntimeFn::DbBegin, Vec::new(), unit_type);
        self.transactions += 1;
        self.block(block);
        self.transactions -= 1;
        if self.f.is_open() {
            self.row(RuntimeFn::DbCommit, Vec::new(), unit_type);
        }
    }

    fn innermost_loop(&self) -> (BlockId, BlockId) {
        let targets = self
            .loops
            .last()
            .expect("invariant: `break` and `continue` stand inside loops");
        (targets.next, targets.exit)
    }

    fn if_statement(&mut self, condition: &Expr, then: &Block, otherwise: &Block) {
        let (yes, join) = (self.f.block(), self.f.block());
        if otherwise.statements.is_empty() {
            self.condition(condition, yes, join);
            self.f.switch_to(yes);
            self.block(then);
            self.f.goto(join);
        } else {
            let no = self.f.block();
            self.condition(condition, yes, no);
            self.f.switch_to(yes);
            self.block(then);
            self.f.goto(join);
            self.f.switch_to(no);
            self.block(otherwise);
            self.f.goto(join);
        }
        self.f.switch_to(join);
    }

    /// Branches on a condition without making a value of `and`, `or`, `not` and null tests.
    pub fn condition(&mut self, expr: &Expr, then: BlockId, otherwise: BlockId) {
        match &expr.kind {
            ExprKind::Not(inner) => self.condition(inner, otherwise, then),
            ExprKind::And(left, right) => {
                let middle = self.f.block();
                self.condition(left, middle, otherwise);
                self.f.switch_to(middle);
                self.condition(right, then, otherwise);
            }
            ExprKind::Or(left, right) => {
                let middle = self.f.block();
                self.condition(left, then, middle);
                self.f.switch_to(middle);
                self.condition(right, then, otherwise);
            }
            ExprKind::IsNull { negated, value } => {
                let (some, none) = if *negated {
                    (then, otherwise)
                } else {
                    (otherwise, then)
                };
                self.at(expr.span, |body| {
                    body.test_option(value, some, none);
                });
            }
            _ => {
                let condition = self.operand(expr);
                self.branch_or_goto(condition, then, otherwise);
            }
        }
    }

    /// A condition as a value.
    pub fn condition_value(&mut self, expr: &Expr, dest: Option<LocalId>) -> Operand {
        let bool_type = self.cx.known.bool;
        let result = dest.unwrap_or_else(|| self.f.temp(bool_type));
        let (yes, no, join) = (self.f.block(), self.f.block(), self.f.block());
        self.condition(expr, yes, no);
        for (block, value) in [(yes, true), (no, false)] {
            self.f.switch_to(block);
            self.f
                .assign(result, Rvalue::Use(super::body::boolean(value)));
            self.f.goto(join);
        }
        self.f.switch_to(join);
        super::body::copy(result)
    }

    /// Ends a block that cannot be left at its end.
    pub fn never_falls_through(&mut self) {
        self.f.terminate(Terminator::Unreachable);
    }
}
