//! Reporting errors, bounding the tree, and skipping to where parsing can go on.

use super::{MAX_DEPTH, MAX_HEIGHT, Parsed, Parser, Recover};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    /// Reports that something else was expected at the current token.
    pub(super) fn expected<T>(&mut self, what: &str) -> Parsed<T> {
        self.expected_hint(what, None)
    }

    pub(super) fn expected_hint<T>(&mut self, what: &str, hint: Option<&str>) -> Parsed<T> {
        if !self.already_reported() {
            let token = self.token();
            let message = format!("expected {what}, found {}", token.describe(self.text));
            let mut error = Diagnostic::error("FUSE_SYNTAX_EXPECTED", self.token_span(), message);
            error
                .hints
                .extend(self.habit(what).or(hint).map(str::to_string));
            self.diagnostics.push(error);
        }
        self.error_position = Some(self.position);
        Err(Recover)
    }

    /// Whether an error at the current token would only repeat one that stands already.
    pub(super) fn already_reported(&self) -> bool {
        let token = self.token();
        self.error_position == Some(self.position)
            || self.lexer_errors.contains(&token.end)
            || self.lexer_errors.contains(&self.previous_end)
            || self.is_supplied(self.position)
            || self.position > 0 && self.is_supplied(self.position - 1)
    }

    /// Whether a token is a closing one that the lexer supplied because the text has none.
    pub(super) fn is_supplied(&self, index: usize) -> bool {
        let token = &self.tokens[index];
        let closes = matches!(
            token.kind,
            TokenKind::Punct(_) | TokenKind::HoleEnd | TokenKind::InterpolationEnd
        );
        closes && token.start == token.end
    }

    /// Reports that a list cannot go on at the current token, and goes to its closing token.
    pub(super) fn end_list(&mut self, closer: usize, close: Punct) {
        if !self.is_supplied(closer) {
            let _ = self.expected::<()>(&format!("`,` or `{}`", close.text()));
        }
        self.jump(closer);
    }

    pub(super) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    pub(super) fn hint(&mut self, hint: &str) {
        if let Some(last) = self.diagnostics.last_mut() {
            last.hints.push(hint.to_string());
        }
    }

    /// Runs `inner` one level deeper, or reports that the program nests too deep.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(&format!("constructs nest deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// The height of a node above children of height `below`.
    pub(super) fn above(&mut self, below: usize) -> Parsed<usize> {
        if below < MAX_HEIGHT {
            return Ok(below + 1);
        }
        self.too_deep(&format!(
            "expression nests more than {MAX_HEIGHT} operations"
        ))
    }

    pub(super) fn too_deep<T>(&mut self, message: &str) -> Parsed<T> {
        if !self.reported_depth {
            self.reported_depth = true;
            self.error("FUSE_SYNTAX_TOO_DEEP", self.token_span(), message);
            self.hint("move parts into functions or variables of their own");
        }
        self.error_position = Some(self.position);
        Err(Recover)
    }

    /// Skips the rest of the line and the block that hangs on it. Stops before the end of the current block.
    pub(super) fn skip_statement(&mut self) {
        loop {
            match self.kind() {
                TokenKind::EndOfFile | TokenKind::Dedent => return,
                TokenKind::Newline => {
                    self.bump();
                    if *self.kind() == TokenKind::Indent {
                        self.jump(self.partners[self.position] + 1);
                    }
                    if !self.at_keyword(Keyword::Else) {
                        return;
                    }
                }
                TokenKind::Indent => {
                    self.jump(self.partners[self.position] + 1);
                    if !self.at_keyword(Keyword::Else) {
                        return;
                    }
                }
                _ => {
                    self.bump();
                }
            }
        }
    }

    /// Skips to the `:` that ends the header of a compound statement, or to the end of the line.
    pub(super) fn skip_header(&mut self) {
        loop {
            match self.kind() {
                TokenKind::Newline
                | TokenKind::Indent
                | TokenKind::Dedent
                | TokenKind::EndOfFile => return,
                TokenKind::Punct(Punct::Colon) if *self.kind_after(1) == TokenKind::Newline => {
                    return;
                }
                _ => {
                    self.bump();
                }
            }
        }
    }
}
