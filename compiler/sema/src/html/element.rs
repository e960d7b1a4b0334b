//! `tag(attributes): children`

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use super::children::Children;
use super::is_map_literal;
use super::markup::Markup;
use super::tags::{holds_raw_text, is_void};
use crate::func::FnCx;
use crate::program::{Expr, ExprKind, Stmt};

impl<'a> FnCx<'_, 'a> {
    pub fn element_call(&mut self, tag: &str, call: &'a ast::Call, span: Span) -> Expr {
        self.no_type_arguments(call);
        self.check_separators(&call.args);
        let Some((base, children)) = self.positional(tag, call) else {
            self.visit(&call.args);
            return self.markup_stub(span);
        };
        let mut markup = Markup::default();
        let open = self.open_tag(tag, base, call, span, &mut markup);
        markup.constant(">", open);
        if is_void(tag) {
            return self.html_of(markup, span);
        }
        let mut inside = Children::markup(holds_raw_text(tag));
        match (&call.children, children) {
            (Some(written), _) => self.child_block(written, &mut inside),
            (None, Some(value)) => self.children_argument(value, &mut inside),
            (None, None) => {}
        }
        markup.append(inside.into_statements());
        markup.constant(&format!("</{tag}>"), open);
        self.html_of(markup, span)
    }

    fn html_of(&self, markup: Markup, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Html(markup.block()),
            ty: self.c.common.html,
            span,
        }
    }

    /// The attribute map and the children among the arguments; `None` if they do not fit, which has been reported.
    fn positional(
        &mut self,
        tag: &str,
        call: &'a ast::Call,
    ) -> Option<(Option<&'a ast::Expr>, Option<&'a ast::Expr>)> {
        let unnamed = || call.args.iter().filter(|a| a.name.is_none());
        if let Some(literal) = call.args.first().filter(|a| is_map_literal(a)) {
            self.map_literal_attributes(literal);
            return None;
        }
        if call.args.iter().any(|a| a.name.is_some()) {
            // One map before the attributes is what they are merged into.
            if let Some(arg) = call.args.iter().skip(1).find(|a| a.name.is_none()) {
                let message = "expected attributes only, found a value without a name";
                let d = Diagnostic::error("FUSE_HTML_ATTR_MIXED", arg.value.span, message);
                let hint = "one map of attributes may come first; children come in a block";
                self.c.sink.push(d.with_hint(hint));
                return None;
            }
        }
        let count = unnamed().count();
        if is_void(tag) && (call.children.is_some() || count == 2) {
            let at = unnamed().nth(1).map_or(call.callee.span, |a| a.value.span);
            let message = format!("`{tag}` takes no children");
            self.error("FUSE_HTML_VOID_CHILDREN", at, message);
            return None;
        }
        let most = 2 - usize::from(call.children.is_some() || is_void(tag));
        if let Some(extra) = unnamed().nth(most) {
            let message = match (call.children.is_some(), is_void(tag)) {
                (true, _) => format!(
                    "`{tag}` expected one map of attributes before its block, found {count} values"
                ),
                (_, true) => {
                    format!("`{tag}` expected one map of attributes, found {count} values")
                }
                _ => format!(
                    "`{tag}` expected a map of attributes and a list of children, found {count} values"
                ),
            };
            self.error("FUSE_HTML_ARITY", extra.value.span, message);
            return None;
        }
        let mut values = unnamed().map(|a| &a.value);
        Some((values.next(), values.next()))
    }

    /// `<tag` and its attributes; gives the place of the tag.
    fn open_tag(
        &mut self,
        tag: &str,
        base: Option<&'a ast::Expr>,
        call: &'a ast::Call,
        span: Span,
        markup: &mut Markup,
    ) -> Span {
        let at = call.callee.span;
        let map = self.c.attributes_type();
        let base = base.map(|value| self.check(value, map, "attrs"));
        let mut known = Vec::new();
        let mut values = Vec::new();
        for arg in &call.args {
            if let Some(name) = &arg.name {
                values.push(self.attribute(name, &arg.value, &mut known));
            }
        }
        let mut statements: Vec<Stmt> = Vec::new();
        match base {
            Some(base) if !values.is_empty() => {
                let named = known.into_iter().map(|k| k.name).zip(values).collect();
                let merged = self.merged_attributes(base, named, span, &mut statements);
                markup.append(statements);
                markup.constant(&format!("<{tag}"), at);
                markup.attributes(merged);
            }
            Some(base) => {
                markup.constant(&format!("<{tag}"), at);
                markup.attributes(base);
            }
            None => {
                let mut order: Vec<usize> = (0..known.len()).collect();
                order.sort_by(|a, b| known[*a].name.cmp(&known[*b].name));
                let mut rank = vec![0; order.len()];
                for (sorted, &written) in order.iter().enumerate() {
                    rank[written] = sorted;
                }
                let written = rank.into_iter().zip(values).collect();
                let (statements, values) = self.arrange(order.len(), written, Vec::new(), span);
                markup.append(statements);
                markup.constant(&format!("<{tag}"), at);
                for (index, value) in order.into_iter().zip(values) {
                    markup.attribute(&known[index].name, value);
                }
            }
        }
        at
    }
}
