//! Type references.

use super::{Parsed, Parser};
use crate::ast::{TypeRef, TypeRefKind};
use crate::span::Span;
use crate::token::{Keyword, Mark, Punct, TokenKind};

impl Parser<'_> {
    /// `Name`, `Name<T>`, `Name(constraint)`, `box T`, each with `?` and `!E` behind it. `!` takes the whole type on its
    /// right, so `A!B!C` is `A!(B!C)`.
    pub(super) fn type_ref(&mut self) -> Parsed<TypeRef> {
        self.nested(|parser| {
            let start = parser.start();
            let mut ty = parser.type_atom()?;
            let mut height = parser.height;
            loop {
                parser.height = 0;
                let suffix = parser.start();
                // `??` and `?!` are one token in expressions; here each character counts by itself.
                let kind = match parser.kind() {
                    TokenKind::Punct(Punct::Question) => {
                        parser.bump();
                        TypeRefKind::Optional(Box::new(ty))
                    }
                    TokenKind::Punct(Punct::QuestionQuestion) => {
                        parser.split(Punct::Question);
                        TypeRefKind::Optional(Box::new(ty))
                    }
                    TokenKind::Punct(Punct::QuestionBang) => {
                        parser.split(Punct::Bang);
                        TypeRefKind::Optional(Box::new(ty))
                    }
                    TokenKind::Punct(Punct::Bang) => {
                        parser.bump();
                        let has_error = matches!(parser.kind(), TokenKind::Ident);
                        let err = if has_error {
                            Some(Box::new(parser.type_ref()?))
                        } else {
                            None
                        };
                        TypeRefKind::Result {
                            ok: Box::new(ty),
                            err,
                        }
                    }
                    _ => break,
                };
                parser.marks.push((suffix, Mark::Suffix));
                height = parser.above(height.max(parser.height))?;
                ty = TypeRef {
                    kind,
                    span: parser.span_from(start),
                };
            }
            parser.height = height;
            Ok(ty)
        })
    }

    fn type_atom(&mut self) -> Parsed<TypeRef> {
        let start = self.start();
        self.height = 1;
        if self.eat_keyword(Keyword::Box) {
            let inner = self.type_ref()?;
            self.height = self.above(self.height)?;
            let kind = TypeRefKind::Boxed(Box::new(inner));
            return Ok(TypeRef {
                kind,
                span: self.span_from(start),
            });
        }
        if !matches!(self.kind(), TokenKind::Ident) {
            let hint = self
                .at_keyword(Keyword::Fn)
                .then_some("there are no function types");
            return self.expected_hint("a type", hint);
        }
        let base = self.path("a type")?;
        let kind = match self.kind() {
            TokenKind::Punct(Punct::Less) => TypeRefKind::Generic {
                base,
                args: self.type_args()?,
            },
            TokenKind::Punct(Punct::OpenParen) => TypeRefKind::Refined {
                base,
                args: self.args()?,
            },
            _ => TypeRefKind::Name(base),
        };
        self.height = self.above(self.height)?;
        Ok(TypeRef {
            kind,
            span: self.span_from(start),
        })
    }

    /// `<T, U>`
    pub(super) fn type_args(&mut self) -> Parsed<Vec<TypeRef>> {
        self.mark(Mark::OpenAngle);
        self.expect(Punct::Less)?;
        let mut args = Vec::new();
        let mut height = 0;
        loop {
            if matches!(
                self.kind(),
                TokenKind::Punct(Punct::Greater | Punct::GreaterEqual)
            ) {
                self.mark(Mark::CloseAngle);
            }
            if self.at(Punct::GreaterEqual) {
                self.split(Punct::Assign);
                break;
            }
            if self.eat(Punct::Greater) {
                break;
            }
            args.push(self.type_ref()?);
            height = height.max(self.height);
            if !self.eat(Punct::Comma) && !self.at(Punct::Greater) && !self.at(Punct::GreaterEqual)
            {
                return self.expected("`,` or `>`");
            }
        }
        self.height = height;
        Ok(args)
    }

    /// Consumes the first character of a two-character token, leaving `rest`.
    fn split(&mut self, rest: Punct) {
        let token = &mut self.tokens[self.position];
        token.kind = TokenKind::Punct(rest);
        token.start += 1;
        self.previous_end = token.start;
    }

    /// A type, or an error node in its place.
    pub(super) fn error_type(span: Span) -> TypeRef {
        TypeRef {
            kind: TypeRefKind::Error,
            span,
        }
    }
}
