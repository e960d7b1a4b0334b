//! `app`, `migration` and `service`.

use super::super::{Parsed, Parser};
use crate::ast::{AppDecl, MigrationDecl, RouteDecl, ServiceDecl, StringLit, Verb};
use crate::token::{Keyword, Punct, TokenKind};

impl Parser<'_> {
    pub(super) fn app(&mut self) -> Parsed<AppDecl> {
        self.bump();
        let name = self.plain_string("an app name")?;
        Ok(AppDecl {
            name,
            body: self.block()?,
        })
    }

    /// The name is a string, an identifier or a number; all become text.
    pub(super) fn migration(&mut self) -> Parsed<MigrationDecl> {
        self.bump();
        let name = match self.kind() {
            TokenKind::Ident | TokenKind::Int(_) => {
                let value = self.token().text(self.text).to_string();
                StringLit {
                    value,
                    span: self.bump(),
                }
            }
            _ => self.plain_string("a migration name")?,
        };
        Ok(MigrationDecl {
            name,
            body: self.block()?,
        })
    }

    pub(super) fn service(&mut self) -> Parsed<ServiceDecl> {
        self.bump();
        let name = self.ident("a service name")?;
        self.expect_keyword(Keyword::At)?;
        let base = self.plain_string("a base path")?;
        let routes = self.members("routes", Self::route)?;
        Ok(ServiceDecl { name, base, routes })
    }

    fn route(&mut self) -> Parsed<RouteDecl> {
        let doc = self.doc();
        let start = self.start();
        let verb = match self.kind() {
            TokenKind::Keyword(Keyword::Get) => Verb::Get,
            TokenKind::Keyword(Keyword::Post) => Verb::Post,
            TokenKind::Keyword(Keyword::Put) => Verb::Put,
            TokenKind::Keyword(Keyword::Patch) => Verb::Patch,
            TokenKind::Keyword(Keyword::Delete) => Verb::Delete,
            _ => return self.expected("`get`, `post`, `put`, `patch` or `delete`"),
        };
        self.bump();
        let path = self.plain_string("a route path")?;
        let path = self.route_path(path);
        let body_type = if self.at_keyword(Keyword::Body) {
            let span = self.bump();
            Some((self.type_ref()?, span))
        } else {
            None
        };
        self.expect(Punct::Arrow)?;
        let ret = self.type_ref()?;
        let body = self.block()?;
        Ok(RouteDecl {
            doc,
            verb,
            path,
            body_type,
            ret,
            body,
            span: self.span_from(start),
        })
    }
}
