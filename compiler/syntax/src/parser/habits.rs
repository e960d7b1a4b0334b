//! What people write who think of another language, where the grammar expects something else: the fix to show with the error.

use super::Parser;
use crate::token::{Punct, TokenKind};

impl Parser<'_> {
    /// A hint for an error at the current token, where `what` is expected.
    pub(super) fn habit(&self, what: &str) -> Option<&'static str> {
        let found = self.written(self.position);
        let before = match self.position.checked_sub(1) {
            Some(index) => self.written(index),
            None => "",
        };
        Some(match (what, before, found) {
            ("a declaration", _, "def" | "func" | "function" | "fun" | "proc" | "sub") => {
                "a function is declared with `fn`"
            }
            ("a declaration", _, "class" | "struct" | "record" | "data") => {
                "a type with fields is declared with `type`"
            }
            ("a declaration", _, "trait" | "protocol") => "declare it with `interface`",
            ("a declaration", _, "use" | "include" | "using") => {
                "write `import Name from \"path\"` or `import { name } from \"path\"`"
            }
            ("a declaration", _, _) => "statements belong into a `fn`, an `app` or a `test`",
            ("end of line", "elif" | "elsif" | "elseif" | "elsf", _) => "write `else if`",
            ("end of line", "const" | "final" | "val", _) => {
                "write `let`, or `var` for what changes"
            }
            ("end of line", "def" | "func" | "function" | "fn", _) => {
                "functions are declared at the top level, with `fn`"
            }
            ("end of line" | "`:`", "not", _) => "write `!` before what is negated",
            ("end of line", ")", "->" | "=>") | ("end of line", _, "=>") => {
                "functions have names: declare one with `fn` and use its name"
            }
            ("`:`", _, "=") if self.is_in_condition() => "`==` compares",
            ("`:`", _, "{" | "=>" | "then" | "do") => {
                "a block begins with `:` at the end of its line and is indented"
            }
            ("`=`", _, "==") => "`==` compares; a value is given with `=`",
            ("an expression", "+" | "-" | "*" | "/" | "%", "=") => {
                "write the variable again, as in `n = n + 1`"
            }
            ("an expression", "+", "+") => "to count up, write `n = n + 1`",
            ("a type", _, "[") => "a list of `T` is written `List<T>`",
            ("`.` or `[` after `?`", _, _) => {
                "`if` and `match` choose between values; `??` replaces a value that is null"
            }
            _ => return None,
        })
    }

    /// The text of a token; of what has no text of its own, nothing.
    fn written(&self, index: usize) -> &str {
        let token = &self.tokens[index];
        match token.kind {
            TokenKind::Ident | TokenKind::Keyword(_) | TokenKind::Punct(_) | TokenKind::Unknown => {
                &self.text[token.start as usize..token.end as usize]
            }
            _ => "",
        }
    }

    /// Whether the line up to the current token begins as an `if` or a `while`.
    fn is_in_condition(&self) -> bool {
        let line = self.tokens[..self.position].rsplit(|token| {
            matches!(
                token.kind,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent
            )
        });
        let words = line.take(1).flatten();
        words.take(3).any(|token| {
            matches!(
                &self.text[token.start as usize..token.end as usize],
                "if" | "while"
            )
        }) && !self.at(Punct::Colon)
    }
}
