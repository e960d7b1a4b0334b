//! The life of tasks in one function: on every path a task is awaited before the variable that holds it ends.

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::Checker;
use crate::diag::Sink;
use crate::program::{
    Arm, Block, Expr, ExprKind, Function, LocalId, PlaceStepKind, Stmt, StmtKind,
};
use crate::types::{Type, TypeTable};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Holds no task that is anybody's business.
    Free,
    /// Started here and, on some path, not awaited.
    Pending(Span),
    /// Passed on to another variable here.
    Moved(Span),
}

type States = Vec<State>;

impl Checker<'_> {
    /// Follows the tasks of a function through all its paths.
    pub fn check_tasks(&mut self, function: &Function, starts: bool) {
        let holds = |l: &crate::program::Local| matches!(self.types.get(l.ty), Type::Task(_));
        if !starts && !function.locals.iter().any(holds) {
            return;
        }
        let mut flow = Flow {
            types: &self.types,
            function,
            sink: &mut self.sink,
            scopes: Vec::new(),
            loops: Vec::new(),
        };
        let states = vec![State::Free; function.locals.len()];
        flow.block(&function.body, Some(states));
    }
}

struct Exits {
    depth: usize,
    breaks: Option<States>,
    continues: Option<States>,
}

struct Flow<'f> {
    types: &'f TypeTable,
    function: &'f Function,
    sink: &'f mut Sink,
    /// Locals declared in each block we are in.
    scopes: Vec<Vec<LocalId>>,
    loops: Vec<Exits>,
}

/// Where two paths meet.
fn join(a: Option<States>, b: Option<States>) -> Option<States> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let meet = |(a, b): (State, State)| match (a, b) {
                (State::Pending(_), _) | (State::Moved(_), State::Free) => a,
                (_, State::Free) => a,
                _ => b,
            };
            Some(a.into_iter().zip(b).map(meet).collect())
        }
        (a, None) => a,
        (None, b) => b,
    }
}

impl Flow<'_> {
    fn is_task(&self, expr: &Expr) -> bool {
        matches!(self.types.get(expr.ty), Type::Task(_))
    }

    fn block(&mut self, block: &Block, states: Option<States>) -> Option<States> {
        self.scopes.push(Vec::new());
        let mut states = self.statements(block, states);
        if let Some(states) = &mut states {
            let depth = self.scopes.len() - 1;
            self.leave(depth, states, None);
        }
        self.scopes.pop();
        states
    }

    fn statements(&mut self, block: &Block, mut states: Option<States>) -> Option<States> {
        for statement in &block.statements {
            let current = states?;
            states = self.statement(statement, current);
        }
        states
    }

    /// Reports what is pending in the blocks from `depth` on, which end at `at`, or at their own end.
    fn leave(&mut self, depth: usize, states: &mut States, at: Option<Span>) {
        let ending: Vec<LocalId> = self.scopes[depth..].iter().flatten().copied().collect();
        for local in ending {
            if let State::Pending(start) = states[local.index()] {
                let name = &self.function.locals[local.index()].name;
                let message = format!("the task in `{name}` is not awaited on every path");
                let mut d = Diagnostic::error("FUSE_TASK_NOT_AWAITED", start, message);
                if let Some(at) = at {
                    d = d.with_related(at, "left here");
                }
                self.sink
                    .push(d.with_hint(format!("`await {name}` before the block ends")));
            }
            states[local.index()] = State::Free;
        }
    }

    fn statement(&mut self, statement: &Stmt, mut states: States) -> Option<States> {
        let span = statement.span;
        match &statement.kind {
            StmtKind::Let { local, value } => {
                let held = self.holder(value, &mut states);
                states[local.index()] = held;
                if let Some(scope) = self.scopes.last_mut() {
                    scope.push(*local);
                }
            }
            StmtKind::Assign { target, value } => {
                let held = self.holder(value, &mut states);
                for step in &target.steps {
                    if let PlaceStepKind::Index(index) | PlaceStepKind::Key(index) = &step.kind {
                        self.expr(index, &mut states);
                    }
                }
                let root = target.root.index();
                if target.steps.is_empty() {
                    if let State::Pending(start) = states[root] {
                        let name = &self.function.locals[root].name;
                        let message = format!("`{name}` is assigned while its task is not awaited");
                        let d = Diagnostic::error("FUSE_TASK_REASSIGNED", span, message);
                        self.sink
                            .push(d.with_related(start, "the task starts here"));
                    }
                    states[root] = held;
                }
            }
            StmtKind::Expr(value) => {
                if self.is_task(value) {
                    let message = "a task is started or named here and not kept; `await` it";
                    self.sink.error("FUSE_DETACHED_TASK", value.span, message);
                    if let ExprKind::Spawn { captures, .. } = &value.kind {
                        self.expr(captures, &mut states);
                    }
                } else {
                    self.expr(value, &mut states);
                }
            }
            StmtKind::Return(value) | StmtKind::Raise(value) => {
                self.expr(value, &mut states);
                self.leave(0, &mut states, Some(span));
                return None;
            }
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition, &mut states);
                let a = self.block(then, Some(states.clone()));
                let b = self.block(otherwise, Some(states));
                return join(a, b);
            }
            StmtKind::While { condition, body } => {
                self.expr(condition, &mut states);
                let endless = matches!(condition.kind, ExprKind::Bool(true));
                return self.repeat(body, states, endless);
            }
            StmtKind::ForRange {
                start, end, body, ..
            } => {
                self.expr(start, &mut states);
                self.expr(end, &mut states);
                return self.repeat(body, states, false);
            }
            StmtKind::ForList { list, body, .. } => {
                self.expr(list, &mut states);
                return self.repeat(body, states, false);
            }
            StmtKind::ForMap { map, body, .. } => {
                self.expr(map, &mut states);
                return self.repeat(body, states, false);
            }
            StmtKind::Match { scrutinee, arms } => {
                self.expr(scrutinee, &mut states);
                return self.arms(arms, states);
            }
            StmtKind::Transaction(body) => return self.block(body, Some(states)),
            StmtKind::Markup(piece) => {
                if let Some(value) = crate::walk::piece_value(piece) {
                    self.expr(value, &mut states);
                }
            }
            StmtKind::GiveUpTasks => states.fill(State::Free),
            StmtKind::Fault(_) => return None,
            StmtKind::Break | StmtKind::Continue => {
                let depth = self.loops.last().map_or(0, |l| l.depth);
                self.leave(depth, &mut states, Some(span));
                if let Some(exits) = self.loops.last_mut() {
                    let slot = match statement.kind {
                        StmtKind::Break => &mut exits.breaks,
                        _ => &mut exits.continues,
                    };
                    *slot = join(slot.take(), Some(states));
                }
                return None;
            }
        }
        Some(states)
    }

    fn arms(&mut self, arms: &[Arm], states: States) -> Option<States> {
        let mut out = Some(states.clone());
        for (index, arm) in arms.iter().enumerate() {
            let after = self.block(&arm.body, Some(states.clone()));
            // Without a match nothing happens; the first arm stands for that only when there is none.
            out = if index == 0 { after } else { join(out, after) };
        }
        out
    }

    /// A loop body, twice: what the first round leaves is what the second begins with.
    fn repeat(&mut self, body: &Block, states: States, endless: bool) -> Option<States> {
        let mut entry = Some(states.clone());
        let mut breaks: Option<States> = None;
        for _ in 0..2 {
            self.loops.push(Exits {
                depth: self.scopes.len(),
                breaks: None,
                continues: None,
            });
            let end = self.block(body, entry.take());
            let Some(exits) = self.loops.pop() else {
                break;
            };
            breaks = join(breaks, exits.breaks);
            entry = join(Some(states.clone()), join(end, exits.continues));
        }
        if endless { breaks } else { join(entry, breaks) }
    }

    /// What a variable holds that gets this value.
    fn holder(&mut self, value: &Expr, states: &mut States) -> State {
        if !self.is_task(value) {
            self.expr(value, states);
            return State::Free;
        }
        match &value.kind {
            ExprKind::Spawn { captures, .. } => {
                self.expr(captures, states);
                State::Pending(value.span)
            }
            ExprKind::Local(local) => {
                self.moved(*local, value.span, states);
                std::mem::replace(&mut states[local.index()], State::Moved(value.span))
            }
            _ => {
                self.expr(value, states);
                State::Free
            }
        }
    }

    /// Reports the use of a variable whose task has been passed on.
    fn moved(&mut self, local: LocalId, span: Span, states: &mut States) {
        if let State::Moved(to) = states[local.index()] {
            let name = &self.function.locals[local.index()].name;
            let message = format!("the task of `{name}` has been passed on");
            let d = Diagnostic::error("FUSE_TASK_MOVED", span, message);
            self.sink
                .push(d.with_related(to, "to another variable here"));
            states[local.index()] = State::Free;
        }
    }

    fn expr(&mut self, expr: &Expr, states: &mut States) {
        match &expr.kind {
            ExprKind::Await { task, .. } => {
                if let ExprKind::Local(local) = task.kind {
                    self.moved(local, task.span, states);
                    states[local.index()] = State::Free;
                } else if let ExprKind::Spawn { captures, .. } = &task.kind {
                    self.expr(captures, states);
                } else {
                    self.expr(task, states);
                }
            }
            ExprKind::Local(local) if self.is_task(expr) => {
                let name = &self.function.locals[local.index()].name;
                let message = format!(
                    "the task in `{name}` can only be awaited or given to another variable"
                );
                self.sink.error("FUSE_TASK_STORED", expr.span, message);
                states[local.index()] = State::Free;
            }
            ExprKind::Spawn { captures, .. } => {
                let message = "a task can only be awaited or kept in a variable";
                self.sink.error("FUSE_TASK_STORED", expr.span, message);
                self.expr(captures, states);
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => self.maybe(a, b, states),
            ExprKind::Coalesce { value, default } => self.maybe(value, default, states),
            ExprKind::OptionMap { value, body, .. } => self.maybe(value, body, states),
            ExprKind::PayloadOr { value, exit, .. } => {
                self.expr(value, states);
                self.block(exit, Some(states.clone()));
            }
            ExprKind::Refine {
                value, on_error, ..
            } => {
                self.expr(value, states);
                if let Some((_, exit)) = on_error {
                    self.block(exit, Some(states.clone()));
                }
            }
            ExprKind::Block { block, value } => {
                if let Some(after) = self.statements(block, Some(states.clone())) {
                    *states = after;
                }
                self.expr(value, states);
            }
            ExprKind::Html(block) => {
                if let Some(after) = self.block(block, Some(states.clone())) {
                    *states = after;
                }
            }
            _ => crate::walk::parts(expr, &mut |part| self.expr(part, states)),
        }
    }

    /// `always`, then perhaps `sometimes`.
    fn maybe(&mut self, always: &Expr, sometimes: &Expr, states: &mut States) {
        self.expr(always, states);
        let mut taken = states.clone();
        self.expr(sometimes, &mut taken);
        if let Some(both) = join(Some(states.clone()), Some(taken)) {
            *states = both;
        }
    }
}
