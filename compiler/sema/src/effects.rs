//! What tasks may not do, found through the functions they call.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::diag::Sink;
use crate::program::{Block, Builtin, Expr, ExprKind, FunctionId, Program, Stmt, StmtKind};
use crate::types::Constraint;
use crate::walk::{self, Visitor};

/// The name of an operation that tasks may not use.
fn forbidden(builtin: Builtin) -> Option<&'static str> {
    Some(match builtin {
        Builtin::Print => "print",
        Builtin::Log => "log",
        Builtin::Input => "input",
        Builtin::ReadLine => "read_line",
        Builtin::ReadText => "read_text",
        Builtin::Env => "env",
        Builtin::EnvInt => "env_int",
        Builtin::EnvFloat => "env_float",
        Builtin::EnvBool => "env_bool",
        Builtin::Serve => "serve",
        Builtin::TimeSleep => "time.sleep",
        Builtin::SvgInline => "svg.inline",
        Builtin::Asset => "asset",
        Builtin::ResponseHeader => "response.header",
        Builtin::ResponseCookie => "response.cookie",
        Builtin::ResponseDeleteCookie => "response.delete_cookie",
        Builtin::DbExec => "db.exec",
        Builtin::DbQuery => "db.query",
        Builtin::DbOne => "db.one",
        Builtin::QueryFrom => "db.from",
        Builtin::QueryCount => "count",
        Builtin::QueryOne => "one",
        Builtin::QueryAll | Builtin::QueryTexts => "all",
        Builtin::QueryExec => "exec",
        _ => return None,
    })
}

/// What one function does itself.
#[derive(Default)]
struct Direct {
    operations: Vec<(&'static str, Span)>,
    calls: Vec<(FunctionId, Span)>,
    tasks: Vec<FunctionId>,
}

fn direct(program: &Program, body: &Block) -> Direct {
    struct Collect<'p> {
        program: &'p Program,
        found: Direct,
    }
    impl Visitor for Collect<'_> {
        fn stmt(&mut self, stmt: &Stmt) -> bool {
            // It uses the database whatever its block does.
            if matches!(stmt.kind, StmtKind::Transaction(_)) {
                self.found.operations.push(("transaction", stmt.span));
            }
            true
        }
        fn expr(&mut self, expr: &Expr) -> bool {
            match &expr.kind {
                ExprKind::Builtin { builtin, .. } => {
                    if let Some(name) = forbidden(*builtin) {
                        self.found.operations.push((name, expr.span));
                    }
                }
                ExprKind::Call { function, .. } => self.found.calls.push((*function, expr.span)),
                ExprKind::Spawn { function, .. } => self.found.tasks.push(*function),
                ExprKind::Refine {
                    rule: Some(rule), ..
                } => {
                    for constraint in &self.program.types.refinement(*rule).constraints {
                        if let Constraint::Predicate { function, .. } = constraint {
                            self.found.calls.push((*function, expr.span));
                        }
                    }
                }
                _ => {}
            }
            true
        }
    }
    let mut collect = Collect {
        program,
        found: Direct::default(),
    };
    walk::block(body, &mut collect);
    collect.found
}

/// Reports what the tasks of a program do that they may not, directly or through calls.
pub(crate) fn check(program: &Program, sink: &mut Sink) {
    let mut known: BTreeMap<FunctionId, Direct> = BTreeMap::new();
    let mut tasks: Vec<FunctionId> = Vec::new();
    for function in &program.functions {
        tasks.extend(direct(program, &function.body).tasks);
    }
    for task in tasks {
        let own = direct(program, &program.functions[task.index()].body);
        for (name, span) in own.operations {
            let message = format!("`{name}` cannot be used in a task");
            sink.error("FUSE_SPAWN_EFFECT", span, message);
        }
        for (callee, span) in own.calls {
            report_call(program, &mut known, callee, span, sink);
        }
    }
}

/// Reports the call at `span` if a path of calls leads from it to an operation that tasks may not use: the shortest one.
fn report_call(
    program: &Program,
    known: &mut BTreeMap<FunctionId, Direct>,
    callee: FunctionId,
    span: Span,
    sink: &mut Sink,
) {
    let mut seen: BTreeSet<FunctionId> = BTreeSet::new();
    let mut queue: VecDeque<(FunctionId, Vec<(FunctionId, Span)>)> = VecDeque::new();
    queue.push_back((callee, Vec::new()));
    while let Some((function, path)) = queue.pop_front() {
        if !seen.insert(function) {
            continue;
        }
        let facts = known
            .entry(function)
            .or_insert_with(|| direct(program, &program.functions[function.index()].body));
        if let Some((name, at)) = facts.operations.first() {
            let message = format!(
                "`{}` cannot be called in a task: it uses `{name}`",
                program.functions[callee.index()].name
            );
            let mut d = Diagnostic::error("FUSE_SPAWN_EFFECT", span, message);
            for (next, at) in path {
                let called = &program.functions[next.index()].name;
                d = d.with_related(at, format!("`{called}` is called here"));
            }
            sink.push(d.with_related(*at, format!("`{name}` is used here")));
            return;
        }
        for (next, at) in facts.calls.clone() {
            let mut path = path.clone();
            path.push((next, at));
            queue.push_back((next, path));
        }
    }
}
