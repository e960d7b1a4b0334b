//! Writing one function: locals and scopes, and the frame in which bodies are checked.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;
use indexmap::IndexMap;

use crate::checker::{Body, Checker, FnKind, TypeEnv, Work};
use crate::program::{Block, Expr, ExprKind, Function, Local, LocalId, Stmt, StmtKind};
use crate::spawn::TaskInfo;
use crate::types::{Type, TypeId};
use crate::undecided::Undecided;

/// What the language knows about a local beyond its type.
pub(crate) struct LocalInfo {
    /// Declared with `var`.
    pub assignable: bool,
    pub read: bool,
    /// Reported when never read.
    pub watched: bool,
    /// A copy of a variable of the function around a task.
    pub captured: bool,
}

pub(crate) struct Loop {
    pub broke: bool,
}

pub(crate) struct FnCx<'c, 'a> {
    pub c: &'c mut Checker<'a>,
    pub module: usize,
    pub env: TypeEnv,
    pub locals: Vec<Local>,
    pub info: Vec<LocalInfo>,
    pub scopes: Vec<Vec<(&'a str, LocalId)>>,
    pub ret: TypeId,
    pub kind: FnKind,
    /// How many of the locals are parameters.
    pub params: usize,
    pub loops: Vec<Loop>,
    /// What a failed refinement of the value being checked would name.
    pub path: String,
    /// The statement of the innermost transaction around this place, with how many loops were open there.
    pub transaction: Option<(Span, usize)>,
    pub depth: u32,
    /// What is written is an instance of a generic declaration, which is checked on its own.
    pub instance: bool,
    /// Variables nothing has told the type of yet, and those that something has.
    pub undecided: IndexMap<LocalId, Undecided>,
    pub decided: Vec<LocalId>,
    /// What is being checked will be checked again.
    pub probing: bool,
    /// Name of the function.
    pub name: String,
    pub task: TaskInfo,
}

impl<'a> Checker<'a> {
    /// Writes every queued function, and those they bring in.
    pub fn drain_queue(&mut self) {
        while let Some(work) = self.queue.pop_front() {
            let id = work.id;
            let function = self.write(work);
            self.functions[id.index()] = Some(function);
        }
    }

    /// Writes every instance of a generic declaration, and those they bring in. What is wrong in one has been said of the
    /// declaration, which has been checked on its own.
    pub fn drain_instances(&mut self) {
        while let Some(work) = self.instance_queue.pop_front() {
            let mark = self.sink.mark();
            let id = work.id;
            let function = self.write(work);
            self.functions[id.index()] = Some(function);
            let found = self.sink.take_from(mark);
            self.instance_findings.extend(found);
        }
    }

    fn write(&mut self, work: Work<'a>) -> Function {
        let mark = self.sink.mark();
        let Work {
            module,
            name,
            env,
            params,
            ret,
            body,
            kind,
            span,
            depth,
            instance,
            ..
        } = work;
        let mut cx = FnCx {
            c: self,
            module,
            env,
            locals: Vec::new(),
            info: Vec::new(),
            scopes: vec![Vec::new()],
            ret,
            kind,
            params: params.len(),
            loops: Vec::new(),
            transaction: None,
            path: String::new(),
            depth,
            instance,
            undecided: IndexMap::new(),
            decided: Vec::new(),
            probing: false,
            name: name.clone(),
            task: TaskInfo::default(),
        };
        for (name, ty, span) in &params {
            cx.declare(name, *span, *ty, false, false);
        }
        let mut body = match body {
            Body::Block(block) => {
                cx.c.sink.body(block.span);
                cx.function_body(block, span)
            }
            Body::Value(value, path) => {
                let value = cx.check(value, ret, &path);
                let span = value.span;
                Block {
                    statements: vec![Stmt {
                        kind: StmtKind::Return(value),
                        span,
                    }],
                }
            }
        };
        cx.close_undecided(&mut body);
        // Where there are mistakes, a variable may be unused because of them.
        if !cx.c.sink.failed_since(mark) {
            cx.report_unused();
        }
        let started = cx.task.started;
        let locals = cx.locals;
        let function = Function {
            name,
            params: params.len() as u32,
            locals,
            ret,
            body,
            span,
        };
        if !self.sink.failed_since(mark) {
            self.check_tasks(&function, started > 0);
        }
        function
    }
}

impl<'c, 'a> FnCx<'c, 'a> {
    pub fn ty(&self, ty: TypeId) -> &Type {
        self.c.types.get(ty)
    }

    pub fn show(&self, ty: TypeId) -> String {
        self.c.show(ty)
    }

    pub fn resolve_type(&mut self, written: &'a ast::TypeRef) -> TypeId {
        let env = self.env.clone();
        self.c.resolve_type(self.module, &env, written)
    }

    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.c.sink.error(code, span, message);
    }

    /// What stands where an expression could not be made sense of; absorbs all further findings.
    pub fn error_expr(&self, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Unit,
            ty: self.c.common.error,
            span,
        }
    }

    pub fn lookup_local(&self, name: &str) -> Option<LocalId> {
        find_local(&self.scopes, name)
    }

    /// Adds a local to the innermost scope. A second one of the same name there is an error.
    pub fn declare(
        &mut self,
        name: &'a str,
        span: Span,
        ty: TypeId,
        assignable: bool,
        watched: bool,
    ) -> LocalId {
        let id = self.add_local(name, span, ty, assignable, watched);
        // Discards what it is given: nothing can refer to it, so there may be any number of them.
        if name == "_" {
            return id;
        }
        let earlier = self
            .scopes
            .last()
            .and_then(|s| s.iter().find(|(n, _)| *n == name))
            .map(|(_, l)| *l);
        if let Some(earlier) = earlier {
            let first = self.locals[earlier.index()].span;
            let message = format!("`{name}` is already declared in this scope");
            let d = Diagnostic::error("FUSE_DUPLICATE_BINDING", span, message);
            self.c
                .sink
                .push(d.with_related(first, "first declared here"));
            self.info[id.index()].watched = false;
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.push((name, id));
        }
        id
    }

    pub fn add_local(
        &mut self,
        name: &str,
        span: Span,
        ty: TypeId,
        assignable: bool,
        watched: bool,
    ) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(Local {
            name: name.to_string(),
            ty,
            mutable: assignable,
            span,
        });
        let watched = watched && !name.starts_with('_');
        self.info.push(LocalInfo {
            assignable,
            read: false,
            watched,
            captured: false,
        });
        id
    }

    /// A local of the compiler's own, without a name anybody can write.
    pub fn temp(&mut self, ty: TypeId, span: Span) -> LocalId {
        self.add_local("", span, ty, false, false)
    }

    pub fn local(&self, id: LocalId, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Local(id),
            ty: self.locals[id.index()].ty,
            span,
        }
    }

    pub fn read_local(&mut self, id: LocalId, span: Span) -> Expr {
        self.info[id.index()].read = true;
        if self.undecided.contains_key(&id) {
            self.still_undecided(id);
            return self.error_expr(span);
        }
        if self.captured_box(id, span) {
            return self.error_expr(span);
        }
        self.local(id, span)
    }

    /// Runs `f` in a scope of its own.
    pub fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        self.scopes.push(Vec::new());
        let result = f(self);
        self.scopes.pop();
        result
    }

    pub fn report_unused(&mut self) {
        for (local, info) in self.locals.iter().zip(&self.info) {
            // A task that nothing reads is not awaited, which is an error of its own.
            let is_task = matches!(self.c.types.get(local.ty), Type::Task(_));
            if info.watched && !info.read && !is_task {
                let d = Diagnostic::warning(
                    "FUSE_UNUSED_VARIABLE",
                    local.span,
                    format!("unused variable `{}`", local.name),
                );
                self.c
                    .sink
                    .push(d.with_hint(format!("write `_{}` if this is meant", local.name)));
            }
        }
    }
}

pub(crate) fn find_local(scopes: &[Vec<(&str, LocalId)>], name: &str) -> Option<LocalId> {
    scopes
        .iter()
        .rev()
        .find_map(|s| s.iter().rev().find(|(n, _)| *n == name))
        .map(|(_, l)| *l)
}

pub(crate) fn stmt(kind: StmtKind, span: Span) -> Stmt {
    Stmt { kind, span }
}

pub(crate) fn boxed(kind: ExprKind, ty: TypeId, span: Span) -> Box<Expr> {
    Box::new(Expr { kind, ty, span })
}
