//! Shapes that many constructs share: names, strings, lists and indented blocks.

use super::{Parsed, Parser, Recover};
use crate::ast::{Ident, Path, StringLit};
use crate::span::Span;
use crate::token::{Punct, TokenKind};

impl Parser<'_> {
    /// A name; keywords are reported as reserved and taken as the name.
    pub(super) fn ident(&mut self, what: &str) -> Parsed<Ident> {
        match *self.kind() {
            TokenKind::Ident => Ok(self.take_ident()),
            TokenKind::Keyword(keyword) => {
                let span = self.token_span();
                let message = format!(
                    "expected {what}, found reserved keyword `{}`",
                    keyword.text()
                );
                self.error("FUSE_RESERVED_KEYWORD", span, message);
                self.hint(&format!(
                    "choose another name, such as `{}_`",
                    keyword.text()
                ));
                self.misnamed.push(keyword);
                Ok(self.take_ident())
            }
            _ => self.expected(what),
        }
    }

    /// A name that may be spelled like a keyword: fields, arguments and members.
    pub(super) fn field_name(&mut self, what: &str) -> Parsed<Ident> {
        match self.kind() {
            TokenKind::Ident | TokenKind::Keyword(_) => Ok(self.take_ident()),
            _ => self.expected(what),
        }
    }

    pub(super) fn take_ident(&mut self) -> Ident {
        let text = self.token().text(self.text).to_string();
        Ident {
            text,
            span: self.bump(),
        }
    }

    /// `A.B.C`
    pub(super) fn path(&mut self, what: &str) -> Parsed<Path> {
        let first = self.ident(what)?;
        let mut span = first.span;
        let mut parts = vec![first];
        while self.at(Punct::Dot) {
            self.bump();
            let part = self.ident("a name after `.`")?;
            span = span.to(part.span);
            parts.push(part);
        }
        Ok(Path { parts, span })
    }

    /// A string without interpolation.
    pub(super) fn plain_string(&mut self, what: &str) -> Parsed<StringLit> {
        match self.kind() {
            TokenKind::Str(value) => {
                let value = value.clone();
                Ok(StringLit {
                    value,
                    span: self.bump(),
                })
            }
            TokenKind::InterpolationStart => {
                let start = self.start();
                self.jump(self.partners[self.position] + 1);
                let span = self.span_from(start);
                self.error(
                    "FUSE_SYNTAX_PLAIN_STRING",
                    span,
                    format!("{what} cannot be interpolated"),
                );
                Ok(StringLit {
                    value: String::new(),
                    span,
                })
            }
            _ => self.expected(what),
        }
    }

    /// `open element, element, close` with an optional trailing comma. After an error in an element the list ends at its
    /// closing token. The height of the highest element is left in `height`.
    pub(super) fn list<T>(
        &mut self,
        open: Punct,
        close: Punct,
        mut element: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        let closer = self.partners[self.position];
        self.expect(open)?;
        let mut elements = Vec::new();
        let mut height = 0;
        while !self.at(close) {
            self.height = 0;
            match element(self) {
                Ok(element) => elements.push(element),
                Err(Recover) => {
                    self.jump(closer);
                    break;
                }
            }
            height = height.max(self.height);
            if !self.eat(Punct::Comma) && !self.at(close) {
                self.end_list(closer, close);
            }
        }
        self.height = height;
        self.expect(close)?;
        Ok(elements)
    }

    /// `:`, then an indented block of members, one per line.
    pub(super) fn members<T>(
        &mut self,
        what: &str,
        mut member: impl FnMut(&mut Self) -> Parsed<T>,
    ) -> Parsed<Vec<T>> {
        self.open_block(what)?;
        let mut members = Vec::new();
        while !matches!(self.kind(), TokenKind::Dedent | TokenKind::EndOfFile) {
            let before = self.position;
            match self.kind() {
                TokenKind::Newline => {
                    self.bump();
                    continue;
                }
                TokenKind::Indent => {
                    self.unexpected_indent();
                    self.skip_statement();
                    continue;
                }
                _ => {}
            }
            match member(self) {
                Ok(member) => members.push(member),
                Err(Recover) => self.skip_statement(),
            }
            if self.position == before {
                self.bump();
            }
        }
        self.bump();
        Ok(members)
    }

    /// `:`, the end of the line, and the INDENT of a block.
    pub(super) fn open_block(&mut self, what: &str) -> Parsed<()> {
        if !self.eat(Punct::Colon) {
            let _ = self.expected::<()>("`:`");
            self.skip_header();
            self.eat(Punct::Colon);
            self.error_position = Some(self.position);
        }
        if self.at_newline() && *self.kind_after(1) == TokenKind::Indent {
            self.bump();
            self.bump();
            return Ok(());
        }
        let hint = (!self.at_newline()).then_some("the block begins on the next line, indented");
        self.expected_hint(&format!("an indented block of {what}"), hint)
    }

    pub(super) fn unexpected_indent(&mut self) {
        let index = (self.position + 1).min(self.tokens.len() - 1);
        let span = Span::new(self.file, self.tokens[index].start, self.tokens[index].end);
        self.error("FUSE_SYNTAX_INDENTATION", span, "unexpected indentation");
        if self.begins_with_operator(index) {
            self.hint(
                "an expression goes on in the next line only inside brackets, or before a `.`",
            );
            // That no statement begins with it is the same mistake.
            self.error_position = Some(index);
            return;
        }
        self.hint("a block begins after a line that ends with `:`");
    }

    /// The end of a statement or member. A block that has just ended needs no further NEWLINE.
    pub(super) fn end_of_line(&mut self) -> Parsed<()> {
        let after_block = self.after_block();
        match self.kind() {
            TokenKind::Newline => {
                self.bump();
                Ok(())
            }
            TokenKind::EndOfFile | TokenKind::Dedent => Ok(()),
            _ if after_block => Ok(()),
            _ => self.expected("end of line"),
        }
    }
}
