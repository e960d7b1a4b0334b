//! `spawn` blocks, lifted to functions of their own, and `await`.
//!
//! A task has its own result and its own `return` and `?!`. What it reads of the variables around it is copied into a struct,
//! the one parameter of its function.

use fuse_syntax::ast;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{FnKind, StructInfo};
use crate::func::{FnCx, stmt};
use crate::program::{Block, Expr, ExprKind, Function, LocalId, StmtKind};
use crate::stdlib::STD_MODULE;
use crate::types::{FieldDef, StructDef, StructId, Type, TypeId};

/// What a frame knows beyond its own function.
#[derive(Default)]
pub(crate) struct TaskInfo {
    /// Set while a result type is being inferred: the types of results found so far. What is written then is dropped.
    pub inferring: Option<Vec<TypeId>>,
    /// Result types of `spawn` blocks that have been inferred, by the blocks' places.
    results: Vec<(Span, TypeId)>,
    /// How many tasks this function has started.
    pub started: u32,
}

/// Name, type and place of a variable, and its local in the function around.
type Visible<'a> = (&'a str, TypeId, Span, LocalId);

impl<'a> FnCx<'_, 'a> {
    pub fn spawn(&mut self, block: &'a ast::Block, span: Span) -> Expr {
        self.check_transaction("spawn", span);
        let result = self.task_result(block, span);
        let ty = self.c.types.intern(Type::Task(result));
        if self.task.inferring.is_some() {
            return Expr {
                kind: ExprKind::Unit,
                ty,
                span,
            };
        }
        self.task.started += 1;
        let name = format!("{}:task{}", self.name, self.task.started);
        let id = self.c.reserve();
        let mark = self.c.sink.mark();
        let results = std::mem::take(&mut self.task.results);
        let visible = self.visible();
        let mut frame = self.task_frame(name.clone(), result);
        frame.task.results = results;
        let record = frame.temp(frame.c.common.unit, span);
        let outer = frame.capture_names(visible);
        let mut body = frame.function_body(block, span);
        if !frame.c.sink.failed_since(mark) {
            frame.report_unused();
        }
        let captured: Vec<(LocalId, LocalId)> = outer
            .into_iter()
            .filter(|(own, _)| frame.info[own.index()].read)
            .collect();
        let (mut locals, started) = (frame.locals, frame.task.started);
        self.task.results = frame.task.results;
        if self.c.sink.failed_since(mark) {
            return self.error_expr(span);
        }
        let fields = captured
            .iter()
            .map(|(own, _)| {
                let local = &locals[own.index()];
                FieldDef {
                    name: local.name.clone(),
                    ty: local.ty,
                    default: None,
                    span: local.span,
                }
            })
            .collect();
        let record_type = self.capture_type(id.0, fields, span);
        locals[record.index()].ty = record_type;
        let prologue = captured.iter().enumerate().map(|(field, (own, _))| {
            let base = Box::new(Expr {
                kind: ExprKind::Local(record),
                ty: record_type,
                span,
            });
            let value = Expr {
                kind: ExprKind::Field {
                    base,
                    field: field as u32,
                },
                ty: locals[own.index()].ty,
                span,
            };
            stmt(StmtKind::Let { local: *own, value }, span)
        });
        let mut statements: Vec<_> = prologue.collect();
        statements.append(&mut body.statements);
        let function = Function {
            name,
            params: 1,
            locals,
            ret: result,
            body: Block { statements },
            span,
        };
        self.c.check_tasks(&function, started > 0);
        self.c.functions[id.index()] = Some(function);
        let values = captured
            .iter()
            .map(|(_, outer)| self.read_local(*outer, span))
            .collect();
        let captures = Box::new(Expr {
            kind: ExprKind::Struct(values),
            ty: record_type,
            span,
        });
        Expr {
            kind: ExprKind::Spawn {
                function: id,
                captures,
            },
            ty,
            span,
        }
    }

    pub fn await_task(&mut self, task: &'a ast::Expr, span: Span) -> Expr {
        self.check_transaction("await", span);
        let task = self.expr(task, None);
        match *self.ty(task.ty) {
            Type::Task(ty) => self.awaited(task, ty, span),
            Type::Error => self.error_expr(span),
            _ => {
                let message = format!("`await` expected a task, found `{}`", self.show(task.ty));
                self.error("FUSE_AWAIT_OPERAND", task.span, message);
                self.error_expr(span)
            }
        }
    }

    /// The result of a task. A validation failure that ended it is raised here, like one of this function.
    fn awaited(&mut self, task: Expr, ty: TypeId, span: Span) -> Expr {
        let task = Box::new(task);
        let exit = match self.task.inferring {
            Some(_) => None,
            None => self.validation_exit(span),
        };
        let Some((error, exit)) = exit else {
            let kind = ExprKind::Await {
                task,
                caught: false,
            };
            return Expr { kind, ty, span };
        };
        let validation = self.c.common.validation;
        let value = Expr {
            kind: ExprKind::Await { task, caught: true },
            ty: self.c.types.intern(Type::Result(ty, validation)),
            span,
        };
        let kind = ExprKind::PayloadOr {
            value: Box::new(value),
            error: Some(error),
            exit,
        };
        Expr { kind, ty, span }
    }

    /// A frame for a task's function, which has no names yet.
    fn task_frame(&mut self, name: String, ret: TypeId) -> FnCx<'_, 'a> {
        FnCx {
            module: self.module,
            env: self.env.clone(),
            locals: Vec::new(),
            info: Vec::new(),
            scopes: vec![Vec::new()],
            ret,
            kind: FnKind::Task,
            params: 0,
            loops: Vec::new(),
            path: String::new(),
            depth: self.depth,
            instance: self.instance,
            undecided: IndexMap::new(),
            decided: Vec::new(),
            probing: self.probing,
            name,
            task: TaskInfo::default(),
            transaction: None,
            c: self.c,
        }
    }

    /// The variables in scope, the outermost first.
    fn visible(&self) -> Vec<Visible<'a>> {
        let local = |(name, id): &(&'a str, LocalId)| {
            let local = &self.locals[id.index()];
            (*name, local.ty, local.span, *id)
        };
        self.scopes.iter().flatten().map(local).collect()
    }

    /// Makes every variable around the block a name here; gives the own and the outer local of each.
    fn capture_names(&mut self, visible: Vec<Visible<'a>>) -> Vec<(LocalId, LocalId)> {
        let mut pairs = Vec::new();
        for (name, ty, span, outer) in visible {
            let own = self.add_local(name, span, ty, false, false);
            self.info[own.index()].captured = true;
            self.scopes[0].push((name, own));
            pairs.push((own, outer));
        }
        pairs
    }

    /// What the block results in: the type of its last expression, of what it returns, and of the errors it passes on.
    fn task_result(&mut self, block: &'a ast::Block, span: Span) -> TypeId {
        if let Some((_, ty)) = self.task.results.iter().find(|(s, _)| *s == block.span) {
            return *ty;
        }
        let mark = self.c.sink.mark();
        let results = std::mem::take(&mut self.task.results);
        let never = self.c.common.never;
        let visible = self.visible();
        let mut frame = self.task_frame(String::new(), never);
        frame.task.results = results;
        frame.task.inferring = Some(Vec::new());
        frame.temp(never, span);
        frame.capture_names(visible);
        frame.function_body(block, span);
        let found = frame.task.inferring.take().unwrap_or_default();
        self.task.results = frame.task.results;
        self.c.sink.take_from(mark);
        let mut result = None;
        for ty in found {
            result = match result {
                None => Some(ty),
                Some(so_far) => Some(self.c.unify(so_far, ty).unwrap_or(so_far)),
            };
        }
        let result = result.unwrap_or(self.c.common.unit);
        let result = self.c.settled(result);
        if let Type::Result(_, err) = *self.ty(result)
            && !matches!(self.ty(err), Type::Struct(_) | Type::Enum(_) | Type::Error)
        {
            let message = format!(
                "expected the error of a task to be a declared type or enum, found `{}`",
                self.show(err)
            );
            self.error("FUSE_ERROR_DOMAIN", span, message);
            self.task.results.push((block.span, self.c.common.error));
            return self.c.common.error;
        }
        self.task.results.push((block.span, result));
        result
    }

    /// Notes the type of one result while it is being inferred; false when it is known.
    pub fn note_result(&mut self, ty: TypeId) -> bool {
        match &mut self.task.inferring {
            Some(found) => {
                found.push(ty);
                true
            }
            None => false,
        }
    }

    /// The error type a task passes on, while its result is being inferred.
    pub fn note_error(&mut self, error: TypeId) -> bool {
        let never = self.c.common.never;
        if self.task.inferring.is_none() {
            return false;
        }
        let ty = self.c.types.intern(Type::Result(never, error));
        self.note_result(ty)
    }

    fn capture_type(&mut self, number: u32, fields: Vec<FieldDef>, span: Span) -> TypeId {
        let id = StructId(self.c.types.structs.len() as u32);
        self.c.structs.push(StructInfo {
            defaults: vec![None; fields.len()],
        });
        self.c.types.structs.push(StructDef {
            name: format!("task.{number}"),
            module: STD_MODULE,
            fields,
            span,
        });
        self.c.struct_type(id)
    }

    /// Reports a boxed variable of the function around a task.
    pub fn captured_box(&mut self, local: LocalId, span: Span) -> bool {
        if !self.info[local.index()].captured
            || !matches!(self.ty(self.locals[local.index()].ty), Type::Box(_))
        {
            return false;
        }
        let name = &self.locals[local.index()].name;
        let message = format!("a task cannot share the box `{name}`");
        self.error("FUSE_SPAWN_BOX", span, message);
        true
    }
}
