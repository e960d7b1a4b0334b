//! Statements and blocks, with what flow analysis learns on the way.

use fuse_syntax::ast::{self, StmtKind as Ast};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::FnKind;
use crate::func::{FnCx, stmt};
use crate::program::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::types::{Type, TypeId};
use crate::undecided::Undecided;

/// Whether the value of a block's last statement is the function's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    No,
    Yes,
}

/// A checked block and whether control can reach its end.
pub(crate) struct Checked {
    pub block: Block,
    pub falls: bool,
}

impl<'a> FnCx<'_, 'a> {
    /// The body of a function named at `name`, with its result made explicit on every path.
    pub fn function_body(&mut self, body: &'a ast::Block, name: Span) -> Block {
        let tail = if self.ret == self.c.common.unit {
            Tail::No
        } else {
            Tail::Yes
        };
        let Checked { mut block, falls } = self.scoped(|cx| cx.statements(body, tail));
        if falls && tail == Tail::Yes {
            match *self.ty(self.ret) {
                Type::Result(ok, _) if ok == self.c.common.unit => {
                    let span = block.statements.last().map_or(body.span, |s| s.span);
                    let value = self.ok_unit(span);
                    block.statements.push(stmt(StmtKind::Return(value), span));
                }
                Type::Error => {}
                _ => {
                    let message = format!(
                        "expected a result of type `{}` on every path",
                        self.show(self.ret)
                    );
                    self.error("FUSE_MISSING_RETURN", name, message);
                }
            }
        }
        block
    }

    fn ok_unit(&self, span: Span) -> Expr {
        let unit = Box::new(Expr {
            kind: ExprKind::Unit,
            ty: self.c.common.unit,
            span,
        });
        Expr {
            kind: ExprKind::Ok(unit),
            ty: self.ret,
            span,
        }
    }

    /// Whether a path of this function that ends without a value is an error.
    pub fn value_due(&self) -> bool {
        match self.ty(self.ret) {
            Type::Unit | Type::Error => false,
            Type::Result(ok, _) => *ok != self.c.common.unit,
            _ => true,
        }
    }

    pub fn block(&mut self, block: &'a ast::Block, tail: Tail) -> Checked {
        self.scoped(|cx| cx.statements(block, tail))
    }

    fn statements(&mut self, block: &'a ast::Block, tail: Tail) -> Checked {
        let mut out = Vec::new();
        let mut falls = true;
        let last = block.statements.len().saturating_sub(1);
        for (i, statement) in block.statements.iter().enumerate() {
            if !falls {
                self.c
                    .sink
                    .warning("FUSE_UNREACHABLE_CODE", statement.span, "unreachable code");
                // What follows is still checked, but is no part of the program.
                let mut dropped = Vec::new();
                for rest in &block.statements[i..] {
                    self.statement(rest, Tail::No, &mut dropped);
                }
                break;
            }
            let tail = if i == last { tail } else { Tail::No };
            falls = self.statement(statement, tail, &mut out);
        }
        Checked {
            block: Block { statements: out },
            falls,
        }
    }

    /// Appends the statement to `out`; false if control never passes it.
    fn statement(&mut self, statement: &'a ast::Stmt, tail: Tail, out: &mut Vec<Stmt>) -> bool {
        let span = statement.span;
        match &statement.kind {
            Ast::Let {
                mutable,
                name,
                ty,
                value,
            } => {
                self.let_statement(*mutable, name, ty.as_ref(), value, span, out);
                true
            }
            Ast::Assign { target, value } => {
                self.assign(target, value, span, out);
                true
            }
            Ast::Return(value) => {
                self.check_transaction("return", span);
                self.return_statement(value.as_ref(), span, out);
                false
            }
            Ast::If(chain) => self.if_statement(chain, span, tail, out),
            Ast::Match { scrutinee, arms } => {
                self.match_statement(scrutinee, arms, span, tail, out)
            }
            Ast::For {
                pattern,
                value_pattern,
                iterable,
                body,
            } => {
                self.for_statement(pattern, value_pattern.as_ref(), iterable, body, span, out);
                true
            }
            Ast::While { condition, body } => self.while_statement(condition, body, span, out),
            Ast::Transaction(body) => self.transaction(body, span, out),
            Ast::Break | Ast::Continue => self.jump(statement, out),
            Ast::Expr(value) => self.expr_statement(value, span, tail, out),
            Ast::Error => true,
        }
    }

    fn let_statement(
        &mut self,
        mutable: bool,
        name: &'a ast::Ident,
        ty: Option<&'a ast::TypeRef>,
        value: &'a ast::Expr,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let mark = self.c.sink.mark();
        let value = match ty {
            Some(ty) => {
                let ty = self.resolve_type(ty);
                match self.cell(value, Some((ty, &name.text))) {
                    Some(cell) => cell,
                    None => {
                        let value = self.check(value, ty, &name.text);
                        Expr { ty, ..value }
                    }
                }
            }
            None => {
                if let Some(cell) = self.cell(value, None) {
                    return self.bind_variable(name, mutable, cell, mark, span, out);
                }
                let value = self.expr(value, None);
                if mutable && name.text != "_" && self.may_be_undecided(&value) {
                    let local = self.declare(&name.text, name.span, value.ty, true, true);
                    let open = Undecided {
                        span: value.span,
                        ty: value.ty,
                    };
                    self.undecided.insert(local, open);
                    return out.push(stmt(StmtKind::Let { local, value }, span));
                }
                self.closed(value, &name.text)
            }
        };
        self.bind_variable(name, mutable, value, mark, span, out);
    }

    /// The variable `name` for `value`, which was checked since `mark`.
    fn bind_variable(
        &mut self,
        name: &'a ast::Ident,
        mutable: bool,
        value: Expr,
        mark: usize,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        if name.text == "_" {
            return out.push(stmt(StmtKind::Expr(value), span));
        }
        // A variable that could not be made sense of is not worth a second finding.
        let watched = value.ty != self.c.common.error && !self.c.sink.failed_since(mark);
        let local = self.declare(&name.text, name.span, value.ty, mutable, watched);
        out.push(stmt(StmtKind::Let { local, value }, span));
    }

    /// A value whose type is fully known, as a variable needs it.
    pub fn closed(&mut self, value: Expr, name: &str) -> Expr {
        if !self.c.is_open(value.ty) {
            return value;
        }
        self.cannot_infer(name, value.ty, value.span);
        self.error_expr(value.span)
    }

    pub fn cannot_infer(&mut self, name: &str, ty: TypeId, span: Span) {
        let message = format!(
            "the type of `{name}` cannot be told from `{}`",
            self.show(ty)
        );
        let d = Diagnostic::error("FUSE_CANNOT_INFER", span, message);
        let example = match self.ty(ty) {
            Type::List(_) => "List<Int>",
            Type::Map(_) => "Map<String, Int>",
            Type::Result(..) => "Int!std.Error",
            _ => "Int?",
        };
        self.c
            .sink
            .push(d.with_hint(format!("write its type, for example `{name}: {example}`")));
    }

    pub fn return_statement(
        &mut self,
        value: Option<&'a ast::Expr>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let ret = self.ret;
        let block = match self.kind {
            FnKind::Test => Some("test"),
            FnKind::Migration => Some("migration"),
            _ => None,
        };
        if let Some(block) = block {
            let message = format!("`return` is not allowed in a {block}");
            self.error("FUSE_RETURN_NOT_ALLOWED", span, message);
        }
        let value = match value {
            Some(value) if block.is_some() || self.kind == FnKind::App => {
                // The value of an app is ignored; only its effects count.
                let value = self.expr(value, None);
                let value = self.settle(value);
                out.push(stmt(StmtKind::Expr(value), span));
                Expr {
                    kind: ExprKind::Unit,
                    ty: self.c.common.unit,
                    span,
                }
            }
            Some(value) if self.task.inferring.is_some() => {
                let value = self.expr(value, None);
                self.note_result(value.ty);
                value
            }
            Some(value) => {
                let mark = self.c.sink.mark();
                let value = self.check(value, ret, "return");
                if ret == self.c.common.unit {
                    let hint = "the result is declared behind the parameters: `-> Type`";
                    self.c.sink.hint_since(mark, "FUSE_TYPE_MISMATCH", hint);
                }
                value
            }
            None => {
                self.note_result(self.c.common.unit);
                let unit = Expr {
                    kind: ExprKind::Unit,
                    ty: self.c.common.unit,
                    span,
                };
                self.coerce(unit, ret, "return")
            }
        };
        out.push(stmt(StmtKind::Return(value), span));
    }

    fn expr_statement(
        &mut self,
        value: &'a ast::Expr,
        span: Span,
        tail: Tail,
        out: &mut Vec<Stmt>,
    ) -> bool {
        let unit = self.c.common.unit;
        if tail == Tail::No {
            let value = self.expr(value, None);
            let value = self.settle(value);
            out.push(stmt(StmtKind::Expr(value), span));
            return true;
        }
        let ret = self.ret;
        if self.task.inferring.is_some() {
            let value = self.expr(value, None);
            self.note_result(value.ty);
            return true;
        }
        let value = self.expr(value, Some(ret));
        if value.ty == unit && ret != unit {
            out.push(stmt(StmtKind::Expr(value), span));
            return true;
        }
        if !self.value_due() && !matches!(self.ty(value.ty), Type::Result(..)) {
            let value = self.settle(value);
            out.push(stmt(StmtKind::Expr(value), span));
            return true;
        }
        let value = self.coerce(value, ret, "return");
        out.push(stmt(StmtKind::Return(value), span));
        false
    }

    fn jump(&mut self, statement: &'a ast::Stmt, out: &mut Vec<Stmt>) -> bool {
        let leaves = matches!(statement.kind, Ast::Break);
        let open = self.loops.len();
        if let Some((_, outside)) = self.transaction
            && open == outside
            && open > 0
        {
            let word = if leaves { "break" } else { "continue" };
            self.not_in_transaction(word, statement.span);
        }
        let Some(innermost) = self.loops.last_mut() else {
            let word = if leaves { "break" } else { "continue" };
            self.error(
                "FUSE_OUTSIDE_LOOP",
                statement.span,
                format!("`{word}` outside of a loop"),
            );
            return true;
        };
        innermost.broke |= leaves;
        let kind = if leaves {
            StmtKind::Break
        } else {
            StmtKind::Continue
        };
        out.push(stmt(kind, statement.span));
        false
    }
}
