//! Calls of methods on values of builtin types.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use super::arguments::Arguments;
use super::table::{MAP_GET, Method, Needs, T, methods};
use crate::func::FnCx;
use crate::program::{Builtin, Expr, ExprKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// `receiver.name(args)` on a value of a builtin type.
    pub fn method_call(
        &mut self,
        receiver_value: Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Expr {
        if receiver_value.ty == self.c.common.error {
            self.visit(&call.args);
            return self.error_expr(span);
        }
        let value = self.to_root(receiver_value);
        if *self.ty(value.ty) == Type::Query
            && let Some(query) = self.query_call(&value, name, call, span)
        {
            return query;
        }
        if matches!(self.ty(value.ty), Type::Map(_)) && name.text == MAP_GET {
            return self.map_get(value, call, name, span);
        }
        let Some(row) = methods(self.ty(value.ty))
            .iter()
            .find(|m| m.name == name.text)
        else {
            self.visit(&call.args);
            self.no_member(value.ty, name);
            return self.error_expr(span);
        };
        self.no_type_arguments(call);
        let Some((value, ready)) = self.receiver_for(value, row, name, call) else {
            return self.error_expr(span);
        };
        let same = value.ty;
        let params = self.table_params(row.params, same, &[]);
        let arguments = Arguments {
            call,
            callee: row.name,
            receiver: Some(value),
            ready,
        };
        let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
            return self.error_expr(span);
        };
        let ty = self.c.table_type(row.ret, same);
        if row.ret == T::OptElement
            && matches!(self.ty(ty), Type::Option(_))
            && self.element_of(same) == ty
        {
            return self.flat_element(row.builtin, args, ty, span);
        }
        let kind = ExprKind::Builtin {
            builtin: row.builtin,
            args,
        };
        self.with_statements(statements, Expr { kind, ty, span })
    }

    /// `first` and `last` of a list of options: absent and null are one.
    fn flat_element(&mut self, builtin: Builtin, args: Vec<Expr>, ty: TypeId, span: Span) -> Expr {
        let nested = self.c.option(ty);
        let value = Expr {
            kind: ExprKind::Builtin { builtin, args },
            ty: nested,
            span,
        };
        let default = Expr {
            kind: ExprKind::None,
            ty,
            span,
        };
        Expr {
            kind: ExprKind::Coalesce {
                value: Box::new(value),
                default: Box::new(default),
            },
            ty,
            span,
        }
    }

    /// The receiver in the form a method needs, and arguments that had to be looked at for that; reports and returns
    /// `None` if its elements do not fit.
    fn receiver_for(
        &mut self,
        value: Expr,
        row: &Method,
        name: &ast::Ident,
        call: &'a ast::Call,
    ) -> Option<(Expr, Vec<Expr>)> {
        let common = self.c.common;
        if !matches!(self.ty(value.ty), Type::List(_)) {
            return Some((self.settle(value), Vec::new()));
        }
        let element = self.element_of(value.ty);
        let root = self.c.root(element);
        let fits = match row.needs {
            Needs::Nothing => true,
            Needs::Comparable => self.comparable(element),
            Needs::Ordered => {
                [common.int, common.float, common.string, common.bytes].contains(&root)
            }
            Needs::Numbers => root == common.int || root == common.float,
            Needs::Strings => root == common.string || root == common.never,
        };
        if !fits {
            self.visit(&call.args);
            let what = match row.needs {
                Needs::Comparable => "values that can be compared",
                Needs::Ordered => "numbers, `String`s or `Bytes`",
                Needs::Numbers => "numbers",
                _ => "`String`s",
            };
            let message = format!(
                "`{}` expected a list of {what}, found `{}`",
                row.name,
                self.show(value.ty)
            );
            self.error("FUSE_METHOD_ELEMENT", name.span, message);
            return None;
        }
        if element == common.never {
            return Some(self.open_receiver(value, row, call));
        }
        if matches!(row.needs, Needs::Numbers | Needs::Strings) && root != element {
            let ty = self.c.list(root);
            return Some((self.retype(value, ty), Vec::new()));
        }
        Some((value, Vec::new()))
    }

    /// An empty list literal takes its element type from what is added to it.
    fn open_receiver(
        &mut self,
        value: Expr,
        row: &Method,
        call: &'a ast::Call,
    ) -> (Expr, Vec<Expr>) {
        if row.needs == Needs::Strings {
            let ty = self.c.list(self.c.common.string);
            return (self.convert(value, ty, ""), Vec::new());
        }
        if !row.params.iter().any(|(_, t)| *t == T::Element) {
            return (self.settle(value), Vec::new());
        }
        let ready: Vec<Expr> = call
            .args
            .iter()
            .map(|arg| self.expr(&arg.value, None))
            .collect();
        // The element is the last parameter of every method that takes one.
        let element = ready.last().map_or(self.c.common.unit, |e| e.ty);
        let element = self.c.settled(element);
        let ty = self.c.list(element);
        (self.convert(value, ty, ""), ready)
    }

    fn map_get(
        &mut self,
        map: Expr,
        call: &'a ast::Call,
        name: &'a ast::Ident,
        span: Span,
    ) -> Expr {
        let string = self.c.common.string;
        let map = self.settle(map);
        let element = match *self.ty(map.ty) {
            Type::Map(t) => t,
            _ => self.c.common.error,
        };
        let params = vec![("key", string, None)];
        let arguments = Arguments {
            call,
            callee: &name.text,
            receiver: Some(map),
            ready: Vec::new(),
        };
        let Some((statements, args)) = self.table_arguments(&params, arguments, span) else {
            return self.error_expr(span);
        };
        let mut args = args.into_iter();
        let (Some(map), Some(key)) = (args.next(), args.next()) else {
            return self.error_expr(span);
        };
        let option = self.c.option(element);
        let kind = ExprKind::MapGet {
            map: Box::new(map),
            key: Box::new(key),
        };
        let mut found = Expr {
            kind,
            ty: option,
            span,
        };
        if matches!(self.ty(element), Type::Option(_)) {
            let nothing = Expr {
                kind: ExprKind::None,
                ty: element,
                span,
            };
            let kind = ExprKind::Coalesce {
                value: Box::new(found),
                default: Box::new(nothing),
            };
            found = Expr {
                kind,
                ty: element,
                span,
            };
        }
        self.with_statements(statements, found)
    }
}
