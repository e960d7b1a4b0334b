//! Entry points: functions of kind `Entry` that the runtime calls, and the tables that name them.

mod config;
mod main_flags;
mod parse;
mod routes;

use super::body::{Body, unit};
use super::context::Context;
use crate::mir::{FunctionKind, LocId};

pub(super) fn lower(cx: &mut Context) {
    config::lower(cx);
    apps(cx);
    main_flags::lower(cx);
    routes::lower(cx);
}

fn apps(cx: &mut Context) {
    let program = cx.program;
    for app in &program.apps {
        let id = cx.reserve(&format!("run {}", app.name), FunctionKind::Entry);
        let known = cx.known;
        let callee = cx.function(app.function);
        let name = cx.name_of(id);
        let mut body = Body::new(cx, name, FunctionKind::Entry, known.unit, nowhere());
        body.call(callee, Vec::new(), known.unit);
        body.f.ret(unit());
        let function = body.finish();
        cx.define(id, function);
        cx.mir.entry.apps.push((app.name.clone(), id));
    }
}

fn nowhere() -> LocId {
    LocId::from_u32(0)
}
