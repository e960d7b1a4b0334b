//! Expressions: which family lowers which. An expression's value is an operand: a constant, a place read where it is, or a
//! temporary. With a destination, the value is stored there instead.

use fuse_sema::program::{Expr, ExprKind};

use super::body::{Body, boolean, int, unit};
use crate::mir::{Const, LocalId, Operand, Place, Projection, Rvalue, UnaryOp};

impl Body<'_, '_> {
    pub fn operand(&mut self, expr: &Expr) -> Operand {
        self.lower_expr(expr, None)
    }

    /// Evaluates into a local. While the expression is evaluated the local may hold parts of the result, so the expression must
    /// not read it.
    pub fn expr_into(&mut self, dest: LocalId, expr: &Expr) {
        self.lower_expr(expr, Some(dest));
    }

    /// The place of an expression's value.
    pub fn expr_place(&mut self, expr: &Expr) -> Place {
        let ty = self.ty(expr);
        let operand = self.operand(expr);
        self.place_of(operand, ty)
    }

    fn lower_expr(&mut self, expr: &Expr, dest: Option<LocalId>) -> Operand {
        self.at(expr.span, |body| body.lower_kind(expr, dest))
    }

    /// An operand as the result of an expression.
    pub fn give(&mut self, dest: Option<LocalId>, operand: Operand) -> Operand {
        match dest {
            Some(local) if self.f.local_type(local) == self.cx.known.unit => unit(),
            Some(local) if operand != super::body::copy(local) => {
                self.f.assign(local, Rvalue::Use(operand));
                super::body::copy(local)
            }
            _ => operand,
        }
    }

    fn lower_kind(&mut self, expr: &Expr, dest: Option<LocalId>) -> Operand {
        match &expr.kind {
            ExprKind::Unit => self.give(dest, unit()),
            ExprKind::Bool(value) => self.give(dest, boolean(*value)),
            ExprKind::Int(value) => self.give(dest, int(*value)),
            ExprKind::Float(value) => self.give(dest, Operand::Const(Const::Float(*value))),
            ExprKind::String(text) => {
                let text = self.text_const(text);
                self.give(dest, text)
            }
            ExprKind::Local(local) => {
                let place = self.place_of_local(*local);
                self.read(dest, place)
            }
            ExprKind::ConfigField { config, field } => {
                let global = self.cx.global(*config, *field);
                self.read(dest, Place::global(global))
            }
            ExprKind::Arith { op, left, right } => self.arith(*op, left, right, dest),
            ExprKind::Neg(value) => self.neg(value, dest),
            ExprKind::Not(value) if is_short_circuit(value) => self.condition_value(expr, dest),
            ExprKind::Not(value) => {
                let value = self.operand(value);
                self.unary_into(dest, UnaryOp::Not, value)
            }
            ExprKind::IntToFloat(value) => self.int_to_float(value, dest),
            ExprKind::Order { op, left, right } => self.order(*op, left, right, dest),
            ExprKind::Equal {
                negated,
                left,
                right,
            } => self.equal(*negated, left, right, dest),
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::IsNull { .. } => {
                self.condition_value(expr, dest)
            }
            ExprKind::Coalesce { value, default } => self.coalesce(expr, value, default, dest),
            ExprKind::Concat(parts) => self.concat(parts, dest),
            ExprKind::Html(_) => self.markup(expr, dest),
            ExprKind::ToText(value) => self.text_value(value, dest),
            ExprKind::ListConcat(left, right) => self.list_concat(left, right, dest),
            ExprKind::RangeList {
                start,
                end,
                inclusive,
            } => self.range_list(expr, start, end, *inclusive, dest),
            ExprKind::List(items) => self.list(expr, items, dest),
            ExprKind::Map(pairs) => self.map(expr, pairs, dest),
            ExprKind::Struct(fields) => self.build(expr, 0, fields, dest),
            ExprKind::Variant { variant, payload } => self.build(expr, *variant, payload, dest),
            ExprKind::None => {
                let ty = self.ty(expr);
                self.none(dest, ty)
            }
            ExprKind::Some(value) => self.some_value(expr, value, dest),
            ExprKind::Ok(value) => self.build(expr, 0, std::slice::from_ref(&**value), dest),
            ExprKind::Err(value) => self.build(expr, 1, std::slice::from_ref(&**value), dest),
            ExprKind::Field { base, field } => {
                let place = self.expr_place(base);
                self.read(dest, place.project(Projection::Field(*field)))
            }
            ExprKind::Index { list, index } => {
                let place = self.index_place(list, index);
                self.read(dest, place)
            }
            ExprKind::ListGet { .. } | ExprKind::MapGet { .. } => self.optional(expr, dest),
            ExprKind::Unwrap(value) => {
                let place = self.unwrap_place(value);
                self.read(dest, place)
            }
            ExprKind::OptionMap {
                value,
                local,
                body,
                flatten,
            } => self.option_map(expr, value, *local, body, *flatten, dest),
            ExprKind::PayloadOr { value, error, exit } => {
                let place = self.payload_or(value, *error, exit);
                self.read(dest, place)
            }
            ExprKind::Refine { .. } => self.refine(expr, dest),
            ExprKind::FromDynamic { value, on_error } => {
                self.convert_dynamic(expr, value, on_error.as_ref(), dest)
            }
            ExprKind::ToDynamic(value) => self.make_dynamic(value, dest),
            ExprKind::Asset(index) => {
                let global = self.cx.asset(*index);
                self.read(dest, Place::global(global))
            }
            ExprKind::Retype(value) => self.lower_expr(value, dest),
            ExprKind::Call { function, .. } if self.continues_markup(*function) => {
                self.markup(expr, dest)
            }
            ExprKind::Call { function, args } => self.user_call(*function, args, dest),
            ExprKind::Builtin { builtin, args } => self.builtin(expr, *builtin, args, dest),
            ExprKind::Block { block, value } => {
                self.block(block);
                self.lower_expr(value, dest)
            }
            ExprKind::BoxNew(value) => self.build(expr, 0, std::slice::from_ref(&**value), dest),
            ExprKind::Spawn { function, captures } => self.spawn(expr, *function, captures, dest),
            ExprKind::Await {
                task,
                caught: false,
            } => self.await_task(expr, task, dest),
            ExprKind::Await { task, caught: true } => self.await_caught(expr, task, dest),
            ExprKind::BoxGet(value) => {
                let place = self.expr_place(value);
                self.read(dest, place.project(Projection::Content))
            }
        }
    }

    /// The value of a place. `Unit` has no place.
    pub fn read(&mut self, dest: Option<LocalId>, place: Place) -> Operand {
        if self.place_type(&place) == self.cx.known.unit {
            return unit();
        }
        self.give(dest, Operand::Copy(place))
    }
}

fn is_short_circuit(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::And(..) | ExprKind::Or(..) | ExprKind::IsNull { .. } | ExprKind::Not(_)
    )
}

/// Is the value stored to its destination only after all operands have been read?
pub(super) fn writes_last(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Arith { .. }
            | ExprKind::Order { .. }
            | ExprKind::Neg(_)
            | ExprKind::IntToFloat(_)
    )
}
