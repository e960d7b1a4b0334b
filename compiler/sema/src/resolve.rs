//! Written types to type ids, each in the scope of the module that wrote it.

use fuse_syntax::ast::{self, TypeRefKind};
use fuse_syntax::diagnostic::Diagnostic;

use crate::checker::{Checker, SELF_TYPE, TypeEnv};
use crate::collect::dotted;
use crate::diag::with_suggestion;
use crate::scope::Symbol;
use crate::stdlib;
use crate::types::{StructId, Type, TypeId};

/// Types without arguments that every module knows.
const BUILTIN: &[(&str, Type)] = &[
    ("Unit", Type::Unit),
    ("Int", Type::Int),
    ("Float", Type::Float),
    ("Bool", Type::Bool),
    ("String", Type::String),
    ("Bytes", Type::Bytes),
    ("Html", Type::Html),
    ("Id", Type::Id),
    ("Email", Type::Email),
    ("Error", Type::Struct(StructId(0))),
];

/// What is wrong with `Self` where nothing is being implemented.
pub(crate) const SELF_OUTSIDE: &str = "`Self` means something only in an interface or an `impl`";

/// Generic types and how many arguments they take.
const GENERIC: &[(&str, usize)] = &[("List", 1), ("Map", 2), ("Option", 1), ("Result", 2)];

impl<'a> Checker<'a> {
    /// The type `written` in `module`; `Type::Error` after a diagnostic.
    pub fn resolve_type(
        &mut self,
        module: usize,
        env: &TypeEnv,
        written: &'a ast::TypeRef,
    ) -> TypeId {
        match &written.kind {
            TypeRefKind::Name(path) => self.resolve_name(module, env, path),
            TypeRefKind::Generic { base, args } => self.resolve_generic(module, env, base, args),
            TypeRefKind::Refined { base, args } => {
                let base = self.resolve_name(module, env, base);
                self.resolve_refined(module, base, args, written.span)
            }
            TypeRefKind::Optional(inner) => {
                let inner = self.resolve_type(module, env, inner);
                self.wrap(inner, Type::Option(inner))
            }
            TypeRefKind::Result { ok, err } => {
                let ok = self.resolve_type(module, env, ok);
                let Some(err) = err else {
                    let d = Diagnostic::error(
                        "FUSE_ERROR_DOMAIN_MISSING",
                        written.span,
                        "expected an error type after `!`, found none",
                    );
                    self.sink.push(
                        d.with_hint("name the error type, for example `T!std.Error.NotFound`"),
                    );
                    return self.common.error;
                };
                let err = self.resolve_error(module, env, err);
                self.result_type(ok, err)
            }
            TypeRefKind::Boxed(content) => {
                let content = self.resolve_type(module, env, content);
                if content == self.common.error {
                    return content;
                }
                self.types.intern(Type::Box(content))
            }
            TypeRefKind::Error => self.common.error,
        }
    }

    /// Like [`Checker::resolve_type`], where a declared error domain is due besides.
    pub fn resolve_return(
        &mut self,
        module: usize,
        env: &TypeEnv,
        written: &'a ast::TypeRef,
    ) -> TypeId {
        let ty = self.resolve_type(module, env, written);
        if let Type::Result(_, err) = *self.types.get(ty)
            && !self.is_domain(err)
        {
            self.not_a_domain(err, written.span);
            return self.common.error;
        }
        ty
    }

    fn result_type(&mut self, ok: TypeId, err: TypeId) -> TypeId {
        if ok == self.common.error || err == self.common.error {
            return self.common.error;
        }
        self.types.intern(Type::Result(ok, err))
    }

    fn wrap(&mut self, inner: TypeId, ty: Type) -> TypeId {
        if inner == self.common.error {
            inner
        } else {
            self.types.intern(ty)
        }
    }

    fn resolve_generic(
        &mut self,
        module: usize,
        env: &TypeEnv,
        base: &'a ast::Path,
        args: &'a [ast::TypeRef],
    ) -> TypeId {
        let name = dotted(base);
        let Some((_, arity)) = GENERIC.iter().find(|(n, _)| *n == name) else {
            if self.names_type(module, env, base) {
                let message = format!("`{name}` takes no type arguments");
                self.sink.error("FUSE_TYPE_ARITY", base.span, message);
                return self.common.error;
            }
            let d = Diagnostic::error(
                "FUSE_UNKNOWN_TYPE",
                base.span,
                format!("unknown generic type `{name}`"),
            );
            self.sink
                .push(with_suggestion(d, &name, GENERIC.iter().map(|(n, _)| *n)));
            return self.common.error;
        };
        let is_error = |index: usize| name == "Result" && index == 1;
        let types: Vec<TypeId> = args
            .iter()
            .enumerate()
            .map(|(i, a)| match is_error(i) {
                true => self.resolve_error(module, env, a),
                false => self.resolve_type(module, env, a),
            })
            .collect();
        if types.len() != *arity {
            let plural = if *arity == 1 { "" } else { "s" };
            let message = format!(
                "`{name}` expected {arity} type argument{plural}, found {}",
                types.len()
            );
            self.sink.error("FUSE_TYPE_ARITY", base.span, message);
            return self.common.error;
        }
        match (name.as_str(), types.as_slice()) {
            ("List", [t]) => self.wrap(*t, Type::List(*t)),
            ("Option", [t]) => self.wrap(*t, Type::Option(*t)),
            ("Result", [ok, err]) => self.result_type(*ok, *err),
            ("Map", [key, value]) => {
                if *key != self.common.string && *key != self.common.error {
                    let span = args.first().map_or(base.span, |a| a.span);
                    let message = format!(
                        "expected `String` as map key type, found `{}`",
                        self.show(*key)
                    );
                    self.sink.error("FUSE_MAP_KEY", span, message);
                    return self.common.error;
                }
                self.wrap(*value, Type::Map(*value))
            }
            _ => self.common.error,
        }
    }

    pub fn resolve_name(&mut self, module: usize, env: &TypeEnv, path: &'a ast::Path) -> TypeId {
        if let [name] = path.parts.as_slice() {
            if let Some((_, ty)) = env.iter().find(|(n, _)| *n == name.text) {
                return *ty;
            }
            if !self.modules[module].names.contains_key(name.text.as_str())
                && let Some((_, ty)) = BUILTIN.iter().find(|(n, _)| *n == name.text)
            {
                return self.types.intern(ty.clone());
            }
        }
        match self.resolve_type_symbol(module, path) {
            Some(Symbol::Struct(id)) => self.struct_type(id),
            Some(Symbol::Enum(id)) => self.enum_type(id),
            Some(Symbol::Poison) => self.common.error,
            Some(Symbol::Interface(_)) => {
                let message = format!("interface `{}` is not a type", dotted(path));
                self.sink
                    .error("FUSE_INTERFACE_NOT_A_TYPE", path.span, message);
                self.common.error
            }
            Some(Symbol::Config(id)) => self.struct_type(self.config(id).ty),
            Some(other) => {
                let message = format!(
                    "expected a type, found {} `{}`",
                    other.describe(),
                    dotted(path)
                );
                self.sink.error("FUSE_NOT_A_TYPE", path.span, message);
                self.common.error
            }
            None if dotted(path) == SELF_TYPE => {
                self.sink
                    .error("FUSE_SELF_OUTSIDE", path.span, SELF_OUTSIDE);
                self.common.error
            }
            None => self.unknown_type(module, path),
        }
    }

    /// Whether `path` means a type by itself.
    fn names_type(&mut self, module: usize, env: &TypeEnv, path: &ast::Path) -> bool {
        let name = dotted(path);
        env.iter().any(|(n, _)| *n == name)
            || BUILTIN.iter().any(|(n, _)| *n == name)
            || matches!(
                self.resolve_type_symbol(module, path),
                Some(Symbol::Struct(_) | Symbol::Enum(_))
            )
    }

    fn unknown_type(&mut self, module: usize, path: &ast::Path) -> TypeId {
        let name = dotted(path);
        if let Some((_, arity)) = GENERIC.iter().find(|(n, _)| *n == name) {
            let (plural, form) = match arity {
                1 => ("", "T"),
                _ => ("s", if name == "Map" { "String, T" } else { "T, E" }),
            };
            let message = format!("`{name}` expected {arity} type argument{plural}, found 0");
            let d = Diagnostic::error("FUSE_TYPE_ARITY", path.span, message);
            self.sink
                .push(d.with_hint(format!("write what it holds: `{name}<{form}>`")));
            return self.common.error;
        }
        let d = Diagnostic::error(
            "FUSE_UNKNOWN_TYPE",
            path.span,
            format!("unknown type `{name}`"),
        );
        if !self.sink.may_compare(self.modules[module].names.len()) {
            self.sink.push(d);
            return self.common.error;
        }
        let declared = self.modules[module]
            .names
            .iter()
            .filter(|(_, e)| matches!(e.symbol, Symbol::Struct(_) | Symbol::Enum(_)))
            .map(|(n, _)| *n);
        let builtin = BUILTIN.iter().map(|(n, _)| *n);
        let known = declared
            .chain(builtin)
            .chain(["http.response", "http.error"]);
        let d = with_suggestion(d, &name, known);
        self.sink.push(d);
        self.common.error
    }

    /// What a path in type position names; `None` if nothing. Builtin type names are not considered.
    pub fn resolve_type_symbol(&mut self, module: usize, path: &ast::Path) -> Option<Symbol> {
        match path.parts.as_slice() {
            [name] => self.lookup(module, &name.text),
            parts => {
                if let Some(entry) = self.modules[module].dotted.get(&dotted(path)) {
                    return Some(entry.symbol);
                }
                if parts[0].text == "std" && parts[1].text == "Error" {
                    return match &parts[2..] {
                        [] => Some(Symbol::Struct(StructId(0))),
                        [name] => stdlib::member(&name.text).map(Symbol::Struct),
                        _ => None,
                    };
                }
                let [alias, name] = parts else { return None };
                match self.lookup(module, &alias.text) {
                    Some(Symbol::Module(m)) => self.export(m, &name.text),
                    Some(Symbol::StdError) => stdlib::member(&name.text).map(Symbol::Struct),
                    Some(Symbol::Poison) => Some(Symbol::Poison),
                    Some(_) => None,
                    None => stdlib::namespace_type(&alias.text, &name.text).map(Symbol::Struct),
                }
            }
        }
    }

    /// The type under refinements and mail or identifier rules: what the value is made of.
    pub fn root(&self, ty: TypeId) -> TypeId {
        match self.types.get(ty) {
            Type::Refined { base, .. } => self.root(*base),
            Type::Id | Type::Email => self.common.string,
            _ => ty,
        }
    }
}
