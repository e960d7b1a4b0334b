//! Expressions: the dispatch, literals, names and operators on options and results.

use fuse_syntax::ast::{self, ExprKind as Ast, InterpolationPart, Literal, UnaryOp};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::builtins;
use crate::checker::SELF_TYPE;
use crate::diag::with_suggestion;
use crate::func::{FnCx, boxed, find_local};
use crate::program::{Expr, ExprKind};
use crate::resolve::SELF_OUTSIDE;
use crate::scope::{PathTarget, Symbol};
use crate::types::{Type, TypeId};

const ONE_TYPE: &str = "all elements have the type of the first";

impl<'a> FnCx<'_, 'a> {
    /// `expr` converted to `target`; `path` is what a failed refinement names.
    pub fn check(&mut self, expr: &'a ast::Expr, target: TypeId, path: &str) -> Expr {
        let outer = std::mem::replace(&mut self.path, path.to_string());
        let value = self.expr(expr, Some(target));
        self.path = outer;
        self.coerce(value, target, path)
    }

    /// `expr` converted to `target` from any refinement of it.
    pub fn check_root(&mut self, expr: &'a ast::Expr, target: TypeId) -> Expr {
        self.check(expr, target, "")
    }

    /// `expr` with its own type; `want` only guides literals.
    pub fn expr(&mut self, expr: &'a ast::Expr, want: Option<TypeId>) -> Expr {
        let span = expr.span;
        match &expr.kind {
            Ast::Literal(literal) => self.literal(literal, span),
            Ast::Interpolated(parts) => self.interpolated(parts, span),
            Ast::Name(name) => self.name(expr, name, want),
            Ast::List(items) => self.list_literal(items, want, span),
            Ast::Map(pairs) => self.map_literal(pairs, want, span),
            Ast::Unary { op, operand } => self.unary(*op, operand, span),
            Ast::Binary {
                op,
                op_span,
                left,
                right,
            } => self.binary(*op, *op_span, left, right, want, span),
            Ast::Await(value) => self.await_task(value, span),
            // A cell that no variable holds is its content.
            Ast::Box(value) => {
                self.box_in_task(span);
                self.expr(value, want)
            }
            Ast::Spawn(block) => self.spawn(block, span),
            Ast::Call(call) => self.call(call, want, span),
            Ast::Member {
                base,
                name,
                optional,
            } => self.member(expr, base, (name, *optional), want, span),
            Ast::Index {
                base,
                index,
                optional,
            } => self.index(base, index, *optional, span),
            Ast::Propagate { value, error } => self.propagate(value, error.as_deref(), want, span),
            Ast::Error => self.error_expr(span),
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Expr {
        let common = self.c.common;
        let (kind, ty) = match literal {
            Literal::Int(v) => (ExprKind::Int(*v), common.int),
            Literal::Float(v) => (ExprKind::Float(*v), common.float),
            Literal::Bool(v) => (ExprKind::Bool(*v), common.bool),
            Literal::String(v) => (ExprKind::String(v.clone()), common.string),
            Literal::Null => (ExprKind::None, self.c.option(common.never)),
        };
        Expr { kind, ty, span }
    }

    fn interpolated(&mut self, parts: &'a [InterpolationPart], span: Span) -> Expr {
        let string = self.c.common.string;
        let mut texts = Vec::new();
        for part in parts {
            match part {
                InterpolationPart::Text(text) if text.is_empty() => {}
                InterpolationPart::Text(text) => {
                    texts.push(Expr {
                        kind: ExprKind::String(text.clone()),
                        ty: string,
                        span,
                    });
                }
                InterpolationPart::Expr(expr) => {
                    let value = self.expr(expr, None);
                    let text = self.text_of(value);
                    texts.push(text);
                }
            }
        }
        self.concat(texts, span)
    }

    /// `parts` as one `String`; an error part makes an error.
    pub fn concat(&mut self, mut parts: Vec<Expr>, span: Span) -> Expr {
        let string = self.c.common.string;
        if parts.iter().any(|p| p.ty == self.c.common.error) {
            return self.error_expr(span);
        }
        match parts.len() {
            0 => Expr {
                kind: ExprKind::String(String::new()),
                ty: string,
                span,
            },
            1 => Expr {
                span,
                ..parts.remove(0)
            },
            _ => Expr {
                kind: ExprKind::Concat(parts),
                ty: string,
                span,
            },
        }
    }

    /// The value as text, as printing shows it.
    pub fn text_of(&mut self, value: Expr) -> Expr {
        let (string, span) = (self.c.common.string, value.span);
        let value = self.settle(value);
        if value.ty == self.c.common.error {
            return value;
        }
        if self.c.root(value.ty) == string {
            return self.to_root(value);
        }
        Expr {
            kind: ExprKind::ToText(Box::new(value)),
            ty: string,
            span,
        }
    }

    fn name(&mut self, expr: &'a ast::Expr, name: &'a ast::Ident, want: Option<TypeId>) -> Expr {
        if let Some(local) = self.lookup_local(&name.text) {
            let value = self.read_local(local, name.span);
            return self.content_of(value);
        }
        match self.path(expr) {
            Some(target) => match self.callable_value(target, want, name.span) {
                Some(value) => value,
                None => self.path_value(target, name.span, &name.text),
            },
            None if builtins::is_function(&name.text) => self.builtin_value(&name.text, name.span),
            None if name.text == "None" => self.literal(&Literal::Null, name.span),
            None => {
                self.unknown_name(name);
                self.error_expr(name.span)
            }
        }
    }

    /// Follows a path that does not begin with a local.
    pub fn path(&mut self, expr: &'a ast::Expr) -> Option<PathTarget<'a>> {
        let scopes = &self.scopes;
        let is_local = |name: &str| find_local(scopes, name).is_some();
        self.c.resolve_path(self.module, &self.env, expr, &is_local)
    }

    /// What a path is worth where a value is due.
    pub fn path_value(&mut self, target: PathTarget<'a>, span: Span, name: &str) -> Expr {
        match target {
            PathTarget::Error | PathTarget::Symbol(Symbol::Poison) => self.error_expr(span),
            PathTarget::ConfigField(config, field) => {
                let ty = self.c.config(config).fields[field as usize].ty;
                Expr {
                    kind: ExprKind::ConfigField { config, field },
                    ty,
                    span,
                }
            }
            PathTarget::Variant(id, variant) => {
                let payload = self.c.types.enum_def(id).variants[variant as usize]
                    .payload
                    .len();
                if payload > 0 {
                    return self.constructor_value(id, variant, span);
                }
                let ty = self.c.enum_type(id);
                Expr {
                    kind: ExprKind::Variant {
                        variant,
                        payload: Vec::new(),
                    },
                    ty,
                    span,
                }
            }
            PathTarget::Symbol(Symbol::Text(asset)) => {
                let graph = self.c.graph;
                let file = graph.assets.get(asset as usize).map(|a| a.file);
                let text = file
                    .and_then(|f| graph.files.get(f))
                    .map_or("", |f| f.text.as_str());
                Expr {
                    kind: ExprKind::String(text.to_string()),
                    ty: self.c.common.string,
                    span,
                }
            }
            PathTarget::Symbol(Symbol::Data(asset)) => {
                let (index, _) = self.c.data_assets.insert_full(asset);
                let ty = self.c.dynamic();
                Expr {
                    kind: ExprKind::Asset(index as u32),
                    ty,
                    span,
                }
            }
            PathTarget::Symbol(Symbol::Config(id)) => {
                let ty = self.c.config(id).ty;
                self.struct_literal(ty, &[], span)
            }
            PathTarget::Symbol(Symbol::Interface(_)) => {
                let message = format!("interface `{name}` is not a value");
                self.error("FUSE_INTERFACE_DYNAMIC_USE", span, message);
                self.error_expr(span)
            }
            PathTarget::Symbol(symbol) => {
                let message = format!("expected a value, found {} `{name}`", symbol.describe());
                let mut d = Diagnostic::error("FUSE_NOT_A_VALUE", span, message);
                if matches!(symbol, Symbol::Struct(_)) {
                    d = d.with_hint(format!("`{name}(..)` makes a value of it"));
                }
                self.c.sink.push(d);
                self.error_expr(span)
            }
            PathTarget::Type(_) => {
                let message = format!("expected a value, found type `{name}`");
                self.error("FUSE_NOT_A_VALUE", span, message);
                self.error_expr(span)
            }
            PathTarget::Std | PathTarget::Namespace(_) => {
                let message = format!("expected a value, found namespace `{name}`");
                self.error("FUSE_NOT_A_VALUE", span, message);
                self.error_expr(span)
            }
            PathTarget::Method(..) | PathTarget::NamespaceMember(..) => {
                let value = self.callable_value(target, None, span);
                value.unwrap_or_else(|| self.error_expr(span))
            }
        }
    }

    pub fn unknown_name(&mut self, name: &'a ast::Ident) {
        let text = name.text.as_str();
        if text == SELF_TYPE {
            return self.error("FUSE_SELF_OUTSIDE", name.span, SELF_OUTSIDE);
        }
        if builtins::is_constructor(text) {
            let message = format!("expected a value, found constructor `{text}`");
            let d = Diagnostic::error("FUSE_NOT_A_VALUE", name.span, message);
            let hint = format!("`{text}(..)` makes a value");
            return self.c.sink.push(d.with_hint(hint));
        }
        let d = Diagnostic::error(
            "FUSE_UNKNOWN_NAME",
            name.span,
            format!("unknown name `{text}`"),
        );
        if let Some(hint) = builtins::usual_form(text) {
            return self.c.sink.push(d.with_hint(hint));
        }
        let locals: usize = self.scopes.iter().map(Vec::len).sum();
        let candidates = locals + self.c.modules[self.module].names.len();
        if !self.c.sink.may_compare(candidates) {
            return self.c.sink.push(d);
        }
        if let Some(variant) = self.variant_named(text) {
            return self
                .c
                .sink
                .push(d.with_hint(format!("did you mean `{variant}`?")));
        }
        let mut known: Vec<&str> = self.scopes.iter().flatten().map(|(n, _)| *n).collect();
        known.extend(self.c.modules[self.module].names.keys().copied());
        for name in builtins::functions() {
            known.push(name);
        }
        for name in crate::html::tags() {
            known.push(name);
        }
        self.c.sink.push(with_suggestion(d, text, known));
    }

    /// The variant of this name of an enum in scope, with the enum's name.
    fn variant_named(&mut self, name: &str) -> Option<String> {
        let names = self.c.modules[self.module].names.iter();
        let enums = names.filter_map(|(enum_name, entry)| match entry.symbol {
            Symbol::Enum(id) => Some((enum_name, &self.c.types.enum_def(id).variants)),
            _ => None,
        });
        let candidates = enums.clone().map(|(_, variants)| variants.len()).sum();
        if !self.c.sink.may_compare(candidates) {
            return None;
        }
        let mut found = enums.filter(|(_, variants)| variants.iter().any(|v| v.name == name));
        found
            .next()
            .map(|(enum_name, _)| format!("{enum_name}.{name}"))
    }

    fn list_literal(&mut self, items: &'a [ast::Expr], want: Option<TypeId>, span: Span) -> Expr {
        let values: Vec<Expr>;
        let element = match want.and_then(|w| self.wanted_element(w, false)) {
            Some(element) => {
                let path = self.path.clone();
                let check = |(i, item)| self.check(item, element, &format!("{path}[{i}]"));
                values = items.iter().enumerate().map(check).collect();
                element
            }
            None => {
                let mut element = self.c.common.never;
                let mut found = Vec::new();
                for item in items {
                    let hint = (!self.c.is_open(element)).then_some(element);
                    let value = self.expr(item, hint);
                    element = self.join(element, &value);
                    found.push(value);
                }
                values = found
                    .into_iter()
                    .map(|v| self.convert(v, element, ""))
                    .collect();
                element
            }
        };
        let error = self.c.common.error;
        if element == error || values.iter().any(|v| v.ty == error) {
            return self.error_expr(span);
        }
        let ty = self.c.list(element);
        Expr {
            kind: ExprKind::List(values),
            ty,
            span,
        }
    }

    fn map_literal(
        &mut self,
        pairs: &'a [(ast::Expr, ast::Expr)],
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let string = self.c.common.string;
        let wanted = want.and_then(|w| self.wanted_element(w, true));
        let path = self.path.clone();
        let mut element = wanted.unwrap_or(self.c.common.never);
        let mut entries = Vec::new();
        for (key, value) in pairs {
            let mark = self.c.sink.mark();
            let key = self.check_root(key, string);
            let hint = "a key is an expression; a text stands in quotes";
            self.c.sink.hint_since(mark, "FUSE_UNKNOWN_NAME", hint);
            let value = match wanted {
                Some(wanted) => {
                    let path = match &key.kind {
                        ExprKind::String(key) => format!("{path}.{key}"),
                        _ => path.clone(),
                    };
                    self.check(value, wanted, &path)
                }
                None => {
                    let hint = (!self.c.is_open(element)).then_some(element);
                    let value = self.expr(value, hint);
                    element = self.join(element, &value);
                    value
                }
            };
            entries.push((key, value));
        }
        let error = self.c.common.error;
        if element == error || entries.iter().any(|(k, v)| k.ty == error || v.ty == error) {
            return self.error_expr(span);
        }
        let entries = entries
            .into_iter()
            .map(|(k, v)| (k, self.convert(v, element, "")))
            .collect();
        let ty = self.c.types.intern(Type::Map(element));
        Expr {
            kind: ExprKind::Map(entries),
            ty,
            span,
        }
    }

    /// The element type a list or map literal should have in a context that wants `want`.
    fn wanted_element(&self, want: TypeId, map: bool) -> Option<TypeId> {
        match (self.ty(want), map) {
            (Type::List(t), false) | (Type::Map(t), true) => Some(*t),
            (Type::Option(t), _) | (Type::Result(t, _), _) => self.wanted_element(*t, map),
            _ => None,
        }
    }

    /// The inferred element type after one more value; a value that does not fit is reported.
    fn join(&mut self, element: TypeId, value: &Expr) -> TypeId {
        match self.c.unify(element, value.ty) {
            Some(ty) => ty,
            None => {
                let mark = self.c.sink.mark();
                self.mismatch(value.span, element, value.ty);
                self.c.sink.hint_since(mark, "FUSE_TYPE_MISMATCH", ONE_TYPE);
                self.c.common.error
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, operand: &'a ast::Expr, span: Span) -> Expr {
        if op == UnaryOp::Not {
            let value = self.condition(operand);
            let ty = value.ty;
            return Expr {
                kind: ExprKind::Not(Box::new(value)),
                ty,
                span,
            };
        }
        let value = self.expr(operand, None);
        let value = self.to_root(value);
        let ty = value.ty;
        let kind = match value.kind {
            ExprKind::Int(v) if v != i64::MIN => ExprKind::Int(-v),
            ExprKind::Float(v) => ExprKind::Float(-v),
            kind => ExprKind::Neg(boxed(kind, ty, value.span)),
        };
        if ty == self.c.common.error {
            return self.error_expr(span);
        }
        if ty != self.c.common.int && ty != self.c.common.float {
            let message = format!(
                "unary `-` expected `Int` or `Float`, found `{}`",
                self.show(ty)
            );
            self.error("FUSE_TYPE_MISMATCH", span, message);
            return self.error_expr(span);
        }
        Expr { kind, ty, span }
    }
}
