//! The block suffix `call: children`.

use super::{Parsed, Parser, Recover};
use crate::ast::{Expr, ExprKind, HtmlChild, Pattern};
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    /// An expression where a block of children may follow a call.
    pub(super) fn value_expr(&mut self) -> Parsed<Expr> {
        let start = self.start();
        let mut expr = self.expr()?;
        let height = self.height;
        if !self.at(Punct::Colon) {
            return Ok(expr);
        }
        if let ExprKind::Call(call) = &mut expr.kind {
            call.children = Some(self.nested(Self::children)?);
            self.height = self.above(self.height.max(height))?;
            self.peak = self.peak.max(self.height);
            expr.span = self.span_from(start);
        }
        Ok(expr)
    }

    /// `:` and an indented block of children, or one child on the same line.
    fn children(&mut self) -> Parsed<Vec<HtmlChild>> {
        if self.at(Punct::Colon)
            && !matches!(
                self.kind_after(1),
                TokenKind::Newline | TokenKind::EndOfFile
            )
        {
            self.bump();
            return Ok(vec![HtmlChild::Expr(self.value_expr()?)]);
        }
        let outer_peak = std::mem::take(&mut self.peak);
        let children = self.members("children", Self::child)?;
        self.height = self.peak + 1;
        self.peak = outer_peak.max(self.height);
        Ok(children.into_iter().flatten().collect())
    }

    /// A child on its own line; `None` when the statement there can be no child, which has been reported.
    fn child(&mut self) -> Parsed<Option<HtmlChild>> {
        let start = self.start();
        let calls_tag = *self.kind_after(1) == TokenKind::Punct(Punct::OpenParen);
        match *self.kind() {
            TokenKind::Keyword(Keyword::If) => self.if_child().map(Some),
            TokenKind::Keyword(Keyword::For) => {
                let (pattern, value_pattern, iterable) = self.for_header()?;
                let children = self.nested(Self::children_or_inline)?;
                let span = self.span_from(start);
                Ok(Some(HtmlChild::For {
                    pattern,
                    value_pattern,
                    iterable,
                    children,
                    span,
                }))
            }
            TokenKind::Keyword(Keyword::Var) if calls_tag => self.expression_child().map(Some),
            TokenKind::Keyword(keyword) if keyword.starts_line() => {
                let span = self.token_span();
                let message = format!(
                    "`{}` cannot stand among the children of an element",
                    keyword.text()
                );
                self.error("FUSE_HTML_CHILD", span, message);
                self.hint("children are expressions, `if` and `for`");
                self.error_position = Some(self.position);
                self.statement()?;
                Ok(None)
            }
            _ => self.expression_child().map(Some),
        }
    }

    fn expression_child(&mut self) -> Parsed<HtmlChild> {
        let expr = self.value_expr()?;
        if self.at(Punct::Assign) {
            let span = self.token_span();
            self.error(
                "FUSE_HTML_CHILD",
                span,
                "an assignment cannot stand among the children of an element",
            );
            return Err(Recover);
        }
        self.end_of_line()?;
        Ok(HtmlChild::Expr(expr))
    }

    fn if_child(&mut self) -> Parsed<HtmlChild> {
        let start = self.start();
        self.bump();
        let condition = self.header_expr();
        let mut branches = vec![(condition, self.nested(Self::children_or_inline)?)];
        let mut otherwise = None;
        while self.at_else() {
            self.bump();
            if !self.eat_keyword(Keyword::If) {
                otherwise = Some(self.nested(Self::children_or_inline)?);
                break;
            }
            let condition = self.header_expr();
            branches.push((condition, self.nested(Self::children_or_inline)?));
        }
        Ok(HtmlChild::If {
            branches,
            otherwise,
            span: self.span_from(start),
        })
    }

    /// The body of a conditional or loop child: a block, or one child on the same line.
    fn children_or_inline(&mut self) -> Parsed<Vec<HtmlChild>> {
        if self.at(Punct::Colon)
            && !matches!(
                self.kind_after(1),
                TokenKind::Newline | TokenKind::EndOfFile
            )
        {
            self.bump();
            return Ok(self.child()?.into_iter().collect());
        }
        self.children()
    }

    /// `for pattern [, pattern] in expr`
    pub(super) fn for_header(&mut self) -> Parsed<(Pattern, Option<Pattern>, Expr)> {
        self.bump();
        let pattern = self.pattern()?;
        let value_pattern = if self.eat(Punct::Comma) {
            Some(self.pattern()?)
        } else {
            None
        };
        self.expect_keyword(Keyword::In)?;
        Ok((pattern, value_pattern, self.header_expr()))
    }
}
