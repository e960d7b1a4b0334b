//! Arguments of what the tables describe.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use super::table::{Constant, Params, T};
use crate::call::Default;
use crate::checker::Checker;
use crate::func::FnCx;
use crate::program::{Expr, ExprKind, Stmt};
use crate::stdlib;
use crate::types::{StructId, Type, TypeId};

/// Name, type and, for a parameter that may be left out, its default.
pub(super) type Param = (&'static str, TypeId, Option<Constant>);

/// A call of something in the tables.
pub(super) struct Arguments<'a, 'n> {
    pub call: &'a ast::Call,
    pub callee: &'n str,
    pub receiver: Option<Expr>,
    /// Arguments that have been looked at already: none or all.
    pub ready: Vec<Expr>,
}

impl Checker<'_> {
    pub(super) fn table_type(&mut self, written: T, same: TypeId) -> TypeId {
        let common = self.common;
        let element = match self.types.get(same) {
            Type::List(t) | Type::Map(t) => *t,
            _ => common.error,
        };
        match written {
            T::Unit => common.unit,
            T::Bool => common.bool,
            T::Int => common.int,
            T::Float => common.float,
            T::String => common.string,
            T::Bytes => common.bytes,
            T::OptInt => self.option(common.int),
            T::OptFloat => self.option(common.float),
            T::OptBool => self.option(common.bool),
            T::OptString => self.option(common.string),
            T::Strings => self.list(common.string),
            T::Html => common.html,
            T::Attributes => self.attributes_type(),
            T::Children => self.list(common.html),
            T::IntOrError => {
                let error = self.struct_type(StructId(0));
                self.types.intern(Type::Result(common.int, error))
            }
            T::Fetched => {
                let response = self.struct_type(stdlib::HTTP_RESPONSE);
                let error = self.struct_type(stdlib::HTTP_ERROR);
                self.types.intern(Type::Result(response, error))
            }
            T::Same => same,
            T::Element => element,
            T::OptElement => match self.types.get(element) {
                // No element and a null element are the same null.
                Type::Option(_) => element,
                _ => self.option(element),
            },
            T::Elements => self.list(element),
            T::Given | T::Dynamics => {
                let dynamic = self.dynamic();
                self.list(dynamic)
            }
            T::Query => self.types.intern(Type::Query),
            T::OptRow => {
                let row = self.row();
                self.option(row)
            }
            T::Rows => {
                let row = self.row();
                self.list(row)
            }
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn table_params(
        &mut self,
        params: Params,
        same: TypeId,
        defaults: &[Constant],
    ) -> Vec<Param> {
        let required = params.len() - defaults.len();
        let defaults = defaults.iter().copied().map(Some);
        params
            .iter()
            .zip(std::iter::repeat_n(None, required).chain(defaults))
            .map(|((name, ty), default)| (*name, self.c.table_type(*ty, same), default))
            .collect()
    }

    /// Checked arguments in parameter order, after the receiver if there is one.
    pub(super) fn table_arguments(
        &mut self,
        params: &[Param],
        arguments: Arguments<'a, '_>,
        span: Span,
    ) -> Option<(Vec<Stmt>, Vec<Expr>)> {
        let Arguments {
            call,
            callee,
            receiver,
            ready,
        } = arguments;
        let names: Vec<(&str, bool)> = params.iter().map(|(n, _, d)| (*n, d.is_some())).collect();
        let Some(bound) = self.bind(&names, &call.args, callee, call.callee.span) else {
            if ready.is_empty() {
                self.visit(&call.args);
            }
            return None;
        };
        let offset = usize::from(receiver.is_some());
        let mut written: Vec<(usize, Expr)> = receiver.into_iter().map(|r| (0, r)).collect();
        let mut ready = ready.into_iter();
        for (arg, index) in call.args.iter().zip(&bound) {
            let (param, ty, _) = params[*index];
            let value = match ready.next() {
                Some(value) => self.coerce(value, ty, param),
                None => self.check(&arg.value, ty, param),
            };
            written.push((index + offset, value));
        }
        if written.iter().any(|(_, e)| e.ty == self.c.common.error) {
            return None;
        }
        let mut defaults = Vec::new();
        for (i, (_, ty, default)) in params.iter().enumerate() {
            if let Some(default) = default
                && !bound.contains(&i)
            {
                let kind = match *default {
                    Constant::Text(text) => ExprKind::String(text.to_string()),
                    Constant::Int(value) => ExprKind::Int(value),
                    Constant::NoEntries => ExprKind::Map(Vec::new()),
                };
                defaults.push((
                    i + offset,
                    Default::Inline(Expr {
                        kind,
                        ty: *ty,
                        span,
                    }),
                ));
            }
        }
        Some(self.arrange(params.len() + offset, written, defaults, span))
    }
}
