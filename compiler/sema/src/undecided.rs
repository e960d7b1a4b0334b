//! Variables that begin as `[]`, `{}` or `null`: what is assigned to them first tells their type.

use fuse_syntax::ast::{self, BinaryOp, ExprKind as Ast};
use fuse_syntax::span::Span;

use crate::func::FnCx;
use crate::mentions;
use crate::program::{Block, Expr, ExprKind, Local, LocalId, StmtKind};
use crate::types::{Type, TypeId};

/// Methods whose last argument is an element of their receiver.
const ADDING: &[&str] = &["append", "insert"];

/// A variable whose type is still to be told.
pub(crate) struct Undecided {
    /// Place of its first value.
    pub span: Span,
    /// Type of that value, with unknown parts.
    pub ty: TypeId,
}

impl<'a> FnCx<'_, 'a> {
    /// Whether a variable may begin with `value` although that does not tell its type.
    pub fn may_be_undecided(&self, value: &Expr) -> bool {
        let empty = match &value.kind {
            ExprKind::List(items) => items.is_empty(),
            ExprKind::Map(pairs) => pairs.is_empty(),
            ExprKind::None => true,
            _ => false,
        };
        empty && self.c.is_open(value.ty)
    }

    /// An assignment that may tell the type of an undecided variable.
    pub fn decide(&mut self, target: &'a ast::Expr, value: &'a ast::Expr) {
        let (name, keyed) = match &target.kind {
            Ast::Name(name) => (name, false),
            Ast::Index {
                base,
                optional: false,
                ..
            } => match &base.kind {
                Ast::Name(name) => (name, true),
                _ => return,
            },
            _ => return,
        };
        let Some(local) = self.lookup_local(&name.text) else {
            return;
        };
        let Some(open) = self.undecided.get(&local).map(|u| u.ty) else {
            return;
        };
        let is_self = |e: &ast::Expr| matches!(&e.kind, Ast::Name(n) if n.text == name.text);
        let found = match &value.kind {
            _ if keyed => {
                let element = self.probe(value);
                match self.ty(open) {
                    Type::Map(_) => element.map(|t| self.c.types.intern(Type::Map(t))),
                    _ => None,
                }
            }
            Ast::Call(call) => match (&call.callee.kind, call.args.last()) {
                (Ast::Member { base, name, .. }, Some(last))
                    if is_self(base) && ADDING.contains(&name.text.as_str()) =>
                {
                    self.probe(&last.value).map(|t| self.c.list(t))
                }
                _ => self.probe_other(value, &name.text),
            },
            Ast::Binary {
                op: BinaryOp::Add,
                left,
                right,
                ..
            } if is_self(left) => self.probe_other(right, &name.text),
            Ast::Binary {
                op: BinaryOp::Add,
                left,
                right,
                ..
            } if is_self(right) => self.probe_other(left, &name.text),
            _ => self.probe_other(value, &name.text),
        };
        let Some(ty) = found.and_then(|found| self.c.unify(open, found)) else {
            return;
        };
        if self.c.is_open(ty) || ty == self.c.common.error {
            return;
        }
        self.undecided.shift_remove(&local);
        self.locals[local.index()].ty = ty;
        self.decided.push(local);
    }

    fn probe_other(&mut self, value: &'a ast::Expr, name: &str) -> Option<TypeId> {
        if mentions::in_expr(value, name) {
            return None;
        }
        self.probe(value)
    }

    /// The type of an expression that will be checked again.
    fn probe(&mut self, value: &'a ast::Expr) -> Option<TypeId> {
        let mark = self.c.sink.mark();
        let outer = std::mem::replace(&mut self.probing, true);
        let ty = self.expr(value, None).ty;
        self.probing = outer;
        self.c.sink.take_from(mark);
        (ty != self.c.common.error).then_some(ty)
    }

    /// Reports a variable that is used before anything has told its type.
    pub fn still_undecided(&mut self, local: LocalId) {
        if self.probing {
            return;
        }
        if let Some(Undecided { span, ty }) = self.undecided.shift_remove(&local) {
            let name = self.locals[local.index()].name.clone();
            self.cannot_infer(&name, ty, span);
            self.locals[local.index()].ty = self.c.common.error;
        }
    }

    /// At the end of a function: reports what has never been told, and gives first values the types of their variables.
    pub fn close_undecided(&mut self, body: &mut Block) {
        let open: Vec<LocalId> = self.undecided.keys().copied().collect();
        for local in open {
            self.still_undecided(local);
        }
        if !self.decided.is_empty() {
            type_first_values(body, &self.locals, &self.decided);
        }
    }
}

fn type_first_values(block: &mut Block, locals: &[Local], decided: &[LocalId]) {
    for statement in &mut block.statements {
        match &mut statement.kind {
            StmtKind::Let { local, value } if decided.contains(local) => {
                value.ty = locals[local.index()].ty;
            }
            StmtKind::If {
                then, otherwise, ..
            } => {
                type_first_values(then, locals, decided);
                type_first_values(otherwise, locals, decided);
            }
            StmtKind::While { body, .. }
            | StmtKind::ForRange { body, .. }
            | StmtKind::ForList { body, .. }
            | StmtKind::ForMap { body, .. } => type_first_values(body, locals, decided),
            StmtKind::Match { arms, .. } => {
                for arm in arms {
                    type_first_values(&mut arm.body, locals, decided);
                }
            }
            _ => {}
        }
    }
}
