//! Enums and results: `{"type":"V"}`, `{"type":"V","data":X}`, `{"type":"V","data":[X,Y]}`.

use fuse_abi::RuntimeFn;
use fuse_sema::types as sema;

use super::{cursor, decoded, give, give_nothing, key_word, reject};
use crate::lower::body::{Body, boolean, copy, int};
use crate::lower::names;
use crate::lower::refine::INVALID_VALUE;
use crate::mir::{BinaryOp, BlockId, LocalId, Operand, Rvalue, TypeId};

/// The tag read, its data not yet.
struct Tagged {
    length: Operand,
    data: LocalId,
    end: LocalId,
}

/// Reads up to the tag, or leaves.
fn tagged(body: &mut Body, is_result: bool, expected: &str) -> Tagged {
    let known = body.cx.known;
    let expected = body.text_const(expected);
    let args = vec![cursor(), boolean(is_result), expected];
    let length = body.row(RuntimeFn::JsonTagged, args, known.int);
    let (found, failed) = (body.f.block(), body.f.block());
    let is_found = body.binary(BinaryOp::Ge, length.clone(), int(0));
    body.f.branch(is_found, found, failed);
    body.f.switch_to(failed);
    give_nothing(body);
    body.f.switch_to(found);
    let [data, end] = [RuntimeFn::JsonData, RuntimeFn::JsonDataEnd].map(|row| {
        let local = body.f.temp(known.int);
        body.row_into(Some(local), row, vec![cursor()], known.int);
        local
    });
    Tagged { length, data, end }
}

fn unknown(body: &mut Body, is_result: bool) {
    let unit_type = body.cx.known.unit;
    let args = vec![cursor(), boolean(is_result)];
    body.row(RuntimeFn::JsonUnknownTag, args, unit_type);
    give_nothing(body);
}

/// Goes to the data, or leaves when there is none.
fn enter(body: &mut Body, tagged: &Tagged, missing: &str) {
    let (present, absent) = (body.f.block(), body.f.block());
    let is_present = body.binary(BinaryOp::Ge, copy(tagged.data), int(0));
    body.f.branch(is_present, present, absent);
    body.f.switch_to(absent);
    let message = body.text_const(missing);
    reject(body, "missing_field", message);
    give_nothing(body);
    body.f.switch_to(present);
    let unit_type = body.cx.known.unit;
    let args = vec![cursor(), copy(tagged.data)];
    body.row(RuntimeFn::JsonEnter, args, unit_type);
}

fn leave(body: &mut Body, tagged: &Tagged) {
    let unit_type = body.cx.known.unit;
    let args = vec![cursor(), copy(tagged.end)];
    body.row(RuntimeFn::JsonLeave, args, unit_type);
}

/// Something is wrong with the data: the problems get their place, and there is no value.
fn leave_failed(body: &mut Body, tagged: &Tagged) {
    let bool_type = body.cx.known.bool;
    let name = body.text_const("data");
    body.row(RuntimeFn::JsonInField, vec![cursor(), name], bool_type);
    leave(body, tagged);
    give_nothing(body);
}

/// The data as one value.
fn single(body: &mut Body, tagged: &Tagged, ty: sema::TypeId) -> Operand {
    let (place, good, bad) = decoded(body, ty);
    body.f.switch_to(bad);
    leave_failed(body, tagged);
    body.f.switch_to(good);
    leave(body, tagged);
    body.read(None, place)
}

pub(super) fn make(body: &mut Body, ty: sema::TypeId, id: sema::EnumId, ret: TypeId) {
    let def = body.cx.program.types.enum_def(id);
    let value_type = body.value_type(ty);
    let tagged = tagged(body, false, &def.name);
    let blocks: Vec<BlockId> = def.variants.iter().map(|_| body.f.block()).collect();
    let names = def.variants.iter().map(|variant| variant.name.as_str());
    let names: Vec<_> = names.zip(blocks.iter().copied()).collect();
    let other = body.f.block();
    names::branch(body, tagged.length.clone(), &key_word, &names, &[], other);
    body.f.switch_to(other);
    unknown(body, false);
    for ((index, variant), &block) in (0..).zip(&def.variants).zip(&blocks) {
        body.f.switch_to(block);
        let payload = match variant.payload.as_slice() {
            [] => Vec::new(),
            [one] => {
                enter(body, &tagged, "missing enum data");
                vec![single(body, &tagged, *one)]
            }
            several => {
                enter(body, &tagged, "missing enum data");
                array(body, &tagged, several)
            }
        };
        let value = body.aggregate(None, value_type, index, payload);
        give(body, ret, value);
    }
}

/// The data as an array of that many values.
fn array(body: &mut Body, tagged: &Tagged, types: &[sema::TypeId]) -> Vec<Operand> {
    let known = body.cx.known;
    let wanted = int(types.len() as i64);
    let count = body.row(RuntimeFn::JsonCount, vec![cursor()], known.int);
    let (fits, other) = (body.f.block(), body.f.block());
    let is_fitting = body.binary(BinaryOp::Eq, count.clone(), wanted);
    body.f.branch(is_fitting, fits, other);
    body.f.switch_to(other);
    wrong_array(body, tagged, count);

    body.f.switch_to(fits);
    body.row(RuntimeFn::JsonArray, vec![cursor()], known.bool);
    let bad = body.f.local("bad", known.bool);
    body.f.assign(bad, Rvalue::Use(boolean(false)));
    let mut places = Vec::with_capacity(types.len());
    let failed = body.f.block();
    for (index, &ty) in types.iter().enumerate() {
        let args = vec![cursor(), boolean(index == 0)];
        body.row(RuntimeFn::JsonItem, args, known.int);
        let (place, good, wrong) = decoded(body, ty);
        let next = body.f.block();
        body.f.switch_to(good);
        body.f.goto(next);
        body.f.switch_to(wrong);
        body.f.assign(bad, Rvalue::Use(boolean(true)));
        let args = vec![cursor(), int(index as i64)];
        body.row(RuntimeFn::JsonInItem, args, known.bool);
        body.f.goto(next);
        body.f.switch_to(next);
        places.push(place);
    }
    // The closing bracket.
    let args = vec![cursor(), boolean(false)];
    body.row(RuntimeFn::JsonItem, args, known.int);
    let complete = body.f.block();
    body.f.branch(copy(bad), failed, complete);
    body.f.switch_to(failed);
    leave_failed(body, tagged);
    body.f.switch_to(complete);
    leave(body, tagged);
    places
        .into_iter()
        .map(|place| body.read(None, place))
        .collect()
}

/// No array, or one of another length.
fn wrong_array(body: &mut Body, tagged: &Tagged, count: Operand) {
    let (no_array, length) = (body.f.block(), body.f.block());
    let is_array = body.binary(BinaryOp::Ge, count, int(0));
    body.f.branch(is_array, length, no_array);
    for (block, code, message) in [
        (no_array, "type_mismatch", "expected enum payload array"),
        (length, INVALID_VALUE, "enum payload length mismatch"),
    ] {
        body.f.switch_to(block);
        let message = body.text_const(message);
        reject(body, code, message);
        leave_failed(body, tagged);
    }
}

pub(super) fn result(body: &mut Body, ok: sema::TypeId, err: sema::TypeId, ret: TypeId) {
    let crate::mir::Type::Result(value_type, _) = body.cx.shape(ret) else {
        unreachable!("invariant: decoders give results")
    };
    let tagged = tagged(body, true, "Result object");
    let (good, bad, other) = (body.f.block(), body.f.block(), body.f.block());
    let names = [("Ok", good), ("Err", bad)];
    names::branch(body, tagged.length.clone(), &key_word, &names, &[], other);
    body.f.switch_to(other);
    unknown(body, true);
    for (block, variant, ty) in [(good, 0, ok), (bad, 1, err)] {
        body.f.switch_to(block);
        enter(body, &tagged, "missing Result data");
        let payload = single(body, &tagged, ty);
        let value = body.aggregate(None, value_type, variant, vec![payload]);
        give(body, ret, value);
    }
}
