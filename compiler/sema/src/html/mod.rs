//! Elements and components: which calls they are, their attributes and children, and the markup they become.
//!
//! **Architecture Invariant:** whether a call is an element is decided here and nowhere else, after names are known. What leaves
//! is a sequence of pieces: constants are escaped and merged, attributes with known names are sorted.

mod aria;
mod attributes;
mod children;
mod component;
mod element;
mod function;
mod markup;
mod tags;

pub(crate) use tags::{is_tag, tags};

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::Checker;
use crate::func::FnCx;
use crate::program::Expr;
use crate::types::{Type, TypeId};

/// Names of the parameters every component has.
pub(crate) const ATTRS: &str = "attrs";
pub(crate) const CHILDREN: &str = "children";

impl Checker<'_> {
    pub fn attributes_type(&mut self) -> TypeId {
        self.types.intern(Type::Map(self.common.string))
    }

    /// A component's own parameters cannot be declared again.
    pub fn check_component_params(&mut self, signature: &ast::Signature) {
        for param in &signature.params {
            if [ATTRS, CHILDREN].contains(&param.name.text.as_str()) {
                let message = format!(
                    "`{}` is already declared: every component has it",
                    param.name.text
                );
                self.sink
                    .error("FUSE_DUPLICATE_BINDING", param.name.span, message);
            }
        }
    }
}

/// Whether `input(..)` is the element: written as one, with attributes or children.
pub(crate) fn is_input_element(call: &ast::Call) -> bool {
    call.children.is_some()
        || call.args.iter().any(|a| a.name.is_some())
        || call.args.first().is_some_and(is_map_literal)
}

fn is_map_literal(arg: &ast::Arg) -> bool {
    arg.name.is_none() && matches!(arg.value.kind, ast::ExprKind::Map(_))
}

impl<'a> FnCx<'_, 'a> {
    /// A call that takes no children has some.
    pub fn unexpected_children(&mut self, call: &'a ast::Call, what: &str, span: Span) -> Expr {
        self.visit(&call.args);
        let message =
            format!("expected an element or a component before a block of children, found {what}");
        self.error("FUSE_HTML_BLOCK", call.callee.span, message);
        self.error_expr(span)
    }

    /// Attributes are separated by blanks.
    fn check_separators(&mut self, args: &[ast::Arg]) {
        for arg in args {
            if let (Some(name), Some(comma)) = (&arg.name, arg.comma_before) {
                let message = format!(
                    "expected a blank before attribute `{}`, found `,`",
                    name.text
                );
                let d = Diagnostic::error("FUSE_HTML_ATTR_COMMA", comma, message);
                self.c.sink.push(d.with_hint("leave out the comma"));
            }
        }
    }

    /// Attributes are not written as a map literal.
    fn map_literal_attributes(&mut self, arg: &'a ast::Arg) {
        let d = Diagnostic::error(
            "FUSE_HTML_ATTR_MAP",
            arg.value.span,
            "expected attributes, found a map literal",
        );
        self.c.sink.push(d.with_hint("write `name=value`"));
    }

    /// What stands for an `Html` whose parts could not all be made sense of.
    fn markup_stub(&self, span: Span) -> Expr {
        Expr {
            ty: self.c.common.html,
            ..self.error_expr(span)
        }
    }
}
