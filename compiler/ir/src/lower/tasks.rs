//! Tasks. A task in MIR is a cell: the runtime's handle until the task is awaited, then its result, so that awaiting again gives
//! the same.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, FunctionId};

use super::body::{Body, int, param, unit};
use super::per_type::PerType;
use crate::mir::{
    Const, FuncId, FunctionKind, LocalId, Operand, Projection, Rvalue, StatementKind, Type, TypeId,
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
        let handle = self.row(RuntimeFn::TaskSpawn, vec![entry, captured], int_type);
        let task = self.ty(expr);
        let state = self.content_type(task);
        let state = self.aggregate(None, state, STARTED, vec![handle]);
        self.aggregate(dest, task, 0, vec![state])
    }

    pub fn await_task(&mut self, expr: &Expr, task: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let task_type = self.ty(task);
        let state_type = self.content_type(task_type);
        let Type::Result(_, result_cell) = self.cx.shape(state_type) else {
            unreachable!("invariant: the state of a task")
        };
        let known = self.cx.known;
        let task = self.operand(task);
        let task = crate::mir::Place::local(self.spill(task, task_type));
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

    /// What the pool calls: `(job, step)`, where step 0 runs the task and 1 gives up its captures.
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
        let (run, release) = (body.f.block(), body.f.block());
        let runs = body.binary(crate::mir::BinaryOp::Eq, Operand::Copy(param(1)), int(0));
        body.f.branch(runs, run, release);
        body.f.switch_to(run);
        let record = body.row(RuntimeFn::TaskRecord, job(), cell);
        let record = body.place_of(record, cell);
        let captures = body.read(None, record.project(Projection::Content));
        let ret = body.return_type(function);
        let callee = body.cx.function(function);
        let result = body.call(callee, vec![captures], ret);
        let result_cell = body.cx.intern(Type::Box(ret));
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
