//! Patterns against the type they are matched with.

use fuse_syntax::ast::{self, Literal, PatternKind as Ast};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::collect::dotted;
use crate::diag::with_suggestion;
use crate::func::FnCx;
use crate::program::{Expr, Pattern};
use crate::scope::Symbol;
use crate::types::{EnumId, Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// The matched value. A map access is taken as an option when the arms ask for one.
    pub fn scrutinee(&mut self, scrutinee: &'a ast::Expr, arms: &'a [ast::MatchArm]) -> Expr {
        let value = self.expr(scrutinee, None);
        let value = self.settle(value);
        if arms.iter().any(|arm| asks_for_option(&arm.pattern)) {
            self.as_option(value)
        } else {
            value
        }
    }

    /// Checks `pattern` against values of type `ty` and declares its variables in the innermost scope; `watched` ones are
    /// reported when unused.
    pub fn pattern(&mut self, pattern: &'a ast::Pattern, ty: TypeId, watched: bool) -> Pattern {
        if ty == self.c.common.error {
            self.bind_names(pattern);
            return Pattern::Wildcard;
        }
        if let Some(pattern) = self.union_pattern(pattern, ty, watched) {
            return pattern;
        }
        let span = pattern.span;
        match &pattern.kind {
            Ast::Wildcard | Ast::Error => Pattern::Wildcard,
            Ast::Literal(literal) => self.literal_pattern(literal, ty, span),
            Ast::Name(path) => self.name_pattern(path, ty, watched),
            Ast::Variant { name, args } => self.variant_pattern(name, args, ty, watched),
            Ast::Struct { name, fields } => self.struct_pattern(name, fields, ty, watched),
        }
    }

    /// After an error: the names a pattern would bind, as values nothing is known about.
    pub fn bind_names(&mut self, pattern: &'a ast::Pattern) {
        let error = self.c.common.error;
        match &pattern.kind {
            Ast::Name(path) if path.parts.len() == 1 => {
                let name = &path.parts[0];
                self.declare(&name.text, name.span, error, false, false);
            }
            Ast::Variant { args, .. } => args.iter().for_each(|p| self.bind_names(p)),
            Ast::Struct { fields, .. } => fields.iter().for_each(|(_, p)| self.bind_names(p)),
            _ => {}
        }
    }

    fn literal_pattern(&mut self, literal: &Literal, ty: TypeId, span: Span) -> Pattern {
        if let Type::Option(inner) = *self.ty(ty) {
            return match literal {
                Literal::Null => Pattern::None,
                _ => {
                    let pattern = self.literal_pattern(literal, inner, span);
                    self.some_pattern(inner, pattern)
                }
            };
        }
        if self.c.is_dynamic(ty) {
            return Pattern::Dynamic(Box::new(dynamic_literal(literal)));
        }
        let common = self.c.common;
        let (pattern, literal_ty) = match literal {
            Literal::Int(v) => (Pattern::Int(*v), common.int),
            Literal::Float(v) => (Pattern::Float(*v), common.float),
            Literal::Bool(v) => (Pattern::Bool(*v), common.bool),
            Literal::String(v) => (Pattern::String(v.clone()), common.string),
            Literal::Null => {
                let message = format!("expected a pattern for `{}`, found `null`", self.show(ty));
                self.error("FUSE_TYPE_MISMATCH", span, message);
                return Pattern::Wildcard;
            }
        };
        if self.c.root(ty) != literal_ty {
            let message = format!(
                "expected a pattern for `{}`, found `{}`",
                self.show(ty),
                self.show(literal_ty)
            );
            self.error("FUSE_TYPE_MISMATCH", span, message);
            return Pattern::Wildcard;
        }
        pattern
    }

    fn name_pattern(&mut self, path: &'a ast::Path, ty: TypeId, watched: bool) -> Pattern {
        let [name] = path.parts.as_slice() else {
            return self.dotted_pattern(path, ty, watched);
        };
        let text = name.text.as_str();
        match (self.ty(ty).clone(), text) {
            (Type::Option(_), "None") => Pattern::None,
            (Type::Option(_), "Some") | (Type::Result(..), "Ok" | "Err") => {
                self.arity(text, 1, 0, name.span);
                Pattern::Wildcard
            }
            (Type::Enum(id), _) if self.variant(id, text).is_some() => {
                self.variant_of(id, name, &[], watched)
            }
            (Type::Option(inner), _) if self.names_variant(inner, text) => {
                let pattern = self.name_pattern(path, inner, watched);
                self.some_pattern(inner, pattern)
            }
            (Type::Enum(id), _) if text.starts_with(char::is_uppercase) => {
                let def = self.c.types.enum_def(id);
                let message = format!(
                    "`{text}` is no variant of `{}` and matches anything",
                    def.name
                );
                let d = Diagnostic::warning("FUSE_PATTERN_BINDING", name.span, message);
                let d = with_suggestion(d, text, def.variants.iter().map(|v| v.name.as_str()));
                self.c.sink.push(d);
                Pattern::Bind(self.declare(text, name.span, ty, false, false))
            }
            _ => Pattern::Bind(self.declare(text, name.span, ty, false, watched)),
        }
    }

    pub fn names_variant(&self, ty: TypeId, name: &str) -> bool {
        matches!(self.ty(ty), Type::Enum(id) if self.variant(*id, name).is_some())
    }

    fn variant(&self, id: EnumId, name: &str) -> Option<u32> {
        let index = self
            .c
            .types
            .enum_def(id)
            .variants
            .iter()
            .position(|v| v.name == name)?;
        Some(index as u32)
    }

    fn dotted_pattern(&mut self, path: &'a ast::Path, ty: TypeId, watched: bool) -> Pattern {
        self.variant_pattern(path, &[], ty, watched)
    }

    fn variant_pattern(
        &mut self,
        path: &'a ast::Path,
        args: &'a [ast::Pattern],
        ty: TypeId,
        watched: bool,
    ) -> Pattern {
        let Some((name, prefix)) = path.parts.split_last() else {
            return Pattern::Wildcard;
        };
        if prefix.is_empty()
            && let Some(pattern) = self.wrapper_pattern(name, args, ty, watched)
        {
            return pattern;
        }
        if let Type::Option(inner) = *self.ty(ty) {
            let pattern = self.variant_pattern(path, args, inner, watched);
            return self.some_pattern(inner, pattern);
        }
        let Type::Enum(id) = *self.ty(ty) else {
            let message = format!(
                "expected a pattern for `{}`, found variant `{}`",
                self.show(ty),
                dotted(path)
            );
            self.error("FUSE_TYPE_MISMATCH", path.span, message);
            args.iter().for_each(|p| self.bind_names(p));
            return Pattern::Wildcard;
        };
        if !prefix.is_empty() && !self.names_enum(prefix, id, path) {
            args.iter().for_each(|p| self.bind_names(p));
            return Pattern::Wildcard;
        }
        self.variant_of(id, name, args, watched)
    }

    /// The declared type a path names, `Self` included.
    pub fn type_symbol(&mut self, path: &ast::Path) -> Option<Symbol> {
        if let [name] = path.parts.as_slice()
            && let Some((_, ty)) = self.env.iter().find(|(n, _)| *n == name.text)
        {
            return match *self.ty(*ty) {
                Type::Struct(id) => Some(Symbol::Struct(id)),
                Type::Enum(id) => Some(Symbol::Enum(id)),
                _ => None,
            };
        }
        match self.c.resolve_type_symbol(self.module, path)? {
            Symbol::Config(id) => Some(Symbol::Struct(self.c.config(id).ty)),
            other => Some(other),
        }
    }

    /// Whether the path before a variant names the enum that is matched; reports if not.
    fn names_enum(&mut self, prefix: &[ast::Ident], id: EnumId, path: &ast::Path) -> bool {
        let span = prefix[0].span.to(prefix[prefix.len() - 1].span);
        let written = ast::Path {
            parts: prefix.to_vec(),
            span,
        };
        match self.type_symbol(&written) {
            Some(Symbol::Enum(found)) if found == id => true,
            Some(Symbol::Poison) => false,
            Some(Symbol::Enum(found)) => {
                let (expected, found) = (
                    &self.c.types.enum_def(id).name,
                    &self.c.types.enum_def(found).name,
                );
                let message =
                    format!("expected a pattern for `{expected}`, found one for `{found}`");
                self.error("FUSE_TYPE_MISMATCH", path.span, message);
                false
            }
            _ => {
                let message = format!("unknown enum `{}` in pattern", dotted(&written));
                self.error("FUSE_UNKNOWN_TYPE", span, message);
                false
            }
        }
    }

    /// The pattern of an option whose payload, an `inner`, matches.
    fn some_pattern(&self, inner: TypeId, payload: Pattern) -> Pattern {
        match self.ty(inner) {
            Type::Option(_) => Pattern::NotNull(Box::new(payload)),
            _ => Pattern::Some(Box::new(payload)),
        }
    }

    /// `Some(p)`, `None()`, `Ok(p)`, `Err(p)` against options and results.
    fn wrapper_pattern(
        &mut self,
        name: &'a ast::Ident,
        args: &'a [ast::Pattern],
        ty: TypeId,
        watched: bool,
    ) -> Option<Pattern> {
        let (payload, wrap): (TypeId, fn(Box<Pattern>) -> Pattern) =
            match (self.ty(ty), name.text.as_str()) {
                (Type::Option(_), "None") => {
                    if !args.is_empty() {
                        self.arity("None", 0, args.len(), name.span);
                    }
                    return Some(Pattern::None);
                }
                (Type::Option(inner), "Some") => match self.ty(*inner) {
                    Type::Option(_) => (*inner, Pattern::NotNull),
                    _ => (*inner, Pattern::Some),
                },
                (Type::Result(ok, _), "Ok") => (*ok, Pattern::Ok),
                (Type::Result(_, err), "Err") => (*err, Pattern::Err),
                _ => return None,
            };
        let [inner] = args else {
            self.arity(&name.text, 1, args.len(), name.span);
            args.iter().for_each(|p| self.bind_names(p));
            return Some(wrap(Box::new(Pattern::Wildcard)));
        };
        Some(wrap(Box::new(self.pattern(inner, payload, watched))))
    }

    fn variant_of(
        &mut self,
        id: EnumId,
        name: &'a ast::Ident,
        args: &'a [ast::Pattern],
        watched: bool,
    ) -> Pattern {
        let Some(variant) = self.variant(id, &name.text) else {
            let def = self.c.types.enum_def(id);
            let message = format!("enum `{}` has no variant `{}`", def.name, name.text);
            let d = Diagnostic::error("FUSE_UNKNOWN_VARIANT", name.span, message);
            let d = with_suggestion(d, &name.text, def.variants.iter().map(|v| v.name.as_str()));
            self.c.sink.push(d);
            args.iter().for_each(|p| self.bind_names(p));
            return Pattern::Wildcard;
        };
        let types = self.c.types.enum_def(id).variants[variant as usize]
            .payload
            .clone();
        if types.len() != args.len() {
            self.arity(&name.text, types.len(), args.len(), name.span);
            args.iter().for_each(|p| self.bind_names(p));
            return Pattern::Wildcard;
        }
        let payload = args
            .iter()
            .zip(types)
            .map(|(p, t)| self.pattern(p, t, watched))
            .collect();
        Pattern::Variant { variant, payload }
    }

    pub fn arity(&mut self, name: &str, expected: usize, found: usize, span: Span) {
        let plural = if expected == 1 { "" } else { "s" };
        let message = format!("pattern `{name}` expected {expected} part{plural}, found {found}");
        self.error("FUSE_PATTERN_ARITY", span, message);
    }

    fn struct_pattern(
        &mut self,
        path: &'a ast::Path,
        fields: &'a [(ast::Ident, ast::Pattern)],
        ty: TypeId,
        watched: bool,
    ) -> Pattern {
        if let Type::Option(inner) = *self.ty(ty) {
            let pattern = self.struct_pattern(path, fields, inner, watched);
            return self.some_pattern(inner, pattern);
        }
        let named = match self.type_symbol(path) {
            Some(Symbol::Struct(id)) => Some(self.c.struct_type(id)),
            Some(Symbol::Poison) => Some(self.c.common.error),
            None if path.parts.len() == 1 && path.parts[0].text == "Error" => {
                Some(self.c.struct_type(crate::types::StructId(0)))
            }
            _ => None,
        };
        let id = match (named, self.ty(ty)) {
            (Some(named), Type::Struct(id)) if named == ty => *id,
            (Some(named), _) if named == self.c.common.error => {
                fields.iter().for_each(|(_, p)| self.bind_names(p));
                return Pattern::Wildcard;
            }
            _ => {
                let message = format!(
                    "expected a pattern for `{}`, found `{}`",
                    self.show(ty),
                    dotted(path)
                );
                self.error("FUSE_TYPE_MISMATCH", path.span, message);
                fields.iter().for_each(|(_, p)| self.bind_names(p));
                return Pattern::Wildcard;
            }
        };
        let mut checked: Vec<(u32, Pattern)> = Vec::new();
        for (name, pattern) in fields {
            let def = self.c.types.struct_def(id);
            let Some(index) = def.fields.iter().position(|f| f.name == name.text) else {
                let message = format!("type `{}` has no field `{}`", def.name, name.text);
                let d = Diagnostic::error("FUSE_UNKNOWN_FIELD", name.span, message);
                let d = with_suggestion(d, &name.text, def.fields.iter().map(|f| f.name.as_str()));
                self.c.sink.push(d);
                self.bind_names(pattern);
                continue;
            };
            let field_ty = def.fields[index].ty;
            if checked.iter().any(|(i, _)| *i == index as u32) {
                let message = format!("field `{}` is matched twice", name.text);
                self.error("FUSE_DUPLICATE_FIELD", name.span, message);
            }
            checked.push((index as u32, self.pattern(pattern, field_ty, watched)));
        }
        Pattern::Struct { fields: checked }
    }
}

fn asks_for_option(pattern: &ast::Pattern) -> bool {
    match &pattern.kind {
        Ast::Literal(Literal::Null) => true,
        Ast::Name(path) => dotted(path) == "None",
        Ast::Variant { name, .. } => matches!(dotted(name).as_str(), "Some" | "None"),
        _ => false,
    }
}

/// What a literal means against a dynamic value, where numbers compare by value: every number has one form.
fn dynamic_literal(literal: &Literal) -> Pattern {
    match literal {
        Literal::Int(v) => Pattern::Int(*v),
        Literal::Float(v) => match *v as i64 {
            whole if whole as f64 == *v && whole != i64::MAX => Pattern::Int(whole),
            _ => Pattern::Float(*v),
        },
        Literal::Bool(v) => Pattern::Bool(*v),
        Literal::String(v) => Pattern::String(v.clone()),
        Literal::Null => Pattern::None,
    }
}
