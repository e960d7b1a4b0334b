//! `fn`, `interface`, `impl` and `component`.

use super::super::{Parsed, Parser, Recover};
use crate::ast::{Bound, FnDecl, Ident, ImplDecl, InterfaceDecl, ParamDecl, Signature};
use crate::token::{Keyword, Mark, Punct, TokenKind};

impl Parser<'_> {
    pub(super) fn fn_decl(&mut self, is_method: bool) -> Parsed<FnDecl> {
        let doc = self.doc();
        self.expect_keyword(Keyword::Fn)?;
        let signature = self.signature(doc, is_method)?;
        Ok(FnDecl {
            signature,
            body: self.block()?,
        })
    }

    pub(super) fn component(&mut self) -> Parsed<FnDecl> {
        let doc = self.doc();
        self.bump();
        let start = self.start();
        let name = self.ident("a component name")?;
        let type_params = self.type_params()?;
        let params = if self.at(Punct::OpenParen) {
            self.params()?
        } else {
            Vec::new()
        };
        let bounds = self.bounds();
        let signature = Signature {
            doc,
            name,
            type_params,
            params,
            ret: None,
            bounds,
            span: self.span_from(start),
        };
        Ok(FnDecl {
            signature,
            body: self.block()?,
        })
    }

    pub(super) fn interface(&mut self) -> Parsed<InterfaceDecl> {
        self.bump();
        let name = self.ident("an interface name")?;
        let members = self.members("function signatures", |parser| {
            let doc = parser.doc();
            parser.expect_keyword(Keyword::Fn)?;
            let signature = parser.signature(doc, true)?;
            parser.end_of_line()?;
            Ok(signature)
        })?;
        Ok(InterfaceDecl { name, members })
    }

    pub(super) fn impl_decl(&mut self) -> Parsed<ImplDecl> {
        self.bump();
        let interface = self.path("an interface name")?;
        self.expect_keyword(Keyword::For)?;
        let target = self.path("a type name")?;
        let methods = self.members("functions", |parser| parser.fn_decl(true))?;
        Ok(ImplDecl {
            interface,
            target,
            methods,
        })
    }

    /// Everything between `fn` and the body. Methods are only reached through `.`, so keywords may name them.
    fn signature(&mut self, doc: Option<String>, is_method: bool) -> Parsed<Signature> {
        let start = self.start();
        let what = "a function name";
        let name = if is_method {
            self.field_name(what)?
        } else {
            self.ident(what)?
        };
        let type_params = self.type_params()?;
        if !self.at(Punct::OpenParen) {
            return self.expected("`(`");
        }
        let params = self.params()?;
        let ret = if self.eat(Punct::Arrow) {
            let start = self.token_span();
            Some(self.type_ref().unwrap_or_else(|Recover| {
                self.skip_header();
                Self::error_type(start)
            }))
        } else {
            None
        };
        let bounds = self.bounds();
        Ok(Signature {
            doc,
            name,
            type_params,
            params,
            ret,
            bounds,
            span: self.span_from(start),
        })
    }

    /// `<T, U>`
    fn type_params(&mut self) -> Parsed<Vec<Ident>> {
        let mut type_params = Vec::new();
        if !self.at(Punct::Less) {
            return Ok(type_params);
        }
        self.mark(Mark::OpenAngle);
        self.bump();
        while !self.at(Punct::Greater) {
            type_params.push(self.ident("a type parameter")?);
            if !self.eat(Punct::Comma) && !self.at(Punct::Greater) {
                return self.expected("`,` or `>`");
            }
        }
        self.mark(Mark::CloseAngle);
        self.bump();
        Ok(type_params)
    }

    fn params(&mut self) -> Parsed<Vec<ParamDecl>> {
        self.mark(Mark::Attached);
        self.list(Punct::OpenParen, Punct::CloseParen, |parser| {
            let start = parser.start();
            let name = parser.ident("a parameter name")?;
            if !parser.eat(Punct::Colon) {
                let hint = "parameters have types, as in `name: String`";
                return parser.expected_hint("`:`", Some(hint));
            }
            let ty = parser.type_ref()?;
            let default = if parser.eat(Punct::Assign) {
                Some(parser.expr()?)
            } else {
                None
            };
            Ok(ParamDecl {
                name,
                ty,
                default,
                span: parser.span_from(start),
            })
        })
    }

    /// `where T: Interface, U: Other`; `where` is an ordinary identifier elsewhere.
    fn bounds(&mut self) -> Vec<Bound> {
        let mut bounds = Vec::new();
        if !(*self.kind() == TokenKind::Ident && self.token().text(self.text) == "where") {
            return bounds;
        }
        self.bump();
        loop {
            match self.bound() {
                Ok(bound) => bounds.push(bound),
                Err(Recover) => {
                    self.skip_header();
                    return bounds;
                }
            }
            if !self.eat(Punct::Comma) {
                return bounds;
            }
        }
    }

    fn bound(&mut self) -> Parsed<Bound> {
        let param = self.ident("a type parameter")?;
        self.expect(Punct::Colon)?;
        Ok(Bound {
            param,
            interface: self.path("an interface name")?,
        })
    }
}
