//! Tasks. A task in MIR is a cell: the runtime's handle until the task is awaited, then its result, so that awaiting again gives
//! the same.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, ExprKind, Function, FunctionId, Stmt, StmtKind};
use fuse_sema::types::Type as SourceType;
use fuse_sema::walk::{self, Visitor};

use super::body::{Body, int, param, unit};
use super::decode::SyntaxForm;
use super::per_type::PerType;
use crate::mir::{
    Const, FuncId, FunctionKind, LocalId, Operand, Place, Projection, Rvalue, StatementKind, Type,
    TypeId,
};

/// Variants of a task's state.
const STARTED: u32 = 0;
const FINISHED: u32 = 1;

impl Body<'_, '_> {
    pub fn spawn(
        &mut self,
        expr: &Expr,
        function: FunctionId,
        captures: &Expr,
        dest: Option<LocalId>,
    ) -> Operand {
        let record = self.ty(captures);
        let values = self.operand(captures);
        let cell = self.cx.intern(Type::Box(record));
        let captured = self.aggregate(None, cell, 0, vec![values]);
        let shared = vec![captured.clone()];
        self.call_per_type(None, PerType::Share, cell, shared, self.cx.known.unit);
        let entry = Operand::Const(Const::Function(self.task_entry(function, cell)));
        let int_type = self.cx.known.int;
        // Only where tasks may be given up does a validation failure leave as an `Err`.
        let goes_on = Operand::Const(Const::Bool(self.tasks.is_some()));
        let args = vec![entry, captured, goes_on];
        let handle = self.row(RuntimeFn::TaskSpawn, args, int_type);
        let task = self.ty(expr);
        let state = self.content_type(task);
        let state = self.aggregate(None, state, STARTED, vec![handle]);
        self.aggregate(dest, task, 0, vec![state])
    }

    /// Remembers which tasks are older than this call, if the function starts tasks and may give them up.
    pub fn mark_tasks(&mut self, source: &Function) {
        #[derive(Default)]
        struct Uses {
            starts: bool,
            gives_up: bool,
        }
        impl Visitor for Uses {
            fn stmt(&mut self, stmt: &Stmt) -> bool {
                self.gives_up |= matches!(stmt.kind, StmtKind::GiveUpTasks);
                true
            }
            fn expr(&mut self, expr: &Expr) -> bool {
                self.starts |= matches!(expr.kind, ExprKind::Spawn { .. });
                true
            }
        }
        let mut uses = Uses::default();
        walk::block(&source.body, &mut uses);
        if uses.starts && uses.gives_up {
            let int_type = self.cx.known.int;
            let newest = self.row(RuntimeFn::TaskNewest, Vec::new(), int_type);
            self.tasks = Some(self.spill(newest, int_type));
        }
    }

    pub fn give_up_tasks(&mut self) {
        if let Some(newest) = self.tasks {
            let args = vec![super::body::copy(newest)];
            let unit_type = self.cx.known.unit;
            self.row(RuntimeFn::TaskGiveUp, args, unit_type);
        }
    }

    /// As a result, whose `Err` is the validation failure that ended the task.
    pub fn await_caught(&mut self, expr: &Expr, task: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let SourceType::Result(_, error) = *self.cx.program.types.get(expr.ty) else {
            unreachable!("invariant: what is caught gives a result")
        };
        let Type::Result(ok_type, _) = self.cx.shape(ty) else {
            unreachable!("invariant: results stay results")
        };
        let known = self.cx.known;
        let task_type = self.ty(task);
        let task = self.operand(task);
        let task = Place::local(self.spill(task, task_type));
        let state = task.project(Projection::Content);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (started, fine, join) = (self.f.block(), self.f.block(), self.f.block());
        self.switch_tag(state.clone(), STARTED, started, fine);
        self.f.switch_to(started);
        let handle = Operand::Copy(state.project(Projection::Ok));
        let option = self.cx.intern(Type::Option(known.string));
        let text = self.row(RuntimeFn::TaskFailure, vec![handle], option);
        let text = self.place_of(text, option);
        let failed = self.f.block();
        self.switch_tag(text.clone(), 1, failed, fine);
        self.f.switch_to(failed);
        let text = Operand::Copy(text.project(Projection::Some));
        let error_type = self.cx.ty(error, expr.span);
        let failure = self.f.temp(error_type);
        self.decode_or_fault(failure, text, error, "$", SyntaxForm::Document);
        let failure = vec![super::body::copy(failure)];
        self.aggregate(Some(result), ty, 1, failure);
        self.f.goto(join);
        self.f.switch_to(fine);
        let value = self.task_value(&task, task_type, ok_type, None);
        self.aggregate(Some(result), ty, 0, vec![value]);
        self.f.goto(join);
        self.f.switch_to(join);
        super::body::copy(result)
    }

    pub fn await_task(&mut self, expr: &Expr, task: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let task_type = self.ty(task);
        let task = self.operand(task);
        let task = Place::local(self.spill(task, task_type));
        self.task_value(&task, task_type, ty, dest)
    }

    /// The result of the task in a place, waited for if that has not happened yet.
    fn task_value(
        &mut self,
        task: &Place,
        task_type: TypeId,
        ty: TypeId,
        dest: Option<LocalId>,
    ) -> Operand {
        let state_type = self.content_type(task_type);
        let Type::Result(_, result_cell) = self.cx.shape(state_type) else {
            unreachable!("invariant: the state of a task")
        };
        let known = self.cx.known;
        let state = task.project(Projection::Content);
        let (started, finished) = (self.f.block(), self.f.block());
        self.switch_tag(state.clone(), STARTED, started, finished);
        self.f.switch_to(started);
        let handle = Operand::Copy(state.project(Projection::Ok));
        let handle = super::body::copy(self.spill(handle, known.int));
        let waited = vec![handle.clone()];
        let value = self.call_per_type(None, PerType::TaskResult, result_cell, waited, ty);
        self.row(RuntimeFn::TaskRelease, vec![handle], known.unit);
        let result = self.aggregate(None, result_cell, 0, vec![value]);
        let done = self.aggregate(None, state_type, FINISHED, vec![result]);
        let store = StatementKind::Assign(state.clone(), Rvalue::Use(done));
        self.f.push(store);
        self.f.goto(finished);
        self.f.switch_to(finished);
        if ty == known.unit {
            return unit();
        }
        let result = state.project(Projection::Err).project(Projection::Content);
        self.value(dest, ty, Rvalue::Use(Operand::Copy(result)))
    }

    fn content_type(&self, cell: TypeId) -> TypeId {
        match self.cx.shape(cell) {
            Type::Box(content) => content,
            _ => unreachable!("invariant: a cell"),
        }
    }

    /// What the pool calls: `(job, step)`, where step 0 runs the task, 1 gives up its captures and 2 its result.
    fn task_entry(&mut self, function: FunctionId, cell: TypeId) -> FuncId {
        let source = &self.cx.program.functions[function.index()];
        let known = self.cx.known;
        let id = self
            .cx
            .reserve(&format!("task {}", source.name), FunctionKind::Entry);
        let name = self.cx.name_of(id);
        let loc = self.cx.loc(source.span);
        let mut body = Body::new(self.cx, name, FunctionKind::Entry, known.unit, loc);
        body.f.param("job", known.raw);
        body.f.param("step", known.int);
        let job = || vec![Operand::Copy(param(0))];
        let mut step_is = |number| {
            let (yes, no) = (body.f.block(), body.f.block());
            let is = body.binary(
                crate::mir::BinaryOp::Eq,
                Operand::Copy(param(1)),
                int(number),
            );
            body.f.branch(is, yes, no);
            body.f.switch_to(no);
            yes
        };
        let (run, release) = (step_is(0), step_is(1));
        let ret = body.return_type(function);
        let result_cell = body.cx.intern(Type::Box(ret));
        body.row(RuntimeFn::TaskTakeResult, job(), result_cell);
        body.f.ret(unit());
        body.f.switch_to(run);
        let record = body.row(RuntimeFn::TaskRecord, job(), cell);
        let record = body.place_of(record, cell);
        let captures = body.read(None, record.project(Projection::Content));
        let result = body.call_user(function, vec![captures]);
        let result = body.aggregate(None, result_cell, 0, vec![result]);
        let finished = vec![Operand::Copy(param(0)), result];
        body.row(RuntimeFn::TaskFinish, finished, known.unit);
        body.f.ret(unit());
        body.f.switch_to(release);
        body.row(RuntimeFn::TaskTakeRecord, job(), cell);
        body.f.ret(unit());
        let function = body.finish();
        self.cx.define(id, function);
        id
    }
}
