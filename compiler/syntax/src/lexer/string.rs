//! String literals, escapes and interpolation. A string is lexed by the main loop piece by piece: while the innermost
//! open thing is a string the text is literal, and a hole in it is ordinary code without layout.

use super::Lexer;
use super::brackets::Open;
use crate::token::TokenKind;

/// An open string literal.
pub(super) struct StringForm {
    pub start: usize,
    quotes: Quotes,
    /// Literal text since the start or the last hole.
    buffer: String,
    buffer_start: usize,
    interpolated: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    /// `"..."`
    Short,
    /// `"""..."""`
    Long,
    /// `\"...\"` inside a hole, the same as `"..."`.
    Escaped,
}

impl Quotes {
    fn text(self) -> &'static str {
        match self {
            Quotes::Short => "\"",
            Quotes::Long => "\"\"\"",
            Quotes::Escaped => "\\\"",
        }
    }
}

impl Lexer<'_> {
    pub(super) fn open_string(&mut self, escaped: bool) {
        let start = self.position;
        let quotes = if escaped {
            Quotes::Escaped
        } else if self.rest().starts_with("\"\"\"") {
            Quotes::Long
        } else {
            Quotes::Short
        };
        if self.too_deep(start) {
            return;
        }
        self.position += quotes.text().len();
        self.open.push(Open::String(StringForm {
            start,
            quotes,
            buffer: String::new(),
            buffer_start: self.position,
            interpolated: false,
        }));
    }

    /// Literal text up to the end of the string or the next hole.
    pub(super) fn continue_string(&mut self) {
        let Some(Open::String(mut form)) = self.open.pop() else {
            return;
        };
        let stop: &[char] = if form.quotes == Quotes::Long {
            &['"', '\\', '$']
        } else {
            &['"', '\\', '$', '\n']
        };
        loop {
            let rest = self.rest();
            let plain = rest.find(stop).unwrap_or(rest.len());
            form.buffer.push_str(&rest[..plain]);
            self.position += plain;
            let rest = self.rest();
            if rest.is_empty() || rest.starts_with('\n') && form.quotes != Quotes::Long {
                return self.abandon_string(form);
            }
            if rest.starts_with(form.quotes.text()) {
                self.position += form.quotes.text().len();
                return self.end_string(form, self.position, true);
            }
            if rest.starts_with("${") {
                return self.open_hole(form);
            }
            self.character(&mut form);
        }
    }

    /// One character that stands for itself or begins an escape.
    fn character(&mut self, form: &mut StringForm) {
        let mut characters = self.rest().chars();
        let Some(first) = characters.next() else {
            return;
        };
        self.position += first.len_utf8();
        if first != '\\' {
            form.buffer.push(first);
            return;
        }
        // Inside escaped quotes the escape itself may be written with a doubled backslash.
        let mut next = characters.next();
        if form.quotes == Quotes::Escaped && next == Some('\\') {
            self.position += 1;
            next = characters.next();
        }
        if let Some(next) = next {
            self.position += next.len_utf8();
            form.buffer.push(match next {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            });
        }
    }

    fn open_hole(&mut self, mut form: StringForm) {
        let start = self.position;
        if !form.interpolated {
            form.interpolated = true;
            self.push(TokenKind::InterpolationStart, form.start, form.buffer_start);
        }
        self.push_text(&mut form, start);
        self.position += 2;
        self.push(TokenKind::HoleStart, start, self.position);
        self.open.push(Open::String(form));
        self.open.push(Open::Hole { start });
    }

    fn push_text(&mut self, form: &mut StringForm, end: usize) {
        if !form.buffer.is_empty() {
            let text = std::mem::take(&mut form.buffer);
            self.push(TokenKind::InterpolationText(text), form.buffer_start, end);
        }
    }

    /// Emits what is left of a string that ends at `end`, with or without its closing quotes.
    pub(super) fn end_string(&mut self, mut form: StringForm, end: usize, closed: bool) {
        // At the end of the file nothing but the opening quotes may have been read.
        let end = end.max(form.buffer_start);
        if form.interpolated {
            let text_end = if closed {
                end - form.quotes.text().len()
            } else {
                end
            };
            self.push_text(&mut form, text_end);
            self.push(TokenKind::InterpolationEnd, text_end, end);
        } else {
            self.push(TokenKind::Str(form.buffer), form.start, end);
        }
    }

    /// A string that its line or the file ends too early. What is open around it on the same line, and every string
    /// around it, ends with it under the same error: the missing quote is the one mistake.
    fn abandon_string(&mut self, form: StringForm) {
        let line_start = self.text[..form.start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let depth = self.open.iter().position(|open| match open {
            Open::String(_) => true,
            Open::Bracket { start, .. } | Open::Hole { start } => *start >= line_start,
        });
        let end = self.position;
        // A missing `}` makes the closing quotes of the string around it look like opening ones.
        let hole = self.open.iter().find_map(|open| match open {
            Open::Hole { start } if *start >= line_start => Some(*start),
            _ => None,
        });
        match hole {
            Some(hole) if form.quotes == Quotes::Short => self.unterminated_hole(hole),
            _ => self.unterminated(&form, end),
        }
        self.end_string(form, end, false);
        if let Some(depth) = depth {
            self.supply_closers(depth, end);
        }
    }

    fn unterminated(&mut self, form: &StringForm, end: usize) {
        let end = if form.quotes == Quotes::Long {
            form.start + 3
        } else {
            end
        };
        self.error(
            "FUSE_SYNTAX_UNTERMINATED_STRING",
            form.start,
            end,
            "string is never closed",
        );
    }

    /// Reports a string that the end of the file interrupts at its very start.
    pub(super) fn report_open_string(&mut self, index: usize) {
        if let Some(Open::String(form)) = self.open.get(index) {
            let start = form.start;
            let end = form.buffer_start;
            self.error(
                "FUSE_SYNTAX_UNTERMINATED_STRING",
                start,
                end,
                "string is never closed",
            );
        }
    }
}
