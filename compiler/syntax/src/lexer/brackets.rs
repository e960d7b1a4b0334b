//! Open brackets, holes and strings: keeps the token stream balanced whatever the text does.

use super::Lexer;
use super::string::StringForm;
use crate::diagnostic::Diagnostic;
use crate::token::{Punct, TokenKind};

/// Something that has been opened and not closed.
pub(super) enum Open {
    Bracket {
        punct: Punct,
        start: usize,
    },
    /// `${` at `start`.
    Hole {
        start: usize,
    },
    String(StringForm),
}

/// Far more than the parser's nesting limit.
const MAX_OPEN: usize = 1000;

/// The closing bracket for an opening one.
fn closing(open: Punct) -> Punct {
    match open {
        Punct::OpenParen => Punct::CloseParen,
        Punct::OpenBracket => Punct::CloseBracket,
        _ => Punct::CloseBrace,
    }
}

impl Lexer<'_> {
    pub(super) fn in_hole(&self) -> bool {
        self.open
            .iter()
            .any(|open| matches!(open, Open::Hole { .. }))
    }

    pub(super) fn open_bracket(&mut self, punct: Punct, start: usize) {
        if self.too_deep(start) {
            return;
        }
        self.open.push(Open::Bracket { punct, start });
        self.push(TokenKind::Punct(punct), start, self.position);
    }

    /// Gives up on the rest of the text when more is open than any program needs; keeps the work per token bounded.
    pub(super) fn too_deep(&mut self, start: usize) -> bool {
        let too_deep = self.open.len() >= MAX_OPEN;
        if too_deep {
            self.error(
                "FUSE_SYNTAX_TOO_DEEP",
                start,
                start + 1,
                format!("more than {MAX_OPEN} delimiters are open"),
            );
            self.open.clear();
            self.tokens.clear();
            self.docs.clear();
            self.indents = vec![0];
            self.position = self.end;
        }
        too_deep
    }

    pub(super) fn close_bracket(&mut self, punct: Punct, start: usize) {
        // Only brackets inside the innermost hole can be meant.
        let innermost_hole = self
            .open
            .iter()
            .rposition(|open| matches!(open, Open::Hole { .. }));
        let first = innermost_hole.map_or(0, |index| index + 1);
        let matches_punct = |open: &Open| matches!(open, Open::Bracket { punct: open, .. } if closing(*open) == punct);
        let matching = self.open[first..]
            .iter()
            .rposition(matches_punct)
            .map(|index| first + index);
        match matching {
            Some(index) => {
                self.close_down_to(index + 1, start);
                self.open.pop();
                self.push(TokenKind::Punct(punct), start, self.position);
            }
            None if punct == Punct::CloseBrace && innermost_hole.is_some() => {
                self.close_down_to(first, start);
                self.open.pop();
                self.push(TokenKind::HoleEnd, start, self.position);
            }
            None => self.stray_closing(punct, first, start),
        }
    }

    /// A closing bracket whose kind is not open: the innermost open bracket, if any, is taken to be the one meant.
    fn stray_closing(&mut self, punct: Punct, first: usize, start: usize) {
        let end = self.position;
        match self.open.get(first..).and_then(<[Open]>::last) {
            Some(Open::Bracket {
                punct: open,
                start: opened,
            }) => {
                let (open, opened) = (*open, *opened);
                let expected = closing(open);
                let message = format!("expected `{}`, found `{}`", expected.text(), punct.text());
                let span = self.span(start, end);
                let related = self.span(opened, opened + 1);
                self.diagnostics.push(
                    Diagnostic::error("FUSE_SYNTAX_UNMATCHED_DELIMITER", span, message)
                        .with_related(related, format!("`{}` opened here", open.text())),
                );
                self.open.pop();
                self.push(TokenKind::Punct(expected), start, end);
            }
            // Two closing brackets in the wrong order are one mistake.
            _ if self.late_closing.take() == Some(punct) => {}
            _ => {
                let message = format!("unmatched closing delimiter `{}`", punct.text());
                self.error("FUSE_SYNTAX_UNMATCHED_DELIMITER", start, end, message);
            }
        }
    }

    /// Closes what is open above `depth`, with an error for the innermost bracket.
    fn close_down_to(&mut self, depth: usize, position: usize) {
        if self.open.len() > depth {
            self.report_unclosed(depth);
            if let Some(Open::Bracket { punct, .. }) = self.open.last() {
                self.late_closing = Some(closing(*punct));
            }
            self.supply_closers(depth, position);
        }
    }

    /// Closes everything that is open, with one error: at the outermost hole if there is one, otherwise at the innermost
    /// bracket.
    pub(super) fn close_everything(&mut self) {
        if !self.open.is_empty() {
            self.report_unclosed(0);
            let position = self
                .tokens
                .last()
                .map_or(self.position, |token| token.end as usize);
            self.supply_closers(0, position);
        }
    }

    fn report_unclosed(&mut self, depth: usize) {
        let hole = self.open[depth..]
            .iter()
            .find(|open| matches!(open, Open::Hole { .. }));
        match hole.or(self.open[depth..].last()) {
            Some(Open::Hole { start }) => {
                let start = *start;
                self.unterminated_hole(start);
            }
            Some(Open::Bracket { punct, start }) => {
                let (punct, start) = (*punct, *start);
                let message = format!(
                    "`{}` is never closed by `{}`",
                    punct.text(),
                    closing(punct).text()
                );
                self.error("FUSE_SYNTAX_UNCLOSED_DELIMITER", start, start + 1, message);
            }
            Some(Open::String(_)) => self.report_open_string(self.open.len() - 1),
            None => {}
        }
    }

    pub(super) fn unterminated_hole(&mut self, start: usize) {
        self.error(
            "FUSE_SYNTAX_UNTERMINATED_INTERPOLATION",
            start,
            start + 2,
            "`${` is never closed by `}`",
        );
    }

    pub(super) fn supply_closers(&mut self, depth: usize, position: usize) {
        while self.open.len() > depth {
            match self.open.pop() {
                Some(Open::Bracket { punct, .. }) => {
                    self.push(TokenKind::Punct(closing(punct)), position, position);
                }
                Some(Open::Hole { .. }) => self.push(TokenKind::HoleEnd, position, position),
                Some(Open::String(form)) => self.end_string(form, position, false),
                None => {}
            }
        }
    }
}
