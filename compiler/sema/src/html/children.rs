//! Children: of an element, as markup; of a component, as a list.

use fuse_syntax::ast::{self, HtmlChild};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use super::markup::Markup;
use crate::func::{FnCx, stmt};
use crate::program::{Block, Builtin, Expr, ExprKind, LocalId, Place, Stmt, StmtKind};
use crate::types::{Type, TypeId};

/// Where children go.
#[derive(Clone, Copy)]
enum Target {
    Markup {
        /// Text stands as it is.
        raw: bool,
    },
    /// Appended to the list in this local.
    List(LocalId),
}

/// Children so far.
pub(super) struct Children {
    target: Target,
    markup: Markup,
}

impl Children {
    pub fn markup(raw: bool) -> Children {
        Children::new(Target::Markup { raw })
    }

    fn new(target: Target) -> Children {
        Children {
            target,
            markup: Markup::default(),
        }
    }

    pub fn into_statements(self) -> Vec<Stmt> {
        self.markup.statements
    }
}

impl<'a> FnCx<'_, 'a> {
    pub(super) fn child_block(&mut self, children: &'a [HtmlChild], out: &mut Children) {
        for child in children {
            self.child(child, out);
        }
    }

    /// Children given as an argument.
    pub(super) fn children_argument(&mut self, value: &'a ast::Expr, out: &mut Children) {
        if let ast::ExprKind::List(items) = &value.kind {
            for item in items {
                self.child_value(item, out);
            }
            return;
        }
        let value = self.expr(value, None);
        let value = self.settle(value);
        match *self.ty(value.ty) {
            Type::List(item) if self.child_type(item) => self.place_child(value, out),
            _ => {
                let list = self.c.list(self.c.common.html);
                self.coerce(value, list, "children");
            }
        }
    }

    fn child(&mut self, child: &'a HtmlChild, out: &mut Children) {
        match child {
            HtmlChild::Expr(value) => self.child_value(value, out),
            HtmlChild::If {
                branches,
                otherwise,
                span,
            } => {
                let target = out.target;
                let mut checked = Vec::new();
                for (condition, children) in branches {
                    let condition = self.condition(condition);
                    checked.push((condition, self.inner_block(children, target)));
                }
                let otherwise = match otherwise {
                    Some(children) => self.inner_block(children, target),
                    None => Block::default(),
                };
                self.if_chain(checked, otherwise, *span, &mut out.markup.statements);
            }
            HtmlChild::For {
                pattern,
                value_pattern,
                iterable,
                children,
                span,
            } => {
                let target = out.target;
                let header = (pattern, value_pattern.as_ref(), iterable);
                let statements = &mut out.markup.statements;
                self.for_each(header, *span, statements, &mut |cx| {
                    cx.inner_block(children, target)
                });
            }
        }
    }

    fn inner_block(&mut self, children: &'a [HtmlChild], target: Target) -> Block {
        let mut inside = Children::new(target);
        self.scoped(|cx| cx.child_block(children, &mut inside));
        inside.markup.block()
    }

    fn child_value(&mut self, value: &'a ast::Expr, out: &mut Children) {
        let value = self.expr(value, None);
        let value = self.settle(value);
        let fits = match *self.ty(value.ty) {
            Type::List(item) => self.child_type(item),
            _ => self.child_type(value.ty),
        };
        if fits {
            return self.place_child(value, out);
        }
        let shown = self.show(value.ty);
        let message = format!("expected `Html`, `String` or a list of them, found `{shown}`");
        let mut d = Diagnostic::error("FUSE_HTML_CHILD_TYPE", value.span, message);
        d = match self.ty(value.ty) {
            Type::Option(_) => d.with_hint("the value may be null; give a default with `??`"),
            Type::Unit => d,
            _ => d.with_hint("write the text as `\"${..}\"`"),
        };
        self.c.sink.push(d);
    }

    fn child_type(&self, ty: TypeId) -> bool {
        let root = self.c.root(ty);
        let common = &self.c.common;
        root == common.html || root == common.string || root == common.error
    }

    /// A value of a fitting type.
    fn place_child(&mut self, value: Expr, out: &mut Children) {
        let span = value.span;
        if let Type::List(element) = *self.ty(value.ty) {
            let local = self.temp(element, span);
            let mut inside = Children::new(out.target);
            let item = self.local(local, span);
            self.place_child(item, &mut inside);
            let kind = StmtKind::ForList {
                local,
                list: value,
                body: inside.markup.block(),
            };
            return out.markup.statements.push(stmt(kind, span));
        }
        let value = self.to_root(value);
        let is_text = value.ty == self.c.common.string;
        match out.target {
            Target::Markup { raw: true } if is_text => out.markup.raw_text(value),
            Target::Markup { .. } if is_text => out.markup.text(value),
            Target::Markup { .. } => out.markup.html(value),
            Target::List(list) => {
                let value = if is_text {
                    self.text_node(value)
                } else {
                    value
                };
                let append = self.append_child(list, value);
                out.markup.statements.push(append);
            }
        }
    }

    /// A `String` as `Html`.
    fn text_node(&self, value: Expr) -> Expr {
        let span = value.span;
        let mut markup = Markup::default();
        markup.text(value);
        Expr {
            kind: ExprKind::Html(markup.block()),
            ty: self.c.common.html,
            span,
        }
    }

    fn append_child(&mut self, list: LocalId, value: Expr) -> Stmt {
        let span = value.span;
        let before = self.local(list, span);
        let ty = before.ty;
        let kind = ExprKind::Builtin {
            builtin: Builtin::ListAppend,
            args: vec![before, value],
        };
        let target = Place {
            root: list,
            steps: Vec::new(),
        };
        let value = Expr { kind, ty, span };
        stmt(StmtKind::Assign { target, value }, span)
    }

    /// The children of a component as a `List<Html>`.
    pub(super) fn child_list(&mut self, children: &'a [HtmlChild], span: Span) -> Expr {
        let ty = self.c.list(self.c.common.html);
        let list = self.temp(ty, span);
        let mut out = Children::new(Target::List(list));
        self.child_block(children, &mut out);
        let statements = out.into_statements();
        let literal = |items| Expr {
            kind: ExprKind::List(items),
            ty,
            span,
        };
        if statements.iter().all(|s| appended(s, list)) {
            return literal(statements.into_iter().filter_map(appended_value).collect());
        }
        self.locals[list.index()].mutable = true;
        let mut all = vec![stmt(
            StmtKind::Let {
                local: list,
                value: literal(Vec::new()),
            },
            span,
        )];
        all.extend(statements);
        let value = self.local(list, span);
        self.with_statements(all, value)
    }
}

fn appended(statement: &Stmt, list: LocalId) -> bool {
    matches!(&statement.kind, StmtKind::Assign { target, .. } if target.root == list)
}

fn appended_value(statement: Stmt) -> Option<Expr> {
    match statement.kind {
        StmtKind::Assign {
            value:
                Expr {
                    kind: ExprKind::Builtin { mut args, .. },
                    ..
                },
            ..
        } => args.pop(),
        _ => None,
    }
}
