//! Source text to tokens. One pass over the text; strings and interpolation use an explicit stack, so that no input
//! can exhaust the machine stack.
//!
//! What the parser may rely on: brackets and interpolation holes in the token stream are balanced and of matching
//! kinds, every INDENT has its DEDENT, and the stream ends with one end-of-file token. Where the text breaks these
//! rules the lexer reports it and supplies what is missing.

mod brackets;
mod layout;
mod number;
mod string;

use crate::diagnostic::Diagnostic;
use crate::span::{FileId, Span};
use crate::token::{Keyword, PUNCTUATION, Punct, Token, TokenKind};
use brackets::Open;

/// The tokens of a file, and what belongs to them.
pub struct Lexed {
    pub tokens: Vec<Token>,
    /// Doc comments by the index of the token that they stand before, in order.
    pub docs: Vec<(usize, String)>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Splits a whole file into tokens, with layout.
pub fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(file, text, 0, text.len());
    lexer.skip_byte_order_mark();
    lexer.run();
    lexer.finish_layout();
    lexer.finish()
}

/// Splits `text[start..end]` without layout, for the types inside a route path.
pub fn lex_fragment(file: FileId, text: &str, start: usize, end: usize) -> Lexed {
    let mut lexer = Lexer::new(file, text, start, end);
    lexer.at_line_start = false;
    lexer.layout = false;
    lexer.run();
    lexer.finish()
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    position: usize,
    end: usize,
    tokens: Vec<Token>,
    docs: Vec<(usize, String)>,
    diagnostics: Vec<Diagnostic>,
    /// Brackets, holes and strings that are open, outermost first.
    open: Vec<Open>,
    /// Columns of the open blocks; the first is 0.
    indents: Vec<usize>,
    /// Doc comments seen since the last line with tokens, each with its column.
    pending_docs: Vec<(usize, String)>,
    at_line_start: bool,
    layout: bool,
    reported_tabs: bool,
    /// The closing bracket that is missing on this line, because one around it came first.
    late_closing: Option<Punct>,
}

impl<'a> Lexer<'a> {
    fn new(file: FileId, text: &'a str, position: usize, end: usize) -> Self {
        Lexer {
            file,
            text,
            position,
            end,
            tokens: Vec::new(),
            docs: Vec::new(),
            diagnostics: Vec::new(),
            open: Vec::new(),
            indents: vec![0],
            pending_docs: Vec::new(),
            at_line_start: true,
            layout: true,
            reported_tabs: false,
            late_closing: None,
        }
    }

    fn run(&mut self) {
        loop {
            if self.at_line_start {
                self.start_line();
            }
            if self.position >= self.end {
                break;
            }
            if matches!(self.open.last(), Some(Open::String(_))) {
                self.continue_string();
            } else {
                self.token();
            }
        }
        self.close_everything();
    }

    fn finish(mut self) -> Lexed {
        self.push(TokenKind::EndOfFile, self.end, self.end);
        Lexed {
            tokens: self.tokens,
            docs: self.docs,
            diagnostics: self.diagnostics,
        }
    }

    /// One token, blank or comment in ordinary code.
    fn token(&mut self) {
        let start = self.position;
        let Some(first) = self.peek() else { return };
        match first {
            '\n' => {
                self.position += 1;
                self.late_closing = None;
                self.at_line_start = self.layout;
                if self.layout && self.open.is_empty() {
                    self.newline(start);
                }
            }
            '#' => self.skip_comment(),
            _ if first.is_whitespace() => self.position += first.len_utf8(),
            '"' => self.open_string(false),
            '\\' if self.in_hole() && self.rest().starts_with("\\\"") => self.open_string(true),
            '0'..='9' => self.number(),
            _ if first == '_' || first.is_alphabetic() => self.word(),
            _ => {
                let found = PUNCTUATION
                    .iter()
                    .find(|(text, _)| self.rest().starts_with(text));
                match found {
                    Some((text, punct)) => self.punctuation(*punct, text.len()),
                    None => self.unexpected(first),
                }
            }
        }
    }

    fn punctuation(&mut self, punct: Punct, length: usize) {
        let start = self.position;
        self.position += length;
        match punct {
            Punct::OpenParen | Punct::OpenBracket | Punct::OpenBrace => {
                self.open_bracket(punct, start)
            }
            Punct::CloseParen | Punct::CloseBracket | Punct::CloseBrace => {
                self.close_bracket(punct, start)
            }
            _ => self.push(TokenKind::Punct(punct), start, self.position),
        }
    }

    fn word(&mut self) {
        let start = self.position;
        let length = self
            .rest()
            .find(|character: char| character != '_' && !character.is_alphanumeric())
            .unwrap_or(self.rest().len());
        self.position += length;
        let word = &self.text[start..self.position];
        let kind = match word {
            "true" => TokenKind::True,
            "false" => TokenKind::False,
            "null" => TokenKind::Null,
            _ => Keyword::from_text(word).map_or(TokenKind::Ident, TokenKind::Keyword),
        };
        if !word.is_ascii() {
            let message = format!("identifier `{word}` has characters outside `A-Z a-z 0-9 _`");
            self.error(
                "FUSE_SYNTAX_UNEXPECTED_CHARACTER",
                start,
                self.position,
                message,
            );
        }
        self.push(kind, start, self.position);
    }

    fn unexpected(&mut self, character: char) {
        let start = self.position;
        if character == '\'' && self.single_quoted() {
            return;
        }
        let length = self
            .rest()
            .find(|next: char| next != character)
            .unwrap_or(self.rest().len());
        self.position += length;
        let message = format!("unexpected character `{}`", character.escape_debug());
        let hint = match character {
            ';' => Some("a statement ends at the end of its line"),
            '&' => Some("write `and`"),
            '|' => Some("write `or`"),
            '\'' => Some("strings are written in double quotes"),
            _ => None,
        };
        self.error(
            "FUSE_SYNTAX_UNEXPECTED_CHARACTER",
            start,
            self.position,
            message,
        );
        if let (Some(hint), Some(last)) = (hint, self.diagnostics.last_mut()) {
            last.hints.push(hint.to_string());
        }
        self.push(TokenKind::Unknown, start, self.position);
    }

    /// Reads `'text'` on one line as if it were a string, with an error.
    fn single_quoted(&mut self) -> bool {
        let start = self.position;
        let rest = &self.rest()[1..];
        let Some(length) = rest
            .find(['\'', '\n'])
            .filter(|at| rest[*at..].starts_with('\''))
        else {
            return false;
        };
        let value = rest[..length].to_string();
        self.position += length + 2;
        self.error(
            "FUSE_SYNTAX_UNEXPECTED_CHARACTER",
            start,
            self.position,
            "unexpected character `'`",
        );
        if let Some(last) = self.diagnostics.last_mut() {
            last.hints
                .push("strings are written in double quotes".to_string());
        }
        self.push(TokenKind::Str(value), start, self.position);
        true
    }

    fn skip_comment(&mut self) {
        let length = self.rest().find('\n').unwrap_or(self.rest().len());
        self.position += length;
    }

    fn skip_byte_order_mark(&mut self) {
        if self.rest().starts_with('\u{feff}') {
            self.position += '\u{feff}'.len_utf8();
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.position..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.tokens.push(Token {
            kind,
            start: start as u32,
            end: end as u32,
        });
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn error(&mut self, code: &'static str, start: usize, end: usize, message: impl Into<String>) {
        let span = self.span(start, end);
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }
}
