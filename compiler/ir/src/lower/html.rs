//! Markup. A page is one text that grows: constants, escaped texts and nested elements are appended to it in order. A function that
//! gives `Html` takes the text it is to continue as its first parameter and gives it back, so that what it makes is never copied.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Block, Builtin, Expr, ExprKind, FunctionId, HtmlPiece, Stmt, StmtKind};

use super::body::{Body, copy, int};
use crate::mir::{Callee, LocalId, Operand, Rvalue, Type, TypeId};

/// Room for a part whose length is not known before.
const PART_ROOM: usize = 32;

/// Room for what a call makes.
const CALL_ROOM: usize = 256;

impl Body<'_, '_> {
    /// Does the function take the text it continues?
    pub fn continues_markup(&mut self, function: FunctionId) -> bool {
        let ret = self.return_type(function);
        self.cx.shape(ret) == Type::Html
    }

    /// An `Html` of its own.
    pub fn markup(&mut self, expr: &Expr, dest: Option<LocalId>) -> Operand {
        if let ExprKind::Html(block) = &expr.kind
            && let Some(text) = constant(block)
        {
            let text = self.text_const(text);
            return self.give(dest, text);
        }
        let room = match &expr.kind {
            ExprKind::Html(block) => room(block),
            _ => CALL_ROOM,
        };
        let ty = self.ty(expr);
        let into = self.new_markup(ty, room);
        self.markup_into(into, expr);
        self.give(dest, copy(into))
    }

    fn new_markup(&mut self, ty: TypeId, room: usize) -> LocalId {
        let into = self.f.temp(ty);
        self.row_into(Some(into), RuntimeFn::TextNew, vec![int(room as i64)], ty);
        into
    }

    /// Calls a function that gives `Html`, for a text of its own.
    pub fn call_markup(&mut self, function: FunctionId, args: Vec<Operand>) -> Operand {
        let ty = self.return_type(function);
        let into = self.new_markup(ty, CALL_ROOM);
        self.call_markup_into(into, function, args);
        copy(into)
    }

    fn call_markup_into(&mut self, into: LocalId, function: FunctionId, args: Vec<Operand>) {
        let ty = self.f.local_type(into);
        let callee = Callee::Function(self.cx.function(function));
        let args = std::iter::once(copy(into)).chain(args).collect();
        self.call_into(Some(into), callee, args, ty);
    }

    /// Appends an `Html` to the text in `into`.
    pub fn markup_into(&mut self, into: LocalId, expr: &Expr) {
        match &expr.kind {
            ExprKind::Html(block) => {
                self.markup.push(into);
                self.block(block);
                self.markup.pop();
            }
            ExprKind::Call { function, args } => {
                let args = self.operands(args);
                self.call_markup_into(into, *function, args);
            }
            ExprKind::Block { block, value } => {
                self.block(block);
                self.markup_into(into, value);
            }
            ExprKind::Builtin {
                builtin: Builtin::HtmlText,
                args,
            } => self.push_text(into, RuntimeFn::HtmlPushText, &args[0]),
            ExprKind::Builtin {
                builtin: Builtin::HtmlRaw,
                args,
            } => self.push_value(into, RuntimeFn::TextPush, &args[0]),
            ExprKind::Builtin {
                builtin: Builtin::HtmlNode,
                args,
            } => {
                let args = self.operands(args);
                self.append(into, RuntimeFn::HtmlPushNode, args);
            }
            _ => self.push_value(into, RuntimeFn::TextPush, expr),
        }
    }

    /// Appends a piece to the innermost markup.
    pub fn markup_piece(&mut self, piece: &HtmlPiece) {
        let into = *self
            .markup
            .last()
            .expect("invariant: pieces stand inside markup");
        match piece {
            HtmlPiece::Constant(text) => {
                let text = self.text_const(text);
                self.append(into, RuntimeFn::TextPush, vec![text]);
            }
            HtmlPiece::Text(value) => self.push_text(into, RuntimeFn::HtmlPushText, value),
            HtmlPiece::AttributeValue(value) => {
                self.push_text(into, RuntimeFn::HtmlPushValue, value);
            }
            HtmlPiece::RawText(value) => self.push_value(into, RuntimeFn::HtmlPushRawText, value),
            HtmlPiece::Html(value) => self.at(value.span, |body| body.markup_into(into, value)),
            HtmlPiece::Attributes(map) => self.push_value(into, RuntimeFn::HtmlPushAttributes, map),
        }
    }

    /// Appends an escaped `String`. Digits and words need no escaping and are not made into a text first.
    fn push_text(&mut self, into: LocalId, row: RuntimeFn, value: &Expr) {
        if let ExprKind::ToText(inner) = &value.kind {
            let ty = self.ty(inner);
            let plain = match self.cx.shape(ty) {
                Type::Int => Some(RuntimeFn::TextPushInt),
                Type::Float => Some(RuntimeFn::TextPushFloat),
                Type::Bool => Some(RuntimeFn::TextPushBool),
                _ => None,
            };
            if let Some(plain) = plain {
                return self.push_value(into, plain, inner);
            }
        }
        self.push_value(into, row, value);
    }

    fn push_value(&mut self, into: LocalId, row: RuntimeFn, value: &Expr) {
        let value = self.operand(value);
        self.append(into, row, vec![value]);
    }

    fn append(&mut self, into: LocalId, row: RuntimeFn, values: Vec<Operand>) {
        let ty = self.f.local_type(into);
        let args = std::iter::once(copy(into)).chain(values).collect();
        self.row_into(Some(into), row, args, ty);
    }

    /// `html.text`, `html.raw`, `html.node` and `html.render` as values.
    pub fn html_builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        match builtin {
            // The same object: markup is text.
            Builtin::HtmlRaw | Builtin::HtmlRender => {
                let ty = self.ty(expr);
                let text = self.operand(&args[0]);
                self.value(dest, ty, Rvalue::Use(text))
            }
            _ => self.markup(expr, dest),
        }
    }
}

/// The whole text, if nothing in it is decided at run time.
fn constant(block: &Block) -> Option<&str> {
    match block.statements.as_slice() {
        [
            Stmt {
                kind: StmtKind::Markup(HtmlPiece::Constant(text)),
                ..
            },
        ] => Some(text),
        _ => None,
    }
}

/// Bytes to begin with: exact for constants, a guess for the rest.
fn room(block: &Block) -> usize {
    block
        .statements
        .iter()
        .map(|statement| match &statement.kind {
            StmtKind::Markup(HtmlPiece::Constant(text)) => text.len(),
            StmtKind::Markup(_) => PART_ROOM,
            _ => CALL_ROOM,
        })
        .sum()
}
