//! Printed names: readable, and unique where MIR identity is a number.

use cranelift_entity::EntityRef;
use indexmap::IndexSet;

use super::super::function::Function;
use super::super::program::Program;
use super::super::types::TypeTable;

/// Type words that structs and enums cannot print as.
pub(super) const BUILTIN_TYPES: &[&str] = &[
    "Unit", "Bool", "Int", "Float", "Raw", "String", "Bytes", "Html", "List", "Map", "Box",
    "Option", "Result",
];

pub(super) struct Names {
    pub structs: Vec<String>,
    pub enums: Vec<String>,
    pub functions: Vec<String>,
    pub globals: Vec<String>,
}

impl Names {
    /// Names of types only; for those who print nothing else.
    pub fn types(types: &TypeTable) -> Names {
        let mut seen: IndexSet<&str> = BUILTIN_TYPES.iter().copied().collect();
        let structs = types
            .structs
            .iter()
            .map(|(id, def)| unique(&mut seen, &def.name, id.index(), ident));
        let structs = structs.collect();
        let offset = types.structs.len();
        let enums = types
            .enums
            .iter()
            .map(|(id, def)| unique(&mut seen, &def.name, offset + id.index(), ident));
        Names {
            structs,
            enums: enums.collect(),
            functions: Vec::new(),
            globals: Vec::new(),
        }
    }

    pub fn new(program: &Program) -> Names {
        let mut seen = IndexSet::new();
        let functions = program
            .functions
            .iter()
            .map(|(id, f)| unique(&mut seen, &f.name, id.index(), path));
        let functions = functions.collect();
        let mut seen = IndexSet::new();
        let globals = program
            .globals
            .iter()
            .map(|(id, g)| unique(&mut seen, &g.name, id.index(), ident));
        let globals = globals.collect();
        Names {
            functions,
            globals,
            ..Names::types(&program.types)
        }
    }
}

/// Names of a function's locals, with the `%`.
pub(super) fn local_names(function: &Function) -> Vec<String> {
    let mut seen = IndexSet::new();
    function
        .locals
        .iter()
        .map(|(id, decl)| {
            if decl.name.is_empty() {
                format!("%{}", id.index())
            } else {
                format!("%{}", unique(&mut seen, &decl.name, id.index(), ident))
            }
        })
        .collect()
}

fn unique<'a>(
    seen: &mut IndexSet<&'a str>,
    name: &'a str,
    index: usize,
    form: fn(&str) -> String,
) -> String {
    if seen.insert(name) {
        form(name)
    } else {
        format!("{}#{index}", form(name))
    }
}

pub(super) fn is_ident(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A single identifier, quoted when it is not one.
pub(super) fn ident(name: &str) -> String {
    if is_ident(name) && name != "fn" {
        name.to_string()
    } else {
        quote(name.as_bytes())
    }
}

/// Identifiers joined by dots, quoted when it is not that.
fn path(name: &str) -> String {
    if name.split('.').all(|part| is_ident(part) && part != "fn") {
        name.to_string()
    } else {
        quote(name.as_bytes())
    }
}

pub(super) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => {
                    let mut buffer = [0; 4];
                    for byte in c.encode_utf8(&mut buffer).bytes() {
                        out.push_str(&format!("\\x{byte:02x}"));
                    }
                }
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}
