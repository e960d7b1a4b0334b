//! Calls of functions with a block: their last parameter is the children.

use fuse_syntax::ast;
use fuse_syntax::span::Span;

use crate::call::Default;
use crate::checker::FnIdx;
use crate::func::FnCx;
use crate::program::{Expr, ExprKind};

impl<'a> FnCx<'_, 'a> {
    /// Whether a block can follow a call of the function: it gives `Html` and its last parameter is `List<Html>`.
    pub fn takes_block(&mut self, f: FnIdx) -> bool {
        let list = self.c.list(self.c.common.html);
        let is_generic = !self.c.fn_info(f).signature.type_params.is_empty();
        !is_generic
            && self.c.signature(f, &[]).is_some_and(|s| {
                s.ret == self.c.common.html && s.params.last().is_some_and(|p| p.ty == list)
            })
    }

    /// A map of attributes before the children may be left out: it is empty then.
    pub fn call_with_block(&mut self, f: FnIdx, call: &'a ast::Call, span: Span) -> Expr {
        self.no_type_arguments(call);
        let info = self.c.fn_info(f);
        let name = info.signature.name.text.as_str();
        self.use_callable(f, call.callee.span);
        let stub = self.markup_stub(span);
        let Some(signature) = self.c.signature(f, &[]) else {
            return stub;
        };
        let map = self.c.attributes_type();
        let last = signature.params.len() - 1;
        let implied = last == 1 && signature.params[0].ty == map;
        let params: Vec<(&str, bool)> = signature
            .params
            .iter()
            .enumerate()
            .map(|(i, p)| {
                (
                    p.name,
                    p.default.is_some() || i == last || (i == 0 && implied),
                )
            })
            .collect();
        let bound = self.bind(&params, &call.args, name, call.callee.span);
        let Some(bound) = bound else {
            self.visit(&call.args);
            return stub;
        };
        if let Some(given) = bound.iter().position(|index| *index == last) {
            self.visit(&call.args);
            let message = format!("`{}` is given twice: here and as a block", params[last].0);
            let at = call.args[given].value.span;
            self.error("FUSE_DUPLICATE_ARGUMENT", at, message);
            return stub;
        }
        let mut written = Vec::new();
        for (arg, index) in call.args.iter().zip(&bound) {
            let param = &signature.params[*index];
            written.push((*index, self.check(&arg.value, param.ty, param.name)));
        }
        let children = call.children.as_deref().unwrap_or_default();
        let children = self.child_list(children, span);
        if written.iter().any(|(_, v)| v.ty == self.c.common.error) {
            return stub;
        }
        let Some(mut defaults) = self.defaults(f, &[], &signature, &bound, span) else {
            return stub;
        };
        if implied && bound.is_empty() && signature.params[0].default.is_none() {
            let kind = ExprKind::Map(Vec::new());
            let empty = Expr {
                kind,
                ty: map,
                span,
            };
            defaults.push((0, Default::Inline(empty)));
        }
        let Some(function) = self.c.instance(f, &[], &[], self.depth) else {
            return stub;
        };
        let (statements, mut args) = self.arrange(last, written, defaults, span);
        args.push(children);
        let value = Expr {
            kind: ExprKind::Call { function, args },
            ty: signature.ret,
            span,
        };
        self.with_statements(statements, value)
    }
}
