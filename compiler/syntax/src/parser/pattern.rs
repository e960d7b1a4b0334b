//! Patterns of `match` and `for`.

use super::{Parsed, Parser};
use crate::ast::{Ident, Literal, Path, Pattern, PatternKind};
use crate::token::{Keyword, Mark, Punct, TokenKind};

impl Parser<'_> {
    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        self.nested(|parser| {
            let start = parser.start();
            let kind = parser.pattern_kind()?;
            Ok(Pattern {
                kind,
                span: parser.span_from(start),
            })
        })
    }

    fn pattern_kind(&mut self) -> Parsed<PatternKind> {
        match self.kind() {
            TokenKind::Ident if self.token().text(self.text) == "_" => {
                self.bump();
                Ok(PatternKind::Wildcard)
            }
            TokenKind::Keyword(Keyword::Body) => {
                let name = self.take_ident();
                let span = name.span;
                self.pattern_args(Path {
                    parts: vec![name],
                    span,
                })
            }
            TokenKind::Ident => {
                let name = self.path("a pattern")?;
                self.pattern_args(name)
            }
            TokenKind::Punct(Punct::Minus) => self.negative_literal(),
            TokenKind::InterpolationStart => {
                self.plain_string("a pattern")?;
                Ok(PatternKind::Error)
            }
            _ => match self.literal() {
                Some(literal) => Ok(PatternKind::Literal(literal)),
                None => self.expected("a pattern"),
            },
        }
    }

    fn negative_literal(&mut self) -> Parsed<PatternKind> {
        self.mark(Mark::Prefix);
        self.bump();
        if *self.kind() == TokenKind::Int(i64::MIN.unsigned_abs()) {
            self.bump();
            return Ok(PatternKind::Literal(Literal::Int(i64::MIN)));
        }
        if !matches!(self.kind(), TokenKind::Int(_) | TokenKind::Float(_)) {
            return self.expected("a number after `-`");
        }
        Ok(match self.literal() {
            Some(Literal::Int(value)) => PatternKind::Literal(Literal::Int(-value)),
            Some(Literal::Float(value)) => PatternKind::Literal(Literal::Float(-value)),
            _ => PatternKind::Error,
        })
    }

    fn pattern_args(&mut self, name: Path) -> Parsed<PatternKind> {
        if !self.at(Punct::OpenParen) {
            return Ok(PatternKind::Name(name));
        }
        self.mark(Mark::Attached);
        let open = self.token_span();
        let args = self.list(Punct::OpenParen, Punct::CloseParen, Self::pattern_arg)?;
        let named = args.iter().filter(|(name, _)| name.is_some()).count();
        if named == 0 {
            let args = args.into_iter().map(|(_, pattern)| pattern).collect();
            return Ok(PatternKind::Variant { name, args });
        }
        if named < args.len() {
            let span = self.span_from(open.start);
            self.error(
                "FUSE_SYNTAX_PATTERN_MIXED",
                span,
                "a pattern has either positional or named parts, not both",
            );
        }
        let fields = args
            .into_iter()
            .filter_map(|(name, pattern)| Some((name?, pattern)))
            .collect();
        Ok(PatternKind::Struct { name, fields })
    }

    fn pattern_arg(&mut self) -> Parsed<(Option<Ident>, Pattern)> {
        let name = if self.at_named() {
            let name = self.take_ident();
            self.mark(Mark::NamedAssign);
            self.bump();
            Some(name)
        } else {
            None
        };
        Ok((name, self.pattern()?))
    }
}
