//! Attributes written as `name=value`.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use super::markup::Markup;
use crate::func::{FnCx, stmt};
use crate::program::{Expr, ExprKind, HtmlPiece, Place, PlaceStep, PlaceStepKind, Stmt, StmtKind};

/// A written attribute; its value is an operand of the call around it.
pub(super) struct Attribute {
    pub name: String,
    pub span: Span,
}

/// The name markup has for what is written as an argument name.
pub(super) fn attribute_name(written: &str) -> String {
    written.replace('_', "-")
}

impl<'a> FnCx<'_, 'a> {
    /// Checks `name=value` and adds it to `known`.
    pub(super) fn attribute(
        &mut self,
        written: &'a ast::Ident,
        value: &'a ast::Expr,
        known: &mut Vec<Attribute>,
    ) -> Expr {
        let name = attribute_name(&written.text);
        if let Some(first) = known.iter().find(|k| k.name.eq_ignore_ascii_case(&name)) {
            let message = format!("attribute `{name}` is given twice");
            let d = Diagnostic::error("FUSE_HTML_ATTR_DUPLICATE", written.span, message);
            self.c
                .sink
                .push(d.with_related(first.span, "first given here"));
        }
        let string = self.c.common.string;
        let given = self.expr(value, Some(string));
        let given = if self.c.assignable(given.ty, string) {
            self.convert(given, string, "")
        } else {
            let message = format!(
                "attribute `{name}` expected `String`, found `{}`",
                self.show(given.ty)
            );
            let d = Diagnostic::error("FUSE_HTML_ATTR_VALUE", given.span, message);
            self.c
                .sink
                .push(d.with_hint("write the text as `\"${..}\"`"));
            self.error_expr(given.span)
        };
        let literal = match &given.kind {
            ExprKind::String(text) => Some(text.as_str()),
            _ => None,
        };
        self.check_aria((&name, written.span), (literal, given.span));
        known.push(Attribute {
            name,
            span: written.span,
        });
        given
    }

    /// `base` with the attributes, which win over its own: a map, and the statements that make it.
    pub(super) fn merged_attributes(
        &mut self,
        base: Expr,
        attributes: Vec<(String, Expr)>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let string = self.c.common.string;
        let merged = self.temp(base.ty, span);
        self.locals[merged.index()].mutable = true;
        out.push(stmt(
            StmtKind::Let {
                local: merged,
                value: base,
            },
            span,
        ));
        for (name, value) in attributes {
            let key = Expr {
                kind: ExprKind::String(name),
                ty: string,
                span: value.span,
            };
            let step = PlaceStep {
                kind: PlaceStepKind::Key(key),
                ty: string,
                span: value.span,
            };
            let target = Place {
                root: merged,
                steps: vec![step],
            };
            let at = value.span;
            out.push(stmt(StmtKind::Assign { target, value }, at));
        }
        self.local(merged, span)
    }
}

impl Markup {
    /// ` name="value"`
    pub fn attribute(&mut self, name: &str, value: Expr) {
        let span = value.span;
        self.constant(&format!(" {name}=\""), span);
        self.attribute_value(value);
        self.constant("\"", span);
    }

    /// Attributes whose names only running the program tells.
    pub fn attributes(&mut self, map: Expr) {
        let span = map.span;
        self.piece(HtmlPiece::Attributes(map), span);
    }
}
