//! Markup. A page is one text that grows: constants, escaped texts and nested elements are appended to it in order. A function that
//! gives `Html` takes the text it is to continue as its first parameter and gives it back, so that what it makes is never copied.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Block, Builtin, Expr, ExprKind, FunctionId, HtmlPiece, Stmt, StmtKind};

use super::append::{Form, Piece};
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
            } => {
                let (form, value) = self.form_of(&args[0], Form::HtmlText);
                let value = self.operand(value);
                self.append_to_markup(into, vec![Piece::Value(form, value)]);
            }
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

    /// Appends pieces that [`plain_pieces`] has counted to the innermost markup.
    pub fn markup_pieces(&mut self, statements: &[Stmt]) {
        let into = self.innermost_markup();
        let mut forms = Vec::with_capacity(statements.len());
        for statement in statements {
            forms.push(match &statement.kind {
                StmtKind::Markup(HtmlPiece::Text(value)) => {
                    Some(self.form_of(value, Form::HtmlText))
                }
                StmtKind::Markup(HtmlPiece::AttributeValue(value)) => {
                    Some(self.form_of(value, Form::HtmlValue))
                }
                _ => None,
            });
        }
        let values = forms.iter().flatten().map(|(_, value)| *value);
        let mut operands = self.operands(values).into_iter();
        let mut pieces = Vec::with_capacity(forms.len());
        for (statement, form) in statements.iter().zip(forms) {
            pieces.push(match (&statement.kind, form) {
                (StmtKind::Markup(HtmlPiece::Constant(text)), _) => Piece::Constant(text.clone()),
                (_, Some((form, _))) => {
                    let operand = operands.next();
                    Piece::Value(form, operand.expect("invariant: an operand per value"))
                }
                _ => unreachable!("invariant: `plain_pieces` counted these"),
            });
        }
        self.append_to_markup(into, pieces);
    }

    fn append_to_markup(&mut self, into: LocalId, pieces: Vec<Piece>) {
        let ty = self.f.local_type(into);
        let markup = self.append_pieces(copy(into), pieces, false, ty);
        self.give(Some(into), markup);
    }

    fn innermost_markup(&self) -> LocalId {
        let into = self.markup.last();
        *into.expect("invariant: pieces stand inside markup")
    }

    /// Appends a piece of another kind to the innermost markup.
    pub fn markup_piece(&mut self, piece: &HtmlPiece) {
        let into = self.innermost_markup();
        match piece {
            HtmlPiece::RawText(value) => self.push_value(into, RuntimeFn::HtmlPushRawText, value),
            HtmlPiece::Html(value) => self.at(value.span, |body| body.markup_into(into, value)),
            HtmlPiece::Attributes(map) => self.push_value(into, RuntimeFn::HtmlPushAttributes, map),
            HtmlPiece::Constant(_) | HtmlPiece::Text(_) | HtmlPiece::AttributeValue(_) => {
                unreachable!("invariant: blocks take these together")
            }
        }
    }

    /// What is appended of a `String`, and how. Digits and words need no escaping and are not made into a text first.
    fn form_of<'e>(&mut self, value: &'e Expr, form: Form) -> (Form, &'e Expr) {
        if let ExprKind::ToText(inner) = &value.kind {
            let ty = self.ty(inner);
            match self.cx.shape(ty) {
                Type::Int => return (Form::Int, inner),
                Type::Float => return (Form::Float, inner),
                Type::Bool => return (Form::Bool, inner),
                _ => {}
            }
        }
        (form, value)
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

/// Pieces whose values are all evaluated before the first is appended: that many, and the temporaries that takes, are bounded.
const TOGETHER: usize = 64;

/// How many of the statements are pieces that nobody can see the order of.
pub(super) fn plain_pieces(statements: &[Stmt]) -> usize {
    let is_plain = |statement: &&Stmt| {
        matches!(
            statement.kind,
            StmtKind::Markup(
                HtmlPiece::Constant(_) | HtmlPiece::Text(_) | HtmlPiece::AttributeValue(_)
            )
        )
    };
    let statements = statements.iter().take(TOGETHER);
    statements.take_while(is_plain).count()
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
