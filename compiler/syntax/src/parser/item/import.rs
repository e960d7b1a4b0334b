//! `import` and `requires`.

use super::super::{Parsed, Parser, Recover};
use crate::ast::{Import, ImportKind, Module, StringLit};
use crate::token::{Keyword, Mark, Punct, TokenKind};

/// The capabilities a module can require.
const CAPABILITIES: &[&str] = &["db", "crypto", "network", "time"];

impl Parser<'_> {
    pub(super) fn import(&mut self) -> Parsed<Import> {
        let start = self.bump();
        let kind = if self.at(Punct::OpenBrace) {
            self.mark(Mark::Padded);
            let close = self.tokens[self.partners[self.position]].start;
            self.marks.push((close, Mark::Padded));
            let names = self.list(Punct::OpenBrace, Punct::CloseBrace, |parser| {
                parser.ident("a name to import")
            })?;
            self.expect_keyword(Keyword::From)?;
            ImportKind::Named {
                names,
                path: self.import_path()?,
            }
        } else {
            let name = self.ident("a name or `{`")?;
            if self.eat_keyword(Keyword::As) {
                let alias = self.ident("an alias")?;
                self.expect_keyword(Keyword::From)?;
                ImportKind::Alias {
                    name,
                    alias,
                    path: self.import_path()?,
                }
            } else if self.eat_keyword(Keyword::From) {
                ImportKind::From {
                    name,
                    path: self.import_path()?,
                }
            } else {
                ImportKind::Module { name }
            }
        };
        let span = self.span_from(start.start);
        self.end_of_header_line()?;
        Ok(Import { kind, span })
    }

    /// A string, or a dotted name that means the same text.
    fn import_path(&mut self) -> Parsed<StringLit> {
        if matches!(self.kind(), TokenKind::Ident) {
            let path = self.path("an import path")?;
            let parts: Vec<&str> = path.parts.iter().map(|part| part.text.as_str()).collect();
            return Ok(StringLit {
                value: parts.join("."),
                span: path.span,
            });
        }
        let interpolated = *self.kind() == TokenKind::InterpolationStart;
        let path = self.plain_string("an import path")?;
        // There is no path to look for.
        if interpolated { Err(Recover) } else { Ok(path) }
    }

    pub(super) fn requires(&mut self, module: &mut Module) {
        let span = self.bump();
        if !module.items.is_empty() {
            self.error(
                "FUSE_REQUIRES_ORDER",
                span,
                "`requires` must come before every other declaration",
            );
        }
        let parsed = loop {
            match self.ident("a capability") {
                Ok(name) if CAPABILITIES.contains(&name.text.as_str()) => {
                    module.requires.push(name)
                }
                Ok(name) => {
                    let message = format!("unknown capability `{}`", name.text);
                    self.error("FUSE_REQUIRES_UNKNOWN", name.span, message);
                    self.hint("the capabilities are `db`, `crypto`, `network` and `time`");
                }
                Err(Recover) => break Err(Recover),
            }
            if !self.eat(Punct::Comma) {
                break self.end_of_header_line();
            }
        };
        if parsed.is_err() {
            self.skip_statement();
        }
    }

    /// `import` and `requires` may be followed by another declaration on the same line.
    fn end_of_header_line(&mut self) -> Parsed<()> {
        match self.kind() {
            TokenKind::Keyword(keyword) if keyword.starts_declaration() => Ok(()),
            _ => self.end_of_line(),
        }
    }
}
