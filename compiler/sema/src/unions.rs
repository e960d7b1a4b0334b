//! Error domains that are unions: `T!A!B`. A union is an enum of the compiler's own with a variant for every domain; what
//! it shows, encodes and answers is the domain's value.

use fuse_syntax::ast::{self, PatternKind as Ast, TypeRefKind};
use fuse_syntax::span::Span;

use crate::checker::{Checker, TypeEnv};
use crate::collect::dotted;
use crate::func::{FnCx, stmt};
use crate::program::{Arm, Block, Expr, ExprKind, Pattern, Place, StmtKind};
use crate::scope::Symbol;
use crate::stdlib::STD_MODULE;
use crate::types::{EnumDef, EnumId, EnumKind, StructId, Type, TypeId, VariantDef};

impl<'a> Checker<'a> {
    /// The error type `written` after a `!`: one domain, or the union of a chain.
    pub fn resolve_error(
        &mut self,
        module: usize,
        env: &TypeEnv,
        written: &'a ast::TypeRef,
    ) -> TypeId {
        let mut domains: Vec<TypeId> = Vec::new();
        let mut chain = written;
        let mut failed = false;
        loop {
            let (first, rest) = match &chain.kind {
                TypeRefKind::Result { ok, err: Some(err) } => (&**ok, Some(&**err)),
                _ => (chain, None),
            };
            let ty = self.resolve_type(module, env, first);
            let alone = rest.is_none() && domains.is_empty();
            if !alone && !self.is_domain(ty) {
                self.not_a_domain(ty, first.span);
                failed = true;
            }
            failed |= ty == self.common.error;
            if !domains.contains(&ty) {
                domains.push(ty);
            }
            match rest {
                Some(rest) => chain = rest,
                None => break,
            }
        }
        match domains.as_slice() {
            _ if failed => self.common.error,
            [one] => *one,
            _ => self.union(domains, written.span),
        }
    }

    /// Whether `ty` may be an error type of its own.
    pub fn is_domain(&self, ty: TypeId) -> bool {
        ty == self.common.error
            || !self.opaque.contains_key(&ty)
                && matches!(self.types.get(ty), Type::Struct(_) | Type::Enum(_))
    }

    pub fn not_a_domain(&mut self, ty: TypeId, span: Span) {
        let message = format!(
            "expected a declared type or enum as error type, found `{}`",
            self.show(ty)
        );
        self.sink.error("FUSE_ERROR_DOMAIN", span, message);
    }

    /// The union of `domains`: the same one whatever their order.
    fn union(&mut self, domains: Vec<TypeId>, span: Span) -> TypeId {
        let mut key = domains.clone();
        key.sort();
        if let Some(id) = self.unions.get(&key) {
            return self.enum_type(*id);
        }
        let id = EnumId(self.types.enums.len() as u32);
        let variants = domains
            .iter()
            .map(|ty| VariantDef {
                name: self.show(*ty),
                payload: vec![*ty],
                span,
            })
            .collect();
        let names: Vec<String> = domains.iter().map(|ty| self.show(*ty)).collect();
        self.types.enums.push(EnumDef {
            name: names.join("!"),
            module: STD_MODULE,
            variants,
            kind: EnumKind::Union,
            span,
        });
        self.unions.insert(key, id);
        self.enum_type(id)
    }

    /// The domains of a union; empty for any other type.
    pub fn union_domains(&self, ty: TypeId) -> Vec<TypeId> {
        match self.types.get(ty) {
            Type::Enum(id) if self.types.enum_def(*id).kind == EnumKind::Union => {
                let variants = &self.types.enum_def(*id).variants;
                variants.iter().flat_map(|v| v.payload.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether every error of `from` is one of the union `to`.
    pub fn joins_union(&self, from: TypeId, to: TypeId) -> bool {
        let wide = self.union_domains(to);
        if wide.is_empty() {
            return false;
        }
        match self.union_domains(from).as_slice() {
            [] => wide.contains(&from),
            narrow => narrow.iter().all(|d| wide.contains(d)),
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// A domain, or a smaller union, as the union `target`.
    pub fn widen_error(&mut self, value: Expr, target: TypeId) -> Expr {
        if self.c.union_domains(value.ty).is_empty() {
            return self.as_domain(value, target);
        }
        let span = value.span;
        self.for_each_domain(value, target, span, |cx, error| cx.as_domain(error, target))
    }

    /// The type of a field that every domain of a union has with the same type.
    pub fn common_field(&self, union: TypeId, name: &ast::Ident) -> Option<TypeId> {
        let domains = self.c.union_domains(union);
        let ty = self.field_type(*domains.first()?, name)?;
        let same = |domain: &TypeId| self.field_type(*domain, name) == Some(ty);
        domains.iter().all(same).then_some(ty)
    }

    /// A [`Self::common_field`], of whatever domain the error is.
    pub fn field_of_any(
        &mut self,
        base: Expr,
        ty: TypeId,
        name: &'a ast::Ident,
        span: Span,
    ) -> Expr {
        self.for_each_domain(base, ty, span, |cx, error| cx.field(error, name, span))
    }

    /// The `target` that `make` gives for the error inside a union, whichever domain it is of.
    fn for_each_domain(
        &mut self,
        value: Expr,
        target: TypeId,
        span: Span,
        mut make: impl FnMut(&mut Self, Expr) -> Expr,
    ) -> Expr {
        let narrow = self.c.union_domains(value.ty);
        // There is one null, so an option holds itself.
        let optional = matches!(self.ty(target), Type::Option(_));
        let holder = match optional {
            true => target,
            false => self.c.option(target),
        };
        let out = self.temp(holder, span);
        self.locals[out.index()].mutable = true;
        let mut arms = Vec::new();
        for (variant, domain) in (0..).zip(narrow) {
            let payload = self.temp(domain, span);
            let read = self.local(payload, span);
            let made = make(self, read);
            let value = self.convert(made, holder, "");
            let place = Place {
                root: out,
                steps: Vec::new(),
            };
            let store = StmtKind::Assign {
                target: place,
                value,
            };
            arms.push(Arm {
                pattern: Pattern::Variant {
                    variant,
                    payload: vec![Pattern::Bind(payload)],
                },
                body: Block {
                    statements: vec![stmt(store, span)],
                },
            });
        }
        let nothing = Expr {
            kind: ExprKind::None,
            ty: holder,
            span,
        };
        let start = StmtKind::Let {
            local: out,
            value: nothing,
        };
        let choose = StmtKind::Match {
            scrutinee: value,
            arms,
        };
        let held = self.local(out, span);
        let result = match optional {
            true => held,
            false => Expr {
                kind: ExprKind::Unwrap(Box::new(held)),
                ty: target,
                span,
            },
        };
        self.with_statements(vec![stmt(start, span), stmt(choose, span)], result)
    }

    fn as_domain(&self, value: Expr, target: TypeId) -> Expr {
        let variant = self
            .c
            .union_domains(target)
            .iter()
            .position(|d| *d == value.ty)
            .map_or(0, |i| i as u32);
        Expr {
            span: value.span,
            kind: ExprKind::Variant {
                variant,
                payload: vec![value],
            },
            ty: target,
        }
    }

    /// A pattern against a union: one for a single domain, or a name for any of them. `None`: it is as for other types.
    pub fn union_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        union: TypeId,
        watched: bool,
    ) -> Option<Pattern> {
        let domains = self.c.union_domains(union);
        if domains.is_empty() {
            return None;
        }
        let (path, args): (_, &'a [ast::Pattern]) = match &pattern.kind {
            Ast::Name(path) => (path, &[]),
            Ast::Variant { name, args } => (name, args),
            Ast::Struct { name, .. } => (name, &[]),
            Ast::Literal(_) => {
                let message = format!("expected a pattern for `{}`", self.show(union));
                self.error("FUSE_TYPE_MISMATCH", pattern.span, message);
                return Some(Pattern::Wildcard);
            }
            Ast::Wildcard | Ast::Error => return None,
        };
        let variant = match self.named_domain(path) {
            Some(named) => domains.iter().position(|d| *d == named),
            None => match self.domain_with_variant(path, &domains, pattern)? {
                Some(found) => Some(found),
                None => {
                    args.iter().for_each(|p| self.bind_names(p));
                    return Some(Pattern::Wildcard);
                }
            },
        };
        let Some(variant) = variant else {
            let message = format!(
                "expected a pattern for `{}`, found `{}`",
                self.show(union),
                dotted(path)
            );
            self.error("FUSE_TYPE_MISMATCH", path.span, message);
            self.bind_names(pattern);
            return Some(Pattern::Wildcard);
        };
        let domain = domains[variant];
        let whole =
            self.named_domain(path).is_some() && !matches!(pattern.kind, Ast::Struct { .. });
        let payload = match (whole, args) {
            (true, []) => Pattern::Wildcard,
            (true, [inner]) => self.pattern(inner, domain, watched),
            (true, _) => {
                self.arity(&dotted(path), 1, args.len(), path.span);
                self.bind_names(pattern);
                Pattern::Wildcard
            }
            (false, _) => self.pattern(pattern, domain, watched),
        };
        Some(Pattern::Variant {
            variant: variant as u32,
            payload: vec![payload],
        })
    }

    /// The type a path in a pattern names.
    fn named_domain(&mut self, path: &ast::Path) -> Option<TypeId> {
        match self.type_symbol(path) {
            Some(Symbol::Struct(id)) => Some(self.c.struct_type(id)),
            Some(Symbol::Enum(id)) => Some(self.c.enum_type(id)),
            None if dotted(path) == "Error" => Some(self.c.struct_type(StructId(0))),
            _ => None,
        }
    }

    /// The domain that is an enum with the variant `path` names. Outer `None`: no domain has it, the name binds; inner `None`:
    /// reported.
    fn domain_with_variant(
        &mut self,
        path: &ast::Path,
        domains: &[TypeId],
        pattern: &ast::Pattern,
    ) -> Option<Option<usize>> {
        let span = pattern.span;
        let may_bind = matches!(&pattern.kind, Ast::Name(path) if path.parts.len() == 1);
        let (name, prefix) = path.parts.split_last()?;
        let mut found: Vec<usize> = Vec::new();
        for (index, domain) in domains.iter().enumerate() {
            if self.names_variant(*domain, &name.text) {
                found.push(index);
            }
        }
        if !prefix.is_empty() {
            let written = ast::Path {
                parts: prefix.to_vec(),
                span: prefix[0].span.to(prefix[prefix.len() - 1].span),
            };
            let owner = self.named_domain(&written);
            found.retain(|i| Some(domains[*i]) == owner);
        }
        match found.as_slice() {
            [] if may_bind => None,
            [one] => Some(Some(*one)),
            [] => {
                let message = format!("no error type here has the variant `{}`", dotted(path));
                self.error("FUSE_UNKNOWN_VARIANT", span, message);
                Some(None)
            }
            _ => {
                let message = format!("more than one error type has the variant `{}`", name.text);
                self.error("FUSE_PATTERN_AMBIGUOUS", span, message);
                Some(None)
            }
        }
    }
}
