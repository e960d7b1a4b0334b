//! Functions as values. A value of a function type is an enum of the compiler's own with a variant for every function that
//! is used as a value of the type; a call of one goes through a function that tells them apart. Nothing below this crate
//! knows of function types.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::builtins;
use crate::call::Default;
use crate::checker::{Checker, FnIdx, Owner};
use crate::func::{FnCx, stmt};
use crate::methods::Found;
use crate::program::{
    Arm, Block, Builtin, Expr, ExprKind, Function, FunctionId, Local, LocalId, Pattern, StmtKind,
};
use crate::scope::PathTarget;
use crate::stdlib::STD_MODULE;
use crate::types::{EnumDef, EnumId, EnumKind, Type, TypeId, VariantDef};

/// What one variant of a function type calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// With the payload of the variant, if it has one, before the arguments.
    Function(FunctionId),
    Variant(EnumId, u32),
    Builtin(Builtin),
}

/// A function type in use.
pub(crate) struct FunctionType {
    /// `(value, arguments..) -> ret`, written at the end, when all variants are known.
    pub dispatcher: FunctionId,
    /// What the variants of the enum call, in order.
    pub targets: IndexMap<Target, ()>,
}

impl<'a> Checker<'a> {
    /// Parameters and result of a function type.
    pub fn function_type(&self, ty: TypeId) -> Option<(Vec<TypeId>, TypeId)> {
        let Type::Enum(id) = self.types.get(ty) else {
            return None;
        };
        match &self.types.enum_def(*id).kind {
            EnumKind::Function { params, ret } => Some((params.clone(), *ret)),
            _ => None,
        }
    }

    /// Whether functions or queries are among the parts of `ty`; fields and payloads cannot have such types.
    pub fn lacks_json_form(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::List(t) | Type::Map(t) | Type::Option(t) | Type::Box(t) | Type::Task(t) => {
                self.lacks_json_form(*t)
            }
            Type::Result(ok, err) => self.lacks_json_form(*ok) || self.lacks_json_form(*err),
            Type::Query => true,
            _ => self.function_type(ty).is_some(),
        }
    }

    fn intern_function_type(&mut self, params: Vec<TypeId>, ret: TypeId, span: Span) -> EnumId {
        let known = self.function_types.keys().copied().find(|id| {
            let kind = &self.types.enum_def(*id).kind;
            matches!(kind, EnumKind::Function { params: p, ret: r } if *p == params && *r == ret)
        });
        if let Some(id) = known {
            return id;
        }
        let id = EnumId(self.types.enums.len() as u32);
        self.types.enums.push(EnumDef {
            name: format!("fn#{}", self.function_types.len()),
            module: STD_MODULE,
            variants: Vec::new(),
            kind: EnumKind::Function { params, ret },
            span,
        });
        let dispatcher = self.reserve();
        let info = FunctionType {
            dispatcher,
            targets: IndexMap::new(),
        };
        self.function_types.insert(id, info);
        id
    }

    /// The functions that call the values of function types.
    pub fn write_dispatchers(&mut self) {
        for (id, info) in &self.function_types {
            let ty = self.types.intern(Type::Enum(*id));
            let def = self.types.enum_def(*id);
            let EnumKind::Function { params, ret } = &def.kind else {
                continue;
            };
            let (span, ret) = (def.span, *ret);
            let local = |name: String, ty| Local {
                name,
                ty,
                mutable: false,
                span,
            };
            let mut locals = vec![local("function".to_string(), ty)];
            let args = (0..).zip(params);
            locals.extend(args.map(|(i, ty): (u32, _)| local(format!("arg{i}"), *ty)));
            let count = locals.len();
            let mut arms = Vec::new();
            for (variant, target) in (0..).zip(info.targets.keys()) {
                let bound = &def.variants[variant as usize].payload;
                let first = locals.len();
                locals.extend(bound.iter().map(|ty| local("bound".to_string(), *ty)));
                let read = |index: usize| Expr {
                    kind: ExprKind::Local(LocalId(index as u32)),
                    ty: locals[index].ty,
                    span,
                };
                let captured = first..locals.len();
                let args = captured.clone().chain(1..count).map(read).collect();
                let kind = match *target {
                    Target::Function(function) => ExprKind::Call { function, args },
                    Target::Builtin(builtin) => ExprKind::Builtin { builtin, args },
                    Target::Variant(_, variant) => ExprKind::Variant {
                        variant,
                        payload: args,
                    },
                };
                let value = Expr {
                    kind,
                    ty: ret,
                    span,
                };
                let bind = |i| Pattern::Bind(LocalId(i as u32));
                let pattern = Pattern::Variant {
                    variant,
                    payload: captured.map(bind).collect(),
                };
                let statements = vec![stmt(StmtKind::Return(value), span)];
                arms.push(Arm {
                    pattern,
                    body: Block { statements },
                });
            }
            let scrutinee = Expr {
                kind: ExprKind::Local(LocalId(0)),
                ty,
                span,
            };
            let body = vec![stmt(StmtKind::Match { scrutinee, arms }, span)];
            self.functions[info.dispatcher.index()] = Some(Function {
                name: format!("call:{}", def.name),
                params: count as u32,
                locals,
                ret,
                body: Block { statements: body },
                span,
            });
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    fn function_value(
        &mut self,
        signature: (Vec<TypeId>, TypeId),
        target: Target,
        bound: Option<Expr>,
        text: String,
        span: Span,
    ) -> Expr {
        let (params, ret) = signature;
        let error = self.c.common.error;
        if ret == error || params.contains(&error) {
            return self.error_expr(span);
        }
        let id = self.c.intern_function_type(params, ret, span);
        let info = &mut self.c.function_types[&id];
        let (variant, _) = info.targets.insert_full(target, ());
        let variants = &mut self.c.types.enums[id.0 as usize].variants;
        if variant == variants.len() {
            variants.push(VariantDef {
                name: text,
                payload: bound.iter().map(|e| e.ty).collect(),
                span,
            });
        }
        Expr {
            kind: ExprKind::Variant {
                variant: variant as u32,
                payload: bound.into_iter().collect(),
            },
            ty: self.c.enum_type(id),
            span,
        }
    }

    /// A declared function or method as a value; `receiver` is what an instance method is bound to. Type arguments come from
    /// the function type that is due.
    pub fn declared_value(
        &mut self,
        f: FnIdx,
        owner: Option<TypeId>,
        receiver: Option<Expr>,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let written = self.c.fn_info(f).signature;
        let name = written.name.text.as_str();
        self.use_callable(f, span);
        let mut types: Vec<TypeId> = match self.c.fn_info(f).owner {
            Owner::Interface(_) => owner.into_iter().collect(),
            _ => Vec::new(),
        };
        if !written.type_params.is_empty() {
            let wanted = want.and_then(|w| self.c.function_type(w));
            let Some(own) = self.c.infer_from_signature(written, wanted) else {
                let names: Vec<String> = written
                    .type_params
                    .iter()
                    .map(|p| format!("`{}`", p.text))
                    .collect();
                let message = format!(
                    "cannot infer {} of `{name}`, which is used as a value",
                    names.join(", ")
                );
                let d = Diagnostic::error("FUSE_GENERIC_INFERENCE", span, message);
                self.c.sink.push(d.with_hint(
                    "wrap it in a function that is not generic, and use that as the value",
                ));
                return self.error_expr(span);
            };
            if !self.satisfies_bounds(f, &own, span) {
                return self.error_expr(span);
            }
            types.extend(own);
        }
        let Some(signature) = self.c.signature(f, &types) else {
            return self.error_expr(span);
        };
        let depth = self.depth + u32::from(!types.is_empty());
        let Some(function) = self.c.instance(f, &types, &[], depth) else {
            return self.error_expr(span);
        };
        let skip = usize::from(receiver.is_some());
        let params = signature.params[skip..].iter().map(|p| p.ty).collect();
        let text = format!(
            "<fn {}::{}>",
            self.c.fn_info(f).module + 1,
            self.c.shown_name(f)
        );
        let target = Target::Function(function);
        self.function_value((params, signature.ret), target, receiver, text, span)
    }

    /// `value.name` where `name` is a method: the method bound to the value.
    pub fn method_value(
        &mut self,
        receiver: &Expr,
        name: &'a ast::Ident,
        want: Option<TypeId>,
        span: Span,
    ) -> Option<Expr> {
        let f = match self.c.find_method(receiver.ty, name) {
            Found::Method(f) => f,
            Found::Failed => return Some(self.error_expr(span)),
            Found::None => return None,
        };
        let owner = Some(receiver.ty);
        if self.c.self_type(f).is_some() {
            return Some(self.declared_value(f, owner, Some(receiver.clone()), want, span));
        }
        let value = self.declared_value(f, owner, None, want, span);
        let place = receiver.span;
        let evaluate = stmt(StmtKind::Expr(receiver.clone()), place);
        Some(self.with_statements(vec![evaluate], value))
    }

    /// A constructor of a variant with a payload, as a value.
    pub fn constructor_value(&mut self, id: EnumId, variant: u32, span: Span) -> Expr {
        let def = self.c.types.enum_def(id);
        let info = &def.variants[variant as usize];
        let text = format!("<enum {}.{}>", def.name, info.name);
        let params = info.payload.clone();
        let ret = self.c.enum_type(id);
        let target = Target::Variant(id, variant);
        self.function_value((params, ret), target, None, text, span)
    }

    /// A function every module knows, as a value; `name` includes its namespace.
    pub fn builtin_value(&mut self, name: &str, span: Span) -> Expr {
        let Some((params, ret, builtin)) = self.builtin_signature(name, span) else {
            if builtins::is_open(name) {
                let message = format!("`{name}` takes values of any type and is no value itself");
                let d = Diagnostic::error("FUSE_NOT_A_VALUE", span, message);
                let hint = "call it in a function, and use that as the value";
                self.c.sink.push(d.with_hint(hint));
            } else {
                self.unknown_builtin(name, span);
            }
            return self.error_expr(span);
        };
        let text = format!("<builtin {name}>");
        self.function_value((params, ret), Target::Builtin(builtin), None, text, span)
    }

    /// A call of a value.
    pub fn call_value(&mut self, callee: Expr, call: &'a ast::Call, span: Span) -> Expr {
        let Some((params, ret)) = self.c.function_type(callee.ty) else {
            return self.not_callable(callee.ty, call, span);
        };
        self.no_type_arguments(call);
        let names: Vec<String> = (0..params.len()).map(|i| format!("arg{i}")).collect();
        let list: Vec<(&str, bool)> = names.iter().map(|n| (n.as_str(), false)).collect();
        let shown = self.show(callee.ty);
        let Some(bound) = self.bind(&list, &call.args, &shown, call.callee.span) else {
            self.visit(&call.args);
            return Expr {
                kind: ExprKind::Unit,
                ty: ret,
                span,
            };
        };
        let Type::Enum(id) = *self.ty(callee.ty) else {
            return self.error_expr(span);
        };
        let function = self.c.function_types[&id].dispatcher;
        let mut written = vec![(0, callee)];
        for (arg, index) in call.args.iter().zip(bound) {
            let value = self.check(&arg.value, params[index], &names[index]);
            written.push((index + 1, value));
        }
        let failed = written.iter().any(|(_, v)| v.ty == self.c.common.error);
        if failed {
            return Expr {
                kind: ExprKind::Unit,
                ty: ret,
                span,
            };
        }
        let defaults: Vec<(usize, Default)> = Vec::new();
        let (statements, args) = self.arrange(params.len() + 1, written, defaults, span);
        let value = Expr {
            kind: ExprKind::Call { function, args },
            ty: ret,
            span,
        };
        self.with_statements(statements, value)
    }

    /// What a path to something callable is worth as a value; `None` if it leads elsewhere.
    pub fn callable_value(
        &mut self,
        target: PathTarget<'a>,
        want: Option<TypeId>,
        span: Span,
    ) -> Option<Expr> {
        use crate::scope::Symbol;
        Some(match target {
            PathTarget::Symbol(Symbol::Fn(f)) => self.declared_value(f, None, None, want, span),
            PathTarget::Method(ty, name) => match self.associated(ty, name) {
                Some(f) => self.declared_value(f, Some(ty), None, want, span),
                None => self.error_expr(span),
            },
            PathTarget::Variant(id, variant) => {
                let info = &self.c.types.enum_def(id).variants[variant as usize];
                if info.payload.is_empty() {
                    return None;
                }
                self.constructor_value(id, variant, span)
            }
            PathTarget::NamespaceMember(namespace, member) => {
                self.builtin_value(&format!("{namespace}.{member}"), span)
            }
            _ => return None,
        })
    }
}
