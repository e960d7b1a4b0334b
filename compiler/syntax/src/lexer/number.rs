//! Number literals.

use super::Lexer;
use crate::token::TokenKind;

impl Lexer<'_> {
    /// Digits, or digits `.` digits. Digits before `..` are an integer.
    pub(super) fn number(&mut self) {
        let start = self.position;
        self.digits();
        let rest = self.rest().as_bytes();
        let is_float = rest.first() == Some(&b'.') && rest.get(1).is_some_and(u8::is_ascii_digit);
        if !is_float {
            let value = self.text[start..self.position].parse().unwrap_or(u64::MAX);
            self.push(TokenKind::Int(value), start, self.position);
            return;
        }
        self.position += 1;
        self.digits();
        let value: f64 = self.text[start..self.position]
            .parse()
            .unwrap_or(f64::INFINITY);
        if value.is_finite() {
            self.push(TokenKind::Float(value), start, self.position);
        } else {
            self.error(
                "FUSE_SYNTAX_NUMBER_RANGE",
                start,
                self.position,
                "number does not fit in `Float`",
            );
            self.push(TokenKind::Float(0.0), start, self.position);
        }
    }

    fn digits(&mut self) {
        let rest = self.rest();
        self.position += rest
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(rest.len());
    }
}
