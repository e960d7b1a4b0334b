//! Declarations.

mod callable;
mod data;
mod import;
mod program;

use super::{Parsed, Parser, Recover};
use crate::ast::{Item, ItemKind, Module, TestDecl};
use crate::token::{Keyword, TokenKind};

impl Parser<'_> {
    pub(super) fn module(&mut self) -> Module {
        let mut module = Module::default();
        let mut reported_indent = false;
        loop {
            let before = self.position;
            match self.kind() {
                TokenKind::EndOfFile => break,
                TokenKind::Newline | TokenKind::Dedent => {
                    self.bump();
                }
                TokenKind::Indent => {
                    if !reported_indent {
                        self.unexpected_indent();
                    }
                    reported_indent = true;
                    self.bump();
                }
                TokenKind::Keyword(Keyword::Requires) => self.requires(&mut module),
                _ => match self.item() {
                    Ok(item) => module.items.push(item),
                    Err(Recover) => self.skip_to_declaration(),
                },
            }
            // Only the end of the file cannot be consumed.
            if self.position == before {
                self.bump();
            }
        }
        module
    }

    fn item(&mut self) -> Parsed<Item> {
        let doc = self.doc();
        let start = self.start();
        let kind = match *self.kind() {
            TokenKind::Keyword(keyword) => match keyword {
                Keyword::Import => ItemKind::Import(self.import()?),
                Keyword::Type => ItemKind::Type(self.type_decl()?),
                Keyword::Enum => ItemKind::Enum(self.enum_decl()?),
                Keyword::Interface => ItemKind::Interface(self.interface()?),
                Keyword::Impl => ItemKind::Impl(self.impl_decl()?),
                Keyword::Fn => ItemKind::Fn(self.fn_decl(false)?),
                Keyword::Component => ItemKind::Component(self.component()?),
                Keyword::Service => ItemKind::Service(self.service()?),
                Keyword::Config => ItemKind::Config(self.config()?),
                Keyword::App => ItemKind::App(self.app()?),
                Keyword::Migration => ItemKind::Migration(self.migration()?),
                Keyword::Test => {
                    self.bump();
                    let name = self.plain_string("a test name")?;
                    ItemKind::Test(TestDecl {
                        name,
                        body: self.block()?,
                    })
                }
                _ => return self.expected_declaration(),
            },
            _ => return self.expected_declaration(),
        };
        Ok(Item {
            doc,
            kind,
            span: self.span_from(start),
        })
    }

    fn expected_declaration<T>(&mut self) -> Parsed<T> {
        self.expected("a declaration")
    }

    /// Skips to the next line at the top level that begins with a declaration keyword.
    fn skip_to_declaration(&mut self) {
        loop {
            match self.kind() {
                TokenKind::EndOfFile => return,
                TokenKind::Indent => self.jump(self.partners[self.position] + 1),
                TokenKind::Newline | TokenKind::Dedent => {
                    self.bump();
                }
                TokenKind::Keyword(keyword)
                    if keyword.starts_declaration() && self.at_line_start() =>
                {
                    return;
                }
                _ => {
                    self.bump();
                }
            }
        }
    }

    fn at_line_start(&self) -> bool {
        match self.position.checked_sub(1) {
            Some(before) => {
                matches!(
                    self.tokens[before].kind,
                    TokenKind::Newline | TokenKind::Dedent | TokenKind::Indent
                )
            }
            None => true,
        }
    }
}
