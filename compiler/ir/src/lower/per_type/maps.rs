//! Map functions that are loops.

use fuse_abi::RuntimeFn;

use super::text::{named, part};
use crate::lower::body::{Body, copy, int, param};
use crate::mir::{
    BinaryOp, Index, LocalId, Operand, Place, Projection, Rvalue, StatementKind, Type, TypeId,
};

/// `(keys, values)`
pub(super) fn of(body: &mut Body, ret: TypeId) {
    let (keys, values) = (param(0), param(1));
    let result = body.f.local("result", ret);
    let count = body.len(keys.clone());
    body.empty_map(Some(result), ret, count.clone());
    body.counted(count, |body, index| {
        let at = Projection::Element(Index::Local(index));
        let key = part(body, Operand::Copy(keys.project(at)));
        let value = part(body, Operand::Copy(values.project(at)));
        body.map_set(Place::local(result), key, value);
    });
    body.f.ret(copy(result));
}

pub(super) fn keys(body: &mut Body, ret: TypeId) {
    collect(body, ret, Projection::EntryKey);
}

pub(super) fn values(body: &mut Body, ret: TypeId) {
    collect(body, ret, Projection::EntryValue);
}

/// A list of one part of every entry.
fn collect(body: &mut Body, ret: TypeId, projection: impl Fn(Index) -> Projection) {
    let map = param(0);
    let result = body.f.local("result", ret);
    let count = body.len(map.clone());
    body.empty_list(Some(result), ret, count.clone());
    body.counted(count, |body, index| {
        let place = map.project(projection(Index::Local(index)));
        let value = part(body, Operand::Copy(place));
        body.push_to(result, value);
    });
    body.f.ret(copy(result));
}

/// `(map, key)`: the entries but that one, in their order.
pub(super) fn remove(body: &mut Body, ty: TypeId) {
    let Type::Map(value_type) = body.cx.shape(ty) else {
        unreachable!("invariant: made for maps")
    };
    let (map, key) = (param(0), Operand::Copy(param(1)));
    let entry = body.map_find(map.clone(), key);
    let (absent, present) = (body.f.block(), body.f.block());
    let is_absent = body.binary(BinaryOp::Lt, copy(entry), int(0));
    body.f.branch(is_absent, absent, present);
    body.f.switch_to(absent);
    body.f.ret(Operand::Copy(map.clone()));
    body.f.switch_to(present);
    match leftover(body, value_type) {
        Some(left) => remove_in_place(body, ty, value_type, &map, entry, left),
        None => copy_others(body, ty, &map, entry),
    }
}

/// What a removed entry is left with, so that it holds no references.
enum Leftover {
    /// It never held any.
    AsItIs,
    Empty(Rvalue),
}

/// `None` where making an empty value would cost more than it saves.
fn leftover(body: &mut Body, ty: TypeId) -> Option<Leftover> {
    if !body.cx.is_managed(ty) {
        return Some(Leftover::AsItIs);
    }
    match body.cx.shape(ty) {
        Type::String | Type::Bytes | Type::Html | Type::Query => {
            Some(Leftover::Empty(Rvalue::Use(body.text_const(""))))
        }
        Type::Option(_) => Some(Leftover::Empty(Rvalue::Aggregate {
            variant: 0,
            fields: Vec::new(),
        })),
        _ => None,
    }
}

/// Closes the gap in the map itself where nobody else holds it. Key and value give up what they hold first.
fn remove_in_place(
    body: &mut Body,
    ty: TypeId,
    value_type: TypeId,
    map: &Place,
    entry: LocalId,
    left: Leftover,
) {
    let result = named(body, "result", ty, Operand::Copy(map.clone()));
    let place = Place::local(result);
    body.make_unique(&place);
    let no_key = Rvalue::Use(body.text_const(""));
    let key = place.project(Projection::EntryKey(Index::Local(entry)));
    body.f.push(StatementKind::Assign(key, no_key));
    if let Leftover::Empty(empty) = left {
        let value = place.project(Projection::EntryValue(Index::Local(entry)));
        body.f.push(StatementKind::Assign(value, empty));
    }
    let unit = body.cx.known.unit;
    let size = body.cx.size(value_type) as i64;
    let args = vec![copy(result), copy(entry), int(size)];
    body.row(RuntimeFn::MapRemoveAt, args, unit);
    body.f.ret(copy(result));
}

fn copy_others(body: &mut Body, ty: TypeId, map: &Place, unwanted: LocalId) {
    let count = body.len(map.clone());
    let result = body.f.local("result", ty);
    body.empty_map(Some(result), ty, count.clone());
    body.counted(count, |body, index| {
        let (take, next) = (body.f.block(), body.f.block());
        let is_unwanted = body.binary(BinaryOp::Eq, copy(index), copy(unwanted));
        body.f.branch(is_unwanted, next, take);
        body.f.switch_to(take);
        let index = Index::Local(index);
        let key = Operand::Copy(map.project(Projection::EntryKey(index)));
        let value = body.read(None, map.project(Projection::EntryValue(index)));
        body.map_set(Place::local(result), key, value);
        body.f.goto(next);
        body.f.switch_to(next);
    });
    body.f.ret(copy(result));
}
