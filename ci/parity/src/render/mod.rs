//! Programs as source text. A statement is one line or a block, so a fault's line is its statement's.

mod show;

use std::fmt::Write;

pub use show::is_plain;

use crate::library;
use crate::tree::{Block, Bounds, Expr, Kind, Op, Part, Pat, Program, Rule, Slot, Step, Stmt, Ty};

/// Declarations of a program; `PREFIXrun` is its entry. The library comes separately, once per module.
pub fn program(program: &Program) -> String {
    let mut r = Render {
        program,
        out: String::new(),
        shows: Vec::new(),
    };
    r.declarations();
    for func in &program.funcs {
        r.function(&func.name, &func.params, Some(&func.ret), &func.body);
    }
    r.function("run", &[], None, &program.main);
    let mut done = 0;
    while let Some(ty) = r.shows.get(done).cloned() {
        r.show_function(&ty);
        done += 1;
    }
    r.out
}

/// A module of several programs: `main` runs one by its number, `test "@NN"` too.
pub fn module(programs: &[Program]) -> String {
    let mut out = library::SOURCE.to_owned();
    for one in programs {
        out.push('\n');
        out.push_str(&program(one));
    }
    out.push_str("\nfn main(which: Int):\n");
    for (i, one) in programs.iter().enumerate() {
        let _ = write!(out, "  if which == {i}:\n    {}run()\n", one.prefix);
    }
    for (i, one) in programs.iter().enumerate() {
        let _ = write!(out, "\ntest \"@{i:02}\":\n  {}run()\n", one.prefix);
    }
    out
}

struct Render<'a> {
    program: &'a Program,
    out: String,
    /// Types whose text needs a function, in the order they were met.
    shows: Vec<Ty>,
}

const LOOSEST: u8 = 0;
const PREFIX: u8 = 9;
const POSTFIX: u8 = 10;

fn level(op: Op) -> u8 {
    match op {
        Op::Coalesce => 1,
        Op::Or => 2,
        Op::And => 3,
        Op::Eq | Op::Ne => 4,
        Op::Lt | Op::Le | Op::Gt | Op::Ge => 5,
        Op::Add | Op::Sub => 7,
        Op::Mul | Op::Div | Op::Rem => 8,
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Coalesce => "??",
        Op::Or => "or",
        Op::And => "and",
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
    }
}

impl Render<'_> {
    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.program.prefix)
    }

    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn ty(&self, ty: &Ty) -> String {
        match ty {
            Ty::Int => "Int".to_owned(),
            Ty::Float => "Float".to_owned(),
            Ty::Bool => "Bool".to_owned(),
            Ty::Str => "String".to_owned(),
            Ty::Bytes => "Bytes".to_owned(),
            Ty::List(of) => format!("List<{}>", self.ty(of)),
            Ty::Map(of) => format!("Map<String, {}>", self.ty(of)),
            Ty::Opt(of) => format!("{}?", self.ty(of)),
            Ty::Res(of) => format!("{}!{}", self.ty(of), self.name("Bad")),
            Ty::Struct(i) => self.name(&self.program.structs[*i].name),
            Ty::Enum(i) => self.name(&self.program.enums[*i].name),
        }
    }

    fn refined(&self, ty: &Ty, bounds: Bounds) -> String {
        match bounds {
            Some(Rule::Range(low, high)) => format!("{}({low}..{high})", self.ty(ty)),
            Some(Rule::Regex(i)) => {
                format!("{}(regex({}))", self.ty(ty), quoted(library::PATTERNS[i].0))
            }
            Some(Rule::Predicate(i)) => {
                format!("{}(predicate({}))", self.ty(ty), library::PREDICATES[i].0)
            }
            None => self.ty(ty),
        }
    }

    fn declarations(&mut self) {
        for decl in &self.program.structs {
            let head = format!("type {}:", self.name(&decl.name));
            self.line(0, &head);
            for field in &decl.fields {
                let mut text = format!("{}: {}", field.name, self.refined(&field.ty, field.bounds));
                if let Some(default) = &field.default {
                    let _ = write!(text, " = {}", self.expr(default, LOOSEST));
                }
                self.line(1, &text);
            }
        }
        for decl in &self.program.enums {
            let head = format!("enum {}:", self.name(&decl.name));
            self.line(0, &head);
            for (name, parts) in &decl.variants {
                let parts: Vec<String> = parts.iter().map(|part| self.ty(part)).collect();
                let text = match parts.is_empty() {
                    true => name.clone(),
                    false => format!("{name}({})", parts.join(", ")),
                };
                self.line(1, &text);
            }
        }
    }

    fn function(&mut self, name: &str, params: &[Slot], ret: Option<&Ty>, body: &Block) {
        let mut texts = Vec::new();
        for param in params {
            let mut text = format!("{}: {}", param.name, self.refined(&param.ty, param.bounds));
            if let Some(default) = &param.default {
                let _ = write!(text, " = {}", self.expr(default, LOOSEST));
            }
            texts.push(text);
        }
        let ret = ret.map_or(String::new(), |ret| format!(" -> {}", self.ty(ret)));
        let head = format!("fn {}({}){ret}:", self.name(name), texts.join(", "));
        self.line(0, &head);
        self.block(body, 1);
    }

    fn block(&mut self, block: &Block, depth: usize) {
        if block.is_empty() {
            self.line(depth, "assert(true)");
        }
        for stmt in block {
            self.stmt(stmt, depth);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match stmt {
            Stmt::Let {
                name,
                ty,
                mutable,
                annotate,
                bounds,
                value,
            } => {
                let word = if *mutable { "var" } else { "let" };
                let ty = match *annotate || bounds.is_some() {
                    true => format!(": {}", self.refined(ty, *bounds)),
                    false => String::new(),
                };
                let text = format!("{word} {name}{ty} = {}", self.expr(value, LOOSEST));
                self.line(depth, &text);
            }
            Stmt::Assign { root, path, value } => {
                let mut target = root.clone();
                for step in path {
                    match step {
                        Step::Field(decl, field) => {
                            let name = &self.program.structs[*decl].fields[*field].name;
                            let _ = write!(target, ".{name}");
                        }
                        Step::OptField(decl, field) => {
                            let name = &self.program.structs[*decl].fields[*field].name;
                            let _ = write!(target, "?.{name}");
                        }
                        Step::Index(at) | Step::Key(at) => {
                            let _ = write!(target, "[{}]", self.expr(at, LOOSEST));
                        }
                    }
                }
                let text = format!("{target} = {}", self.expr(value, LOOSEST));
                self.line(depth, &text);
            }
            Stmt::Print(value) => {
                let text = format!("print({})", self.expr(value, LOOSEST));
                self.line(depth, &text);
            }
            Stmt::If {
                branches,
                otherwise,
            } => {
                for (i, (condition, body)) in branches.iter().enumerate() {
                    let word = if i == 0 { "if" } else { "else if" };
                    let text = format!("{word} {}:", self.expr(condition, LOOSEST));
                    self.line(depth, &text);
                    self.block(body, depth + 1);
                }
                if let Some(body) = otherwise {
                    self.line(depth, "else:");
                    self.block(body, depth + 1);
                }
            }
            Stmt::While {
                counter,
                limit,
                body,
            } => {
                self.line(depth, &format!("var {counter} = 0"));
                self.line(depth, &format!("while {counter} < {limit}:"));
                self.line(depth + 1, &format!("{counter} = {counter} + 1"));
                for stmt in body {
                    self.stmt(stmt, depth + 1);
                }
            }
            Stmt::ForList { var, list, body } => {
                let text = format!("for {var} in {}:", self.expr(list, LOOSEST));
                self.line(depth, &text);
                self.block(body, depth + 1);
            }
            Stmt::ForRange {
                var,
                low,
                high,
                inclusive,
                body,
            } => {
                let dots = if *inclusive { ".." } else { "..<" };
                let text = format!(
                    "for {var} in {}{dots}{}:",
                    self.expr(low, 7),
                    self.expr(high, 7)
                );
                self.line(depth, &text);
                self.block(body, depth + 1);
            }
            Stmt::ForMap {
                key,
                value,
                map,
                body,
            } => {
                let key = key.as_ref().map_or(String::new(), |key| format!("{key}, "));
                let text = format!("for {key}{value} in {}:", self.expr(map, LOOSEST));
                self.line(depth, &text);
                self.block(body, depth + 1);
            }
            Stmt::Match { scrutinee, arms } => {
                let text = format!("match {}:", self.expr(scrutinee, LOOSEST));
                self.line(depth, &text);
                for (pat, body) in arms {
                    let text = format!("{}:", self.pat(pat));
                    self.line(depth + 1, &text);
                    self.block(body, depth + 2);
                }
            }
            Stmt::Return(value) => {
                let text = format!("return {}", self.expr(value, LOOSEST));
                self.line(depth, &text);
            }
            Stmt::Break => self.line(depth, "break"),
            Stmt::Continue => self.line(depth, "continue"),
            Stmt::Assert(condition, message) => {
                let text = format!(
                    "assert({}, {})",
                    self.expr(condition, LOOSEST),
                    quoted(message)
                );
                self.line(depth, &text);
            }
        }
    }

    fn pat(&self, pat: &Pat) -> String {
        match pat {
            Pat::Wild => "_".to_owned(),
            Pat::Bind(name) => name.clone(),
            Pat::Int(value) => value.to_string(),
            Pat::Str(text) => quoted(text),
            Pat::Bool(value) => value.to_string(),
            Pat::None => "None".to_owned(),
            Pat::Some(inner) => format!("Some({})", self.pat(inner)),
            Pat::Ok(inner) => format!("Ok({})", self.pat(inner)),
            Pat::Err(inner) => format!("Err({})", self.pat(inner)),
            Pat::Variant {
                decl,
                variant,
                qualified,
                parts,
            } => {
                let decl = &self.program.enums[*decl];
                let mut text = match qualified {
                    true => format!("{}.", self.name(&decl.name)),
                    false => String::new(),
                };
                text.push_str(&decl.variants[*variant].0);
                if !parts.is_empty() {
                    let parts: Vec<String> = parts.iter().map(|part| self.pat(part)).collect();
                    let _ = write!(text, "({})", parts.join(", "));
                }
                text
            }
            Pat::Struct { decl, fields } => {
                let decl = &self.program.structs[*decl];
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(i, pat)| format!("{} = {}", decl.fields[*i].name, self.pat(pat)))
                    .collect();
                format!("{}({})", self.name(&decl.name), fields.join(", "))
            }
        }
    }

    fn list(&mut self, items: &[Expr]) -> String {
        let items: Vec<String> = items.iter().map(|e| self.expr(e, LOOSEST)).collect();
        items.join(", ")
    }

    fn expr(&mut self, expr: &Expr, least: u8) -> String {
        let (own, text) = self.bare(expr);
        match own < least {
            true => format!("({text})"),
            false => text,
        }
    }

    /// Text of an expression, and how tightly it binds.
    fn bare(&mut self, expr: &Expr) -> (u8, String) {
        let text = match &expr.kind {
            Kind::Int(value) if *value < 0 => return (PREFIX, value.to_string()),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) => {
                let mut text = value.to_string();
                if !text.contains('.') {
                    text.push_str(".0");
                }
                let own = if value.is_sign_negative() {
                    PREFIX
                } else {
                    POSTFIX
                };
                return (own, text);
            }
            Kind::Bool(value) => value.to_string(),
            Kind::Str(text) => quoted(text),
            Kind::Null => "null".to_owned(),
            Kind::Var(name) => name.clone(),
            Kind::List(items) => format!("[{}]", self.list(items)),
            Kind::Map(pairs) => {
                let mut texts = Vec::new();
                for (key, value) in pairs {
                    let key = self.expr(key, LOOSEST);
                    texts.push(format!("{key}: {}", self.expr(value, LOOSEST)));
                }
                format!("{{{}}}", texts.join(", "))
            }
            Kind::Struct(fields) => {
                let Ty::Struct(decl) = &expr.ty else {
                    unreachable!("structs have struct types")
                };
                let decl = &self.program.structs[*decl];
                let mut texts = Vec::new();
                for (i, value) in fields {
                    let value = self.expr(value, LOOSEST);
                    texts.push(format!("{}={value}", decl.fields[*i].name));
                }
                format!("{}({})", self.name(&decl.name), texts.join(", "))
            }
            Kind::Enum(variant, parts) => {
                let Ty::Enum(decl) = &expr.ty else {
                    unreachable!("variants have enum types")
                };
                let decl = &self.program.enums[*decl];
                let mut text = format!("{}.{}", self.name(&decl.name), decl.variants[*variant].0);
                if !parts.is_empty() {
                    let _ = write!(text, "({})", self.list(parts));
                }
                text
            }
            Kind::Lift(inner) => return self.bare(inner),
            Kind::Some(inner) => format!("Some({})", self.expr(inner, LOOSEST)),
            Kind::Ok(inner) => format!("Ok({})", self.expr(inner, LOOSEST)),
            Kind::Err(inner) => format!("Err({})", self.expr(inner, LOOSEST)),
            Kind::Binary(op, left, right) => {
                let own = level(*op);
                let left = self.expr(left, own);
                let right = self.expr(right, own + 1);
                return (own, format!("{left} {} {right}", sign(*op)));
            }
            Kind::Neg(inner) => return (PREFIX, format!("-{}", self.expr(inner, POSTFIX))),
            Kind::Not(inner) => return (PREFIX, format!("!{}", self.expr(inner, POSTFIX))),
            Kind::Field(base, field) | Kind::OptField(base, field) => {
                let (decl, dot) = match (&base.ty, &expr.kind) {
                    (Ty::Struct(decl), Kind::Field(..)) => (*decl, "."),
                    (Ty::Opt(of), _) => match **of {
                        Ty::Struct(decl) => (decl, "?."),
                        _ => unreachable!("only structs have fields"),
                    },
                    _ => unreachable!("only structs have fields"),
                };
                let base = self.expr(base, POSTFIX);
                format!(
                    "{base}{dot}{}",
                    self.program.structs[decl].fields[*field].name
                )
            }
            Kind::Index(base, at) | Kind::Entry(base, at) | Kind::OptEntry(base, at) => {
                let base = self.expr(base, POSTFIX);
                format!("{base}[{}]", self.expr(at, LOOSEST))
            }
            Kind::OptIndex(base, at) => {
                let base = self.expr(base, POSTFIX);
                format!("{base}?[{}]", self.expr(at, LOOSEST))
            }
            Kind::Method(base, name, arguments) => {
                let base = self.expr(base, POSTFIX);
                format!("{base}.{name}({})", self.list(arguments))
            }
            Kind::Call(func, arguments) => {
                let func = &self.program.funcs[*func];
                let mut texts = Vec::new();
                for (param, named, value) in arguments {
                    let value = self.expr(value, LOOSEST);
                    texts.push(match named {
                        true => format!("{}={value}", func.params[*param].name),
                        false => value,
                    });
                }
                format!("{}({})", self.name(&func.name), texts.join(", "))
            }
            Kind::Library(name, types, arguments) => {
                let types: Vec<String> = types.iter().map(|ty| self.ty(ty)).collect();
                let types = match types.is_empty() {
                    true => String::new(),
                    false => format!("<{}>", types.join(", ")),
                };
                format!("{name}{types}({})", self.list(arguments))
            }
            Kind::Text(parts) => {
                let mut text = String::from("\"");
                for part in parts {
                    match part {
                        Part::Text(literal) => text.push_str(&escaped(literal)),
                        Part::Value(value) => {
                            let value = self.expr(value, LOOSEST);
                            let _ = write!(text, "${{{value}}}");
                        }
                    }
                }
                text.push('"');
                text
            }
            Kind::Range(low, high, inclusive) => {
                let dots = if *inclusive { ".." } else { "..<" };
                let low = self.expr(low, 7);
                return (6, format!("{low}{dots}{}", self.expr(high, 7)));
            }
            Kind::Try(inner, None) => {
                return (LOOSEST, format!("{}?!", self.expr(inner, POSTFIX)));
            }
            Kind::Try(inner, Some(error)) => {
                let inner = self.expr(inner, POSTFIX);
                return (LOOSEST, format!("{inner} ?! {}", self.expr(error, POSTFIX)));
            }
            Kind::Show(inner) => return self.show(inner),
        };
        (POSTFIX, text)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' => out.push_str("\\$"),
            other => out.push(other),
        }
    }
    out
}
