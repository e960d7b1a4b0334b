//! `fn main` behind program flags. Problems with values are recorded, so that all are reported together; then the runtime decides.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{self as sema, MainEntry};
use fuse_syntax::span::Span;

use super::parse::{self, Form};
use crate::lower::body::{Body, boolean, copy, int, param, unit};
use crate::lower::context::Context;
use crate::lower::decode::SyntaxForm;
use crate::lower::refine::INVALID_VALUE;
use crate::mir::{
    self, BinaryOp, BlockId, FunctionKind, LocalId, Operand, Place, Projection, Type, TypeId,
};

/// Exit codes of a program started with flags.
const EXIT_SUCCESS: i64 = 0;
const EXIT_FAILED: i64 = 1;
const EXIT_BINDING: i64 = 2;

/// `fuse_flag_bool`: given without a value.
const SWITCH_FALSE: i64 = 1;
const SWITCH_TRUE: i64 = 2;

/// Sides of the `Result` that holds a flag's value.
const GIVEN: u32 = 0;
const NOT_GIVEN: u32 = 1;

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
        default: flag.default_text.as_deref().map_or(String::new(), shown),
    }
}

/// A default as `--help` shows it: what is too long for a line is left out.
fn shown(default: &str) -> String {
    const MAX_SHOWN: usize = 60;
    let fits = default.chars().count() <= MAX_SHOWN && !default.contains(['\n', '\r']);
    if fits {
        default.to_owned()
    } else {
        String::new()
    }
}

fn root_is_bool(types: &fuse_sema::types::TypeTable, ty: fuse_sema::types::TypeId) -> bool {
    match *types.get(ty) {
        fuse_sema::types::Type::Refined { base, .. } => root_is_bool(types, base),
        fuse_sema::types::Type::Bool => true,
        _ => false,
    }
}

/// What the command line said about one flag: a `Result<T, Unit>`, the value or that there is none yet.
type Bound = LocalId;

fn bind_and_run(body: &mut Body, main: &MainEntry, span: Span) {
    let mut bound = Vec::with_capacity(main.flags.len());
    for (index, flag) in main.flags.iter().enumerate() {
        let ty = body.cx.ty(flag.ty, span);
        bound.push(bind(body, index, flag, ty));
    }
    require_no_problems(body);
    let mut args: Vec<Operand> = Vec::with_capacity(bound.len());
    for (index, (flag, &bound)) in main.flags.iter().zip(&bound).enumerate() {
        complete(body, index, flag, bound, &args);
        let value = body.read(None, value_place(bound));
        args.push(value);
    }
    require_no_problems(body);
    let ret = body.return_type(main.function);
    let result = body.call_user(main.function, args);
    finish(body, ret, result);
}

fn value_place(bound: Bound) -> Place {
    Place::local(bound).project(Projection::Ok)
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
    let decoded = body.cx.decoded(flag.ty);
    let bound = body.f.local(&flag.name, decoded);
    body.aggregate(Some(bound), decoded, NOT_GIVEN, vec![unit()]);
    let is_optional = matches!(body.cx.shape(ty), Type::Option(_));
    let scalar = match body.cx.shape(ty) {
        Type::Option(inner) => inner,
        _ => ty,
    };
    let join = body.f.block();
    if scalar == known.bool {
        bind_switch(body, index, bound, ty, join);
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
        let none = body.none(None, ty);
        accept(body, bound, none);
        body.f.goto(join);
        body.f.switch_to(some);
    }
    match parse::form(
        &body.cx.program.types,
        parse::payload(&body.cx.program.types, flag.ty),
    ) {
        Form::Structured => read_structured(body, index, flag, bound, text),
        _ => convert(body, index, bound, ty, scalar, text, join),
    }
    body.f.goto(join);
    body.f.switch_to(absent);
    body.f.goto(join);
    body.f.switch_to(join);
    bound
}

fn table_and(index: usize) -> Vec<Operand> {
    vec![Operand::Copy(param(0)), int(index as i64)]
}

fn accept(body: &mut Body, bound: Bound, value: Operand) {
    let decoded = body.f.local_type(bound);
    body.aggregate(Some(bound), decoded, GIVEN, vec![value]);
}

/// `--name` and `--no-name`; falls through when the flag was not given like that.
fn bind_switch(body: &mut Body, index: usize, bound: Bound, ty: TypeId, join: BlockId) {
    let known = body.cx.known;
    let switch = body.row(RuntimeFn::FlagBool, table_and(index), known.int);
    for (number, value) in [(SWITCH_FALSE, false), (SWITCH_TRUE, true)] {
        let (chosen, other) = (body.f.block(), body.f.block());
        let is_this = body.binary(BinaryOp::Eq, switch.clone(), int(number));
        body.f.branch(is_this, chosen, other);
        body.f.switch_to(chosen);
        accept_scalar(body, bound, ty, boolean(value));
        body.f.goto(join);
        body.f.switch_to(other);
    }
}

fn accept_scalar(body: &mut Body, bound: Bound, ty: TypeId, value: Operand) {
    let value = if matches!(body.cx.shape(ty), Type::Option(_)) {
        body.some(None, ty, value)
    } else {
        value
    };
    accept(body, bound, value);
}

/// Reads the JSON text of a flag; its problems are the flag's.
fn read_structured(body: &mut Body, index: usize, flag: &sema::Flag, bound: Bound, text: Operand) {
    let unit_type = body.cx.known.unit;
    let join = body.f.block();
    let reading = body.decode_text(text, flag.ty, &flag.name, SyntaxForm::Value);
    body.f.switch_to(reading.bad);
    let mut args = table_and(index);
    args.push(reading.cursor.clone());
    body.row(RuntimeFn::FlagProblems, args, unit_type);
    body.end_reading(reading.cursor.clone());
    body.f.goto(join);
    body.f.switch_to(reading.good);
    body.end_reading(reading.cursor);
    let value = body.read(None, reading.value);
    accept(body, bound, value);
    body.f.goto(join);
    body.f.switch_to(join);
}

/// Converts the text of a value flag; conversion rows record problems themselves.
fn convert(
    body: &mut Body,
    index: usize,
    bound: Bound,
    ty: TypeId,
    scalar: TypeId,
    text: Operand,
    join: BlockId,
) {
    let known = body.cx.known;
    let row = match body.cx.shape(scalar) {
        Type::Int => RuntimeFn::FlagInt,
        Type::Float => RuntimeFn::FlagFloat,
        Type::Bool => RuntimeFn::FlagBoolText,
        Type::Bytes => RuntimeFn::FlagBytes,
        _ => {
            let trimmed = body.row(RuntimeFn::TextTrim, vec![text], known.string);
            return accept_scalar(body, bound, ty, trimmed);
        }
    };
    let option = body.cx.intern(Type::Option(scalar));
    let mut args = table_and(index);
    args.push(text);
    let parsed = body.row(row, args, option);
    let parsed = body.place_of(parsed, option);
    let valid = body.f.block();
    body.switch_tag(parsed.clone(), 1, valid, join);
    body.f.switch_to(valid);
    let number = Operand::Copy(parsed.project(Projection::Some));
    accept_scalar(body, bound, ty, number);
}

/// Checks a given value against its type's rules, or fills in the default. What is required has been given.
fn complete(body: &mut Body, index: usize, flag: &sema::Flag, bound: Bound, before: &[Operand]) {
    let payload = parse::payload(&body.cx.program.types, flag.ty);
    let rules = body.rules_of(payload);
    let ty = body.cx.mapped(flag.ty);
    let is_optional = matches!(body.cx.shape(ty), Type::Option(_));
    if rules.is_empty() && flag.default.is_none() && !is_optional {
        return;
    }
    let (given, missing, join) = (body.f.block(), body.f.block(), body.f.block());
    body.switch_tag(Place::local(bound), GIVEN, given, missing);
    body.f.switch_to(given);
    if !rules.is_empty() {
        check_given(body, index, bound, &rules, join);
    }
    body.f.goto(join);
    body.f.switch_to(missing);
    if let Some(default) = flag.default {
        let value = body.f.temp(ty);
        body.default_into(value, default, before.to_vec());
        accept(body, bound, copy(value));
    } else if is_optional {
        let none = body.none(None, ty);
        accept(body, bound, none);
    }
    body.f.goto(join);
    body.f.switch_to(join);
}

fn check_given(
    body: &mut Body,
    index: usize,
    bound: Bound,
    rules: &[crate::lower::refine::Rule],
    join: BlockId,
) {
    let place = value_place(bound);
    let ty = body.place_type(&place);
    let (scalar, value) = match body.cx.shape(ty) {
        Type::Option(inner) => {
            let some = body.f.block();
            body.switch_tag(place.clone(), 1, some, join);
            body.f.switch_to(some);
            (inner, Operand::Copy(place.project(Projection::Some)))
        }
        _ => (ty, Operand::Copy(place)),
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
    body.each_domain(err, &place.project(Projection::Err), |body, err, error| {
        let (text, _, is_json) = body.error_parts(err, error);
        let unit_type = body.cx.known.unit;
        let args = vec![text, boolean(is_json)];
        body.row(RuntimeFn::MainFailed, args, unit_type);
        body.f.ret(int(EXIT_FAILED));
    });
    body.f.switch_to(good);
    body.f.ret(int(EXIT_SUCCESS));
}
