//! Calls of declared functions, type arguments and their inference, and the check of generic declarations themselves.

use fuse_syntax::ast::{self, TypeRefKind};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::call::Default;
use crate::checker::{Checker, FnIdx, Owner, SELF_TYPE, Signature, StructInfo};
use crate::func::FnCx;
use crate::interfaces::{Bound, InterfaceId};
use crate::program::{Expr, ExprKind};
use crate::stdlib::STD_MODULE;
use crate::types::{StructDef, StructId, Type, TypeId};

/// How many generic calls may lead from one to the next with ever new types.
const INSTANCE_DEPTH: u32 = 64;

/// How many parts a type argument may have, so that its name stays readable and finite.
const INSTANCE_WEIGHT: u32 = 512;

/// A declared callable about to be called.
pub(crate) struct Callee {
    pub f: FnIdx,
    /// What an instance method is called on.
    pub receiver: Option<Expr>,
    /// The type before the `.`: what `Self` is in a member of an interface.
    pub self_type: Option<TypeId>,
}

impl Callee {
    pub fn function(f: FnIdx) -> Self {
        Callee {
            f,
            receiver: None,
            self_type: None,
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    pub fn call_function(
        &mut self,
        callee: Callee,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let f = callee.f;
        let info = self.c.fn_info(f);
        let written = info.signature;
        let name = written.name.text.as_str();
        self.use_callable(f, call.callee.span);
        let params: Vec<(&str, bool)> = written
            .params
            .iter()
            .map(|p| (p.name.text.as_str(), p.default.is_some()))
            .collect();
        let bound = self.bind(&params, &call.args, name, call.callee.span);
        let Some(bound) = bound else {
            self.visit(&call.args);
            // The result type is known even if the arguments are wrong.
            let ty = if written.type_params.is_empty() {
                let types = self.owner_types(&callee);
                self.c.signature(f, &types).map(|s| s.ret)
            } else {
                None
            };
            return Expr {
                kind: ExprKind::Unit,
                ty: ty.unwrap_or(self.c.common.error),
                span,
            };
        };
        if written.type_params.is_empty() {
            self.no_type_arguments(call);
            return self.call_with(callee, Vec::new(), bound, Vec::new(), call, span);
        }
        let params: Vec<_> = bound.iter().copied().zip(&call.args).collect();
        match self.type_arguments(f, written, &params, call, want) {
            Some((types, values)) => {
                if !self.satisfies_bounds(f, &types, call.callee.span) {
                    return self.error_expr(span);
                }
                self.call_with(callee, types, bound, values, call, span)
            }
            None => self.error_expr(span),
        }
    }

    /// What an instance is made for besides the written type parameters: `Self` of a member of an interface.
    fn owner_types(&self, callee: &Callee) -> Vec<TypeId> {
        match self.c.fn_info(callee.f).owner {
            Owner::Interface(_) => callee.self_type.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the type arguments are what `where` asks for; reports if not.
    pub fn satisfies_bounds(&mut self, f: FnIdx, types: &[TypeId], span: Span) -> bool {
        let info = self.c.fn_info(f);
        let names = &info.signature.type_params;
        let bounds = names.iter().zip(&info.bounds).zip(types);
        let bounded: Vec<_> = bounds
            .filter_map(|((name, bound), ty)| match bound {
                Bound::Of(id) => Some((name, *id, *ty)),
                _ => None,
            })
            .collect();
        let broken = bounded
            .iter()
            .find(|(_, id, ty)| !self.c.satisfies(*ty, *id));
        let Some((name, interface, ty)) = broken.copied() else {
            for (_, interface, ty) in bounded {
                self.use_implementation(interface, ty, span);
            }
            return true;
        };
        let message = format!(
            "`{}` does not satisfy `{}: {}`: it does not implement the interface",
            self.show(ty),
            name.text,
            self.c.interface(interface).name.text
        );
        let d = Diagnostic::error("FUSE_GENERIC_INFERENCE", span, message);
        self.c.sink.push(d.with_related(name.span, "declared here"));
        false
    }

    /// The call once its type arguments are known; `values` are arguments that inference has looked at already.
    fn call_with(
        &mut self,
        callee: Callee,
        own: Vec<TypeId>,
        bound: Vec<usize>,
        values: Vec<Expr>,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        let mut types = self.owner_types(&callee);
        types.extend(own);
        let Callee { f, receiver, .. } = callee;
        let offset = usize::from(receiver.is_some());
        let Some(signature) = self.c.signature(f, &types) else {
            return self.error_expr(span);
        };
        if self.leads_to_ever_new_types(f, &types, call.callee.span) {
            return self.error_expr(span);
        }
        let mut values = values.into_iter();
        let mut written: Vec<(usize, Expr)> = receiver.into_iter().map(|r| (0, r)).collect();
        let mut boxed = Vec::new();
        for (arg, index) in call.args.iter().zip(&bound) {
            let index = index + offset;
            let param = &signature.params[index];
            let ready = values.next();
            if let Some(cell) = self.shared_cell(&arg.value, self.c.content(param.ty)) {
                if cell.ty != param.ty {
                    boxed.push(index);
                }
                written.push((index, cell));
                continue;
            }
            let value = match ready {
                Some(value) => self.coerce(value, param.ty, param.name),
                None => self.check(&arg.value, param.ty, param.name),
            };
            written.push((index, value));
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
        let taken: Vec<usize> = (0..offset)
            .chain(bound.iter().map(|i| i + offset))
            .collect();
        let Some(defaults) = self.defaults(f, &types, &signature, &taken, span) else {
            return self.error_expr(span);
        };
        boxed.sort_unstable();
        let Some(function) = self.c.instance(f, &types, &boxed, depth) else {
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
            let name = &self.c.fn_info(f).signature.name.text;
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
    /// `bound` are arguments with the written parameters they go to.
    pub fn type_arguments(
        &mut self,
        f: FnIdx,
        written: &'a ast::Signature,
        bound: &[(usize, &'a ast::Arg)],
        call: &'a ast::Call,
        want: Option<TypeId>,
    ) -> Option<(Vec<TypeId>, Vec<Expr>)> {
        let names = &written.type_params;
        if let Some(first) = call.type_args.first() {
            if call.type_args.len() != names.len() {
                let plural = if names.len() == 1 { "" } else { "s" };
                let message = format!(
                    "expected {} type argument{plural}, found {}",
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
        for (index, arg) in bound {
            let param = &written.params[*index].ty;
            let value = self.expr(&arg.value, None);
            failed |= value.ty == self.c.common.error;
            // An open type such as that of `[]` says nothing; the parameter will tell what it is.
            if !self.c.is_open(value.ty) {
                self.c.infer(param, value.ty, &mut found);
            }
            values.push(value);
        }
        if failed {
            return None;
        }
        if let (Some(ret), Some(want)) = (&written.ret, want)
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
            let name = &self.c.fn_info(f).signature.name.text;
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

    /// Matches a written parameter type with the type of its argument. The first type found for a name counts, and is an
    /// option as soon as one of them is.
    fn infer(
        &mut self,
        written: &ast::TypeRef,
        actual: TypeId,
        found: &mut IndexMap<&str, Option<TypeId>>,
    ) {
        match (&written.kind, &self.types.get(actual).clone()) {
            (_, Type::Error | Type::Never) => {}
            (TypeRefKind::Name(path), _) => {
                if let [name] = path.parts.as_slice()
                    && let Some(slot) = found.get_mut(name.text.as_str())
                {
                    *slot = Some(match *slot {
                        Some(first) => self.widened(first, actual),
                        None => actual,
                    });
                }
            }
            (TypeRefKind::Boxed(inner), _) => self.infer(inner, actual, found),
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

    /// Type arguments that make `written` a function with the parameters and result of `wanted`.
    pub fn infer_from_signature(
        &mut self,
        written: &'a ast::Signature,
        wanted: Option<(Vec<TypeId>, TypeId)>,
    ) -> Option<Vec<TypeId>> {
        let (params, ret) = wanted?;
        let names = written.type_params.iter();
        let mut found: IndexMap<&str, Option<TypeId>> =
            names.map(|n| (n.text.as_str(), None)).collect();
        for (param, ty) in written.params.iter().zip(params) {
            self.infer(&param.ty, ty, &mut found);
        }
        if let Some(written) = &written.ret {
            self.infer(written, ret, &mut found);
        }
        found.into_values().collect()
    }

    fn widened(&mut self, first: TypeId, second: TypeId) -> TypeId {
        let optional = [first, second]
            .iter()
            .any(|t| matches!(self.types.get(*t), Type::Option(_)));
        let joined = if optional {
            self.unify(first, second)
        } else {
            None
        };
        joined.unwrap_or(first)
    }

    /// Checks every generic declaration with types nothing but their bounds is known about in place of its parameters, and
    /// every implementation. What that adds to the program is taken back: only instances with real types are part of it.
    pub fn check_generic_declarations(&mut self) {
        self.checking_generics = true;
        let kept = (
            self.types.len(),
            self.types.structs.len(),
            self.types.enums.len(),
            self.types.refinements.len(),
            self.functions.len(),
            self.signatures.len(),
            self.instances.len(),
            self.unions.len(),
        );
        let targets: Vec<usize> = self
            .function_types
            .values()
            .map(|t| t.targets.len())
            .collect();
        for f in (0..self.fns.len() as u32).map(FnIdx) {
            if self.type_params(f).is_empty() {
                continue;
            }
            let opaque = match self.fn_info(f).owner {
                Owner::Interface(id) => {
                    let name = self.fn_info(f).signature.name.span;
                    let mut types = vec![self.opaque_type(SELF_TYPE, name, Bound::Of(id))];
                    types.extend(self.opaque_params(f));
                    types
                }
                _ => self.opaque_params(f),
            };
            let id = self.reserve();
            self.enqueue(f, &opaque, &[], id, 0, false);
            let count = self.signature(f, &opaque).map_or(0, |s| s.params.len());
            for index in 0..count {
                self.enqueue_default(f, &opaque, index, 0, false);
            }
            self.drain_queue();
        }
        self.check_impls();
        self.check_predicates();
        self.types.truncate(kept.0);
        self.types.structs.truncate(kept.1);
        self.structs.truncate(kept.1);
        self.types.enums.truncate(kept.2);
        self.types.refinements.truncate(kept.3);
        self.functions.truncate(kept.4);
        self.signatures.truncate(kept.5);
        self.instances.truncate(kept.6);
        self.unions.truncate(kept.7);
        self.function_types.truncate(targets.len());
        for ((id, info), count) in self.function_types.iter_mut().zip(targets) {
            info.targets.truncate(count);
            self.types.enums[id.0 as usize].variants.truncate(count);
        }
        self.opaque.clear();
        self.checking_generics = false;
    }

    /// Stand-ins for the written type parameters of `f`.
    pub fn opaque_params(&mut self, f: FnIdx) -> Vec<TypeId> {
        let params = &self.fn_info(f).signature.type_params;
        let mut types = Vec::new();
        for (i, param) in params.iter().enumerate() {
            let bound = self.fn_info(f).bounds[i];
            types.push(self.opaque_type(&param.text, param.span, bound));
        }
        types
    }

    /// Whether `ty` has what `interface` promises.
    fn satisfies(&self, ty: TypeId, interface: InterfaceId) -> bool {
        match self.opaque.get(&ty) {
            Some(bound) => matches!(bound, Bound::Broken) || *bound == Bound::Of(interface),
            None => ty == self.common.error || self.implementation(interface, ty).is_some(),
        }
    }

    fn opaque_type(&mut self, name: &str, span: Span, bound: Bound) -> TypeId {
        let id = StructId(self.types.structs.len() as u32);
        let def = StructDef {
            name: name.to_string(),
            module: STD_MODULE,
            fields: Vec::new(),
            span,
        };
        self.types.structs.push(def);
        self.structs.push(StructInfo {
            defaults: Vec::new(),
        });
        let ty = self.struct_type(id);
        self.opaque.insert(ty, bound);
        ty
    }
}
