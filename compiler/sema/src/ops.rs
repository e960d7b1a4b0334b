//! Binary operators.

use fuse_syntax::ast::{self, BinaryOp};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::func::FnCx;
use crate::program::{ArithOp, Expr, ExprKind, OrderOp};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    pub fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        match op {
            BinaryOp::Add => self.add(left, right, want, span, op_span),
            BinaryOp::Sub => self.arithmetic(ArithOp::Sub, left, right, span, op_span),
            BinaryOp::Mul => self.arithmetic(ArithOp::Mul, left, right, span, op_span),
            BinaryOp::Div => self.arithmetic(ArithOp::Div, left, right, span, op_span),
            BinaryOp::Rem => self.arithmetic(ArithOp::Rem, left, right, span, op_span),
            BinaryOp::Eq => self.equality(false, left, right, span),
            BinaryOp::Ne => self.equality(true, left, right, span),
            BinaryOp::Lt => self.order(OrderOp::Lt, left, right, span, op_span),
            BinaryOp::Le => self.order(OrderOp::Le, left, right, span, op_span),
            BinaryOp::Gt => self.order(OrderOp::Gt, left, right, span, op_span),
            BinaryOp::Ge => self.order(OrderOp::Ge, left, right, span, op_span),
            BinaryOp::And | BinaryOp::Or => {
                let left = Box::new(self.condition(left));
                let right = Box::new(self.condition(right));
                if left.ty == self.c.common.error || right.ty == self.c.common.error {
                    return self.error_expr(span);
                }
                let kind = if op == BinaryOp::And {
                    ExprKind::And(left, right)
                } else {
                    ExprKind::Or(left, right)
                };
                Expr {
                    kind,
                    ty: self.c.common.bool,
                    span,
                }
            }
            BinaryOp::Coalesce => self.coalesce(left, right, want, span),
            BinaryOp::RangeInclusive | BinaryOp::RangeExclusive => {
                let (start, end) = self.range_bounds(left, right, span);
                self.range_list(start, end, op == BinaryOp::RangeInclusive, span)
            }
        }
    }

    fn add(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<TypeId>,
        span: Span,
        op_span: Span,
    ) -> Expr {
        let a = self.expr(left, want);
        let hint = if matches!(self.ty(a.ty), Type::List(_)) && !self.c.is_open(a.ty) {
            Some(a.ty)
        } else {
            want
        };
        let b = self.expr(right, hint);
        let (common, error) = (self.c.common, self.c.common.error);
        if a.ty == error || b.ty == error {
            return self.error_expr(span);
        }
        if matches!(
            (self.ty(a.ty), self.ty(b.ty)),
            (Type::List(_), Type::List(_))
        ) {
            let Some(ty) = self.c.unify(a.ty, b.ty) else {
                self.mismatch(b.span, a.ty, b.ty);
                return self.error_expr(span);
            };
            let (a, b) = (self.convert(a, ty, ""), self.convert(b, ty, ""));
            return Expr {
                kind: ExprKind::ListConcat(Box::new(a), Box::new(b)),
                ty,
                span,
            };
        }
        if self.c.root(a.ty) == common.string || self.c.root(b.ty) == common.string {
            let mut parts = match a.kind {
                ExprKind::Concat(parts) => parts,
                kind => vec![self.text_of(Expr { kind, ..a })],
            };
            match b.kind {
                ExprKind::Concat(more) => parts.extend(more),
                kind => parts.push(self.text_of(Expr { kind, ..b })),
            }
            return self.concat(parts, span);
        }
        self.arithmetic_of(ArithOp::Add, a, b, span, op_span)
    }

    fn arithmetic(
        &mut self,
        op: ArithOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        op_span: Span,
    ) -> Expr {
        let a = self.expr(left, None);
        let b = self.expr(right, None);
        self.arithmetic_of(op, a, b, span, op_span)
    }

    fn arithmetic_of(&mut self, op: ArithOp, a: Expr, b: Expr, span: Span, op_span: Span) -> Expr {
        let error = self.c.common.error;
        if a.ty == error || b.ty == error {
            return self.error_expr(span);
        }
        let Some((left, right)) = self.numbers(a, b, op_span, arith_symbol(op)) else {
            return self.error_expr(span);
        };
        let ty = left.ty;
        Expr {
            kind: ExprKind::Arith {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            ty,
            span,
        }
    }

    /// Both operands as numbers of one type, `Float` if either is; reports if they are no numbers.
    fn numbers(&mut self, a: Expr, b: Expr, op_span: Span, symbol: &str) -> Option<(Expr, Expr)> {
        let (a, b) = (self.to_root(a), self.to_root(b));
        let (a, b) = self.dynamic_numbers(a, b, op_span, symbol)?;
        for operand in [&a, &b] {
            if operand.ty != self.c.common.int && operand.ty != self.c.common.float {
                let message = if symbol == "+" {
                    format!(
                        "`+` expected numbers, lists or a `String`, found `{}` and `{}`",
                        self.show(a.ty),
                        self.show(b.ty)
                    )
                } else {
                    format!(
                        "`{symbol}` expected numbers, found `{}` and `{}`",
                        self.show(a.ty),
                        self.show(b.ty)
                    )
                };
                self.wrong_operands(op_span, message, [a.ty, b.ty]);
                return None;
            }
        }
        Some(self.promote(a, b))
    }

    /// Reports operands an operator does not take. `+` and the like do not look into options and results.
    fn wrong_operands(&mut self, span: Span, message: String, operands: [TypeId; 2]) {
        let d = Diagnostic::error("FUSE_OPERANDS", span, message);
        let hint = operands.iter().find_map(|ty| match self.ty(*ty) {
            Type::Option(_) => Some("the value may be null; give a default with `??`"),
            Type::Result(..) => Some("the value may be an error; pass it on with `?!`"),
            Type::Bool => Some("comparisons do not chain; join two with `and`"),
            _ => None,
        });
        self.c.sink.push(match hint {
            Some(hint) => d.with_hint(hint),
            None => d,
        });
    }

    fn promote(&mut self, a: Expr, b: Expr) -> (Expr, Expr) {
        let float = self.c.common.float;
        if a.ty == b.ty {
            return (a, b);
        }
        let widen = |e: Expr| {
            if e.ty == float {
                return e;
            }
            let span = e.span;
            match e.kind {
                // Exact for every literal a double can hold; others round as the conversion does.
                ExprKind::Int(v) => Expr {
                    kind: ExprKind::Float(v as f64),
                    ty: float,
                    span,
                },
                _ => Expr {
                    kind: ExprKind::IntToFloat(Box::new(e)),
                    ty: float,
                    span,
                },
            }
        };
        (widen(a), widen(b))
    }

    fn order(
        &mut self,
        op: OrderOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
        op_span: Span,
    ) -> Expr {
        let a = self.expr(left, None);
        let b = self.expr(right, None);
        let (common, error) = (self.c.common, self.c.common.error);
        if a.ty == error || b.ty == error {
            return self.error_expr(span);
        }
        let (a, b) = (self.to_root(a), self.to_root(b));
        let number = |t: TypeId| t == common.int || t == common.float;
        let (dynamic_a, dynamic_b) = (self.c.is_dynamic(a.ty), self.c.is_dynamic(b.ty));
        let ordered = |t: TypeId, dynamic: bool| dynamic || number(t) || t == common.string;
        if (dynamic_a || dynamic_b) && ordered(a.ty, dynamic_a) && ordered(b.ty, dynamic_b) {
            return self.dynamic_order(op, a, b, span);
        }
        let text = a.ty == b.ty && (a.ty == common.string || a.ty == common.bytes);
        let numbers = number(a.ty) && number(b.ty);
        if !text && !numbers {
            let message = format!(
                "`{}` expected two numbers, `String`s or `Bytes`, found `{}` and `{}`",
                order_symbol(op),
                self.show(a.ty),
                self.show(b.ty)
            );
            self.wrong_operands(op_span, message, [a.ty, b.ty]);
            return self.error_expr(span);
        }
        Expr {
            kind: ExprKind::Order {
                op,
                left: Box::new(a),
                right: Box::new(b),
            },
            ty: common.bool,
            span,
        }
    }

    fn equality(
        &mut self,
        negated: bool,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> Expr {
        let null = |e: &ast::Expr| matches!(e.kind, ast::ExprKind::Literal(ast::Literal::Null));
        if null(left) || null(right) {
            let operand = if null(right) { left } else { right };
            return self.null_test(negated, operand, span);
        }
        let a = self.expr(left, None);
        let hint = (!self.c.is_open(a.ty)).then_some(a.ty);
        let b = self.expr(right, hint);
        let (common, error) = (self.c.common, self.c.common.error);
        if a.ty == error || b.ty == error {
            return self.error_expr(span);
        }
        if self.c.is_dynamic(a.ty) || self.c.is_dynamic(b.ty) {
            return self.dynamic_equality(negated, a, b, span);
        }
        let (ra, rb) = (self.c.root(a.ty), self.c.root(b.ty));
        let number = |t: TypeId| t == common.int || t == common.float;
        let (a, b) = if number(ra) && number(rb) {
            (self.to_root(a), self.to_root(b))
        } else {
            let option = matches!(self.ty(a.ty), Type::Option(_))
                || matches!(self.ty(b.ty), Type::Option(_));
            let (a, b) = if option {
                (self.as_option(a), self.as_option(b))
            } else {
                (a, b)
            };
            let Some(ty) = self.c.unify(a.ty, b.ty) else {
                let message = format!(
                    "expected two values of one type, found `{}` and `{}`",
                    self.show(a.ty),
                    self.show(b.ty)
                );
                self.error("FUSE_TYPE_MISMATCH", span, message);
                return self.error_expr(span);
            };
            let ty = self.c.settled(ty);
            (self.convert(a, ty, ""), self.convert(b, ty, ""))
        };
        if !self.comparable(a.ty) {
            let message = format!("values of type `{}` cannot be compared", self.show(a.ty));
            self.error("FUSE_NOT_COMPARABLE", span, message);
            return self.error_expr(span);
        }
        Expr {
            kind: ExprKind::Equal {
                negated,
                left: Box::new(a),
                right: Box::new(b),
            },
            ty: common.bool,
            span,
        }
    }

    fn null_test(&mut self, negated: bool, operand: &'a ast::Expr, span: Span) -> Expr {
        let value = self.expr(operand, None);
        let value = self.as_option(value);
        let value = self.settle(value);
        if value.ty == self.c.common.error {
            return value;
        }
        if self.c.is_dynamic(value.ty) {
            return self.dynamic_null_test(negated, value, span);
        }
        if !matches!(self.ty(value.ty), Type::Option(_)) {
            let message = format!(
                "expected an optional value to compare with `null`, found `{}`",
                self.show(value.ty)
            );
            self.error("FUSE_NOT_OPTIONAL", value.span, message);
            return self.error_expr(span);
        }
        Expr {
            kind: ExprKind::IsNull {
                negated,
                value: Box::new(value),
            },
            ty: self.c.common.bool,
            span,
        }
    }

    /// Whether `==` has a meaning; types that contain themselves are looked through once by their name.
    pub fn comparable(&self, ty: TypeId) -> bool {
        match self.ty(ty) {
            Type::Task(_) | Type::Query | Type::Html => false,
            Type::Enum(_) => self.c.function_type(ty).is_none(),
            Type::List(t) | Type::Map(t) | Type::Option(t) | Type::Box(t) => self.comparable(*t),
            Type::Result(ok, err) => self.comparable(*ok) && self.comparable(*err),
            _ => true,
        }
    }

    /// Both bounds as numbers of one type.
    pub fn range_bounds(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        span: Span,
    ) -> (Expr, Expr) {
        let start = self.expr(left, None);
        let end = self.expr(right, None);
        let error = self.c.common.error;
        if start.ty != error
            && end.ty != error
            && let Some(bounds) = self.numbers(start, end, span, "..")
        {
            return bounds;
        }
        (self.error_expr(span), self.error_expr(span))
    }

    pub fn range_list(&mut self, start: Expr, end: Expr, inclusive: bool, span: Span) -> Expr {
        if start.ty == self.c.common.error {
            return self.error_expr(span);
        }
        let ty = self.c.list(start.ty);
        Expr {
            kind: ExprKind::RangeList {
                start: Box::new(start),
                end: Box::new(end),
                inclusive,
            },
            ty,
            span,
        }
    }
}

fn arith_symbol(op: ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "+",
        ArithOp::Sub => "-",
        ArithOp::Mul => "*",
        ArithOp::Div => "/",
        ArithOp::Rem => "%",
    }
}

fn order_symbol(op: OrderOp) -> &'static str {
    match op {
        OrderOp::Lt => "<",
        OrderOp::Le => "<=",
        OrderOp::Gt => ">",
        OrderOp::Ge => ">=",
    }
}
