//! Fields, elements and entries, plain and through options.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::diag::with_suggestion;
use crate::func::FnCx;
use crate::program::{Expr, ExprKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    pub fn member(
        &mut self,
        expr: &'a ast::Expr,
        base: &'a ast::Expr,
        (name, optional): (&'a ast::Ident, bool),
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        if !optional && let Some(target) = self.path(expr) {
            return match self.callable_value(target, want, span) {
                Some(value) => value,
                None => self.path_value(target, span, &name.text),
            };
        }
        let value = self.expr(base, None);
        if optional && !self.c.is_dynamic(value.ty) {
            return self.through_option(value, span, |cx, payload| cx.field(payload, name, span));
        }
        if (self.c.bound_members.contains_key(&name.span)
            || self.field_type(value.ty, name).is_none())
            && let Some(method) = self.method_value(&value, name, want, span)
        {
            return method;
        }
        self.field(value, name, span)
    }

    /// `body` for the payload of `value`; null when it is null. What is optional already does not nest.
    pub fn through_option(
        &mut self,
        value: Expr,
        span: Span,
        body: impl FnOnce(&mut Self, Expr) -> Expr,
    ) -> Expr {
        let value = self.as_option(value);
        let value = self.settle(value);
        let inner = match *self.ty(value.ty) {
            Type::Option(inner) => inner,
            Type::Error => self.c.common.error,
            _ => {
                let message = format!(
                    "expected an optional value before `?`, found `{}`",
                    self.show(value.ty)
                );
                self.error("FUSE_NOT_OPTIONAL", value.span, message);
                self.c.common.error
            }
        };
        let local = self.temp(inner, value.span);
        let payload = self.local(local, value.span);
        let body = body(self, payload);
        let body = self.settle(body);
        if inner == self.c.common.error || body.ty == self.c.common.error {
            return self.error_expr(span);
        }
        let flatten = matches!(self.ty(body.ty), Type::Option(_));
        let ty = if flatten {
            body.ty
        } else {
            self.c.option(body.ty)
        };
        let kind = ExprKind::OptionMap {
            value: Box::new(value),
            local,
            body: Box::new(body),
            flatten,
        };
        Expr { kind, ty, span }
    }

    /// Type of the field `name` of `ty`, if that is a struct with one.
    pub fn field_type(&self, ty: TypeId, name: &ast::Ident) -> Option<TypeId> {
        let Type::Struct(id) = *self.ty(ty) else {
            return None;
        };
        let fields = &self.c.types.struct_def(id).fields;
        fields.iter().find(|f| f.name == name.text).map(|f| f.ty)
    }

    pub fn field(&mut self, base: Expr, name: &'a ast::Ident, span: Span) -> Expr {
        if base.ty == self.c.common.error {
            return self.error_expr(span);
        }
        if let Some(ty) = self.common_field(base.ty, name) {
            return self.field_of_any(base, ty, name, span);
        }
        let Type::Struct(id) = *self.ty(base.ty) else {
            self.no_member(base.ty, name);
            return self.error_expr(span);
        };
        let def = self.c.types.struct_def(id);
        let Some(field) = def.fields.iter().position(|f| f.name == name.text) else {
            if self.c.lost_methods.contains(name.text.as_str()) {
                return self.error_expr(span);
            }
            let message = format!("type `{}` has no field `{}`", def.name, name.text);
            let d = Diagnostic::error("FUSE_UNKNOWN_FIELD", name.span, message);
            let d = with_suggestion(d, &name.text, def.fields.iter().map(|f| f.name.as_str()));
            self.c.sink.push(d);
            return self.error_expr(span);
        };
        let ty = def.fields[field].ty;
        Expr {
            kind: ExprKind::Field {
                base: Box::new(base),
                field: field as u32,
            },
            ty,
            span,
        }
    }

    fn has_member(&self, ty: TypeId, name: &str) -> bool {
        let ty = self.c.root(ty);
        let is_field = match *self.ty(ty) {
            Type::Struct(id) => {
                let def = self.c.types.struct_def(id);
                def.fields.iter().any(|field| field.name == name)
            }
            _ => false,
        };
        is_field
            || crate::builtins::has_method(self.ty(ty), name)
            || self.c.methods_of(ty).contains(&name)
    }

    pub fn no_member(&mut self, ty: TypeId, name: &ast::Ident) {
        if matches!(self.ty(ty), Type::Struct(_) | Type::Enum(_))
            && self.c.lost_methods.contains(name.text.as_str())
        {
            return;
        }
        if self.c.is_dynamic(ty) {
            let message = format!(
                "`.{}` needs a static type, found a dynamic value",
                name.text
            );
            let d = Diagnostic::error("FUSE_DYNAMIC_TYPE", name.span, message);
            let hint = "give it a type, as in `let value: Map<String, Int> = ..`; entries are read with `[..]`";
            self.c.sink.push(d.with_hint(hint));
            return;
        }
        let shown = self.show(ty);
        let mut d = Diagnostic::error(
            "FUSE_UNKNOWN_FIELD",
            name.span,
            format!("`{shown}` has no field or method `{}`", name.text),
        );
        if let Type::Option(inner) = *self.ty(ty) {
            d = d.with_hint(match self.has_member(inner, &name.text) {
                true => format!("the value may be null; use `?.{}`", name.text),
                false => {
                    "the value may be null: `??` gives a default, `?!` leaves with an error".into()
                }
            });
        } else if crate::builtins::has_method(self.ty(self.c.root(ty)), &name.text) {
            d = d.with_hint(format!("call it: `.{}(..)`", name.text));
        } else {
            let known = crate::builtins::method_names(self.ty(self.c.root(ty)));
            let mut names: Vec<&str> = Vec::new();
            names.extend(known.map(|n| -> &str { n }));
            names.extend(self.c.methods_of(ty));
            let mut usual = crate::builtins::usual_names(&name.text).iter();
            d = match usual.find(|usual| names.contains(usual)) {
                Some(usual) => d.with_hint(format!("it is called `{usual}` here")),
                None => with_suggestion(d, &name.text, names),
            };
        }
        self.c.sink.push(d);
    }

    pub fn index(
        &mut self,
        base: &'a ast::Expr,
        index: &'a ast::Expr,
        optional: bool,
        span: Span,
    ) -> Expr {
        let value = self.expr(base, None);
        if self.c.is_dynamic(value.ty) {
            return self.dynamic_index(value, index, optional, span);
        }
        if !optional {
            return self.element(value, index, span);
        }
        let value = self.as_option(value);
        if matches!(self.ty(value.ty), Type::Option(_)) {
            return self.through_option(value, span, |cx, payload| {
                cx.element_or_null(payload, index, span)
            });
        }
        self.element_or_null(value, index, span)
    }

    fn element(&mut self, base: Expr, index: &'a ast::Expr, span: Span) -> Expr {
        let common = self.c.common;
        let base = self.settle(base);
        match *self.ty(base.ty) {
            Type::List(ty) => {
                let index = self.check_root(index, common.int);
                if index.ty == common.error {
                    return self.error_expr(span);
                }
                Expr {
                    kind: ExprKind::Index {
                        list: Box::new(base),
                        index: Box::new(index),
                    },
                    ty,
                    span,
                }
            }
            Type::Map(ty) => {
                let entry = self.element_or_null(base, index, span);
                if entry.ty == common.error || matches!(self.ty(ty), Type::Option(_)) {
                    return entry;
                }
                // A missing key is a fault, unless the context takes the option itself.
                Expr {
                    kind: ExprKind::Unwrap(Box::new(entry)),
                    ty,
                    span,
                }
            }
            _ => self.not_indexable(base, index, span),
        }
    }

    fn element_or_null(&mut self, base: Expr, index: &'a ast::Expr, span: Span) -> Expr {
        if self.c.is_dynamic(base.ty) {
            return self.dynamic_index(base, index, true, span);
        }
        let common = self.c.common;
        let base = self.settle(base);
        let (kind, ty) = match *self.ty(base.ty) {
            Type::List(ty) => {
                let index = self.check_root(index, common.int);
                if index.ty == common.error {
                    return index;
                }
                (
                    ExprKind::ListGet {
                        list: Box::new(base),
                        index: Box::new(index),
                    },
                    ty,
                )
            }
            Type::Map(ty) => {
                let key = self.check_root(index, common.string);
                if key.ty == common.error {
                    return key;
                }
                (
                    ExprKind::MapGet {
                        map: Box::new(base),
                        key: Box::new(key),
                    },
                    ty,
                )
            }
            _ => return self.not_indexable(base, index, span),
        };
        let option = self.c.option(ty);
        let found = Expr {
            kind,
            ty: option,
            span,
        };
        if !matches!(self.ty(ty), Type::Option(_)) {
            return found;
        }
        // An element that is null and one that is not there are the same null.
        let nothing = Expr {
            kind: ExprKind::None,
            ty,
            span,
        };
        Expr {
            kind: ExprKind::Coalesce {
                value: Box::new(found),
                default: Box::new(nothing),
            },
            ty,
            span,
        }
    }

    fn not_indexable(&mut self, base: Expr, index: &'a ast::Expr, span: Span) -> Expr {
        self.expr(index, None);
        if base.ty != self.c.common.error {
            let message = format!(
                "expected a list or a map to index, found `{}`",
                self.show(base.ty)
            );
            let mut d = Diagnostic::error("FUSE_NOT_INDEXABLE", base.span, message);
            if matches!(self.ty(base.ty), Type::Option(_)) {
                d = d.with_hint("the value may be null; use `?[..]`");
            } else if self.c.root(base.ty) == self.c.common.string {
                d = d.with_hint("`.slice(from, to)` gives a part of a text");
            }
            self.c.sink.push(d);
        }
        self.error_expr(span)
    }
}
