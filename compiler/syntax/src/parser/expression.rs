//! Operators and primary expressions.

use super::{Parsed, Parser, Recover};
use crate::ast::{BinaryOp, Expr, ExprKind, InterpolationPart, Literal, UnaryOp};
use crate::span::Span;
use crate::token::{Keyword, Mark, Punct, TokenKind};

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let expr = self.binary(0)?;
        self.peak = self.peak.max(self.height);
        Ok(expr)
    }

    /// The expression in the header of a compound statement; after an error the header is skipped, so that the block
    /// is still parsed.
    pub(super) fn header_expr(&mut self) -> Expr {
        let start = self.token_span();
        self.expr().unwrap_or_else(|Recover| {
            self.skip_header();
            if !self.at(Punct::Colon) {
                self.error_position = Some(self.position);
            }
            Expr {
                kind: ExprKind::Error,
                span: start,
            }
        })
    }

    /// Binary operators of at least the given level.
    fn binary(&mut self, level: u8) -> Parsed<Expr> {
        self.nested(|parser| {
            let mut left = parser.unary()?;
            let mut height = parser.height;
            while let Some((op, op_level)) = binary_operator(parser.kind())
                && op_level >= level
                && !parser.after_block()
            {
                let op_span = parser.bump();
                let right = parser.binary(op_level + 1)?;
                height = parser.above(height.max(parser.height))?;
                let span = left.span.to(right.span);
                let kind = ExprKind::Binary {
                    op,
                    op_span,
                    left: Box::new(left),
                    right: Box::new(right),
                };
                left = Expr { kind, span };
            }
            parser.height = height;
            Ok(left)
        })
    }

    fn unary(&mut self) -> Parsed<Expr> {
        match self.kind() {
            TokenKind::Punct(Punct::Minus) if self.at_minimum_int() => {
                self.mark(Mark::Prefix);
                let start = self.bump();
                let span = start.to(self.bump());
                self.height = 1;
                Ok(Expr {
                    kind: ExprKind::Literal(Literal::Int(i64::MIN)),
                    span,
                })
            }
            TokenKind::Punct(Punct::Minus) => self.prefix(|operand| ExprKind::Unary {
                op: UnaryOp::Neg,
                operand,
            }),
            TokenKind::Punct(Punct::Bang) => self.prefix(|operand| ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            }),
            TokenKind::Keyword(Keyword::Await) => self.prefix(ExprKind::Await),
            TokenKind::Keyword(Keyword::Box) => self.prefix(ExprKind::Box),
            _ => self.postfix(),
        }
    }

    fn prefix(&mut self, make: impl FnOnce(Box<Expr>) -> ExprKind) -> Parsed<Expr> {
        self.nested(|parser| {
            if matches!(parser.kind(), TokenKind::Punct(_)) {
                parser.mark(Mark::Prefix);
            }
            let start = parser.bump();
            let operand = parser.unary()?;
            parser.height = parser.above(parser.height)?;
            let span = start.to(operand.span);
            Ok(Expr {
                kind: make(Box::new(operand)),
                span,
            })
        })
    }

    /// Whether the tokens are the most negative `Int`, whose magnitude is no `Int` itself.
    fn at_minimum_int(&self) -> bool {
        *self.kind_after(1) == TokenKind::Int(i64::MIN.unsigned_abs())
            && !matches!(
                self.kind_after(2),
                TokenKind::Punct(
                    Punct::Dot
                        | Punct::OpenParen
                        | Punct::OpenBracket
                        | Punct::Question
                        | Punct::QuestionBang
                )
            )
    }

    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let start = self.start();
        self.height = 1;
        let kind = match self.kind() {
            TokenKind::Ident | TokenKind::Keyword(Keyword::Body) => {
                ExprKind::Name(self.take_ident())
            }
            TokenKind::Keyword(Keyword::Var)
                if *self.kind_after(1) == TokenKind::Punct(Punct::OpenParen) =>
            {
                ExprKind::Name(self.take_ident())
            }
            TokenKind::Keyword(Keyword::Spawn) => {
                self.bump();
                let block = self.block()?;
                self.height = self.above(self.height)?;
                ExprKind::Spawn(block)
            }
            TokenKind::Keyword(keyword) if self.misnamed.contains(keyword) => {
                ExprKind::Name(self.take_ident())
            }
            TokenKind::InterpolationStart => ExprKind::Interpolated(self.interpolation()?),
            TokenKind::Punct(Punct::OpenParen) => return self.parenthesized(),
            TokenKind::Punct(Punct::OpenBracket) => {
                let items = self.list(Punct::OpenBracket, Punct::CloseBracket, Self::expr)?;
                self.height = self.above(self.height)?;
                ExprKind::List(items)
            }
            TokenKind::Punct(Punct::OpenBrace) => {
                let entries = self.list(Punct::OpenBrace, Punct::CloseBrace, Self::map_entry)?;
                self.height = self.above(self.height)?;
                ExprKind::Map(entries)
            }
            _ => match self.literal() {
                Some(literal) => ExprKind::Literal(literal),
                None => return self.expected("an expression"),
            },
        };
        Ok(Expr {
            kind,
            span: self.span_from(start),
        })
    }

    fn map_entry(&mut self) -> Parsed<(Expr, Expr)> {
        let key = self.expr()?;
        let height = self.height;
        self.expect(Punct::Colon)?;
        let value = self.expr()?;
        self.height = self.height.max(height);
        Ok((key, value))
    }

    /// Parentheses leave no node, they only widen the span.
    fn parenthesized(&mut self) -> Parsed<Expr> {
        let closer = self.partners[self.position];
        let start = self.bump();
        let inner = self.expr().and_then(|expr| {
            if !self.at(Punct::CloseParen) && !self.is_supplied(closer) {
                self.expected::<()>("`)`")?;
            }
            Ok(expr)
        });
        self.jump(closer);
        let span = start.to(self.bump());
        match inner {
            Ok(expr) => Ok(Expr { span, ..expr }),
            Err(Recover) => {
                self.height = 1;
                Ok(Expr {
                    kind: ExprKind::Error,
                    span,
                })
            }
        }
    }

    /// A literal that is one token, if the current token is one.
    pub(super) fn literal(&mut self) -> Option<Literal> {
        let literal = match self.kind() {
            TokenKind::Int(value) => Literal::Int(self.checked_int(*value, self.token_span())),
            TokenKind::Float(value) => Literal::Float(*value),
            TokenKind::Str(value) => Literal::String(value.clone()),
            TokenKind::True => Literal::Bool(true),
            TokenKind::False => Literal::Bool(false),
            TokenKind::Null => Literal::Null,
            _ => return None,
        };
        self.bump();
        Some(literal)
    }

    fn checked_int(&mut self, value: u64, span: Span) -> i64 {
        i64::try_from(value).unwrap_or_else(|_| {
            self.error(
                "FUSE_SYNTAX_NUMBER_RANGE",
                span,
                "number does not fit in `Int`",
            );
            self.hint("`Int` holds -9223372036854775808 to 9223372036854775807");
            0
        })
    }

    /// `"text ${expr} text"`
    fn interpolation(&mut self) -> Parsed<Vec<InterpolationPart>> {
        let end = self.partners[self.position];
        self.bump();
        let mut parts = Vec::new();
        let mut height = 0;
        while self.position < end {
            match self.kind() {
                TokenKind::InterpolationText(text) => {
                    parts.push(InterpolationPart::Text(text.clone()));
                    self.bump();
                }
                TokenKind::HoleStart => {
                    parts.push(InterpolationPart::Expr(self.hole()));
                    height = height.max(self.height);
                }
                _ => self.jump(end),
            }
        }
        self.bump();
        self.height = self.above(height)?;
        Ok(parts)
    }

    fn hole(&mut self) -> Expr {
        let end = self.partners[self.position];
        let reported = self.diagnostics.len();
        let start = self.bump();
        let empty = self.position == end;
        if empty && self.token().start != self.token().end {
            let span = start.to(self.token_span());
            self.error(
                "FUSE_SYNTAX_EMPTY_INTERPOLATION",
                span,
                "`${}` has no expression",
            );
        }
        let inner = if empty { Err(Recover) } else { self.expr() };
        if inner.is_ok() && self.position != end {
            let _ = self.expected::<()>("an operator or `}`");
        }
        if self.is_supplied(end) {
            // Without its `}` nobody knows what was meant to be inside; that has been reported.
            self.diagnostics.truncate(reported);
        }
        self.jump(end);
        let span = start.to(self.bump());
        inner.unwrap_or_else(|Recover| {
            self.height = 1;
            Expr {
                kind: ExprKind::Error,
                span,
            }
        })
    }
}

/// The operator a token stands for, with its level: higher binds tighter. All are left associative.
fn binary_operator(kind: &TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        TokenKind::Punct(Punct::QuestionQuestion) => (BinaryOp::Coalesce, 0),
        TokenKind::Keyword(Keyword::Or) => (BinaryOp::Or, 1),
        TokenKind::Keyword(Keyword::And) => (BinaryOp::And, 2),
        TokenKind::Punct(Punct::EqualEqual) => (BinaryOp::Eq, 3),
        TokenKind::Punct(Punct::BangEqual) => (BinaryOp::Ne, 3),
        TokenKind::Punct(Punct::Less) => (BinaryOp::Lt, 4),
        TokenKind::Punct(Punct::LessEqual) => (BinaryOp::Le, 4),
        TokenKind::Punct(Punct::Greater) => (BinaryOp::Gt, 4),
        TokenKind::Punct(Punct::GreaterEqual) => (BinaryOp::Ge, 4),
        TokenKind::Punct(Punct::DotDot) => (BinaryOp::RangeInclusive, 5),
        TokenKind::Punct(Punct::DotDotLess) => (BinaryOp::RangeExclusive, 5),
        TokenKind::Punct(Punct::Plus) => (BinaryOp::Add, 6),
        TokenKind::Punct(Punct::Minus) => (BinaryOp::Sub, 6),
        TokenKind::Punct(Punct::Star) => (BinaryOp::Mul, 7),
        TokenKind::Punct(Punct::Slash) => (BinaryOp::Div, 7),
        TokenKind::Punct(Punct::Percent) => (BinaryOp::Rem, 7),
        _ => return None,
    })
}
