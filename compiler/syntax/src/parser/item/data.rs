//! `type`, `enum` and `config`.

use super::super::{Parsed, Parser};
use crate::ast::{ConfigDecl, EnumDecl, FieldDecl, TypeDecl, TypeDeclKind, VariantDecl};
use crate::token::{Keyword, Mark, Punct};

impl Parser<'_> {
    pub(super) fn type_decl(&mut self) -> Parsed<TypeDecl> {
        self.bump();
        let name = self.path("a type name")?;
        let kind = if self.eat(Punct::Assign) {
            let base = self.path("a type name")?;
            self.expect_keyword(Keyword::Without)?;
            let mut removed = vec![self.field_name("a field name")?];
            while self.eat(Punct::Comma) {
                removed.push(self.field_name("a field name")?);
            }
            self.end_of_line()?;
            TypeDeclKind::Without { base, removed }
        } else if self.at(Punct::Colon) {
            TypeDeclKind::Fields(self.members("fields", Self::field)?)
        } else {
            return self.expected("`:` or `=` after the type name");
        };
        Ok(TypeDecl { name, kind })
    }

    /// `name: Type`, perhaps with `= default`. Keywords may be field names.
    fn field(&mut self) -> Parsed<FieldDecl> {
        let doc = self.doc();
        let start = self.start();
        let name = self.field_name("a field name")?;
        self.expect(Punct::Colon)?;
        let ty = self.type_ref()?;
        let default = if self.eat(Punct::Assign) {
            Some(self.expr()?)
        } else {
            None
        };
        let span = self.span_from(start);
        self.end_of_line()?;
        Ok(FieldDecl {
            doc,
            name,
            ty,
            default,
            span,
        })
    }

    pub(super) fn enum_decl(&mut self) -> Parsed<EnumDecl> {
        self.bump();
        let name = self.path("an enum name")?;
        let variants = self.members("variants", Self::variant)?;
        Ok(EnumDecl { name, variants })
    }

    fn variant(&mut self) -> Parsed<VariantDecl> {
        let doc = self.doc();
        let start = self.start();
        let name = self.ident("a variant name")?;
        let payload = if self.at(Punct::OpenParen) {
            self.mark(Mark::Attached);
            self.list(Punct::OpenParen, Punct::CloseParen, Self::type_ref)?
        } else {
            Vec::new()
        };
        let span = self.span_from(start);
        self.end_of_line()?;
        Ok(VariantDecl {
            doc,
            name,
            payload,
            span,
        })
    }

    pub(super) fn config(&mut self) -> Parsed<ConfigDecl> {
        self.bump();
        let name = self.ident("a config name")?;
        let fields = self.members("fields", |parser| {
            let doc = parser.doc();
            let start = parser.start();
            let name = parser.field_name("a field name")?;
            parser.expect(Punct::Colon)?;
            let ty = parser.type_ref()?;
            if !parser.eat(Punct::Assign) {
                let hint = "a config field has a default, as in `port: Int = 8080`";
                return parser.expected_hint("`=` and a default", Some(hint));
            }
            let default = Some(parser.expr()?);
            let span = parser.span_from(start);
            parser.end_of_line()?;
            Ok(FieldDecl {
                doc,
                name,
                ty,
                default,
                span,
            })
        })?;
        Ok(ConfigDecl { name, fields })
    }
}
