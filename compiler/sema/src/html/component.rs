//! Calls of components: parameters by place or name, further names as attributes, a block as children.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use super::attributes::Attribute;
use super::{ATTRS, CHILDREN, is_map_literal};
use crate::checker::FnIdx;
use crate::func::FnCx;
use crate::program::{Expr, ExprKind, Stmt};
use crate::types::TypeId;

/// Where an argument goes.
#[derive(Clone, Copy, PartialEq)]
enum Slot {
    Param(usize),
    Attrs,
    Children,
    /// An attribute of its own.
    Attribute,
}

impl<'a> FnCx<'_, 'a> {
    pub fn call_component(
        &mut self,
        f: FnIdx,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let info = self.c.fn_info(f);
        let written = info.signature;
        self.use_callable(f, call.callee.span);
        self.check_separators(&call.args);
        let Some(slots) = self.component_slots(written, call, span) else {
            self.visit(&call.args);
            return self.markup_stub(span);
        };
        let params: Vec<(usize, &'a ast::Arg)> = slots
            .iter()
            .zip(&call.args)
            .filter_map(|(slot, arg)| match slot {
                Slot::Param(index) => Some((*index, arg)),
                _ => None,
            })
            .collect();
        let (types, values) = if written.type_params.is_empty() {
            self.no_type_arguments(call);
            (Vec::new(), Vec::new())
        } else {
            match self.type_arguments(f, written, &params, call, want) {
                Some((types, _)) if !self.satisfies_bounds(f, &types, call.callee.span) => {
                    return self.markup_stub(span);
                }
                Some(found) => found,
                None => return self.markup_stub(span),
            }
        };
        self.component_call(f, types, values, &slots, call, span)
            .unwrap_or_else(|| self.markup_stub(span))
    }

    /// Where each argument goes; `None` if one fits nowhere or one is missing, which has been reported.
    fn component_slots(
        &mut self,
        written: &'a ast::Signature,
        call: &'a ast::Call,
        span: Span,
    ) -> Option<Vec<Slot>> {
        let params = &written.params;
        let name = &written.name.text;
        let mut slots: Vec<Slot> = Vec::new();
        for arg in &call.args {
            let slot = match &arg.name {
                Some(written) => match params.iter().position(|p| p.name.text == written.text) {
                    Some(index) => Slot::Param(index),
                    None if written.text == ATTRS => Slot::Attrs,
                    None if written.text == CHILDREN => Slot::Children,
                    None => Slot::Attribute,
                },
                None => {
                    let all = (0..params.len()).map(Slot::Param);
                    let free = all
                        .chain([Slot::Attrs, Slot::Children])
                        .find(|slot| !slots.contains(slot));
                    let Some(free) = free else {
                        let message = format!(
                            "`{name}` expected at most {} values, found {}",
                            params.len() + 2,
                            call.args.len()
                        );
                        self.error("FUSE_WRONG_ARITY", arg.value.span, message);
                        return None;
                    };
                    free
                }
            };
            if slot != Slot::Attribute && slots.contains(&slot) {
                let (given, at) = match &arg.name {
                    Some(written) => (written.text.as_str(), written.span),
                    None => ("", arg.value.span),
                };
                let message = format!("argument `{given}` is given twice");
                self.error("FUSE_DUPLICATE_ARGUMENT", at, message);
                return None;
            }
            if slot == Slot::Attrs && is_map_literal(arg) {
                self.map_literal_attributes(arg);
                return None;
            }
            slots.push(slot);
        }
        if call.children.is_some()
            && let Some(given) = slots.iter().position(|s| *s == Slot::Children)
        {
            let at = call.args[given].value.span;
            let message = "`children` are given twice: here and as a block";
            self.error("FUSE_DUPLICATE_ARGUMENT", at, message);
            return None;
        }
        let missing: Vec<String> = params
            .iter()
            .enumerate()
            .filter(|(i, p)| p.default.is_none() && !slots.contains(&Slot::Param(*i)))
            .map(|(_, p)| format!("`{}`", p.name.text))
            .collect();
        if !missing.is_empty() {
            let message = format!("`{name}` misses {}", missing.join(", "));
            let head = Span {
                end: call.callee.span.end,
                ..span
            };
            self.error("FUSE_WRONG_ARITY", head, message);
            return None;
        }
        Some(slots)
    }

    /// The call once its type arguments are known. Values are evaluated as written, then defaults, then the block.
    fn component_call(
        &mut self,
        f: FnIdx,
        types: Vec<TypeId>,
        inferred: Vec<Expr>,
        slots: &[Slot],
        call: &'a ast::Call,
        span: Span,
    ) -> Option<Expr> {
        let signature = self.c.signature(f, &types)?;
        if self.leads_to_ever_new_types(f, &types, call.callee.span) {
            return None;
        }
        // Operands: the parameters, a map of attributes, single attributes, children.
        let explicit = signature.params.len() - 2;
        let attributes = slots.iter().filter(|s| **s == Slot::Attribute).count();
        let children = explicit + 1 + attributes;
        let map = self.c.attributes_type();
        let list = self.c.list(self.c.common.html);
        let mut inferred = inferred.into_iter();
        let mut known: Vec<Attribute> = Vec::new();
        let mut written: Vec<(usize, Expr)> = Vec::new();
        for (slot, arg) in slots.iter().zip(&call.args) {
            let value = match (slot, &arg.name) {
                (Slot::Param(index), _) => {
                    let param = &signature.params[*index];
                    let value = match inferred.next() {
                        Some(value) => self.coerce(value, param.ty, param.name),
                        None => self.check(&arg.value, param.ty, param.name),
                    };
                    (*index, value)
                }
                (Slot::Attribute, Some(name)) => {
                    let index = explicit + 1 + known.len();
                    (index, self.attribute(name, &arg.value, &mut known))
                }
                (Slot::Children, _) => (children, self.check(&arg.value, list, CHILDREN)),
                _ => (explicit, self.check(&arg.value, map, ATTRS)),
            };
            written.push(value);
        }
        let error = self.c.common.error;
        let failed = written.iter().any(|(_, v)| v.ty == error)
            || signature.params.iter().any(|p| p.ty == error);
        let block = call
            .children
            .as_ref()
            .map(|children| self.child_list(children, span));
        if failed {
            return None;
        }
        let given = |index: usize| written.iter().any(|(i, _)| *i == index);
        let (has_base, has_children) = (given(explicit), given(children));
        let mut bound: Vec<usize> = written.iter().map(|(i, _)| *i).collect();
        bound.extend([explicit, explicit + 1]);
        let defaults = self.defaults(f, &types, &signature, &bound, span)?;
        let depth = self.depth + u32::from(!types.is_empty());
        let function = self.c.instance(f, &types, &[], depth)?;
        let (mut statements, values) = self.arrange(children + 1, written, defaults, span);
        let mut values = values.into_iter();
        let mut args: Vec<Expr> = values.by_ref().take(explicit).collect();
        let base = has_base.then(|| values.next()).flatten();
        let names = known.into_iter().map(|k| k.name);
        let named: Vec<(String, Expr)> = names.zip(values.by_ref()).collect();
        let attrs = self.component_attributes(base, named, &mut args, span, &mut statements);
        args.push(attrs);
        let nothing = Expr {
            kind: ExprKind::List(Vec::new()),
            ty: list,
            span,
        };
        let passed = if has_children { values.next() } else { block };
        args.push(passed.unwrap_or(nothing));
        let value = Expr {
            kind: ExprKind::Call { function, args },
            ty: signature.ret,
            span,
        };
        Some(self.with_statements(statements, value))
    }

    /// The map a component gets. `args` are hoisted if making the map would come before them.
    fn component_attributes(
        &mut self,
        base: Option<Expr>,
        named: Vec<(String, Expr)>,
        args: &mut [Expr],
        span: Span,
        statements: &mut Vec<Stmt>,
    ) -> Expr {
        let (string, ty) = (self.c.common.string, self.c.attributes_type());
        match base {
            Some(base) if named.is_empty() => base,
            Some(base) => {
                for arg in args {
                    let value = std::mem::replace(arg, self.error_expr(span));
                    *arg = self.hoist(value, statements);
                }
                self.merged_attributes(base, named, span, statements)
            }
            None => {
                let pair = |(name, value): (String, Expr)| {
                    let key = Expr {
                        kind: ExprKind::String(name),
                        ty: string,
                        span: value.span,
                    };
                    (key, value)
                };
                Expr {
                    kind: ExprKind::Map(named.into_iter().map(pair).collect()),
                    ty,
                    span,
                }
            }
        }
    }
}
