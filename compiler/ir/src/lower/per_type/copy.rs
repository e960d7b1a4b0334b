//! A value made anew, sharing nothing with the one it is made from: how a task's result leaves its heap.

use fuse_abi::RuntimeFn;

use super::PerType;
use super::text::{each_variant, variant_part};
use crate::lower::body::{Body, copy, param};
use crate::mir::{Index, Operand, Place, Projection, Type, TypeId};

/// Body of `(value: T) -> T`.
pub(super) fn make(body: &mut Body, ty: TypeId) {
    let value = param(0);
    match body.cx.shape(ty) {
        Type::List(inner) => {
            let count = body.len(value.clone());
            let result = body.f.local("result", ty);
            body.empty_list(Some(result), ty, count.clone());
            body.counted(count, |body, index| {
                let place = value.project(Projection::Element(Index::Local(index)));
                let part = copy_of(body, inner, place);
                body.push_to(result, part);
            });
            body.f.ret(copy(result));
        }
        Type::Map(inner) => {
            let string = body.cx.known.string;
            let count = body.len(value.clone());
            let result = body.f.local("result", ty);
            body.empty_map(Some(result), ty, count.clone());
            body.counted(count, |body, index| {
                let index = Index::Local(index);
                let key = copy_of(body, string, value.project(Projection::EntryKey(index)));
                let part = copy_of(body, inner, value.project(Projection::EntryValue(index)));
                body.map_set(Place::local(result), key, part);
            });
            body.f.ret(copy(result));
        }
        Type::Struct(id) => {
            let def = body.cx.mir.types.structs[id].clone();
            let fields = (0..)
                .zip(&def.fields)
                .map(|(index, field)| {
                    copy_of(body, field.ty, value.project(Projection::Field(index)))
                })
                .collect();
            give(body, ty, 0, fields);
        }
        Type::Enum(id) => {
            let def = body.cx.mir.types.enums[id].clone();
            each_variant(body, &value, def.variants.len(), |body, variant| {
                let payload = &def.variants[variant as usize].payload;
                let parts = payload
                    .iter()
                    .enumerate()
                    .map(|(index, &ty)| copy_of(body, ty, variant_part(&value, variant, index)))
                    .collect();
                give(body, ty, variant, parts);
            });
        }
        Type::Option(inner) => {
            let (some, none) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 1, some, none);
            body.f.switch_to(some);
            let payload = copy_of(body, inner, value.project(Projection::Some));
            give(body, ty, 1, vec![payload]);
            body.f.switch_to(none);
            give(body, ty, 0, Vec::new());
        }
        Type::Result(ok, err) => {
            let (good, bad) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 0, good, bad);
            body.f.switch_to(good);
            let payload = copy_of(body, ok, value.project(Projection::Ok));
            give(body, ty, 0, vec![payload]);
            body.f.switch_to(bad);
            let payload = copy_of(body, err, value.project(Projection::Err));
            give(body, ty, 1, vec![payload]);
        }
        Type::Box(inner) => {
            let content = copy_of(body, inner, value.project(Projection::Content));
            give(body, ty, 0, vec![content]);
        }
        Type::String | Type::Bytes | Type::Html | Type::Query => {
            let text = body.row(RuntimeFn::TextClone, vec![Operand::Copy(value)], ty);
            body.f.ret(text);
        }
        Type::Unit | Type::Bool | Type::Int | Type::Float | Type::Raw => {
            let same = body.read(None, value);
            body.f.ret(same);
        }
    }
}

fn give(body: &mut Body, ty: TypeId, variant: u32, parts: Vec<Operand>) {
    let whole = body.aggregate(None, ty, variant, parts);
    body.f.ret(whole);
}

/// The value at a place, made anew.
pub(super) fn copy_of(body: &mut Body, ty: TypeId, place: Place) -> Operand {
    if !body.cx.is_managed(ty) {
        return body.read(None, place);
    }
    body.call_per_type(None, PerType::Copy, ty, vec![Operand::Copy(place)], ty)
}

/// Body of `(handle: Int) -> T` for a cell type `box T`: waits for the task and copies its result.
pub(super) fn task_result(body: &mut Body, cell: TypeId) {
    let Type::Box(content) = body.cx.shape(cell) else {
        unreachable!("invariant: results of tasks stand in cells")
    };
    let handle = vec![Operand::Copy(param(0))];
    let result = body.row(RuntimeFn::TaskAwait, handle, cell);
    let place = body.place_of(result, cell);
    let value = copy_of(body, content, place.project(Projection::Content));
    body.f.ret(value);
}
