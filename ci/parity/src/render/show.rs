//! Everything inside a value, as text: functions for types whose own text hides something.

use std::fmt::Write;

use super::{LOOSEST, POSTFIX, Render};
use crate::tree::{Expr, Kind, Program, Ty};

impl Render<'_> {
    pub(super) fn show(&mut self, inner: &Expr) -> (u8, String) {
        let value = self.expr(inner, LOOSEST);
        if inner.ty == Ty::Str {
            return self.bare(inner);
        }
        let text = match is_plain(self.program, &inner.ty, 0) {
            true => format!("\"${{{value}}}\""),
            false => format!("{}({value})", self.show_name(&inner.ty)),
        };
        (POSTFIX, text)
    }

    fn show_name(&mut self, ty: &Ty) -> String {
        let i = match self.shows.iter().position(|known| known == ty) {
            Some(i) => i,
            None => {
                self.shows.push(ty.clone());
                self.shows.len() - 1
            }
        };
        self.name(&format!("show{i}"))
    }

    /// Call of the text function of a variable.
    fn show_var(&mut self, name: &str, ty: &Ty) -> String {
        self.show(&Expr::var(name, ty.clone())).1
    }

    pub(super) fn show_function(&mut self, ty: &Ty) {
        let name = self.show_name(ty);
        let head = format!("fn {name}(v: {}) -> String:", self.ty(ty));
        let mut body = Vec::new();
        match ty {
            Ty::List(of) => {
                let item = self.show_var("x", of);
                body.push("var out = \"[\"".to_owned());
                body.push("for x in v:".to_owned());
                body.push(format!("  out = out + {item} + \";\""));
                body.push("return out + \"]\"".to_owned());
            }
            Ty::Map(of) => {
                let item = self.show_var("x", of);
                body.push("var out = \"{\"".to_owned());
                body.push("for k, x in v:".to_owned());
                body.push(format!("  out = \"${{out}}${{k}}:\" + {item} + \";\""));
                body.push("return out + \"}\"".to_owned());
            }
            Ty::Opt(of) => {
                let item = self.show_var("x", of);
                body.push("match v:".to_owned());
                body.push("  Some(x):".to_owned());
                body.push(format!("    return \"?\" + {item}"));
                body.push("  None:".to_owned());
                body.push("    return \"null\"".to_owned());
            }
            Ty::Res(of) => {
                let item = self.show_var("x", of);
                body.push("match v:".to_owned());
                body.push("  Ok(x):".to_owned());
                body.push(format!("    return \"ok \" + {item}"));
                body.push("  Err(e):".to_owned());
                body.push("    return \"err ${e.message}/${e.code}\"".to_owned());
            }
            Ty::Struct(decl) => {
                let mut parts = Vec::new();
                let fields = &self.program.structs[*decl].fields;
                for (i, field) in fields.iter().enumerate() {
                    let base = Expr::var("v", ty.clone());
                    let read = Expr::new(field.ty.clone(), Kind::Field(Box::new(base), i));
                    parts.push(format!("\"{}=\" + {}", field.name, self.show(&read).1));
                }
                body.push(format!(
                    "return \"(\" + {} + \")\"",
                    parts.join(" + \",\" + ")
                ));
            }
            Ty::Enum(decl) => {
                body.push("match v:".to_owned());
                for (variant, parts) in &self.program.enums[*decl].variants {
                    let names: Vec<String> = (0..parts.len()).map(|i| format!("x{i}")).collect();
                    let pattern = match names.is_empty() {
                        true => variant.clone(),
                        false => format!("{variant}({})", names.join(", ")),
                    };
                    let mut text = format!("\"{variant}\"");
                    for (name, part) in names.iter().zip(parts) {
                        let _ = write!(text, " + \"/\" + {}", self.show_var(name, part));
                    }
                    body.push(format!("  {pattern}:"));
                    body.push(format!("    return {text}"));
                }
            }
            Ty::Int | Ty::Float | Ty::Bool | Ty::Str | Ty::Bytes => {
                unreachable!("plain values need no function")
            }
        }
        self.line(0, &head);
        for line in body {
            self.line(1, &line);
        }
    }
}

/// Whether the language's own text of a type shows everything inside.
pub fn is_plain(program: &Program, ty: &Ty, depth: usize) -> bool {
    match ty {
        Ty::Int | Ty::Float | Ty::Bool | Ty::Str | Ty::Bytes => true,
        Ty::List(of) | Ty::Map(of) | Ty::Opt(of) => is_plain(program, of, depth),
        Ty::Res(_) | Ty::Struct(_) => false,
        Ty::Enum(decl) => {
            let mut parts = program.enums[*decl].variants.iter().flat_map(|(_, p)| p);
            depth < 3 && parts.all(|part| part == ty || is_plain(program, part, depth + 1))
        }
    }
}
