//! Calls: what is called, which argument goes to which parameter, and in which order things are evaluated.

use fuse_syntax::ast::{self, ExprKind as Ast};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::builtins;
use crate::diag::with_suggestion;
use crate::func::{FnCx, stmt};
use crate::generic::Callee;
use crate::html::{is_input_element, is_tag};
use crate::program::{Block, Expr, ExprKind, FunctionId, Stmt, StmtKind};
use crate::scope::{PathTarget, Symbol};
use crate::types::{EnumId, StructDef, StructId, Type, TypeId};

/// Where the value of a parameter or field that is not written comes from.
pub(crate) enum Default {
    /// A constant.
    Inline(Expr),
    /// A function; with `earlier`, of all parameters before.
    Call {
        function: FunctionId,
        ty: TypeId,
        earlier: bool,
    },
}

impl<'a> FnCx<'_, 'a> {
    pub fn call(&mut self, call: &'a ast::Call, want: Option<TypeId>, span: Span) -> Expr {
        match &call.callee.kind {
            Ast::Name(name) => self.call_name(name, call, want, span),
            Ast::Member {
                base,
                name,
                optional,
            } => {
                if !optional && let Some(target) = self.path(&call.callee) {
                    return self.call_path(target, &name.text, call, want, span);
                }
                if call.children.is_some() {
                    return self.unexpected_children(call, "a method call", span);
                }
                let receiver = self.expr(base, None);
                if *optional {
                    return self.through_option(receiver, span, |cx, payload| {
                        cx.value_method(payload, name, call, None, span)
                    });
                }
                self.value_method(receiver, name, call, want, span)
            }
            Ast::Error => {
                self.visit(&call.args);
                self.error_expr(span)
            }
            _ => {
                let callee = self.expr(&call.callee, None);
                self.call_value(callee, call, span)
            }
        }
    }

    /// Checks arguments for their own mistakes when the call itself is one.
    pub fn visit(&mut self, args: &'a [ast::Arg]) {
        for arg in args {
            self.expr(&arg.value, None);
        }
    }

    pub fn not_callable(&mut self, ty: TypeId, call: &'a ast::Call, span: Span) -> Expr {
        if call.children.is_some() && ty != self.c.common.error {
            let what = format!("a value of type `{}`", self.show(ty));
            return self.unexpected_children(call, &what, span);
        }
        self.visit(&call.args);
        if ty != self.c.common.error {
            let message = format!("expected a function to call, found `{}`", self.show(ty));
            let mut d = Diagnostic::error("FUSE_NOT_CALLABLE", call.callee.span, message);
            if self.c.opaque.contains_key(&ty) {
                d = d.with_hint("what a value of a type parameter can do comes from a bound, as in `where T: Interface`");
            }
            self.c.sink.push(d);
        }
        self.error_expr(span)
    }

    fn call_name(
        &mut self,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let text = name.text.as_str();
        if let Some(local) = self.lookup_local(text) {
            let callee = self.read_local(local, name.span);
            let callee = self.content_of(callee);
            return self.call_value(callee, call, span);
        }
        if let Some((_, ty)) = self.env.iter().find(|(n, _)| n == text) {
            return self.call_path(PathTarget::Type(*ty), text, call, want, span);
        }
        if let Some(symbol) = self.c.lookup(self.module, text) {
            return self.call_path(PathTarget::Symbol(symbol), text, call, want, span);
        }
        if text == "input" && is_input_element(call) {
            return self.element_call(text, call, span);
        }
        if call.children.is_some()
            && (builtins::is_constructor(text) || builtins::is_function(text))
        {
            return self.unexpected_children(call, &format!("function `{text}`"), span);
        }
        if builtins::is_constructor(text) {
            return self.constructor(text, call, want, span);
        }
        if builtins::is_function(text) {
            return self.builtin_call(text, call, name.span, span);
        }
        if let Some(target) = self.path(&call.callee) {
            return self.call_path(target, text, call, want, span);
        }
        if is_tag(text) {
            return self.element_call(text, call, span);
        }
        self.visit(&call.args);
        self.unknown_name(name);
        self.error_expr(span)
    }

    fn call_path(
        &mut self,
        target: PathTarget<'a>,
        name: &'a str,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        match target {
            PathTarget::Symbol(Symbol::Component(component)) => {
                self.call_component(component, call, want, span)
            }
            PathTarget::Namespace(tag) if is_tag(tag) => self.element_call(tag, call, span),
            PathTarget::Symbol(Symbol::Poison) | PathTarget::Error => {
                self.visit(&call.args);
                self.error_expr(span)
            }
            PathTarget::Symbol(Symbol::Fn(function))
                if call.children.is_some() && self.takes_block(function) =>
            {
                self.call_with_block(function, call, span)
            }
            target if call.children.is_some() => {
                let what = match target {
                    PathTarget::Symbol(symbol) => format!("{} `{name}`", symbol.describe()),
                    _ => format!("`{name}`"),
                };
                self.unexpected_children(call, &what, span)
            }
            PathTarget::Symbol(Symbol::Fn(function)) => {
                self.call_function(Callee::function(function), call, want, span)
            }
            PathTarget::Symbol(Symbol::Struct(id)) => {
                self.no_type_arguments(call);
                self.struct_literal(id, &call.args, span)
            }
            PathTarget::Symbol(Symbol::StdError) if name == "Error" => {
                self.struct_literal(StructId(0), &call.args, span)
            }
            PathTarget::Type(ty) => match *self.ty(ty) {
                Type::Struct(id) if !self.c.opaque.contains_key(&ty) => {
                    self.no_type_arguments(call);
                    self.struct_literal(id, &call.args, span)
                }
                Type::Enum(id) => {
                    let enumeration = PathTarget::Symbol(Symbol::Enum(id));
                    self.call_path(enumeration, name, call, want, span)
                }
                _ => {
                    self.visit(&call.args);
                    let message =
                        format!("expected a type with fields, found type parameter `{name}`");
                    self.error("FUSE_NOT_A_VALUE", call.callee.span, message);
                    self.error_expr(span)
                }
            },
            PathTarget::Method(ty, name) => self.associated_call(ty, name, call, want, span),
            PathTarget::Variant(id, variant) => {
                self.no_type_arguments(call);
                self.variant_literal(id, variant, call, span)
            }
            PathTarget::NamespaceMember(namespace, member) => self.builtin_call(
                &format!("{namespace}.{member}"),
                call,
                call.callee.span,
                span,
            ),
            PathTarget::Symbol(Symbol::Config(id)) => {
                self.no_type_arguments(call);
                let ty = self.c.config(id).ty;
                self.struct_literal(ty, &call.args, span)
            }
            PathTarget::Symbol(Symbol::Enum(id)) => {
                self.visit(&call.args);
                let def = self.c.types.enum_def(id);
                let message = format!(
                    "expected a variant of enum `{}` to build, found the enum itself",
                    def.name
                );
                self.error("FUSE_NOT_CALLABLE", call.callee.span, message);
                self.error_expr(span)
            }
            other => {
                let value = self.path_value(other, call.callee.span, name);
                self.not_callable(value.ty, call, span)
            }
        }
    }

    pub fn no_type_arguments(&mut self, call: &'a ast::Call) {
        if let Some(first) = call.type_args.first() {
            self.error(
                "FUSE_GENERIC_CALL_TYPE_ARG",
                first.span,
                "expected no type arguments: the callee is not generic",
            );
        }
    }

    /// Which parameter each argument goes to: positional ones to the first free parameter, named ones by name.
    /// `params` are names and whether they may be left out.
    pub fn bind(
        &mut self,
        params: &[(&str, bool)],
        args: &[ast::Arg],
        callee: &str,
        span: Span,
    ) -> Option<Vec<usize>> {
        if self.misses_comma(args) {
            return None;
        }
        let mut taken = vec![false; params.len()];
        let mut bound = Vec::new();
        for arg in args {
            let index = match &arg.name {
                None => taken.iter().position(|t| !t),
                Some(name) => match params.iter().position(|(p, _)| *p == name.text) {
                    Some(i) if taken[i] => {
                        let message = format!("argument `{}` is given twice", name.text);
                        self.error("FUSE_DUPLICATE_ARGUMENT", name.span, message);
                        return None;
                    }
                    Some(i) => Some(i),
                    None => {
                        let message = format!("`{callee}` has no parameter `{}`", name.text);
                        let d = Diagnostic::error("FUSE_UNKNOWN_ARGUMENT", name.span, message);
                        let d = with_suggestion(d, &name.text, params.iter().map(|(p, _)| *p));
                        self.c.sink.push(d);
                        return None;
                    }
                },
            };
            let Some(index) = index else {
                let message = format!(
                    "`{callee}` expected {}, found {}",
                    count(params),
                    args.len()
                );
                self.error("FUSE_WRONG_ARITY", span, message);
                return None;
            };
            taken[index] = true;
            bound.push(index);
        }
        let missing: Vec<String> = params
            .iter()
            .zip(&taken)
            .filter(|((_, optional), taken)| !**taken && !optional)
            .map(|((name, _), _)| format!("`{name}`"))
            .collect();
        if !missing.is_empty() {
            let mut message = format!(
                "`{callee}` expected {}, found {}",
                count(params),
                args.len()
            );
            if !missing.iter().any(|name| is_positional(name)) {
                message.push_str(": missing ");
                message.push_str(&missing.join(", "));
            }
            self.error("FUSE_WRONG_ARITY", span, message);
            return None;
        }
        Some(bound)
    }

    /// Only elements and components take `f(value name=value)`.
    fn misses_comma(&mut self, args: &[ast::Arg]) -> bool {
        let open = args.windows(2).find_map(|pair| match pair {
            [before, after] if before.name.is_none() && after.comma_before.is_none() => {
                after.name.as_ref()
            }
            _ => None,
        });
        if let Some(name) = open {
            let message = format!("expected `,` or `)`, found identifier `{}`", name.text);
            self.error("FUSE_SYNTAX_EXPECTED", name.span, message);
        }
        open.is_some()
    }

    /// Values in parameter order. What is `written` is evaluated in written order, defaults after it; where that is not
    /// the order of the parameters, values wait in temporaries, set by the statements returned.
    pub fn arrange(
        &mut self,
        parameters: usize,
        written: Vec<(usize, Expr)>,
        defaults: Vec<(usize, Default)>,
        span: Span,
    ) -> (Vec<Stmt>, Vec<Expr>) {
        let is_constant = |d: &Default| matches!(d, Default::Inline(_));
        let evaluated = written.iter().map(|(i, _)| *i);
        let evaluated: Vec<usize> = evaluated
            .chain(
                defaults
                    .iter()
                    .filter(|(_, d)| !is_constant(d))
                    .map(|(i, _)| *i),
            )
            .collect();
        let reused = defaults
            .iter()
            .any(|(_, d)| matches!(d, Default::Call { earlier: true, .. }));
        let direct = !reused && evaluated.windows(2).all(|w| w[0] < w[1]);
        let mut statements = Vec::new();
        let mut slots: Vec<Option<Expr>> = (0..parameters).map(|_| None).collect();
        for (index, value) in written {
            let value = if direct {
                value
            } else {
                self.hoist(value, &mut statements)
            };
            slots[index] = Some(value);
        }
        for (index, default) in defaults {
            let value = match default {
                Default::Inline(value) => value,
                Default::Call {
                    function,
                    ty,
                    earlier,
                } => {
                    let args = if earlier {
                        slots[..index]
                            .iter()
                            .flatten()
                            .map(|value| self.content_of(value.clone()))
                            .collect()
                    } else {
                        Vec::new()
                    };
                    let call = Expr {
                        kind: ExprKind::Call { function, args },
                        ty,
                        span,
                    };
                    if direct {
                        call
                    } else {
                        self.hoist(call, &mut statements)
                    }
                }
            };
            slots[index] = Some(value);
        }
        (statements, slots.into_iter().flatten().collect())
    }

    /// The value now, to be used later: as it is if nothing can change it, in a temporary otherwise.
    pub fn hoist(&mut self, value: Expr, statements: &mut Vec<Stmt>) -> Expr {
        if is_pure(&value) {
            return value;
        }
        let span = value.span;
        let local = self.temp(value.ty, span);
        statements.push(stmt(StmtKind::Let { local, value }, span));
        self.local(local, span)
    }

    pub fn with_statements(&self, statements: Vec<Stmt>, value: Expr) -> Expr {
        if statements.is_empty() {
            return value;
        }
        let (ty, span) = (value.ty, value.span);
        Expr {
            kind: ExprKind::Block {
                block: Block { statements },
                value: Box::new(value),
            },
            ty,
            span,
        }
    }

    /// The value of a default that is a literal or an empty collection, as a constant of type `ty`.
    pub fn inline_default(&mut self, default: &'a ast::Expr, ty: TypeId) -> Option<Expr> {
        let literal = match &default.kind {
            Ast::Unary {
                op: ast::UnaryOp::Neg,
                operand,
            } => operand,
            _ => default,
        };
        let constant = match &literal.kind {
            Ast::Literal(_) => true,
            Ast::List(items) => items.is_empty(),
            Ast::Map(pairs) => pairs.is_empty(),
            _ => false,
        };
        if !constant {
            return None;
        }
        let mark = self.c.sink.mark();
        let value = self.check(default, ty, "");
        let clean = self.c.sink.take_from(mark).is_empty();
        (clean && is_pure(&value)).then_some(value)
    }

    /// Reports the values without names of a literal, all in one.
    fn nameless_fields(&mut self, def: &StructDef, args: &[ast::Arg]) {
        let mut nameless = args.iter().filter(|arg| arg.name.is_none());
        let Some(first) = nameless.next() else { return };
        let found = match nameless.count() {
            0 => "a value without a name".to_owned(),
            more => format!("{} values without names", more + 1),
        };
        let message = format!("expected named fields for `{}`, found {found}", def.name);
        let d = Diagnostic::error("FUSE_STRUCT_ARGUMENT", first.value.span, message);
        let names = def.fields.iter().take(4);
        let mut names: Vec<String> = names.map(|f| format!("{}=..", f.name)).collect();
        if names.is_empty() {
            return self.c.sink.push(d);
        }
        if def.fields.len() > names.len() {
            names.push("..".to_owned());
        }
        let hint = format!("write `{}({})`", short_name(&def.name), names.join(", "));
        self.c.sink.push(d.with_hint(hint));
    }

    pub fn struct_literal(&mut self, id: StructId, args: &'a [ast::Arg], span: Span) -> Expr {
        let def = self.c.types.struct_def(id).clone();
        let name = short_name(&def.name);
        let mut written: Vec<(usize, Expr)> = Vec::new();
        let mut failed = false;
        let mut misnamed = false;
        self.nameless_fields(&def, args);
        for arg in args {
            let Some(field) = &arg.name else {
                self.expr(&arg.value, None);
                misnamed = true;
                continue;
            };
            let Some(index) = def.fields.iter().position(|f| f.name == field.text) else {
                let message = format!("type `{}` has no field `{}`", def.name, field.text);
                let d = Diagnostic::error("FUSE_UNKNOWN_FIELD", field.span, message);
                self.c.sink.push(with_suggestion(
                    d,
                    &field.text,
                    def.fields.iter().map(|f| f.name.as_str()),
                ));
                self.expr(&arg.value, None);
                misnamed = true;
                continue;
            };
            if written.iter().any(|(i, _)| *i == index) {
                let message = format!("field `{}` is given twice", field.text);
                self.error("FUSE_DUPLICATE_FIELD", field.span, message);
                failed = true;
            }
            let value = self.check(
                &arg.value,
                def.fields[index].ty,
                &format!("{name}.{}", field.text),
            );
            failed |= value.ty == self.c.common.error;
            written.push((index, value));
        }
        let mut missing = Vec::new();
        let mut defaults = Vec::new();
        let config = self.c.config_of(id);
        for (i, field) in def.fields.iter().enumerate() {
            if written.iter().any(|(w, _)| *w == i) {
                continue;
            }
            let expr = self.c.structs[id.0 as usize].defaults[i];
            let optional = matches!(self.ty(field.ty), Type::Option(_));
            if let Some(config) = config {
                // What a literal leaves out is as configured.
                let value = Expr {
                    kind: ExprKind::ConfigField {
                        config,
                        field: i as u32,
                    },
                    ty: field.ty,
                    span,
                };
                defaults.push((i, Default::Inline(value)));
            } else if let Some(value) = expr.and_then(|e| self.inline_default(e, field.ty)) {
                defaults.push((i, Default::Inline(Expr { span, ..value })));
            } else if let Some(function) = field.default {
                defaults.push((
                    i,
                    Default::Call {
                        function,
                        ty: field.ty,
                        earlier: false,
                    },
                ));
            } else if optional {
                defaults.push((
                    i,
                    Default::Inline(Expr {
                        kind: ExprKind::None,
                        ty: field.ty,
                        span,
                    }),
                ));
            } else {
                missing.push(format!("`{}`", field.name));
            }
            failed |= field.ty == self.c.common.error;
        }
        let ty = self.c.struct_type(id);
        failed |= misnamed;
        // A misnamed field is most likely one of the missing ones.
        if !missing.is_empty() && !misnamed {
            let message = format!("missing {} of `{}`", fields(&missing), def.name);
            self.error("FUSE_MISSING_FIELD", span, message);
            failed = true;
        }
        if failed {
            // The type is certain even if a field is not: what uses the value can still be checked.
            return Expr {
                kind: ExprKind::Unit,
                ty,
                span,
            };
        }
        let (statements, values) = self.arrange(def.fields.len(), written, defaults, span);
        self.with_statements(
            statements,
            Expr {
                kind: ExprKind::Struct(values),
                ty,
                span,
            },
        )
    }

    fn variant_literal(
        &mut self,
        id: EnumId,
        variant: u32,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        let def = &self.c.types.enum_def(id).variants[variant as usize];
        let (name, types) = (def.name.clone(), def.payload.clone());
        let names: Vec<String> = (0..types.len()).map(|i| format!("arg{i}")).collect();
        let params: Vec<(&str, bool)> = names.iter().map(|n| (n.as_str(), false)).collect();
        let ty = self.c.enum_type(id);
        let Some(bound) = self.bind(&params, &call.args, &name, call.callee.span) else {
            self.visit(&call.args);
            return Expr {
                kind: ExprKind::Unit,
                ty,
                span,
            };
        };
        let mut written = Vec::new();
        for (arg, index) in call.args.iter().zip(bound) {
            written.push((
                index,
                self.check(&arg.value, types[index], &format!("{name}.data")),
            ));
        }
        let (statements, payload) = self.arrange(types.len(), written, Vec::new(), span);
        self.with_statements(
            statements,
            Expr {
                kind: ExprKind::Variant { variant, payload },
                ty,
                span,
            },
        )
    }
}

/// Whether a parameter, shown as `` `name` ``, stands for a part that has a place and no name.
fn is_positional(shown: &str) -> bool {
    let digits = shown.trim_matches('`').strip_prefix("arg");
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The declared name without what qualifies it.
pub(crate) fn short_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn fields(names: &[String]) -> String {
    let word = if names.len() == 1 { "field" } else { "fields" };
    format!("{word} {}", names.join(", "))
}

fn count(params: &[(&str, bool)]) -> String {
    let required = params.iter().filter(|(_, optional)| !optional).count();
    let plural = |n: usize| if n == 1 { "argument" } else { "arguments" };
    if required == params.len() {
        format!("{required} {}", plural(required))
    } else {
        format!("{required} to {} arguments", params.len())
    }
}

/// Whether evaluating later, or twice, makes no difference. Nothing that is evaluated in between can assign a local.
pub(crate) fn is_pure(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Unit
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Local(_)
        | ExprKind::ConfigField { .. }
        | ExprKind::None => true,
        ExprKind::Some(inner)
        | ExprKind::Ok(inner)
        | ExprKind::Err(inner)
        | ExprKind::Retype(inner) => is_pure(inner),
        ExprKind::Field { base, .. } => is_pure(base),
        ExprKind::List(items) => items.is_empty(),
        ExprKind::Map(pairs) => pairs.is_empty(),
        _ => false,
    }
}
