//! Calls, members, indexing and `?!`.

use super::{Parsed, Parser, Recover};
use crate::ast::{Arg, Call, Expr, ExprKind, TypeRef};
use crate::token::{Keyword, Mark, Punct, TokenKind};

/// Type arguments of more tokens than this are not recognised, which keeps looking ahead cheap.
const MAX_TYPE_ARGS: usize = 256;

impl Parser<'_> {
    pub(super) fn postfix(&mut self) -> Parsed<Expr> {
        let mut expr = self.primary()?;
        let mut height = self.height;
        while !self.after_block() {
            self.height = 0;
            let start = expr.span;
            let kind = match self.kind() {
                TokenKind::Punct(Punct::OpenParen) => self.call(expr, Vec::new())?,
                TokenKind::Punct(Punct::Less) if self.type_args_ahead() => {
                    let type_args = self.type_args()?;
                    self.call(expr, type_args)?
                }
                TokenKind::Punct(Punct::Dot) => {
                    self.bump();
                    self.member(expr, false)?
                }
                TokenKind::Punct(Punct::OpenBracket) => self.index(expr, false)?,
                TokenKind::Punct(Punct::Question) => {
                    self.bump();
                    match self.kind() {
                        TokenKind::Punct(Punct::Dot) => {
                            self.bump();
                            self.member(expr, true)?
                        }
                        TokenKind::Punct(Punct::OpenBracket) => self.index(expr, true)?,
                        _ => return self.expected("`.` or `[` after `?`"),
                    }
                }
                TokenKind::Punct(Punct::QuestionBang) => {
                    let operator = self.start();
                    self.bump();
                    let error = if self.starts_expression() {
                        Some(Box::new(self.expr()?))
                    } else {
                        self.marks.push((operator, Mark::Suffix));
                        None
                    };
                    ExprKind::Propagate {
                        value: Box::new(expr),
                        error,
                    }
                }
                _ => break,
            };
            height = self.above(height.max(self.height))?;
            expr = Expr {
                kind,
                span: self.span_from(start.start),
            };
        }
        self.height = height;
        Ok(expr)
    }

    fn member(&mut self, base: Expr, optional: bool) -> Parsed<ExprKind> {
        let name = self.field_name("a name after `.`")?;
        Ok(ExprKind::Member {
            base: Box::new(base),
            name,
            optional,
        })
    }

    fn index(&mut self, base: Expr, optional: bool) -> Parsed<ExprKind> {
        let closer = self.partners[self.position];
        self.mark(Mark::Attached);
        let open = self.bump();
        let index = self.expr().and_then(|index| {
            if !self.at(Punct::CloseBracket) && !self.is_supplied(closer) {
                self.expected::<()>("`]`")?;
            }
            Ok(index)
        });
        self.jump(closer);
        let span = open.to(self.bump());
        let index = index.unwrap_or_else(|Recover| {
            self.height = 1;
            Expr {
                kind: ExprKind::Error,
                span,
            }
        });
        Ok(ExprKind::Index {
            base: Box::new(base),
            index: Box::new(index),
            optional,
        })
    }

    fn call(&mut self, callee: Expr, type_args: Vec<TypeRef>) -> Parsed<ExprKind> {
        let height = self.height;
        let args = self.call_args()?;
        self.height = self.height.max(height);
        Ok(ExprKind::Call(Call {
            callee: Box::new(callee),
            type_args,
            args,
            children: None,
        }))
    }

    /// Arguments of a call: the comma before a named one may be left out.
    fn call_args(&mut self) -> Parsed<Vec<Arg>> {
        self.argument_list(true)
    }

    /// `( [name =] value, ... )`. The comma between two named arguments may be left out.
    pub(super) fn args(&mut self) -> Parsed<Vec<Arg>> {
        self.argument_list(false)
    }

    fn argument_list(&mut self, after_any: bool) -> Parsed<Vec<Arg>> {
        let closer = self.partners[self.position];
        self.mark(Mark::Attached);
        self.expect(Punct::OpenParen)?;
        let mut args: Vec<Arg> = Vec::new();
        let mut comma_before = None;
        let mut height = 0;
        while !self.at(Punct::CloseParen) {
            self.height = 0;
            match self.arg() {
                Ok((name, value)) => args.push(Arg {
                    name,
                    value,
                    comma_before: comma_before.take(),
                }),
                Err(Recover) => {
                    self.jump(closer);
                    break;
                }
            }
            height = height.max(self.height);
            if self.at(Punct::Comma) {
                comma_before = Some(self.bump());
                continue;
            }
            let open = after_any || args.last().is_some_and(|arg| arg.name.is_some());
            let shorthand = open && self.at_named() && self.start() > self.previous_end;
            if !shorthand && !self.at(Punct::CloseParen) {
                self.end_list(closer, Punct::CloseParen);
            }
        }
        self.height = height;
        self.expect(Punct::CloseParen)?;
        Ok(args)
    }

    fn arg(&mut self) -> Parsed<(Option<crate::ast::Ident>, Expr)> {
        let name = if self.at_named() {
            let name = self.take_ident();
            self.mark(Mark::NamedAssign);
            self.bump();
            Some(name)
        } else {
            None
        };
        Ok((name, self.expr()?))
    }

    /// Whether the `<` here opens type arguments: only tokens of a type list follow up to its `>`, and then comes `(`.
    /// A blank before `<` with a comma inside, as in `f(a < b, c > (d))`, means two comparisons.
    fn type_args_ahead(&self) -> bool {
        let mut depth = 0;
        let mut commas = false;
        let mut index = self.position;
        loop {
            match &self.tokens[index].kind {
                TokenKind::Punct(Punct::Less) => depth += 1,
                TokenKind::Punct(Punct::Greater) => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                TokenKind::Punct(Punct::Comma) => commas |= depth == 1,
                TokenKind::Ident
                | TokenKind::Punct(
                    Punct::Dot
                    | Punct::Question
                    | Punct::Bang
                    | Punct::QuestionQuestion
                    | Punct::QuestionBang,
                ) => {}
                TokenKind::Punct(Punct::OpenParen) => index = self.partners[index],
                _ => return false,
            }
            index += 1;
            if index - self.position > MAX_TYPE_ARGS {
                return false;
            }
        }
        let called = self.tokens[index + 1].kind == TokenKind::Punct(Punct::OpenParen);
        called && !(commas && self.start() > self.previous_end)
    }

    /// Whether the current token can begin an expression.
    fn starts_expression(&self) -> bool {
        match self.kind() {
            TokenKind::Ident
            | TokenKind::True
            | TokenKind::False
            | TokenKind::Null
            | TokenKind::Int(_)
            | TokenKind::Float(_)
            | TokenKind::Str(_)
            | TokenKind::InterpolationStart
            | TokenKind::Keyword(Keyword::Body | Keyword::Spawn | Keyword::Await | Keyword::Box) => {
                true
            }
            TokenKind::Keyword(Keyword::Var) => {
                *self.kind_after(1) == TokenKind::Punct(Punct::OpenParen)
            }
            TokenKind::Punct(punct) => matches!(
                punct,
                Punct::OpenParen
                    | Punct::OpenBracket
                    | Punct::OpenBrace
                    | Punct::Minus
                    | Punct::Bang
            ),
            _ => false,
        }
    }
}
