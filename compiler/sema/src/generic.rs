//! Calls of declared functions, type arguments and their inference, and the check of generic declarations themselves.

use fuse_syntax::ast::{self, TypeRefKind};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::call::Default;
use crate::checker::{Checker, FnIdx, Signature, StructInfo};
use crate::func::FnCx;
use crate::program::{Expr, ExprKind};
use crate::stdlib::STD_MODULE;
use crate::types::{StructDef, StructId, Type, TypeId};

/// How many generic calls may lead from one to the next with ever new types.
const INSTANCE_DEPTH: u32 = 64;

/// How many parts a type argument may have, so that its name stays readable and finite.
const INSTANCE_WEIGHT: u32 = 512;

impl<'a> FnCx<'_, 'a> {
    pub fn call_function(
        &mut self,
        f: FnIdx,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let info = self.c.fn_info(f);
        let (module, decl) = (info.module, info.decl);
        let name = decl.signature.name.text.as_str();
        self.check_leak(module, name, call.callee.span);
        let params: Vec<(&str, bool)> = decl
            .signature
            .params
            .iter()
            .map(|p| (p.name.text.as_str(), p.default.is_some()))
            .collect();
        let bound = self.bind(&params, &call.args, name, call.callee.span);
        let generic = !decl.signature.type_params.is_empty();
        if !decl.signature.bounds.is_empty() {
            // Reported at the declaration.
            self.visit(&call.args);
            return self.error_expr(span);
        }
        let Some(bound) = bound else {
            self.visit(&call.args);
            // The result type is known even if the arguments are wrong.
            let ty = if generic {
                None
            } else {
                self.c.signature(f, &[]).map(|s| s.ret)
            };
            return Expr {
                kind: ExprKind::Unit,
                ty: ty.unwrap_or(self.c.common.error),
                span,
            };
        };
        if !generic {
            self.no_type_arguments(call);
            return self.call_with(f, Vec::new(), bound, Vec::new(), call, span);
        }
        let written: Vec<_> = bound.iter().copied().zip(&call.args).collect();
        match self.type_arguments(f, decl, &written, call, want) {
            Some((types, values)) => self.call_with(f, types, bound, values, call, span),
            None => self.error_expr(span),
        }
    }

    /// A module that needs a capability does not lend it to callers that do not declare it.
    pub fn check_leak(&mut self, module: usize, name: &str, span: Span) {
        if module == self.module {
            return;
        }
        let lent: Vec<String> = self.c.modules[module]
            .requires
            .iter()
            .map(|c| (*c).to_string())
            .collect();
        let own = &mut self.c.modules[self.module];
        own.used_capabilities.extend(lent.iter().cloned());
        let missing: Vec<String> = lent
            .into_iter()
            .filter(|c| !own.requires.contains(c.as_str()))
            .collect();
        for capability in missing {
            let message = format!(
                "calling `{name}` needs the capability `{capability}`, which its module requires"
            );
            let d = Diagnostic::error("FUSE_CAPABILITY_LEAK", span, message);
            self.c.sink.push(d.with_hint(format!(
                "add `requires {capability}` at the top of the module"
            )));
        }
    }

    /// The call once its type arguments are known; `values` are arguments that inference has looked at already.
    fn call_with(
        &mut self,
        f: FnIdx,
        types: Vec<TypeId>,
        bound: Vec<usize>,
        values: Vec<Expr>,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        let Some(signature) = self.c.signature(f, &types) else {
            return self.error_expr(span);
        };
        if self.leads_to_ever_new_types(f, &types, call.callee.span) {
            return self.error_expr(span);
        }
        let mut values = values.into_iter();
        let mut written = Vec::new();
        for (arg, index) in call.args.iter().zip(&bound) {
            let param = &signature.params[*index];
            let value = match values.next() {
                Some(value) => self.coerce(value, param.ty, param.name),
                None => self.check(&arg.value, param.ty, param.name),
            };
            written.push((*index, value));
        }
        let error = self.c.common.error;
        let failed = written.iter().any(|(_, v)| v.ty == error)
            || signature.params.iter().any(|p| p.ty == error);
        if failed || signature.ret == error {
            return Expr {
                kind: ExprKind::Unit,
                ty: signature.ret,
                span,
            };
        }
        let depth = self.depth + u32::from(!types.is_empty());
        let Some(defaults) = self.defaults(f, &types, &signature, &bound, span) else {
            return self.error_expr(span);
        };
        let Some(function) = self.c.instance(f, &types, depth) else {
            return self.error_expr(span);
        };
        let (statements, args) = self.arrange(signature.params.len(), written, defaults, span);
        let value = Expr {
            kind: ExprKind::Call { function, args },
            ty: signature.ret,
            span,
        };
        self.with_statements(statements, value)
    }

    /// Reports calls whose type arguments grow without end.
    pub fn leads_to_ever_new_types(&mut self, f: FnIdx, types: &[TypeId], callee: Span) -> bool {
        let heavy = types
            .iter()
            .any(|t| !self.c.lighter(*t, &mut { INSTANCE_WEIGHT }));
        let endless = heavy || (!types.is_empty() && self.depth >= INSTANCE_DEPTH);
        if endless {
            let name = &self.c.fn_info(f).decl.signature.name.text;
            let message = format!("calls of generic `{name}` lead to ever new types");
            self.error("FUSE_GENERIC_RECURSION", callee, message);
        }
        endless
    }

    /// The defaults of the parameters that are not `bound`.
    pub fn defaults(
        &mut self,
        f: FnIdx,
        types: &[TypeId],
        signature: &Signature<'a>,
        bound: &[usize],
        span: Span,
    ) -> Option<Vec<(usize, Default)>> {
        let depth = self.depth + u32::from(!types.is_empty());
        let mut defaults = Vec::new();
        for (index, param) in signature.params.iter().enumerate() {
            if bound.contains(&index) {
                continue;
            }
            let Some(default) = param.default else {
                continue;
            };
            let default = match self.inline_default(default, param.ty) {
                Some(value) => Default::Inline(Expr { span, ..value }),
                None => Default::Call {
                    function: self.c.param_default(f, types, index, depth)?,
                    ty: param.ty,
                    earlier: true,
                },
            };
            defaults.push((index, default));
        }
        Some(defaults)
    }

    /// Type arguments, written or inferred, and the argument values inference had to look at.
    /// `written` are arguments with the parameters they go to.
    pub fn type_arguments(
        &mut self,
        f: FnIdx,
        decl: &'a ast::FnDecl,
        written: &[(usize, &'a ast::Arg)],
        call: &'a ast::Call,
        want: Option<TypeId>,
    ) -> Option<(Vec<TypeId>, Vec<Expr>)> {
        let names = &decl.signature.type_params;
        if let Some(first) = call.type_args.first() {
            if call.type_args.len() != names.len() {
                let message = format!(
                    "expected {} type arguments, found {}",
                    names.len(),
                    call.type_args.len()
                );
                self.error("FUSE_GENERIC_CALL_TYPE_ARG", first.span, message);
                self.visit(&call.args);
                return None;
            }
            let types: Vec<TypeId> = call
                .type_args
                .iter()
                .map(|t| self.resolve_type(t))
                .collect();
            if types.contains(&self.c.common.error) {
                self.visit(&call.args);
                return None;
            }
            return Some((types, Vec::new()));
        }
        let mut found: IndexMap<&str, Option<TypeId>> =
            names.iter().map(|n| (n.text.as_str(), None)).collect();
        let mut values = Vec::new();
        let mut failed = false;
        for (index, arg) in written {
            let written = &decl.signature.params[*index].ty;
            let value = self.expr(&arg.value, None);
            failed |= value.ty == self.c.common.error;
            // An open type such as that of `[]` says nothing; the parameter will tell what it is.
            if !self.c.is_open(value.ty) {
                self.c.infer(written, value.ty, &mut found);
            }
            values.push(value);
        }
        if failed {
            return None;
        }
        if let (Some(ret), Some(want)) = (&decl.signature.ret, want)
            && !self.c.is_open(want)
        {
            self.c.infer(ret, want, &mut found);
        }
        let open: Vec<String> = found
            .iter()
            .filter(|(_, t)| t.is_none())
            .map(|(n, _)| format!("`{n}`"))
            .collect();
        if !open.is_empty() {
            let name = &self.c.fn_info(f).decl.signature.name.text;
            let message = format!("cannot infer {} of `{name}`", open.join(", "));
            let d = Diagnostic::error("FUSE_GENERIC_INFERENCE", call.callee.span, message);
            self.c
                .sink
                .push(d.with_hint(format!("write the type: `{name}<..>(..)`")));
            return None;
        }
        Some((found.into_values().flatten().collect(), values))
    }
}

impl<'a> Checker<'a> {
    /// Whether a type has no more parts than `budget`, which is used up on the way.
    fn lighter(&self, ty: TypeId, budget: &mut u32) -> bool {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        match self.types.get(ty) {
            Type::List(t) | Type::Map(t) | Type::Option(t) | Type::Box(t) | Type::Task(t) => {
                self.lighter(*t, budget)
            }
            Type::Result(ok, err) => self.lighter(*ok, budget) && self.lighter(*err, budget),
            _ => true,
        }
    }

    /// Matches a written parameter type with the type of its argument; the first binding of a name wins.
    fn infer(
        &self,
        written: &ast::TypeRef,
        actual: TypeId,
        found: &mut IndexMap<&str, Option<TypeId>>,
    ) {
        match (&written.kind, self.types.get(actual)) {
            (_, Type::Error | Type::Never) => {}
            (TypeRefKind::Name(path), _) => {
                if let [name] = path.parts.as_slice()
                    && let Some(slot) = found.get_mut(name.text.as_str())
                {
                    slot.get_or_insert(actual);
                }
            }
            (TypeRefKind::Optional(inner), Type::Option(t)) => self.infer(inner, *t, found),
            (TypeRefKind::Optional(inner), _) => self.infer(inner, actual, found),
            (TypeRefKind::Result { ok, err }, Type::Result(t, e)) => {
                self.infer(ok, *t, found);
                if let Some(err) = err {
                    self.infer(err, *e, found);
                }
            }
            (TypeRefKind::Generic { base, args }, ty) => {
                let name = base.parts.last().map_or("", |p| p.text.as_str());
                match (name, args.as_slice(), ty) {
                    ("List", [a], Type::List(t))
                    | ("Map", [_, a], Type::Map(t))
                    | ("Option", [a], Type::Option(t)) => {
                        self.infer(a, *t, found);
                    }
                    ("Option", [a], _) => self.infer(a, actual, found),
                    ("Result", [a, b], Type::Result(t, e)) => {
                        self.infer(a, *t, found);
                        self.infer(b, *e, found);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Checks every generic declaration with types nothing is known about in place of its parameters. What that adds to the
    /// program is taken back: only instances with real types are part of it.
    pub fn check_generic_declarations(&mut self) {
        let generic: Vec<FnIdx> = (0..self.fns.len() as u32)
            .map(FnIdx)
            .filter(|f| {
                let signature = &self.fn_info(*f).decl.signature;
                !signature.type_params.is_empty() && signature.bounds.is_empty()
            })
            .collect();
        if generic.is_empty() {
            return;
        }
        self.checking_generics = true;
        let kept = (
            self.types.len(),
            self.types.structs.len(),
            self.types.refinements.len(),
            self.functions.len(),
        );
        for f in generic {
            let decl = self.fn_info(f).decl;
            let opaque: Vec<TypeId> = decl
                .signature
                .type_params
                .iter()
                .map(|p| self.opaque_type(p))
                .collect();
            let id = self.reserve();
            self.enqueue(f, &opaque, id, 0, false);
            for index in 0..decl.signature.params.len() {
                self.enqueue_default(f, &opaque, index, 0, false);
            }
            self.drain_queue();
        }
        self.check_predicates();
        self.types.truncate(kept.0);
        self.types.structs.truncate(kept.1);
        self.types.refinements.truncate(kept.2);
        self.functions.truncate(kept.3);
    }

    fn opaque_type(&mut self, name: &ast::Ident) -> TypeId {
        let id = StructId(self.types.structs.len() as u32);
        let def = StructDef {
            name: name.text.clone(),
            module: STD_MODULE,
            fields: Vec::new(),
            span: name.span,
        };
        self.types.structs.push(def);
        self.structs.push(StructInfo {
            defaults: Vec::new(),
        });
        self.struct_type(id)
    }
}
