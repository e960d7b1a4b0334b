//! One canonical function to one MIR function.

use fuse_sema::program::{FunctionId, LocalId as SourceLocal};

use super::body::{Body, copy, unit};
use super::context::Context;
use super::stability;
use crate::mir::{FunctionKind, LocalId, Operand, Place, Rvalue, Terminator, Type};

pub(super) fn lower(cx: &mut Context, index: usize) {
    let program = cx.program;
    let source = &program.functions[index];
    let id = cx.function(FunctionId(index as u32));
    let ret = cx.ty(source.ret, source.span);
    let loc = cx.loc(source.span);
    let name = cx.name_of(id);
    let mut body = Body::new(cx, name, FunctionKind::User, ret, loc);
    body.source = Some(source);
    let markup = (body.cx.shape(ret) == Type::Html).then(|| body.f.param("", ret));
    body.declare_params(stability::reassigned(source));
    if let Some(param) = markup {
        let result = body.f.temp(ret);
        body.f.assign(result, Rvalue::Use(copy(param)));
        body.result = Some(result);
    }
    body.mark_tasks(source);
    body.block(&source.body);
    if ret == body.cx.known.unit {
        body.f.ret(unit());
    } else {
        body.f.terminate(Terminator::Unreachable);
    }
    let function = body.finish();
    cx.define(id, function);
}

impl Body<'_, '_> {
    /// Parameters are never assigned to: one that the function changes is copied into a local first.
    fn declare_params(&mut self, reassigned: Vec<bool>) {
        let source = self.source.expect("invariant: set by the caller");
        let params = source.params as usize;
        let mut locals = Vec::with_capacity(source.locals.len());
        for local in &source.locals[..params] {
            let ty = self.cx.ty(local.ty, local.span);
            locals.push(self.f.param(&local.name, ty));
        }
        for (index, local) in source.locals.iter().enumerate() {
            if index < params && !reassigned[index] {
                self.locals.push(Place::local(locals[index]));
                continue;
            }
            let ty = self.cx.ty(local.ty, local.span);
            let own = self.f.local(&local.name, ty);
            if reassigned[index] {
                self.reassigned.push(own);
            }
            if index < params {
                let param = Operand::Copy(Place::local(locals[index]));
                self.f.assign(own, Rvalue::Use(param));
            }
            self.locals.push(Place::local(own));
        }
    }

    /// Where a local of the canonical function lives.
    pub fn place_of_local(&self, local: SourceLocal) -> Place {
        self.locals[local.index()].clone()
    }

    /// The MIR local of a local that gets its own storage.
    pub fn local(&self, local: SourceLocal) -> LocalId {
        self.place_of_local(local)
            .as_local()
            .expect("invariant: only locals bound to an option's payload are aliases, and those are not assigned")
    }
}
