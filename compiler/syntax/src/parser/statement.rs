//! Blocks and statements.

use super::{Parsed, Parser, Recover};
use crate::ast::{ArmBody, Block, ExprKind, IfStmt, MatchArm, Stmt, StmtKind};
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    /// `:` and an indented block of statements.
    pub(super) fn block(&mut self) -> Parsed<Block> {
        self.open_block("statements")?;
        self.nested(Self::block_body)
    }

    /// Statements up to and including the DEDENT. The height of the block is left in `height`.
    fn block_body(&mut self) -> Parsed<Block> {
        let outer_peak = std::mem::take(&mut self.peak);
        let start = self.start();
        let mut statements = Vec::new();
        // Blocks opened by indentation that nothing called for; their statements count as ours.
        let mut stray = 0;
        loop {
            let before = self.position;
            match self.kind() {
                TokenKind::EndOfFile => break,
                TokenKind::Dedent if stray == 0 => break,
                TokenKind::Dedent => {
                    stray -= 1;
                    self.bump();
                    continue;
                }
                TokenKind::Newline => {
                    self.bump();
                    continue;
                }
                TokenKind::Indent => {
                    self.unexpected_indent();
                    stray += 1;
                    self.bump();
                    continue;
                }
                _ => {}
            }
            let span = self.token_span();
            match self.statement() {
                Ok(statement) => statements.push(statement),
                Err(Recover) => {
                    statements.push(Stmt {
                        kind: StmtKind::Error,
                        span,
                    });
                    self.skip_statement();
                }
            }
            if self.position == before {
                self.bump();
            }
        }
        let span = self.span_from(start);
        self.bump();
        self.height = self.peak + 1;
        self.peak = outer_peak.max(self.height);
        Ok(Block { statements, span })
    }

    /// A block, or one statement on the same line.
    fn block_or_inline(&mut self) -> Parsed<Block> {
        if !self.at(Punct::Colon)
            || matches!(
                self.kind_after(1),
                TokenKind::Newline | TokenKind::EndOfFile
            )
        {
            return self.block();
        }
        self.bump();
        let statement = self.nested(Self::statement)?;
        let span = statement.span;
        Ok(Block {
            statements: vec![statement],
            span,
        })
    }

    pub(super) fn statement(&mut self) -> Parsed<Stmt> {
        let start = self.start();
        let kind = self.statement_kind()?;
        Ok(Stmt {
            kind,
            span: self.span_from(start),
        })
    }

    fn statement_kind(&mut self) -> Parsed<StmtKind> {
        let TokenKind::Keyword(keyword) = *self.kind() else {
            return self.expression_statement();
        };
        let calls_tag = *self.kind_after(1) == TokenKind::Punct(Punct::OpenParen);
        match keyword {
            Keyword::Let => self.let_statement(false),
            Keyword::Var if !calls_tag => self.let_statement(true),
            Keyword::Return => {
                self.bump();
                let value = if matches!(
                    self.kind(),
                    TokenKind::Newline | TokenKind::Dedent | TokenKind::EndOfFile
                ) {
                    None
                } else {
                    Some(self.value_expr()?)
                };
                self.end_of_line()?;
                Ok(StmtKind::Return(value))
            }
            Keyword::If => self.if_statement(),
            Keyword::Match => self.match_statement(),
            Keyword::For => self.for_statement(),
            Keyword::While => {
                self.bump();
                let condition = self.header_expr();
                Ok(StmtKind::While {
                    condition,
                    body: self.block()?,
                })
            }
            Keyword::Transaction => {
                self.bump();
                Ok(StmtKind::Transaction(self.block()?))
            }
            Keyword::Break | Keyword::Continue => {
                self.bump();
                self.end_of_line()?;
                Ok(if keyword == Keyword::Break {
                    StmtKind::Break
                } else {
                    StmtKind::Continue
                })
            }
            Keyword::Else => self.expected_hint(
                "a statement",
                Some("`else` belongs directly after the block of an `if`"),
            ),
            _ if keyword.starts_declaration() => self.expected_hint(
                "a statement",
                Some("declarations stand at the top level of a file"),
            ),
            _ => self.expression_statement(),
        }
    }

    fn let_statement(&mut self, mutable: bool) -> Parsed<StmtKind> {
        self.bump();
        let name = self.ident("a variable name")?;
        let ty = if self.eat(Punct::Colon) {
            Some(self.type_ref()?)
        } else {
            None
        };
        self.expect(Punct::Assign)?;
        let value = self.value_expr()?;
        self.end_of_line()?;
        Ok(StmtKind::Let {
            mutable,
            name,
            ty,
            value,
        })
    }

    fn expression_statement(&mut self) -> Parsed<StmtKind> {
        let target = self.value_expr()?;
        if self.eat(Punct::Assign) {
            let value = self.value_expr()?;
            self.end_of_line()?;
            return Ok(StmtKind::Assign { target, value });
        }
        if self.at(Punct::Colon) && *self.kind_after(1) == TokenKind::Newline {
            let hint = match &target.kind {
                ExprKind::Name(name) => {
                    format!("a block of children follows a call: `{}():`", name.text)
                }
                _ => "a block of children can only follow a call".to_string(),
            };
            return self.expected_hint("end of line", Some(&hint));
        }
        self.end_of_line()?;
        Ok(StmtKind::Expr(target))
    }

    fn if_statement(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let condition = self.header_expr();
        let mut branches = vec![(condition, self.block_or_inline()?)];
        let mut otherwise = None;
        while self.at_else() {
            self.bump();
            if !self.eat_keyword(Keyword::If) {
                otherwise = Some(self.block_or_inline()?);
                break;
            }
            let condition = self.header_expr();
            branches.push((condition, self.block_or_inline()?));
        }
        Ok(StmtKind::If(IfStmt {
            branches,
            otherwise,
        }))
    }

    /// Whether an `else` follows, behind any line ends.
    pub(super) fn at_else(&mut self) -> bool {
        let mut distance = 0;
        while *self.kind_after(distance) == TokenKind::Newline {
            distance += 1;
        }
        let found = *self.kind_after(distance) == TokenKind::Keyword(Keyword::Else);
        if found {
            self.skip_newlines();
        }
        found
    }

    fn match_statement(&mut self) -> Parsed<StmtKind> {
        self.bump();
        let scrutinee = self.header_expr();
        let arms = self.nested(|parser| parser.members("match arms", Self::match_arm))?;
        Ok(StmtKind::Match { scrutinee, arms })
    }

    fn match_arm(&mut self) -> Parsed<MatchArm> {
        let start = self.start();
        let pattern = self.pattern()?;
        let body = match self.kind() {
            TokenKind::Punct(Punct::Arrow) => {
                self.bump();
                let value = self.expr()?;
                self.end_of_line()?;
                ArmBody::Return(value)
            }
            TokenKind::Punct(Punct::Colon) => ArmBody::Block(self.block()?),
            TokenKind::Punct(Punct::FatArrow) => {
                return self.expected_hint("`->` or `:`", Some("write `->` to return the value"));
            }
            _ => return self.expected("`->` or `:`"),
        };
        Ok(MatchArm {
            pattern,
            body,
            span: self.span_from(start),
        })
    }

    fn for_statement(&mut self) -> Parsed<StmtKind> {
        let (pattern, value_pattern, iterable) = self.for_header()?;
        Ok(StmtKind::For {
            pattern,
            value_pattern,
            iterable,
            body: self.block()?,
        })
    }
}
