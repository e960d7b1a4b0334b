//! Dynamic values: what `json.decode` without a type and JSON assets give. They are indexed, iterated, compared, printed and tested
//! for null as they are; where a static type is due they are converted to it, and everything else needs one first.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use crate::checker::Checker;
use crate::func::FnCx;
use crate::program::{Builtin, Expr, ExprKind, OrderOp};
use crate::types::{Type, TypeId};

impl Checker<'_> {
    pub fn dynamic(&mut self) -> TypeId {
        self.types.intern(Type::Dynamic)
    }

    pub fn is_dynamic(&self, ty: TypeId) -> bool {
        *self.types.get(ty) == Type::Dynamic
    }

    /// Whether every value of the type has a dynamic counterpart.
    pub fn has_dynamic_form(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::Refined { base, .. } => self.has_dynamic_form(*base),
            Type::List(t) | Type::Map(t) | Type::Option(t) => self.has_dynamic_form(*t),
            Type::Never
            | Type::Bool
            | Type::Int
            | Type::Float
            | Type::String
            | Type::Bytes
            | Type::Id
            | Type::Email
            | Type::Dynamic => true,
            _ => false,
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    fn dynamic_builtin(&mut self, builtin: Builtin, args: Vec<Expr>, span: Span) -> Expr {
        let ty = self.c.dynamic();
        Expr {
            kind: ExprKind::Builtin { builtin, args },
            ty,
            span,
        }
    }

    /// A value that has a dynamic form, as a dynamic one.
    pub fn as_dynamic(&mut self, value: Expr) -> Expr {
        let value = self.settle(value);
        if self.c.is_dynamic(value.ty) || value.ty == self.c.common.error {
            return value;
        }
        let span = value.span;
        let ty = self.c.dynamic();
        Expr {
            kind: ExprKind::ToDynamic(Box::new(value)),
            ty,
            span,
        }
    }

    /// A dynamic value where a `target` is due.
    pub fn convert_dynamic(&mut self, value: Expr, target: TypeId) -> Expr {
        let span = value.span;
        let on_error = self.validation_exit(span);
        Expr {
            kind: ExprKind::FromDynamic {
                value: Box::new(value),
                on_error,
            },
            ty: target,
            span,
        }
    }

    /// `base[index]`, `base?[index]`
    pub fn dynamic_index(
        &mut self,
        base: Expr,
        index: &'a ast::Expr,
        optional: bool,
        span: Span,
    ) -> Expr {
        let index = self.expr(index, None);
        let index = self.to_root(index);
        let common = self.c.common;
        if index.ty == common.error {
            return index;
        }
        if ![common.int, common.string].contains(&index.ty) && !self.c.is_dynamic(index.ty) {
            let message = format!(
                "expected `Int` or `String` to index a dynamic value, found `{}`",
                self.show(index.ty)
            );
            self.error("FUSE_TYPE_MISMATCH", index.span, message);
            return self.error_expr(span);
        }
        let builtin = if optional {
            Builtin::DynamicGet
        } else {
            Builtin::DynamicIndex
        };
        self.dynamic_builtin(builtin, vec![base, index], span)
    }

    /// The elements of a list or the values of a map.
    pub fn dynamic_items(&mut self, value: Expr) -> Expr {
        let span = value.span;
        let items = self.dynamic_builtin(Builtin::DynamicItems, vec![value], span);
        let ty = self.c.list(items.ty);
        Expr { ty, ..items }
    }

    /// The entries of a map.
    pub fn dynamic_entries(&mut self, value: Expr) -> Expr {
        let span = value.span;
        let entries = self.dynamic_builtin(Builtin::DynamicEntries, vec![value], span);
        let ty = self.c.types.intern(Type::Map(entries.ty));
        Expr { ty, ..entries }
    }

    /// The value as an option of one that is not null.
    pub fn dynamic_option(&mut self, value: Expr) -> Expr {
        let span = value.span;
        let option = self.dynamic_builtin(Builtin::DynamicOption, vec![value], span);
        let ty = self.c.option(option.ty);
        Expr { ty, ..option }
    }

    /// `value ?? default`: dynamic, unless the default cannot be that.
    pub fn dynamic_coalesce(&mut self, value: Expr, default: Expr, span: Span) -> Expr {
        if default.ty == self.c.common.error {
            return default;
        }
        let (value, default) = if self.c.has_dynamic_form(default.ty) {
            (self.dynamic_option(value), self.as_dynamic(default))
        } else if self.c.assignable(value.ty, default.ty) {
            let option = self.c.option(default.ty);
            (self.convert_dynamic(value, option), default)
        } else {
            self.mismatch(default.span, value.ty, default.ty);
            return self.error_expr(span);
        };
        let ty = default.ty;
        Expr {
            kind: ExprKind::Coalesce {
                value: Box::new(value),
                default: Box::new(default),
            },
            ty,
            span,
        }
    }

    /// Equality where one side at least is dynamic.
    pub fn dynamic_equality(&mut self, negated: bool, a: Expr, b: Expr, span: Span) -> Expr {
        for side in [&a, &b] {
            if !self.c.has_dynamic_form(side.ty) {
                let message = format!(
                    "a dynamic value cannot be compared with `{}`; convert it first",
                    self.show(side.ty)
                );
                self.error("FUSE_NOT_COMPARABLE", side.span, message);
                return self.error_expr(span);
            }
        }
        let (left, right) = (self.as_dynamic(a), self.as_dynamic(b));
        Expr {
            kind: ExprKind::Equal {
                negated,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty: self.c.common.bool,
            span,
        }
    }

    /// `value == null`
    pub fn dynamic_null_test(&mut self, negated: bool, value: Expr, span: Span) -> Expr {
        let ty = self.c.option(self.c.common.never);
        let null = Expr {
            kind: ExprKind::None,
            ty,
            span,
        };
        self.dynamic_equality(negated, value, null, span)
    }

    /// Ordering where one side at least is dynamic and the other a number, a `String` or dynamic too.
    pub fn dynamic_order(&mut self, op: OrderOp, a: Expr, b: Expr, span: Span) -> Expr {
        let (left, right) = (self.as_dynamic(a), self.as_dynamic(b));
        Expr {
            kind: ExprKind::Order {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty: self.c.common.bool,
            span,
        }
    }

    /// Operands of arithmetic: a dynamic one becomes the number that the other is; two of them are reported.
    pub fn dynamic_numbers(
        &mut self,
        a: Expr,
        b: Expr,
        op_span: Span,
        symbol: &str,
    ) -> Option<(Expr, Expr)> {
        let (left, right) = (self.c.is_dynamic(a.ty), self.c.is_dynamic(b.ty));
        let (int, float) = (self.c.common.int, self.c.common.float);
        match (left, right) {
            (true, true) => {
                let message = format!(
                    "`{symbol}` of two dynamic values needs a static type first, as in `let n: Int = ..`"
                );
                self.error("FUSE_DYNAMIC_TYPE", op_span, message);
                None
            }
            (true, false) if [int, float].contains(&b.ty) => {
                let a = self.convert_dynamic(a, b.ty);
                Some((a, b))
            }
            (false, true) if [int, float].contains(&a.ty) => {
                let b = self.convert_dynamic(b, a.ty);
                Some((a, b))
            }
            _ => Some((a, b)),
        }
    }
}
