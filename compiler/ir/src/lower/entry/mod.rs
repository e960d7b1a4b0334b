//! Entry points: functions of kind `Entry` that the runtime calls, and the tables that name them.

mod config;
mod main_flags;
mod parse;
mod routes;

use fuse_sema::program::FunctionId;

use super::body::{Body, unit};
use super::context::Context;
use crate::mir::{FuncId, FunctionKind, LocId, Migration};

pub(super) fn lower(cx: &mut Context) {
    config::lower(cx);
    apps(cx);
    tests(cx);
    migrations(cx);
    main_flags::lower(cx);
    routes::lower(cx);
}

fn apps(cx: &mut Context) {
    let program = cx.program;
    for app in &program.apps {
        let id = procedure(cx, &format!("run {}", app.name), app.function);
        cx.mir.entry.apps.push((app.name.clone(), id));
    }
}

fn tests(cx: &mut Context) {
    let program = cx.program;
    for test in &program.tests {
        let id = procedure(cx, &format!("run test {}", test.name), test.function);
        cx.mir.entry.tests.push((test.name.clone(), id));
    }
}

/// `() -> Unit`, callable from the runtime.
fn procedure(cx: &mut Context, name: &str, function: FunctionId) -> FuncId {
    let id = cx.reserve(name, FunctionKind::Entry);
    let known = cx.known;
    let callee = cx.function(function);
    let name = cx.name_of(id);
    let mut body = Body::new(cx, name, FunctionKind::Entry, known.unit, nowhere());
    body.call(callee, Vec::new(), known.unit);
    body.f.ret(unit());
    let function = body.finish();
    cx.define(id, function);
    id
}

fn migrations(cx: &mut Context) {
    let program = cx.program;
    for migration in &program.migrations {
        let name = format!("run migration {}", migration.name);
        let function = procedure(cx, &name, migration.function);
        cx.mir.entry.migrations.push(Migration {
            package: migration.package.clone(),
            name: migration.name.clone(),
            function,
        });
    }
}

fn nowhere() -> LocId {
    LocId::from_u32(0)
}
