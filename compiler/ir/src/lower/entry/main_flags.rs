//! `fn main` behind program flags. Problems with values are recorded, so that all are reported together; then the runtime decides.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{self as sema, MainEntry};
use fuse_syntax::span::Span;

use super::parse;
use crate::lower::body::{Body, boolean, copy, int, param};
use crate::lower::context::Context;
use crate::lower::refine::INVALID_VALUE;
use crate::mir::{
    self, BinaryOp, BlockId, FunctionKind, LocalId, Operand, Projection, Rvalue, Type, TypeId,
};

/// Exit codes of a program started with flags.
const EXIT_SUCCESS: i64 = 0;
const EXIT_FAILED: i64 = 1;
const EXIT_BINDING: i64 = 2;

/// `fuse_flag_bool`: given without a value.
const SWITCH_FALSE: i64 = 1;
const SWITCH_TRUE: i64 = 2;

pub(super) fn lower(cx: &mut Context) {
    let program = cx.program;
    let Some(main) = &program.main else { return };
    let source = &program.functions[main.function.index()];
    let mut supported = true;
    for (flag, local) in main.flags.iter().zip(&source.locals) {
        supported &= parse::is_supported(cx, flag.ty, local.span);
    }
    if !supported {
        return;
    }
    let id = cx.reserve("run main", FunctionKind::Entry);
    let known = cx.known;
    let name = cx.name_of(id);
    let loc = cx.loc(source.span);
    let mut body = Body::new(cx, name, FunctionKind::Entry, known.int, loc);
    body.f.param("flags", known.raw);
    bind_and_run(&mut body, main, source.span);
    let function = body.finish();
    cx.define(id, function);
    let flags = main.flags.iter().map(|flag| describe(cx, flag)).collect();
    cx.mir.entry.main = Some(mir::MainEntry {
        function: id,
        doc: main.doc.clone().unwrap_or_default(),
        flags,
    });
}

fn describe(cx: &Context, flag: &sema::Flag) -> mir::Flag {
    let types = &cx.program.types;
    let payload = parse::payload(types, flag.ty);
    let is_optional = payload != flag.ty;
    mir::Flag {
        name: flag.name.clone(),
        type_name: types.display(flag.ty),
        is_bool: root_is_bool(types, payload),
        required: flag.default.is_none() && !is_optional,
    }
}

fn root_is_bool(types: &fuse_sema::types::TypeTable, ty: fuse_sema::types::TypeId) -> bool {
    match *types.get(ty) {
        fuse_sema::types::Type::Refined { base, .. } => root_is_bool(types, base),
        fuse_sema::types::Type::Bool => true,
        _ => false,
    }
}

/// What the command line said about one flag.
struct Bound {
    /// Was it given?
    given: LocalId,
    /// The value if it was; of the parameter's type.
    value: LocalId,
}

fn bind_and_run(body: &mut Body, main: &MainEntry, span: Span) {
    let mut bound = Vec::with_capacity(main.flags.len());
    for (index, flag) in main.flags.iter().enumerate() {
        let ty = body.cx.ty(flag.ty, span);
        bound.push(bind(body, index, flag, ty));
    }
    require_no_problems(body);
    let mut args: Vec<Operand> = Vec::with_capacity(bound.len());
    for (index, (flag, bound)) in main.flags.iter().zip(&bound).enumerate() {
        complete(body, index, flag, bound, &args);
        args.push(copy(bound.value));
    }
    require_no_problems(body);
    let ret = body.return_type(main.function);
    let callee = body.cx.function(main.function);
    let result = body.call(callee, args, ret);
    finish(body, ret, result);
}

/// Reports what has been recorded and leaves, or goes on.
fn require_no_problems(body: &mut Body) {
    let known = body.cx.known;
    let flags = Operand::Copy(param(0));
    let ok = body.row(RuntimeFn::FlagsOk, vec![flags], known.bool);
    let (proceed, stop) = (body.f.block(), body.f.block());
    body.f.branch(ok, proceed, stop);
    body.f.switch_to(stop);
    body.f.ret(int(EXIT_BINDING));
    body.f.switch_to(proceed);
}

/// Converts what was given for a flag.
fn bind(body: &mut Body, index: usize, flag: &sema::Flag, ty: TypeId) -> Bound {
    let known = body.cx.known;
    let given = body.f.temp(known.bool);
    let value = body.f.local(&flag.name, ty);
    let bound = Bound { given, value };
    let is_optional = matches!(body.cx.shape(ty), Type::Option(_));
    let scalar = match body.cx.shape(ty) {
        Type::Option(inner) => inner,
        _ => ty,
    };
    let join = body.f.block();
    body.f.assign(given, Rvalue::Use(boolean(false)));
    // Every path stores the value; where there is none it is never looked at.
    store_nothing(body, value, ty);
    if scalar == known.bool {
        bind_switch(body, index, &bound, ty, join);
    }
    let (present, absent) = (body.f.block(), body.f.block());
    let args = table_and(index);
    let text = body.row(RuntimeFn::FlagText, args, known.option_string);
    let text = body.if_text(text, present, absent);
    body.f.switch_to(present);
    if is_optional {
        let (null, some) = (body.f.block(), body.f.block());
        let is_null = body.row(RuntimeFn::ParseIsNull, vec![text.clone()], known.bool);
        body.f.branch(is_null, null, some);
        body.f.switch_to(null);
        body.none(Some(value), ty);
        accept(body, &bound, join);
        body.f.switch_to(some);
    }
    convert(body, index, &bound, ty, scalar, text, join);
    body.f.switch_to(absent);
    body.f.goto(join);
    body.f.switch_to(join);
    bound
}

fn table_and(index: usize) -> Vec<Operand> {
    vec![Operand::Copy(param(0)), int(index as i64)]
}

/// A value of the type, so that the local is never without one.
fn store_nothing(body: &mut Body, value: LocalId, ty: TypeId) {
    let nothing = match body.cx.shape(ty) {
        Type::Int => int(0),
        Type::Float => Operand::Const(mir::Const::Float(0.0)),
        Type::Bool => boolean(false),
        Type::Option(_) => {
            body.none(Some(value), ty);
            return;
        }
        _ => body.text_const(""),
    };
    body.f.assign(value, Rvalue::Use(nothing));
}

fn accept(body: &mut Body, bound: &Bound, join: BlockId) {
    body.f.assign(bound.given, Rvalue::Use(boolean(true)));
    body.f.goto(join);
}

/// `--name` and `--no-name`; falls through when the flag was not given like that.
fn bind_switch(body: &mut Body, index: usize, bound: &Bound, ty: TypeId, join: BlockId) {
    let known = body.cx.known;
    let switch = body.row(RuntimeFn::FlagBool, table_and(index), known.int);
    for (number, value) in [(SWITCH_FALSE, false), (SWITCH_TRUE, true)] {
        let (chosen, other) = (body.f.block(), body.f.block());
        let is_this = body.binary(BinaryOp::Eq, switch.clone(), int(number));
        body.f.branch(is_this, chosen, other);
        body.f.switch_to(chosen);
        store_scalar(body, bound.value, ty, boolean(value));
        accept(body, bound, join);
        body.f.switch_to(other);
    }
}

fn store_scalar(body: &mut Body, dest: LocalId, ty: TypeId, value: Operand) {
    if matches!(body.cx.shape(ty), Type::Option(_)) {
        body.some(Some(dest), ty, value);
    } else {
        body.f.assign(dest, Rvalue::Use(value));
    }
}

/// Converts the text of a value flag; conversion rows record problems themselves.
fn convert(
    body: &mut Body,
    index: usize,
    bound: &Bound,
    ty: TypeId,
    scalar: TypeId,
    text: Operand,
    join: BlockId,
) {
    let known = body.cx.known;
    let (row, option) = match body.cx.shape(scalar) {
        Type::Int => (RuntimeFn::FlagInt, known.option_int),
        Type::Float => (RuntimeFn::FlagFloat, known.option_float),
        Type::Bool => (RuntimeFn::FlagBoolText, known.option_bool),
        _ => {
            let trimmed = body.row(RuntimeFn::TextTrim, vec![text], known.string);
            store_scalar(body, bound.value, ty, trimmed);
            return accept(body, bound, join);
        }
    };
    let mut args = table_and(index);
    args.push(text);
    let parsed = body.row(row, args, option);
    let parsed = body.place_of(parsed, option);
    let valid = body.f.block();
    body.switch_tag(parsed.clone(), 1, valid, join);
    body.f.switch_to(valid);
    let number = Operand::Copy(parsed.project(Projection::Some));
    store_scalar(body, bound.value, ty, number);
    accept(body, bound, join);
}

/// Checks a given value against its type's rules, or fills in the default.
fn complete(body: &mut Body, index: usize, flag: &sema::Flag, bound: &Bound, before: &[Operand]) {
    let payload = parse::payload(&body.cx.program.types, flag.ty);
    let rules = body.rules_of(payload);
    if rules.is_empty() && flag.default.is_none() {
        return;
    }
    let (given, missing, join) = (body.f.block(), body.f.block(), body.f.block());
    body.f.branch(copy(bound.given), given, missing);
    body.f.switch_to(given);
    if !rules.is_empty() {
        check_given(body, index, bound, &rules, join);
    }
    body.f.goto(join);
    body.f.switch_to(missing);
    if let Some(default) = flag.default {
        body.default_into(bound.value, default, before.to_vec());
    }
    body.f.goto(join);
    body.f.switch_to(join);
}

fn check_given(
    body: &mut Body,
    index: usize,
    bound: &Bound,
    rules: &[crate::lower::refine::Rule],
    join: BlockId,
) {
    let ty = body.f.local_type(bound.value);
    let (scalar, value) = match body.cx.shape(ty) {
        Type::Option(inner) => {
            let place = mir::Place::local(bound.value);
            let some = body.f.block();
            body.switch_tag(place.clone(), 1, some, join);
            body.f.switch_to(some);
            (inner, Operand::Copy(place.project(Projection::Some)))
        }
        _ => (ty, copy(bound.value)),
    };
    let (fails, message) = body.check_rules(rules, scalar, &value);
    body.f.goto(join);
    body.f.switch_to(fails);
    let code = body.text_const(INVALID_VALUE);
    let mut args = table_and(index);
    args.extend([code, copy(message)]);
    let unit_type = body.cx.known.unit;
    body.row(RuntimeFn::FlagError, args, unit_type);
}

/// The exit code: 1 when `main` gives back an error, which is shown.
fn finish(body: &mut Body, ret: TypeId, result: Operand) {
    let Type::Result(_, err) = body.cx.shape(ret) else {
        return body.f.ret(int(EXIT_SUCCESS));
    };
    let place = body.place_of(result, ret);
    let (good, bad) = (body.f.block(), body.f.block());
    body.switch_tag(place.clone(), 0, good, bad);
    body.f.switch_to(bad);
    let error = body.read(None, place.project(Projection::Err));
    let (text, _, is_json) = body.error_parts(err, error);
    let unit_type = body.cx.known.unit;
    body.row(
        RuntimeFn::MainFailed,
        vec![text, boolean(is_json)],
        unit_type,
    );
    body.f.ret(int(EXIT_FAILED));
    body.f.switch_to(good);
    body.f.ret(int(EXIT_SUCCESS));
}
