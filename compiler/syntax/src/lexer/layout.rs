//! Indentation to INDENT, DEDENT and NEWLINE tokens, and doc comments.

use super::Lexer;
use crate::token::{Keyword, TokenKind};

impl Lexer<'_> {
    /// Handles the blanks, comments and indentation at the start of a physical line, up to its first token.
    pub(super) fn start_line(&mut self) {
        self.at_line_start = false;
        let start = self.position;
        let rest = self.rest();
        let blanks = rest
            .find(|character| character != ' ' && character != '\t')
            .unwrap_or(rest.len());
        let content = &rest[blanks..];
        let visible = content.trim_start_matches(|c: char| c.is_whitespace() && c != '\n');
        if visible.is_empty() || visible.starts_with('\n') {
            return;
        }
        self.position += blanks + content.len() - visible.len();
        if visible.starts_with("##") {
            return self.doc_comment(column(&rest[..blanks]), visible);
        }
        if visible.starts_with('#') {
            return;
        }
        self.check_tabs(start);
        if !self.open.is_empty() {
            if !Self::forgotten_bracket(content) {
                return;
            }
            self.close_everything();
            self.newline(self.tokens.last().map_or(start, |token| token.end as usize));
        }
        if continues(content) && self.continue_line() {
            return;
        }
        let column = column(&rest[..blanks]);
        let ended = self.indents.iter().copied().find(|block| *block > column);
        self.indentation(start, start + blanks, column);
        self.attach_docs(ended);
    }

    /// Whether a line inside brackets can only be a new statement or declaration, so that a bracket before it was left
    /// open. Inside brackets such a keyword can only be an argument name, or the tag `var`.
    fn forgotten_bracket(content: &str) -> bool {
        let length = content
            .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
            .unwrap_or(content.len());
        let (word, after) = content.split_at(length);
        let Some(keyword) = Keyword::from_text(word).filter(|keyword| keyword.starts_line()) else {
            return false;
        };
        let after = after.trim_start_matches([' ', '\t']);
        let is_name = after.starts_with('=') && !after.starts_with("==");
        let is_tag = keyword == Keyword::Var && after.starts_with('(');
        !is_name && !is_tag
    }

    /// Removes the NEWLINE before a line that continues the expression of the line before.
    fn continue_line(&mut self) -> bool {
        let continues =
            matches!(self.tokens.last(), Some(token) if token.kind == TokenKind::Newline);
        if continues {
            self.tokens.pop();
            self.pending_docs.clear();
        }
        continues
    }

    fn check_tabs(&mut self, start: usize) {
        if !self.reported_tabs && self.text[start..self.position].contains('\t') {
            self.reported_tabs = true;
            self.error(
                "FUSE_SYNTAX_TAB_INDENTATION",
                start,
                self.position,
                "tabs not allowed for indentation",
            );
            if let Some(last) = self.diagnostics.last_mut() {
                last.hints.push("indent with spaces".to_string());
            }
        }
    }

    fn indentation(&mut self, start: usize, end: usize, column: usize) {
        let top = self.indents.last().copied().unwrap_or(0);
        if column > top {
            self.indents.push(column);
            self.push(TokenKind::Indent, start, end);
            return;
        }
        while let [.., outer, top] = self.indents[..]
            && top > column
        {
            if outer < column {
                // After a tab the columns are a guess.
                if !self.reported_tabs {
                    self.error(
                        "FUSE_SYNTAX_INDENTATION",
                        start,
                        end,
                        format!(
                            "inconsistent indentation: expected column {outer} or {top}, found {column}"
                        ),
                    );
                }
                // Stay in the inner block at its new column, so that the lines that follow are not errors again.
                self.indents.pop();
                self.indents.push(column);
                return;
            }
            self.indents.pop();
            self.push(TokenKind::Dedent, end, end);
        }
    }

    /// Ends a logical line, if it has any tokens.
    pub(super) fn newline(&mut self, position: usize) {
        let has_tokens = match self.tokens.last().map(|token| &token.kind) {
            None | Some(TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent) => false,
            Some(_) => true,
        };
        if has_tokens {
            self.push(TokenKind::Newline, position, position);
        }
    }

    pub(super) fn finish_layout(&mut self) {
        self.newline(self.end);
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(TokenKind::Dedent, self.end, self.end);
        }
    }

    /// Remembers a doc comment for the next line. Doc comments take no part in layout.
    fn doc_comment(&mut self, column: usize, content: &str) {
        let line = content.lines().next().unwrap_or("");
        self.position += line.len();
        let mut text = line;
        while let Some(rest) = text.strip_prefix("##") {
            text = rest;
        }
        if self.open.is_empty() {
            self.pending_docs.push((column, text.trim().to_string()));
        }
    }

    /// Gives the doc comments before this line to its first token, except those that stand in the blocks that it ends;
    /// the outermost of these begins at column `ended`.
    fn attach_docs(&mut self, ended: Option<usize>) {
        let docs = std::mem::take(&mut self.pending_docs);
        let first = docs
            .iter()
            .rposition(|(at, _)| ended.is_some_and(|block| *at >= block))
            .map_or(0, |index| index + 1);
        if first < docs.len() {
            let lines: Vec<&str> = docs[first..]
                .iter()
                .map(|(_, text)| text.as_str())
                .collect();
            self.docs.push((self.tokens.len(), lines.join("\n")));
        }
    }
}

/// Distance between the stops of tabs; they are errors, and most editors show them like this.
const TAB: usize = 8;

/// The column behind these blanks.
fn column(blanks: &str) -> usize {
    blanks.bytes().fold(0, |column, blank| match blank {
        b'\t' => (column / TAB + 1) * TAB,
        _ => column + 1,
    })
}

/// Whether a line that begins with `content` continues the one before it.
fn continues(content: &str) -> bool {
    let mut bytes = content.bytes();
    match bytes.next() {
        Some(b'.') => bytes.next() != Some(b'.'),
        Some(b'?') => matches!(bytes.next(), Some(b'.' | b'[' | b'!')),
        _ => false,
    }
}
