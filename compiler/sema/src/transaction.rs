//! `transaction`: what a block that happens as a whole may contain.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::func::{FnCx, stmt};
use crate::program::{Stmt, StmtKind};
use crate::stmt::Tail;

impl<'a> FnCx<'_, 'a> {
    /// The statement at `span`; false if control never passes it.
    pub fn transaction(&mut self, body: &'a ast::Block, span: Span, out: &mut Vec<Stmt>) -> bool {
        let requires = &self.c.modules[self.module].requires;
        let others: Vec<&str> = requires.iter().copied().filter(|c| *c != "db").collect();
        let keyword = Span::new(
            span.file,
            span.start,
            span.start + "transaction".len() as u32,
        );
        self.need("db", "transaction", keyword);
        if !others.is_empty() {
            let message = format!(
                "a module with a transaction requires `db` only, found `{}`",
                others.join("`, `")
            );
            self.error("FUSE_TRANSACTION_CAPABILITY", keyword, message);
        }
        let outer = self.transaction.replace((keyword, self.loops.len()));
        let checked = self.block(body, Tail::No);
        self.transaction = outer;
        out.push(stmt(StmtKind::Transaction(checked.block), span));
        checked.falls
    }

    /// Reports `what` if it stands in a transaction.
    pub fn check_transaction(&mut self, what: &str, span: Span) {
        if self.transaction.is_some() {
            self.not_in_transaction(what, span);
        }
    }

    pub fn not_in_transaction(&mut self, what: &str, span: Span) {
        let message = format!("`{what}` cannot be used in a transaction");
        let mut d = Diagnostic::error("FUSE_TRANSACTION_CONTROL", span, message);
        if let Some((start, _)) = self.transaction {
            d = d.with_related(start, "the transaction starts here");
        }
        self.c.sink.push(d);
    }
}
