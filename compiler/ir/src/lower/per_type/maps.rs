//! Map functions that are loops.

use super::text::part;
use crate::lower::body::{Body, copy, int, param};
use crate::mir::{BinaryOp, Index, Operand, Place, Projection, TypeId};

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
    let (map, key) = (param(0), Operand::Copy(param(1)));
    let unwanted = body.map_find(map.clone(), key);
    let (absent, present) = (body.f.block(), body.f.block());
    let is_absent = body.binary(BinaryOp::Lt, copy(unwanted), int(0));
    body.f.branch(is_absent, absent, present);
    body.f.switch_to(absent);
    body.f.ret(Operand::Copy(map.clone()));
    body.f.switch_to(present);
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
