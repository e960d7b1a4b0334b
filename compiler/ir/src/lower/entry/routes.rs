//! Routes: path parameters from text, the handler, its result as JSON.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{self as sema, Verb};

use super::parse;
use crate::lower::body::{Body, copy, int, param, unit};
use crate::lower::context::Context;
use crate::lower::decode::SyntaxForm;
use crate::mir::{self, FuncId, FunctionKind, Operand, Projection, Segment, Service, Type, TypeId};

const STATUS_OK: i64 = 200;

pub(super) fn lower(cx: &mut Context) {
    let program = cx.program;
    for service in &program.services {
        let mut routes = Vec::with_capacity(service.routes.len());
        for route in &service.routes {
            if let Some(function) = handler(cx, route) {
                routes.push(mir::Route {
                    method: method(route.verb),
                    segments: segments(cx, route),
                    function,
                    has_body: route.body.is_some(),
                    blocks: false,
                });
            }
        }
        cx.mir.entry.services.push(Service {
            name: service.name.clone(),
            base: service.base.clone(),
            routes,
        });
    }
}

fn method(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
        Verb::Put => "PUT",
        Verb::Patch => "PATCH",
        Verb::Delete => "DELETE",
    }
}

fn segments(cx: &Context, route: &sema::Route) -> Vec<Segment> {
    route
        .segments
        .iter()
        .map(|segment| match segment {
            sema::Segment::Literal(text) => Segment::Literal(text.clone()),
            sema::Segment::Param { name, ty } => {
                Segment::Param(name.clone(), cx.program.types.display(*ty))
            }
        })
        .collect()
}

/// `(request) -> Unit`, or nothing when a part of the route is not supported, which has been reported.
fn handler(cx: &mut Context, route: &sema::Route) -> Option<FuncId> {
    let program = cx.program;
    let source = &program.functions[route.function.index()];
    let mut supported = true;
    let params: Vec<_> = route
        .segments
        .iter()
        .filter_map(|segment| match segment {
            sema::Segment::Param { name, ty } => Some((name, *ty)),
            sema::Segment::Literal(_) => None,
        })
        .collect();
    for (index, (_, ty)) in params.iter().enumerate() {
        supported &= parse::is_supported(cx, *ty, source.locals[index].span);
    }
    if !supported {
        return None;
    }
    let id = cx.reserve(&format!("route {}", source.name), FunctionKind::Entry);
    let known = cx.known;
    let name = cx.name_of(id);
    let loc = cx.loc(source.span);
    let mut body = Body::new(cx, name, FunctionKind::Entry, known.unit, loc);
    body.f.param("request", known.raw);
    let mut args = Vec::with_capacity(params.len());
    for (index, (name, ty)) in params.into_iter().enumerate() {
        let mir_type = body.cx.ty(ty, source.span);
        let value = body.f.local(name, mir_type);
        let text = vec![Operand::Copy(param(0)), int(index as i64)];
        let text = body.row(RuntimeFn::RequestParam, text, known.string);
        body.parse_into(value, ty, text, name);
        args.push(copy(value));
    }
    if let Some(ty) = route.body {
        args.push(request_body(&mut body, ty));
    }
    let ret = body.return_type(route.function);
    let result = body.call_user(route.function, args);
    respond(&mut body, ret, result);
    let function = body.finish();
    cx.define(id, function);
    Some(id)
}

/// The body as a value; problems are answered by the fault that carries them.
fn request_body(body: &mut Body, ty: fuse_sema::types::TypeId) -> Operand {
    let known = body.cx.known;
    let mir_type = body.cx.mapped(ty);
    let value = body.f.local("body", mir_type);
    let args = vec![Operand::Copy(param(0))];
    let text = body.row(RuntimeFn::RequestBody, args, known.string);
    body.decode_or_fault(value, text, ty, "body", SyntaxForm::Document);
    body.read(None, mir::Place::local(value))
}

fn respond(body: &mut Body, ret: TypeId, result: Operand) {
    let Type::Result(ok, err) = body.cx.shape(ret) else {
        respond_value(body, ret, result);
        return body.f.ret(unit());
    };
    let place = body.place_of(result, ret);
    let (good, bad) = (body.f.block(), body.f.block());
    body.switch_tag(place.clone(), 0, good, bad);
    body.f.switch_to(good);
    let value = body.read(None, place.project(Projection::Ok));
    respond_value(body, ok, value);
    body.f.ret(unit());
    body.f.switch_to(bad);
    body.each_domain(err, &place.project(Projection::Err), |body, err, error| {
        match body.error_parts(err, error) {
            (text, status, true) => answer(body, RuntimeFn::RespondJson, status, text),
            (text, _, false) => {
                let unit_type = body.cx.known.unit;
                let args = vec![Operand::Copy(param(0)), text];
                body.row(RuntimeFn::RespondFailure, args, unit_type);
            }
        }
        body.f.ret(unit());
    });
}

fn respond_value(body: &mut Body, ty: TypeId, value: Operand) {
    match body.cx.shape(ty) {
        Type::Html => answer(body, RuntimeFn::RespondHtml, int(STATUS_OK), value),
        Type::Option(inner) if body.cx.shape(inner) == Type::Html => {
            let place = body.place_of(value, ty);
            let (some, none, join) = (body.f.block(), body.f.block(), body.f.block());
            body.switch_tag(place.clone(), 1, some, none);
            body.f.switch_to(some);
            let html = Operand::Copy(place.project(Projection::Some));
            answer(body, RuntimeFn::RespondHtml, int(STATUS_OK), html);
            body.f.goto(join);
            body.f.switch_to(none);
            let null = body.text_const("null");
            answer(body, RuntimeFn::RespondJson, int(STATUS_OK), null);
            body.f.goto(join);
            body.f.switch_to(join);
        }
        _ => {
            let json = body.json_of(ty, value, None);
            answer(body, RuntimeFn::RespondJson, int(STATUS_OK), json);
        }
    }
}

fn answer(body: &mut Body, row: RuntimeFn, status: Operand, text: Operand) {
    let unit_type = body.cx.known.unit;
    let args = vec![Operand::Copy(param(0)), status, text];
    body.row(row, args, unit_type);
}
