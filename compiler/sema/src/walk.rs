//! Walks the canonical program's trees, for questions about what code may do.

use crate::program::{Block, Expr, ExprKind, HtmlPiece, PlaceStepKind, Stmt, StmtKind};

/// Sees every statement and expression, outside in. Answering `false` skips what is inside.
pub trait Visitor {
    fn stmt(&mut self, _stmt: &Stmt) -> bool {
        true
    }
    fn expr(&mut self, _expr: &Expr) -> bool {
        true
    }
}

pub fn block(block: &Block, visitor: &mut dyn Visitor) {
    for statement in &block.statements {
        stmt(statement, visitor);
    }
}

fn stmt(statement: &Stmt, visitor: &mut dyn Visitor) {
    if !visitor.stmt(statement) {
        return;
    }
    match &statement.kind {
        StmtKind::Let { value, .. }
        | StmtKind::Expr(value)
        | StmtKind::Return(value)
        | StmtKind::Raise(value) => expr(value, visitor),
        StmtKind::Assign { target, value } => {
            expr(value, visitor);
            for step in &target.steps {
                if let PlaceStepKind::Index(index) | PlaceStepKind::Key(index) = &step.kind {
                    expr(index, visitor);
                }
            }
        }
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => {
            expr(condition, visitor);
            block(then, visitor);
            block(otherwise, visitor);
        }
        StmtKind::While { condition, body } => {
            expr(condition, visitor);
            block(body, visitor);
        }
        StmtKind::Transaction(body) => block(body, visitor),
        StmtKind::ForRange {
            start, end, body, ..
        } => {
            expr(start, visitor);
            expr(end, visitor);
            block(body, visitor);
        }
        StmtKind::ForList { list, body, .. } => {
            expr(list, visitor);
            block(body, visitor);
        }
        StmtKind::ForMap { map, body, .. } => {
            expr(map, visitor);
            block(body, visitor);
        }
        StmtKind::Match { scrutinee, arms } => {
            expr(scrutinee, visitor);
            for arm in arms {
                block(&arm.body, visitor);
            }
        }
        StmtKind::Markup(piece) => {
            if let Some(value) = piece_value(piece) {
                expr(value, visitor);
            }
        }
        StmtKind::Fault(_) | StmtKind::GiveUpTasks | StmtKind::Break | StmtKind::Continue => {}
    }
}

/// What a piece of markup evaluates.
pub(crate) fn piece_value(piece: &HtmlPiece) -> Option<&Expr> {
    match piece {
        HtmlPiece::Constant(_) => None,
        HtmlPiece::Text(value)
        | HtmlPiece::AttributeValue(value)
        | HtmlPiece::RawText(value)
        | HtmlPiece::Html(value)
        | HtmlPiece::Attributes(value) => Some(value),
    }
}

pub fn expr(expression: &Expr, visitor: &mut dyn Visitor) {
    if !visitor.expr(expression) {
        return;
    }
    match &expression.kind {
        ExprKind::Unit
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::String(_)
        | ExprKind::Local(_)
        | ExprKind::ConfigField { .. }
        | ExprKind::Asset(_)
        | ExprKind::None => {}
        ExprKind::Neg(a)
        | ExprKind::Not(a)
        | ExprKind::IntToFloat(a)
        | ExprKind::IsNull { value: a, .. }
        | ExprKind::ToText(a)
        | ExprKind::Some(a)
        | ExprKind::Ok(a)
        | ExprKind::Err(a)
        | ExprKind::Field { base: a, .. }
        | ExprKind::Unwrap(a)
        | ExprKind::Retype(a)
        | ExprKind::ToDynamic(a)
        | ExprKind::BoxNew(a)
        | ExprKind::BoxGet(a)
        | ExprKind::Spawn { captures: a, .. }
        | ExprKind::Await { task: a, .. } => expr(a, visitor),
        ExprKind::Arith { left, right, .. }
        | ExprKind::Order { left, right, .. }
        | ExprKind::Equal { left, right, .. } => {
            expr(left, visitor);
            expr(right, visitor);
        }
        ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::ListConcat(a, b)
        | ExprKind::Coalesce {
            value: a,
            default: b,
        }
        | ExprKind::RangeList {
            start: a, end: b, ..
        }
        | ExprKind::Index { list: a, index: b }
        | ExprKind::ListGet { list: a, index: b }
        | ExprKind::MapGet { map: a, key: b }
        | ExprKind::OptionMap {
            value: a, body: b, ..
        } => {
            expr(a, visitor);
            expr(b, visitor);
        }
        ExprKind::Concat(parts)
        | ExprKind::List(parts)
        | ExprKind::Struct(parts)
        | ExprKind::Variant { payload: parts, .. }
        | ExprKind::Call { args: parts, .. }
        | ExprKind::Builtin { args: parts, .. } => {
            for part in parts {
                expr(part, visitor);
            }
        }
        ExprKind::Map(pairs) => {
            for (key, value) in pairs {
                expr(key, visitor);
                expr(value, visitor);
            }
        }
        ExprKind::Html(inner) => block(inner, visitor),
        ExprKind::PayloadOr { value, exit, .. } => {
            expr(value, visitor);
            block(exit, visitor);
        }
        ExprKind::Refine {
            value, on_error, ..
        }
        | ExprKind::FromDynamic { value, on_error } => {
            expr(value, visitor);
            if let Some((_, exit)) = on_error {
                block(exit, visitor);
            }
        }
        ExprKind::Block {
            block: inner,
            value,
        } => {
            block(inner, visitor);
            expr(value, visitor);
        }
    }
}

/// Calls `visit` for the expressions that are direct parts of an expression, in the order they are evaluated; statements inside it
/// are not entered.
pub fn parts(expression: &Expr, visit: &mut dyn FnMut(&Expr)) {
    struct Direct<'v> {
        outer: bool,
        visit: &'v mut dyn FnMut(&Expr),
    }
    impl Visitor for Direct<'_> {
        fn stmt(&mut self, _: &Stmt) -> bool {
            false
        }
        fn expr(&mut self, expr: &Expr) -> bool {
            if std::mem::replace(&mut self.outer, false) {
                return true;
            }
            (self.visit)(expr);
            false
        }
    }
    expr(expression, &mut Direct { outer: true, visit });
}
