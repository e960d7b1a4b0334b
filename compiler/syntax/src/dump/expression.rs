//! Expressions, types and patterns.

use super::Dumper;
use super::node::Node;
use crate::ast::{
    Arg, BinaryOp, Call, Expr, ExprKind, HtmlChild, InterpolationPart, Literal, Path, Pattern,
    PatternKind, TypeRef, TypeRefKind, UnaryOp,
};

pub(super) fn path(path: &Path) -> Node {
    let parts: Vec<&str> = path.parts.iter().map(|part| part.text.as_str()).collect();
    Node::Atom(parts.join("."))
}

fn literal(literal: &Literal) -> Node {
    match literal {
        Literal::Int(value) => Node::Atom(value.to_string()),
        Literal::Float(value) => Node::Atom(format!("{value:?}")),
        Literal::Bool(value) => Node::Atom(value.to_string()),
        Literal::String(value) => Node::text(value),
        Literal::Null => Node::atom("null"),
    }
}

fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::Coalesce => "??",
        BinaryOp::RangeInclusive => "..",
        BinaryOp::RangeExclusive => "..<",
    }
}

impl Dumper {
    pub(super) fn expr(&self, expr: &Expr) -> Node {
        let span = expr.span;
        match &expr.kind {
            // Leaves are atoms unless they have a span to show.
            ExprKind::Literal(value) if !self.options.spans => literal(value),
            ExprKind::Name(name) if !self.options.spans => Node::atom(&name.text),
            ExprKind::Literal(value) => self.spanned("literal", span, [literal(value)]),
            ExprKind::Name(name) => self.spanned("name", span, [Node::atom(&name.text)]),
            ExprKind::Interpolated(parts) => {
                let parts = parts.iter().map(|part| match part {
                    InterpolationPart::Text(text) => Node::text(text),
                    InterpolationPart::Expr(expr) => self.expr(expr),
                });
                self.spanned("interpolated", span, parts)
            }
            ExprKind::List(items) => {
                self.spanned("list", span, items.iter().map(|item| self.expr(item)))
            }
            ExprKind::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Node::group([self.expr(key), self.expr(value)]));
                self.spanned("map", span, entries)
            }
            ExprKind::Unary { op, operand } => {
                let head = match op {
                    UnaryOp::Neg => "neg",
                    UnaryOp::Not => "not",
                };
                self.spanned(head, span, [self.expr(operand)])
            }
            ExprKind::Binary {
                op, left, right, ..
            } => self.spanned(operator(*op), span, [self.expr(left), self.expr(right)]),
            ExprKind::Await(operand) => self.spanned("await", span, [self.expr(operand)]),
            ExprKind::Box(operand) => self.spanned("box", span, [self.expr(operand)]),
            ExprKind::Spawn(block) => self.spanned("spawn", span, self.statements(block)),
            ExprKind::Call(call) => self.spanned("call", span, self.call(call)),
            ExprKind::Member {
                base,
                name,
                optional,
            } => {
                let head = if *optional { "member?" } else { "member" };
                self.spanned(head, span, [self.expr(base), Node::atom(&name.text)])
            }
            ExprKind::Index {
                base,
                index,
                optional,
            } => {
                let head = if *optional { "index?" } else { "index" };
                self.spanned(head, span, [self.expr(base), self.expr(index)])
            }
            ExprKind::Propagate { value, error } => {
                let operands = std::iter::once(&**value).chain(error.as_deref());
                self.spanned("?!", span, operands.map(|operand| self.expr(operand)))
            }
            ExprKind::Error => self.spanned("error", span, []),
        }
    }

    fn call(&self, call: &Call) -> Vec<Node> {
        let mut parts = vec![self.expr(&call.callee)];
        if !call.type_args.is_empty() {
            parts.push(Node::list(
                "types",
                call.type_args.iter().map(|ty| self.type_ref(ty)),
            ));
        }
        parts.extend(call.args.iter().map(|arg| self.arg(arg)));
        if let Some(children) = &call.children {
            parts.push(Node::list(
                "children",
                children.iter().map(|child| self.child(child)),
            ));
        }
        parts
    }

    fn arg(&self, arg: &Arg) -> Node {
        match &arg.name {
            Some(name) => Node::list("=", [Node::atom(&name.text), self.expr(&arg.value)]),
            None => self.expr(&arg.value),
        }
    }

    fn child(&self, child: &HtmlChild) -> Node {
        match child {
            HtmlChild::Expr(expr) => self.expr(expr),
            HtmlChild::If {
                branches,
                otherwise,
                span,
            } => {
                let branches = branches.iter().map(|(condition, children)| {
                    Node::group(
                        [self.expr(condition)]
                            .into_iter()
                            .chain(children.iter().map(|child| self.child(child))),
                    )
                });
                let otherwise = otherwise.iter().map(|children| {
                    Node::list("else", children.iter().map(|child| self.child(child)))
                });
                self.spanned("if", *span, branches.chain(otherwise))
            }
            HtmlChild::For {
                pattern,
                value_pattern,
                iterable,
                children,
                span,
            } => {
                let header = self.for_header(pattern, value_pattern.as_ref(), iterable);
                let children = children.iter().map(|child| self.child(child));
                self.spanned("for", *span, header.into_iter().chain(children))
            }
        }
    }

    pub(super) fn for_header(
        &self,
        pattern: &Pattern,
        value: Option<&Pattern>,
        iterable: &Expr,
    ) -> Vec<Node> {
        let patterns = std::iter::once(pattern)
            .chain(value)
            .map(|pattern| self.pattern(pattern));
        vec![Node::group(patterns), self.expr(iterable)]
    }

    pub(super) fn type_ref(&self, ty: &TypeRef) -> Node {
        let span = ty.span;
        match &ty.kind {
            TypeRefKind::Name(name) if !self.options.spans => path(name),
            TypeRefKind::Name(name) => self.spanned("type-name", span, [path(name)]),
            TypeRefKind::Generic { base, args } => {
                let args = args.iter().map(|arg| self.type_ref(arg));
                self.spanned("generic", span, [path(base)].into_iter().chain(args))
            }
            TypeRefKind::Refined { base, args } => {
                let args = args.iter().map(|arg| self.arg(arg));
                self.spanned("refined", span, [path(base)].into_iter().chain(args))
            }
            TypeRefKind::Optional(inner) => self.spanned("optional", span, [self.type_ref(inner)]),
            TypeRefKind::Result { ok, err } => {
                let parts = std::iter::once(&**ok).chain(err.as_deref());
                self.spanned("result", span, parts.map(|part| self.type_ref(part)))
            }
            TypeRefKind::Boxed(inner) => self.spanned("box", span, [self.type_ref(inner)]),
            TypeRefKind::Error => self.spanned("error", span, []),
        }
    }

    pub(super) fn pattern(&self, pattern: &Pattern) -> Node {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard => Node::atom("_"),
            PatternKind::Literal(value) if !self.options.spans => literal(value),
            PatternKind::Name(name) if !self.options.spans => path(name),
            PatternKind::Literal(value) => self.spanned("literal", span, [literal(value)]),
            PatternKind::Name(name) => self.spanned("name", span, [path(name)]),
            PatternKind::Variant { name, args } => {
                let args = args.iter().map(|arg| self.pattern(arg));
                self.spanned("variant", span, [path(name)].into_iter().chain(args))
            }
            PatternKind::Struct { name, fields } => {
                let fields = fields.iter().map(|(field, pattern)| {
                    Node::list("=", [Node::atom(&field.text), self.pattern(pattern)])
                });
                self.spanned("struct", span, [path(name)].into_iter().chain(fields))
            }
            PatternKind::Error => self.spanned("error", span, []),
        }
    }
}
