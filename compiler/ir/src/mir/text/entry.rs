//! Entry tables: `configs`, `config`, `app`, `main`, `service`, `test`.

use std::fmt::Write;

use cranelift_entity::EntityRef;

use super::super::program::{Entry, Flag, FuncId, MainEntry, Migration, Route, Segment, Service};
use super::names::{Names, quote};
use super::parse::{Parser, Result};

/// HTTP methods; [`Route::method`] is one of these.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

fn q(text: &str) -> String {
    quote(text.as_bytes())
}

pub(super) fn print_entry(entry: &Entry, names: &Names, out: &mut String) {
    let func = |id: FuncId| names.functions[id.index()].clone();
    if let Some(id) = entry.configs {
        let _ = writeln!(out, "configs {}", func(id));
    }
    for (prefix, fields) in &entry.config_names {
        let fields: Vec<String> = fields
            .iter()
            .map(|(env, field)| format!("{}: {}", q(env), q(field)))
            .collect();
        let _ = writeln!(out, "config {} {{ {} }}", q(prefix), fields.join(", "));
    }
    for (name, id) in &entry.apps {
        let _ = writeln!(out, "app {} {}", q(name), func(*id));
    }
    if let Some(main) = &entry.main {
        let _ = writeln!(out, "main {} {} {{", func(main.function), q(&main.doc));
        for flag in &main.flags {
            let bool = if flag.is_bool { " bool" } else { "" };
            let required = if flag.required { " required" } else { "" };
            let _ = writeln!(
                out,
                "  flag {} {} {}{bool}{required}",
                q(&flag.name),
                q(&flag.type_name),
                q(&flag.default)
            );
        }
        out.push_str("}\n");
    }
    for service in &entry.services {
        let base: Vec<String> = service.base.iter().map(|s| q(s)).collect();
        let _ = writeln!(
            out,
            "service {} base({}) {{",
            q(&service.name),
            base.join(", ")
        );
        for route in &service.routes {
            let segments: Vec<String> = route
                .segments
                .iter()
                .map(|s| match s {
                    Segment::Literal(text) => q(text),
                    Segment::Param(name, ty) => format!("{}: {}", q(name), q(ty)),
                })
                .collect();
            let body = if route.has_body { " body" } else { "" };
            let blocks = if route.blocks { " blocks" } else { "" };
            let _ = writeln!(
                out,
                "  route {} ({}) {}{body}{blocks}",
                route.method,
                segments.join(", "),
                func(route.function)
            );
        }
        out.push_str("}\n");
    }
    for migration in &entry.migrations {
        let _ = writeln!(
            out,
            "migration {} {} {}",
            q(&migration.package),
            q(&migration.name),
            func(migration.function)
        );
    }
    for (name, id) in &entry.tests {
        let _ = writeln!(out, "test {} {}", q(name), func(*id));
    }
}

impl Parser {
    /// The item behind one of the entry words, or `false` when the word is none of them.
    pub(super) fn entry_item(&mut self, word: &str) -> Result<bool> {
        match word {
            "configs" => {
                let function = self.function_name()?;
                self.program.entry.configs = Some(function);
            }
            "config" => {
                let prefix = self.text()?;
                let mut fields = Vec::new();
                self.expect('{')?;
                while !self.eat('}') {
                    let env = self.text()?;
                    self.expect(':')?;
                    fields.push((env, self.text()?));
                    self.eat(',');
                }
                self.program.entry.config_names.push((prefix, fields));
            }
            "app" => {
                let app = (self.text()?, self.function_name()?);
                self.program.entry.apps.push(app);
            }
            "test" => {
                let test = (self.text()?, self.function_name()?);
                self.program.entry.tests.push(test);
            }
            "migration" => {
                let migration = Migration {
                    package: self.text()?,
                    name: self.text()?,
                    function: self.function_name()?,
                };
                self.program.entry.migrations.push(migration);
            }
            "main" => {
                let main = self.main()?;
                self.program.entry.main = Some(main);
            }
            "service" => {
                let service = self.service()?;
                self.program.entry.services.push(service);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn main(&mut self) -> Result<MainEntry> {
        let function = self.function_name()?;
        let doc = self.text()?;
        let mut flags = Vec::new();
        self.expect('{')?;
        while !self.eat('}') {
            self.keyword("flag")?;
            let (name, type_name, default) = (self.text()?, self.text()?, self.text()?);
            let is_bool = self.eat_word("bool");
            let required = self.eat_word("required");
            flags.push(Flag {
                name,
                type_name,
                is_bool,
                required,
                default,
            });
        }
        Ok(MainEntry {
            function,
            doc,
            flags,
        })
    }

    fn service(&mut self) -> Result<Service> {
        let name = self.text()?;
        self.keyword("base")?;
        let mut base = Vec::new();
        self.expect('(')?;
        while !self.eat(')') {
            base.push(self.text()?);
            self.eat(',');
        }
        let mut routes = Vec::new();
        self.expect('{')?;
        while !self.eat('}') {
            self.keyword("route")?;
            let method = self.word()?;
            let Some(method) = METHODS.iter().find(|m| **m == method) else {
                return self.fail(format!("unknown method {method}"));
            };
            let mut segments = Vec::new();
            self.expect('(')?;
            while !self.eat(')') {
                let text = self.text()?;
                segments.push(if self.eat(':') {
                    Segment::Param(text, self.text()?)
                } else {
                    Segment::Literal(text)
                });
                self.eat(',');
            }
            let function = self.function_name()?;
            let has_body = self.eat_word("body");
            let blocks = self.eat_word("blocks");
            routes.push(Route {
                method,
                segments,
                function,
                has_body,
                blocks,
            });
        }
        Ok(Service { name, base, routes })
    }
}
