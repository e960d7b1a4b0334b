//! Names at module level: what a module declares and imports, and what a dotted path leads to.

use std::collections::BTreeSet;

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Checker, FnIdx, TypeEnv};
use crate::diag::with_suggestion;
use crate::interfaces::InterfaceId;
use crate::program::ConfigId;
use crate::stdlib;
use crate::types::{EnumId, StructId, Type, TypeId};

/// What a module-level name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Struct(StructId),
    Enum(EnumId),
    Fn(FnIdx),
    Config(ConfigId),
    /// An import alias; index of the module.
    Module(usize),
    /// An import alias of `std.Error`, or that path itself.
    StdError,
    /// A Markdown asset: index into the graph's assets.
    Text(u32),
    Interface(InterfaceId),
    Component(FnIdx),
    Service,
    /// A JSON asset.
    Data(u32),
    /// Already diagnosed; anything goes.
    Poison,
}

impl Symbol {
    /// For messages: `x` is ...
    pub fn describe(self) -> &'static str {
        match self {
            Symbol::Struct(_) | Symbol::Enum(_) => "a type",
            Symbol::Fn(_) => "a function",
            Symbol::Config(_) => "a config",
            Symbol::Module(_) | Symbol::StdError => "a module",
            Symbol::Text(_) | Symbol::Data(_) => "an asset",
            Symbol::Interface(_) => "an interface",
            Symbol::Component(_) => "a component",
            Symbol::Service => "a service",
            Symbol::Poison => "unknown",
        }
    }
}

pub(crate) struct Entry {
    pub symbol: Symbol,
    pub span: Span,
    /// For names brought in by an import; false until something refers to them.
    pub import_used: Option<bool>,
}

pub(crate) struct ModuleScope<'a> {
    /// Path without extension, for readable names.
    pub path: String,
    pub names: IndexMap<&'a str, Entry>,
    /// Declared types with dotted names, such as `std.Error.Quota`.
    pub dotted: IndexMap<String, Entry>,
    pub requires: BTreeSet<&'a str>,
    /// What its code needs, declared or not.
    pub used_capabilities: BTreeSet<String>,
}

/// Namespaces of the language. Members are resolved where they are called.
const NAMESPACES: &[&str] = &[
    "json", "time", "http", "db", "crypto", "html", "svg", "request", "response", "errors", "task",
];

/// What a path in expression position leads to, where it is not simply a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PathTarget<'a> {
    Symbol(Symbol),
    /// `Self` or a type parameter.
    Type(TypeId),
    /// A name after a type that is no variant: a method of the type, if it has one.
    Method(TypeId, &'a ast::Ident),
    Variant(EnumId, u32),
    ConfigField(ConfigId, u32),
    Namespace(&'a str),
    NamespaceMember(&'a str, &'a str),
    /// `std`, which means something only before `.Error`.
    Std,
    /// Already diagnosed.
    Error,
}

impl<'a> Checker<'a> {
    /// The symbol `name` has in `module`; counts as a use of an import.
    pub fn lookup(&mut self, module: usize, name: &str) -> Option<Symbol> {
        let entry = self.modules[module].names.get_mut(name)?;
        if let Some(used) = &mut entry.import_used {
            *used = true;
        }
        Some(entry.symbol)
    }

    /// What other modules see under `name`.
    pub fn export(&self, module: usize, name: &str) -> Option<Symbol> {
        let entry = self.modules[module].names.get(name)?;
        entry.import_used.is_none().then_some(entry.symbol)
    }

    /// Follows `expr` as far as it is a path of names that are not local values. `None`: it is an ordinary expression.
    /// The first name has been found not to be a local by the caller through `is_local`.
    pub fn resolve_path(
        &mut self,
        module: usize,
        env: &TypeEnv,
        expr: &'a ast::Expr,
        is_local: &dyn Fn(&str) -> bool,
    ) -> Option<PathTarget<'a>> {
        match &expr.kind {
            ast::ExprKind::Name(name) => {
                let text = name.text.as_str();
                if is_local(text) {
                    return None;
                }
                if let Some((_, ty)) = env.iter().find(|(n, _)| n == text) {
                    return Some(PathTarget::Type(*ty));
                }
                if let Some(symbol) = self.lookup(module, text) {
                    return Some(PathTarget::Symbol(symbol));
                }
                if let Some(namespace) = NAMESPACES.iter().find(|n| **n == text) {
                    return Some(PathTarget::Namespace(namespace));
                }
                match text {
                    "std" => Some(PathTarget::Std),
                    "Error" => Some(PathTarget::Symbol(Symbol::Struct(StructId(0)))),
                    _ => None,
                }
            }
            ast::ExprKind::Member {
                base,
                name,
                optional: false,
            } => {
                if let Some(symbol) = self.dotted_type(module, expr, is_local) {
                    return Some(PathTarget::Symbol(symbol));
                }
                let base = self.resolve_path(module, env, base, is_local)?;
                self.path_member(base, name)
            }
            _ => None,
        }
    }

    fn dotted_type(
        &self,
        module: usize,
        expr: &ast::Expr,
        is_local: &dyn Fn(&str) -> bool,
    ) -> Option<Symbol> {
        let scope = &self.modules[module];
        if scope.dotted.is_empty() {
            return None;
        }
        let mut parts = Vec::new();
        let mut at = expr;
        loop {
            match &at.kind {
                ast::ExprKind::Member {
                    base,
                    name,
                    optional: false,
                } => {
                    parts.push(name.text.as_str());
                    at = base;
                }
                ast::ExprKind::Name(name) if !is_local(&name.text) => {
                    parts.push(&name.text);
                    break;
                }
                _ => return None,
            }
        }
        parts.reverse();
        scope.dotted.get(&parts.join(".")).map(|e| e.symbol)
    }

    /// One step along a path. `None`: the step is an ordinary member access on the value the path so far is.
    fn path_member(
        &mut self,
        base: PathTarget<'a>,
        name: &'a ast::Ident,
    ) -> Option<PathTarget<'a>> {
        let text = name.text.as_str();
        Some(match base {
            PathTarget::Error | PathTarget::Symbol(Symbol::Poison) => PathTarget::Error,
            PathTarget::Type(ty) => match *self.types.get(ty) {
                Type::Enum(id) => self.enum_member(id, name),
                _ => PathTarget::Method(ty, name),
            },
            PathTarget::Symbol(Symbol::Struct(id)) => {
                PathTarget::Method(self.struct_type(id), name)
            }
            PathTarget::Namespace(namespace) => match stdlib::namespace_type(namespace, text) {
                Some(id) => PathTarget::Symbol(Symbol::Struct(id)),
                None => PathTarget::NamespaceMember(namespace, text),
            },
            PathTarget::Std if text == "Error" => PathTarget::Symbol(Symbol::StdError),
            PathTarget::Std => {
                self.sink.error(
                    "FUSE_UNKNOWN_NAME",
                    name.span,
                    format!("unknown name `std.{text}`"),
                );
                PathTarget::Error
            }
            PathTarget::Symbol(Symbol::StdError) => match stdlib::member(text) {
                Some(id) => PathTarget::Symbol(Symbol::Struct(id)),
                None => {
                    let d = Diagnostic::error(
                        "FUSE_UNKNOWN_MEMBER",
                        name.span,
                        format!("module `std.Error` has no member `{text}`"),
                    );
                    self.sink.push(with_suggestion(d, text, stdlib::members()));
                    PathTarget::Error
                }
            },
            PathTarget::Symbol(Symbol::Module(m)) => match self.export(m, text) {
                Some(symbol) => PathTarget::Symbol(symbol),
                None => {
                    self.unknown_module_member(m, name);
                    PathTarget::Error
                }
            },
            PathTarget::Symbol(Symbol::Enum(id)) => self.enum_member(id, name),
            PathTarget::Symbol(Symbol::Config(id)) => {
                let config = self.config(id);
                match config.fields.iter().position(|f| f.name == text) {
                    Some(i) => PathTarget::ConfigField(id, i as u32),
                    None => {
                        let d = Diagnostic::error(
                            "FUSE_UNKNOWN_FIELD",
                            name.span,
                            format!("config `{}` has no field `{text}`", config.name),
                        );
                        let d =
                            with_suggestion(d, text, config.fields.iter().map(|f| f.name.as_str()));
                        self.sink.push(d);
                        PathTarget::Error
                    }
                }
            }
            PathTarget::Symbol(
                symbol @ (Symbol::Interface(_)
                | Symbol::Service
                | Symbol::Component(_)
                | Symbol::Fn(_)),
            ) => {
                let message = format!("{} has no member `{text}`", symbol.describe());
                self.sink.error("FUSE_UNKNOWN_MEMBER", name.span, message);
                PathTarget::Error
            }
            PathTarget::NamespaceMember(..)
            | PathTarget::Method(..)
            | PathTarget::Variant(..)
            | PathTarget::ConfigField(..)
            | PathTarget::Symbol(Symbol::Text(_) | Symbol::Data(_)) => return None,
        })
    }

    /// A variant, or what may be a method.
    fn enum_member(&mut self, id: EnumId, name: &'a ast::Ident) -> PathTarget<'a> {
        let text = name.text.as_str();
        let variants = &self.types.enum_def(id).variants;
        if let Some(i) = variants.iter().position(|v| v.name == text) {
            return PathTarget::Variant(id, i as u32);
        }
        let ty = self.enum_type(id);
        if self.methods.contains_key(&(ty, text)) {
            return PathTarget::Method(ty, name);
        }
        if self.lost_methods.contains(text) {
            return PathTarget::Error;
        }
        let def = self.types.enum_def(id);
        let message = format!("enum `{}` has no variant `{text}`", def.name);
        let d = Diagnostic::error("FUSE_UNKNOWN_VARIANT", name.span, message);
        let d = with_suggestion(d, text, def.variants.iter().map(|v| v.name.as_str()));
        self.sink.push(d);
        PathTarget::Error
    }

    pub fn unknown_module_member(&mut self, module: usize, name: &ast::Ident) {
        let scope = &self.modules[module];
        let d = Diagnostic::error(
            "FUSE_UNKNOWN_MEMBER",
            name.span,
            format!("module `{}` has no member `{}`", scope.path, name.text),
        );
        if !self.sink.may_compare(scope.names.len()) {
            return self.sink.push(d);
        }
        let exported = scope
            .names
            .iter()
            .filter(|(_, e)| e.import_used.is_none())
            .map(|(n, _)| *n);
        let d = with_suggestion(d, &name.text, exported);
        self.sink.push(d);
    }
}
