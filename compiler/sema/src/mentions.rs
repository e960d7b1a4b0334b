//! Whether a written body refers to a name.

use fuse_syntax::ast::{
    ArmBody, Block, Expr, ExprKind, HtmlChild, IfStmt, InterpolationPart, Stmt, StmtKind,
};

/// Whether some expression in `block` is the identifier `name`.
pub(crate) fn in_block(block: &Block, name: &str) -> bool {
    block.statements.iter().any(|s| in_statement(s, name))
}

fn in_statement(statement: &Stmt, name: &str) -> bool {
    match &statement.kind {
        StmtKind::Let { value, .. } | StmtKind::Expr(value) => in_expr(value, name),
        StmtKind::Assign { target, value } => in_expr(target, name) || in_expr(value, name),
        StmtKind::Return(value) => value.as_ref().is_some_and(|v| in_expr(v, name)),
        StmtKind::If(chain) => in_if(chain, name),
        StmtKind::Match { scrutinee, arms } => {
            in_expr(scrutinee, name)
                || arms.iter().any(|arm| match &arm.body {
                    ArmBody::Return(value) => in_expr(value, name),
                    ArmBody::Block(block) => in_block(block, name),
                })
        }
        StmtKind::For { iterable, body, .. } => in_expr(iterable, name) || in_block(body, name),
        StmtKind::While { condition, body } => in_expr(condition, name) || in_block(body, name),
        StmtKind::Transaction(body) => in_block(body, name),
        StmtKind::Break | StmtKind::Continue | StmtKind::Error => false,
    }
}

fn in_if(chain: &IfStmt, name: &str) -> bool {
    chain
        .branches
        .iter()
        .any(|(condition, block)| in_expr(condition, name) || in_block(block, name))
        || chain.otherwise.as_ref().is_some_and(|b| in_block(b, name))
}

/// Whether `expr` or a part of it is the identifier `name`.
pub(crate) fn in_expr(expr: &Expr, name: &str) -> bool {
    let inside = |e: &Expr| in_expr(e, name);
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Error => false,
        ExprKind::Name(found) => found.text == name,
        ExprKind::Interpolated(parts) => parts
            .iter()
            .any(|p| matches!(p, InterpolationPart::Expr(e) if inside(e))),
        ExprKind::List(items) => items.iter().any(inside),
        ExprKind::Map(pairs) => pairs.iter().any(|(k, v)| inside(k) || inside(v)),
        ExprKind::Unary { operand, .. } => inside(operand),
        ExprKind::Binary { left, right, .. } => inside(left) || inside(right),
        ExprKind::Await(value) | ExprKind::Box(value) => inside(value),
        ExprKind::Spawn(block) => in_block(block, name),
        ExprKind::Call(call) => {
            inside(&call.callee)
                || call.args.iter().any(|a| inside(&a.value))
                || call.children.as_ref().is_some_and(|c| in_children(c, name))
        }
        ExprKind::Member { base, .. } => inside(base),
        ExprKind::Index { base, index, .. } => inside(base) || inside(index),
        ExprKind::Propagate { value, error } => {
            inside(value) || error.as_ref().is_some_and(|e| inside(e))
        }
    }
}

fn in_children(children: &[HtmlChild], name: &str) -> bool {
    children.iter().any(|child| match child {
        HtmlChild::Expr(value) => in_expr(value, name),
        HtmlChild::If {
            branches,
            otherwise,
            ..
        } => {
            branches
                .iter()
                .any(|(c, inner)| in_expr(c, name) || in_children(inner, name))
                || otherwise.as_ref().is_some_and(|o| in_children(o, name))
        }
        HtmlChild::For {
            iterable, children, ..
        } => in_expr(iterable, name) || in_children(children, name),
    })
}
