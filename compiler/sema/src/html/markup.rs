//! A sequence of pieces under construction.

use fuse_syntax::span::Span;

use crate::func::stmt;
use crate::program::{Block, Expr, ExprKind, HtmlPiece, Stmt, StmtKind};

/// The pieces so far. Constants next to each other are one.
#[derive(Default)]
pub(super) struct Markup {
    pub statements: Vec<Stmt>,
}

impl Markup {
    pub fn constant(&mut self, text: &str, span: Span) {
        if let Some(Stmt {
            kind: StmtKind::Markup(HtmlPiece::Constant(before)),
            ..
        }) = self.statements.last_mut()
        {
            return before.push_str(text);
        }
        self.piece(HtmlPiece::Constant(text.to_string()), span);
    }

    pub fn piece(&mut self, piece: HtmlPiece, span: Span) {
        self.statements.push(stmt(StmtKind::Markup(piece), span));
    }

    /// A `String` between tags.
    pub fn text(&mut self, value: Expr) {
        let span = value.span;
        match value.kind {
            ExprKind::String(text) => self.constant(&escape_text(&text), span),
            ExprKind::Concat(parts) => parts.into_iter().for_each(|part| self.text(part)),
            _ => self.piece(HtmlPiece::Text(value), span),
        }
    }

    /// A `String` inside `script` or `style`.
    pub fn raw_text(&mut self, value: Expr) {
        let span = value.span;
        let before = match self.statements.last().map(|s| &s.kind) {
            Some(StmtKind::Markup(HtmlPiece::Constant(before))) => Some(before.ends_with('<')),
            _ => None,
        };
        match value.kind {
            // What it follows is known, so that a `</` made of two parts can be seen.
            ExprKind::String(text) if before.is_some() || !text.starts_with('/') => {
                if before == Some(true) && text.starts_with('/') {
                    self.constant("\\", span);
                }
                self.constant(&text.replace("</", "<\\/"), span);
            }
            ExprKind::Concat(parts) => parts.into_iter().for_each(|part| self.raw_text(part)),
            _ => self.piece(HtmlPiece::RawText(value), span),
        }
    }

    /// A `String` between the quotes of an attribute.
    pub fn attribute_value(&mut self, value: Expr) {
        let span = value.span;
        match value.kind {
            ExprKind::String(text) => self.constant(&escape_attribute(&text), span),
            ExprKind::Concat(parts) => parts
                .into_iter()
                .for_each(|part| self.attribute_value(part)),
            _ => self.piece(HtmlPiece::AttributeValue(value), span),
        }
    }

    /// An `Html`; what it is made of becomes part of this.
    pub fn html(&mut self, value: Expr) {
        let span = value.span;
        match value.kind {
            ExprKind::Html(block) => self.append(block.statements),
            ExprKind::Block { block, value } => {
                self.append(block.statements);
                self.html(*value);
            }
            _ => self.piece(HtmlPiece::Html(value), span),
        }
    }

    pub fn append(&mut self, statements: Vec<Stmt>) {
        for statement in statements {
            match statement.kind {
                StmtKind::Markup(HtmlPiece::Constant(text)) => self.constant(&text, statement.span),
                _ => self.statements.push(statement),
            }
        }
    }

    pub fn block(self) -> Block {
        Block {
            statements: self.statements,
        }
    }
}

fn escape_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn escape_attribute(text: &str) -> String {
    escape_text(text)
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
