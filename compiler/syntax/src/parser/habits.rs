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
            ("a declaration", _, "pub" | "public" | "export" | "private" | "internal") => {
                "every declaration at the top level is exported, without a word for it"
            }
            ("a declaration", _, "async") => "functions need no mark; `spawn:` starts a task",
            ("a declaration", _, "from") => "write `import { name } from \"path\"`",
            ("a declaration", _, _) => "statements belong into a `fn`, an `app` or a `test`",
            ("end of line", "elif" | "elsif" | "elseif" | "elsf", _) => "write `else if`",
            ("end of line", "const" | "final" | "val", _) => {
                "write `let`, or `var` for what changes"
            }
            ("end of line", "def" | "func" | "function" | "fn", _) => {
                "functions are declared at the top level, with `fn`"
            }
            ("end of line", "throw" | "raise", _) => "return the error: `return Err(..)`",
            ("end of line", "new", _) => "leave out `new`: a type is called, as in `P(x=1)`",
            ("end of line", "print" | "log", _) => "arguments stand in parentheses",
            ("end of line", _, "{") => "a value of a type is made by a call, as in `P(x=1)`",
            ("end of line", _, ":") if self.is_followed_by("=") => {
                "a variable is declared with `let` or `var`"
            }
            ("`:`", "self", _) => {
                "`self` is no parameter: a method that uses it is called on a value"
            }
            ("`:`", _, "in") => "`.contains(..)` tells whether a list has a value",
            ("`:`", _, "is") => "`==` compares, also with `null`",
            ("`:`", ")", name) if name.starts_with(char::is_alphabetic) => {
                "the result type is written `-> Type`"
            }
            ("an indented block of statements", ":", name)
                if name.starts_with(|c: char| c.is_ascii_uppercase()) =>
            {
                "the result type is written `-> Type` before the `:`"
            }
            ("an app name" | "a test name", _, _) => "it is a text: `app \"demo\":`",
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
            ("an expression", "/", "/") | ("an expression", _, "/") => {
                "a comment begins with `#`; `/` of two `Int`s is a whole number"
            }
            ("an expression", "*", "*") => "there is no operator for powers",
            ("an expression", "=" | "(" | "return", "if" | "match") => {
                "`if` and `match` are statements: let each branch assign to a `var`, or return"
            }
            ("`,` or `]`", _, "for") => "fill a list in a loop: `xs = xs.append(x)`",
            ("`]`", _, ":") => "`.slice(from, to)` gives a part of a list or a text",
            ("`,` or `)`", "f", "") => "every string may hold `${..}`, without a mark",
            ("`,` or `)`" | "`,` or `]`" | "end of line", "", name)
                if self.touches_number(name) =>
            {
                "numbers are written with decimal digits only"
            }
            ("`,` or `)`", _, "[") => "type arguments are written `List<Int>`",
            ("an expression", "+", "+") => "to count up, write `n = n + 1`",
            ("a type", _, "[") => "a list of `T` is written `List<T>`",
            ("`.` or `[` after `?`", _, "") if !self.is_value(self.position) => {
                "`?!` passes an error on; `?.` and `?[` go on unless the value is null"
            }
            ("`.` or `[` after `?`", _, _) => {
                "`if` and `match` choose between values; `??` replaces a value that is null"
            }
            _ => return None,
        })
    }

    fn is_followed_by(&self, text: &str) -> bool {
        self.position + 1 < self.tokens.len() && self.written(self.position + 1) == text
    }

    fn is_value(&self, index: usize) -> bool {
        !matches!(
            self.tokens[index].kind,
            TokenKind::Newline | TokenKind::Dedent | TokenKind::EndOfFile
        )
    }

    /// Whether the current token, a name, begins where a number ends.
    fn touches_number(&self, name: &str) -> bool {
        let Some(before) = self.position.checked_sub(1) else {
            return false;
        };
        let before = &self.tokens[before];
        let is_number = matches!(before.kind, TokenKind::Int(_) | TokenKind::Float(_));
        is_number && !name.is_empty() && before.end == self.token().start
    }

    /// Whether a token can only stand between two operands.
    pub(super) fn begins_with_operator(&self, index: usize) -> bool {
        let token = self.written(index);
        matches!(
            token,
            "+" | "*" | "/" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "??" | "and" | "or"
        )
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
