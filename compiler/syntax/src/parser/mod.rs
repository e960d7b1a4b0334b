//! Tokens to tree. Recursive descent; binary operators by precedence climbing.
//!
//! Errors are reported at the offending token, which is not consumed. A function that has reported an error it cannot
//! mend returns [`Recover`]; the nearest list, block or declaration skips to where it knows how to go on. Because the
//! lexer balances brackets and layout, that place is found by looking up the matching token.

mod expression;
mod habits;
mod html;
mod item;
mod pattern;
mod postfix;
mod report;
mod route;
mod shared;
mod statement;
mod types;

use std::collections::BTreeSet;

use crate::ast::Module;
use crate::diagnostic::Diagnostic;
use crate::lexer::{self, Lexed};
use crate::span::{FileId, Span};
use crate::token::{Keyword, Mark, Punct, Token, TokenKind};

/// An error has been reported and the caller has to find the place to go on from.
struct Recover;

type Parsed<T> = Result<T, Recover>;

/// How deep constructs may nest.
const MAX_DEPTH: usize = 128;

/// How high the tree of one expression may be, counting chains such as `a + b + c` and `a.b.c`. Together with
/// [`MAX_DEPTH`] it bounds every recursion over the tree.
const MAX_HEIGHT: usize = 640;

/// More findings than this in one file help nobody.
const MAX_DIAGNOSTICS: usize = 200;

/// Positions are 32 bits wide.
const MAX_BYTES: usize = u32::MAX as usize;

/// Parses a whole file.
pub(crate) fn parse(file: FileId, text: &str) -> (Module, Vec<Diagnostic>) {
    if let Some(found) = too_large(file, text.len()) {
        return (Module::default(), vec![found]);
    }
    let mut parser = Parser::new(file, text, lexer::lex(file, text));
    let module = parser.module();
    (module, parser.finish())
}

/// The marks of a file by where their tokens start, in order, and what is wrong with it.
pub(crate) fn marks(file: FileId, text: &str) -> (Vec<(u32, Mark)>, Vec<Diagnostic>) {
    if let Some(found) = too_large(file, text.len()) {
        return (Vec::new(), vec![found]);
    }
    let mut parser = Parser::new(file, text, lexer::lex(file, text));
    parser.module();
    let mut marks = std::mem::take(&mut parser.marks);
    marks.sort_unstable_by_key(|(start, _)| *start);
    (marks, parser.finish())
}

fn too_large(file: FileId, bytes: usize) -> Option<Diagnostic> {
    let found = Diagnostic::error(
        "FUSE_SYNTAX_FILE_TOO_LARGE",
        Span::new(file, 0, 0),
        "source files are limited to 4 GiB",
    );
    (bytes > MAX_BYTES).then_some(found)
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    tokens: Vec<Token>,
    /// For every opening bracket, hole and INDENT the index of its closing token; 0 for other tokens.
    partners: Vec<usize>,
    docs: Vec<(usize, String)>,
    /// What the formatter has to know about tokens, by where they start.
    marks: Vec<(u32, Mark)>,
    diagnostics: Vec<Diagnostic>,
    position: usize,
    /// End of the last consumed token that is not layout.
    previous_end: u32,
    /// Ends of what the lexer has complained about; errors right there would be the same mistake again.
    lexer_errors: BTreeSet<u32>,
    /// Where the last error was reported; a second one at the same token says nothing new.
    error_position: Option<usize>,
    reported_depth: bool,
    /// Keywords that have been reported as names; where they are used the same mistake is not reported again.
    misnamed: Vec<Keyword>,
    depth: usize,
    /// Height of the expression or block parsed last.
    height: usize,
    /// Greatest height of an expression in the current block so far.
    peak: usize,
}

impl<'a> Parser<'a> {
    fn new(file: FileId, text: &'a str, lexed: Lexed) -> Self {
        Parser {
            file,
            text,
            partners: partners(&lexed.tokens),
            tokens: lexed.tokens,
            docs: lexed.docs,
            marks: Vec::new(),
            lexer_errors: lexed
                .diagnostics
                .iter()
                .map(|diagnostic| diagnostic.span.end)
                .collect(),
            diagnostics: lexed.diagnostics,
            position: 0,
            previous_end: 0,
            error_position: None,
            reported_depth: false,
            misnamed: Vec::new(),
            depth: 0,
            height: 0,
            peak: 0,
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics
            .sort_by_key(|diagnostic| diagnostic.span.start);
        if self.diagnostics.len() > MAX_DIAGNOSTICS {
            self.diagnostics.truncate(MAX_DIAGNOSTICS);
            let span = self
                .diagnostics
                .last()
                .map_or(Span::new(self.file, 0, 0), |last| last.span);
            let message =
                format!("more than {MAX_DIAGNOSTICS} errors in this file; the rest is not shown");
            self.diagnostics.push(Diagnostic::error(
                "FUSE_SYNTAX_TOO_MANY_ERRORS",
                span,
                message,
            ));
        }
        self.diagnostics
    }

    // Looking at tokens.

    fn token(&self) -> &Token {
        // The stream ends with an end-of-file token that is never consumed.
        &self.tokens[self.position]
    }

    fn kind(&self) -> &TokenKind {
        &self.token().kind
    }

    fn kind_after(&self, distance: usize) -> &TokenKind {
        let index = (self.position + distance).min(self.tokens.len() - 1);
        &self.tokens[index].kind
    }

    fn at(&self, punct: Punct) -> bool {
        *self.kind() == TokenKind::Punct(punct)
    }

    fn at_keyword(&self, keyword: Keyword) -> bool {
        *self.kind() == TokenKind::Keyword(keyword)
    }

    fn at_newline(&self) -> bool {
        *self.kind() == TokenKind::Newline
    }

    /// Whether the current token is `name =`, which makes it a named argument or pattern field.
    fn at_named(&self) -> bool {
        matches!(self.kind(), TokenKind::Ident | TokenKind::Keyword(_))
            && *self.kind_after(1) == TokenKind::Punct(Punct::Assign)
    }

    fn token_span(&self) -> Span {
        let token = self.token();
        Span::new(self.file, token.start, token.end)
    }

    /// From `start` to the end of what was consumed last.
    fn span_from(&self, start: u32) -> Span {
        Span::new(self.file, start, self.previous_end.max(start))
    }

    fn start(&self) -> u32 {
        self.token().start
    }

    /// Whether a block has just ended: what follows begins something new.
    fn after_block(&self) -> bool {
        self.position > 0 && self.tokens[self.position - 1].kind == TokenKind::Dedent
    }

    /// The doc comment before the current token.
    fn doc(&self) -> Option<String> {
        let found = self
            .docs
            .binary_search_by_key(&self.position, |(index, _)| *index)
            .ok()?;
        Some(self.docs[found].1.clone())
    }

    /// Notes what the current token turns out to be.
    fn mark(&mut self, mark: Mark) {
        self.marks.push((self.start(), mark));
    }

    // Consuming tokens.

    fn bump(&mut self) -> Span {
        let span = self.token_span();
        if !matches!(
            self.kind(),
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::EndOfFile
        ) {
            self.previous_end = span.end;
        }
        if self.position + 1 < self.tokens.len() {
            self.position += 1;
        }
        span
    }

    fn eat(&mut self, punct: Punct) -> bool {
        let found = self.at(punct);
        if found {
            self.bump();
        }
        found
    }

    fn eat_keyword(&mut self, keyword: Keyword) -> bool {
        let found = self.at_keyword(keyword);
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, punct: Punct) -> Parsed<Span> {
        if self.at(punct) {
            Ok(self.bump())
        } else {
            self.expected(&format!("`{}`", punct.text()))
        }
    }

    fn expect_keyword(&mut self, keyword: Keyword) -> Parsed<Span> {
        if self.at_keyword(keyword) {
            Ok(self.bump())
        } else {
            self.expected(&format!("`{}`", keyword.text()))
        }
    }

    fn skip_newlines(&mut self) {
        while self.at_newline() {
            self.bump();
        }
    }

    /// Jumps to a token further on, counting it as consumed up to there.
    fn jump(&mut self, index: usize) {
        if index > self.position {
            self.position = index;
            self.previous_end = self.tokens[index - 1].end.max(self.previous_end);
        }
    }
}

/// The partner of every opening token.
fn partners(tokens: &[Token]) -> Vec<usize> {
    let mut partners = vec![0; tokens.len()];
    let mut open = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punct(Punct::OpenParen | Punct::OpenBracket | Punct::OpenBrace)
            | TokenKind::HoleStart
            | TokenKind::InterpolationStart
            | TokenKind::Indent => open.push(index),
            TokenKind::Punct(Punct::CloseParen | Punct::CloseBracket | Punct::CloseBrace)
            | TokenKind::HoleEnd
            | TokenKind::InterpolationEnd
            | TokenKind::Dedent => {
                if let Some(opener) = open.pop() {
                    partners[opener] = index;
                }
            }
            _ => {}
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_beyond_the_limit_are_reported() {
        assert_eq!(too_large(FileId(0), MAX_BYTES), None);
        let found = too_large(FileId(0), MAX_BYTES + 1).map(|found| found.code);
        assert_eq!(found, Some("FUSE_SYNTAX_FILE_TOO_LARGE"));
    }
}
