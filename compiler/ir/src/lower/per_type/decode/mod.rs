//! Reading values from JSON: `(cursor: Raw) -> Result<T, Unit>`, made for every type that is read. Problems are recorded with the
//! cursor and reading goes on, so that all are found; the error side means that something has been recorded, or that the text is
//! no JSON, and that there is no value.
//!
//! These are made for types of the canonical program, because rules restrict values and MIR types do not know them.

mod collections;
mod enums;
mod structs;

use fuse_abi::RuntimeFn;
use fuse_sema::types as sema;

use crate::lower::body::{Body, copy, int, param, unit};
use crate::lower::context::Context;
use crate::lower::refine::INVALID_VALUE;
use crate::mir::{
    BlockId, Callee, FuncId, FunctionKind, LocId, LocalId, Operand, Place, Projection, Type, TypeId,
};

const OK: u32 = 0;
const ERR: u32 = 1;

/// Makes every decoder that has been asked for, from the n-th on, and tells how many there are now.
pub(in crate::lower) fn make_requested(cx: &mut Context, mut index: usize) -> usize {
    while let Some((ty, id)) = cx.requested_decoder(index) {
        make(cx, ty, id);
        index += 1;
    }
    index
}

fn make(cx: &mut Context, ty: sema::TypeId, id: FuncId) {
    let name = cx.name_of(id);
    let ret = cx.decoded(ty);
    let raw = cx.known.raw;
    let mut body = Body::new(cx, name, FunctionKind::PerType, ret, LocId::from_u32(0));
    body.f.param("cursor", raw);
    emit(&mut body, ty, ret);
    let function = body.finish();
    cx.define(id, function);
}

fn emit(body: &mut Body, ty: sema::TypeId, ret: TypeId) {
    let program = body.cx.program;
    match *program.types.get(ty) {
        sema::Type::Id | sema::Type::Email | sema::Type::Refined { .. } => refined(body, ty, ret),
        sema::Type::List(inner) => collections::list(body, ty, inner),
        sema::Type::Map(inner) => collections::map(body, ty, inner),
        sema::Type::Option(inner) => option(body, inner, ret),
        sema::Type::Result(ok, err) => enums::result(body, ok, err, ret),
        sema::Type::Struct(id) => structs::make(body, ty, id, ret),
        sema::Type::Enum(id) => enums::make(body, ty, id, ret),
        sema::Type::Box(inner) => boxed(body, ty, inner, ret),
        sema::Type::Dynamic => {
            let value_type = body.value_type(ty);
            let value = body.row(RuntimeFn::JsonValue, vec![cursor()], value_type);
            give(body, ret, value);
        }
        sema::Type::Html | sema::Type::Unit | sema::Type::Task(_) => {
            let expected = program.types.display(ty);
            refuse(body, &expected);
        }
        _ => {
            let dest = body.f.temp(ret);
            body.decode_scalar(dest, cursor(), ty);
            body.f.ret(copy(dest));
        }
    }
}

fn cursor() -> Operand {
    Operand::Copy(param(0))
}

/// Returns the value.
fn give(body: &mut Body, ret: TypeId, value: Operand) {
    let result = body.aggregate(None, ret, OK, vec![value]);
    body.f.ret(result);
}

/// Returns that there is none.
fn give_nothing(body: &mut Body) {
    let ret = body.f.ret;
    let result = body.aggregate(None, ret, ERR, vec![unit()]);
    body.f.ret(result);
}

/// Steps over the next value, which should have been something else.
fn refuse(body: &mut Body, expected: &str) {
    let unit_type = body.cx.known.unit;
    let expected = body.text_const(expected);
    body.row(RuntimeFn::JsonMismatch, vec![cursor(), expected], unit_type);
    give_nothing(body);
}

fn reject(body: &mut Body, code: &str, message: Operand) {
    let unit_type = body.cx.known.unit;
    let code = body.text_const(code);
    body.row(
        RuntimeFn::JsonReject,
        vec![cursor(), code, message],
        unit_type,
    );
}

fn refined(body: &mut Body, ty: sema::TypeId, ret: TypeId) {
    let root = root(&body.cx.program.types, ty);
    let dest = body.f.temp(ret);
    body.decode_scalar(dest, cursor(), root);
    let place = Place::local(dest);
    let (read, not_read) = (body.f.block(), body.f.block());
    body.switch_tag(place.clone(), OK, read, not_read);
    body.f.switch_to(not_read);
    give_nothing(body);
    body.f.switch_to(read);
    let value = Operand::Copy(place.project(Projection::Ok));
    let value_type = body.value_type(ty);
    let rules = body.rules_of(ty);
    let (fails, message) = body.check_rules(&rules, value_type, &value);
    body.f.ret(copy(dest));
    body.f.switch_to(fails);
    reject(body, INVALID_VALUE, copy(message));
    give_nothing(body);
}

/// The type that rules restrict.
fn root(types: &sema::TypeTable, ty: sema::TypeId) -> sema::TypeId {
    match *types.get(ty) {
        sema::Type::Refined { base, .. } => root(types, base),
        _ => ty,
    }
}

/// Is one row all that reads a value of the type?
fn is_plain(types: &sema::TypeTable, ty: sema::TypeId) -> bool {
    matches!(
        types.get(ty),
        sema::Type::Int | sema::Type::Float | sema::Type::Bool | sema::Type::String
    )
}

/// A word of the key just read.
fn key_word(body: &mut Body, length: usize, position: usize) -> Operand {
    let args = vec![cursor(), int(length as i64), int(position as i64)];
    let int_type = body.cx.known.int;
    body.row(RuntimeFn::JsonKeyWord, args, int_type)
}

fn option(body: &mut Body, inner: sema::TypeId, ret: TypeId) {
    let Type::Result(option_type, _) = body.cx.shape(ret) else {
        unreachable!("invariant: decoders give results")
    };
    let known = body.cx.known;
    let (null, value) = (body.f.block(), body.f.block());
    let is_null = body.row(RuntimeFn::JsonNull, vec![cursor()], known.bool);
    body.f.branch(is_null, null, value);
    body.f.switch_to(null);
    let none = body.none(None, option_type);
    give(body, ret, none);
    body.f.switch_to(value);
    let payload = decoded_or_leave(body, inner);
    // An option of an option is that option.
    let value = if body.value_type(inner) == option_type {
        payload
    } else {
        body.some(None, option_type, payload)
    };
    give(body, ret, value);
}

fn boxed(body: &mut Body, ty: sema::TypeId, inner: sema::TypeId, ret: TypeId) {
    let content = decoded_or_leave(body, inner);
    let box_type = body.value_type(ty);
    let value = body.aggregate(None, box_type, 0, vec![content]);
    give(body, ret, value);
}

/// The value of a part that stands for the whole: without it there is nothing to give.
fn decoded_or_leave(body: &mut Body, ty: sema::TypeId) -> Operand {
    let (place, good, bad) = decoded(body, ty);
    body.f.switch_to(bad);
    give_nothing(body);
    body.f.switch_to(good);
    body.read(None, place)
}

/// Reads a part. Its value is at the place in the first block; in the second there is none.
fn decoded(body: &mut Body, ty: sema::TypeId) -> (Place, BlockId, BlockId) {
    let (good, bad) = (body.f.block(), body.f.block());
    if is_plain(&body.cx.program.types, ty) {
        let read = body.read_scalar(cursor(), ty);
        body.switch_tag(read.clone(), 1, good, bad);
        return (read.project(Projection::Some), good, bad);
    }
    let decoded_type = body.cx.decoded(ty);
    let dest = body.f.temp(decoded_type);
    body.decode_into(dest, cursor(), ty);
    let place = Place::local(dest);
    body.switch_tag(place.clone(), OK, good, bad);
    (place.project(Projection::Ok), good, bad)
}

impl Body<'_, '_> {
    /// MIR type of a type that has one.
    fn value_type(&mut self, ty: sema::TypeId) -> TypeId {
        self.cx.mapped(ty)
    }

    /// Reads the next value into `dest`, a `Result<T, Unit>`.
    pub fn decode_into(&mut self, dest: LocalId, cursor: Operand, ty: sema::TypeId) {
        if is_plain(&self.cx.program.types, ty) {
            return self.decode_scalar(dest, cursor, ty);
        }
        let function = self.cx.decoder(ty);
        let decoded = self.f.local_type(dest);
        self.call_into(
            Some(dest),
            Callee::Function(function),
            vec![cursor],
            decoded,
        );
    }

    /// A scalar without its rules.
    fn decode_scalar(&mut self, dest: LocalId, cursor: Operand, ty: sema::TypeId) {
        let decoded = self.f.local_type(dest);
        let read = self.read_scalar(cursor, ty);
        let (some, none, join) = (self.f.block(), self.f.block(), self.f.block());
        self.switch_tag(read.clone(), 1, some, none);
        self.f.switch_to(some);
        let value = Operand::Copy(read.project(Projection::Some));
        self.aggregate(Some(dest), decoded, OK, vec![value]);
        self.f.goto(join);
        self.f.switch_to(none);
        self.aggregate(Some(dest), decoded, ERR, vec![unit()]);
        self.f.goto(join);
        self.f.switch_to(join);
    }

    /// An option of a scalar without its rules.
    fn read_scalar(&mut self, cursor: Operand, ty: sema::TypeId) -> Place {
        let value_type = self.value_type(ty);
        let row = match self.cx.shape(value_type) {
            Type::Int => RuntimeFn::JsonInt,
            Type::Float => RuntimeFn::JsonFloat,
            Type::Bool => RuntimeFn::JsonBool,
            Type::Bytes => RuntimeFn::JsonBytes,
            _ => RuntimeFn::JsonString,
        };
        let option = self.cx.intern(Type::Option(value_type));
        let read = self.row(row, vec![cursor], option);
        self.place_of(read, option)
    }
}
