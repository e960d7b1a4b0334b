//! Structural equality.

use super::text::{each_variant, part, variant_part};
use crate::lower::body::{Body, boolean, copy, element, int, param};
use crate::mir::{
    BinaryOp, BlockId, EnumId, Index, Operand, Place, Projection, StructId, Type, TypeId,
};

/// Body of `(a: T, b: T) -> Bool`. Parts that differ go to one block that says no.
pub(super) fn make(body: &mut Body, ty: TypeId) {
    let (a, b) = (param(0), param(1));
    let differ = body.f.block();
    match body.cx.shape(ty) {
        Type::List(inner) => list(body, &a, &b, inner, differ),
        Type::Map(inner) => map(body, &a, &b, inner, differ),
        Type::Struct(id) => structure(body, &a, &b, id, differ),
        Type::Enum(id) => enumeration(body, &a, &b, id, differ),
        Type::Option(inner) => option(body, &a, &b, inner, differ),
        Type::Result(ok, err) => result(body, &a, &b, ok, err, differ),
        Type::Box(inner) => {
            require(body, &a, &b, Projection::Content, inner, differ);
            yes(body);
        }
        _ => {
            let (left, right) = (body.read(None, a), body.read(None, b));
            let equal = body.equal_values(false, ty, left, right, None);
            body.f.ret(equal);
        }
    }
    body.f.switch_to(differ);
    body.f.ret(boolean(false));
}

fn yes(body: &mut Body) {
    body.f.ret(boolean(true));
}

/// Continues when the same part of both values is equal.
fn require(
    body: &mut Body,
    a: &Place,
    b: &Place,
    projection: Projection,
    ty: TypeId,
    differ: BlockId,
) {
    let left = body.read(None, a.project(projection));
    let right = body.read(None, b.project(projection));
    require_equal(body, left, right, ty, differ);
}

fn require_equal(body: &mut Body, left: Operand, right: Operand, ty: TypeId, differ: BlockId) {
    let equal = body.equal_values(false, ty, left, right, None);
    let same = body.f.block();
    body.branch_or_goto(equal, same, differ);
    body.f.switch_to(same);
}

fn require_same_number(body: &mut Body, left: Operand, right: Operand, differ: BlockId) {
    let int_type = body.cx.known.int;
    require_equal(body, left, right, int_type, differ);
}

fn list(body: &mut Body, a: &Place, b: &Place, inner: TypeId, differ: BlockId) {
    let count = body.len(a.clone());
    let other = body.len(b.clone());
    require_same_number(body, count.clone(), other, differ);
    body.counted(count, |body, index| {
        let left = part(body, element(a, index));
        let right = part(body, element(b, index));
        require_equal(body, left, right, inner, differ);
    });
    yes(body);
}

/// Order does not matter: as many entries, and each of one in the other.
fn map(body: &mut Body, a: &Place, b: &Place, inner: TypeId, differ: BlockId) {
    let count = body.len(a.clone());
    let other = body.len(b.clone());
    require_same_number(body, count.clone(), other, differ);
    body.counted(count, |body, index| {
        let index = Index::Local(index);
        let key = Operand::Copy(a.project(Projection::EntryKey(index)));
        let entry = body.map_find(b.clone(), key);
        let found = body.binary(BinaryOp::Ge, copy(entry), int(0));
        let present = body.f.block();
        body.f.branch(found, present, differ);
        body.f.switch_to(present);
        let left = body.read(None, a.project(Projection::EntryValue(index)));
        let entry = Projection::EntryValue(Index::Local(entry));
        let right = body.read(None, b.project(entry));
        require_equal(body, left, right, inner, differ);
    });
    yes(body);
}

fn structure(body: &mut Body, a: &Place, b: &Place, id: StructId, differ: BlockId) {
    let fields: Vec<TypeId> = body.cx.mir.types.structs[id]
        .fields
        .iter()
        .map(|field| field.ty)
        .collect();
    for (index, ty) in (0..).zip(fields) {
        require(body, a, b, Projection::Field(index), ty, differ);
    }
    yes(body);
}

fn enumeration(body: &mut Body, a: &Place, b: &Place, id: EnumId, differ: BlockId) {
    same_tags(body, a, b, differ);
    let variants = body.cx.mir.types.enums[id].variants.clone();
    each_variant(body, a, variants.len(), |body, variant| {
        let payload = &variants[variant as usize].payload;
        for (index, &ty) in payload.iter().enumerate() {
            let left = body.read(None, variant_part(a, variant, index));
            let right = body.read(None, variant_part(b, variant, index));
            require_equal(body, left, right, ty, differ);
        }
        yes(body);
    });
}

fn same_tags(body: &mut Body, a: &Place, b: &Place, differ: BlockId) {
    let left = body.tag(a.clone());
    let right = body.tag(b.clone());
    require_same_number(body, left, right, differ);
}

fn option(body: &mut Body, a: &Place, b: &Place, inner: TypeId, differ: BlockId) {
    same_tags(body, a, b, differ);
    let (some, none) = (body.f.block(), body.f.block());
    body.switch_tag(a.clone(), 1, some, none);
    body.f.switch_to(some);
    require(body, a, b, Projection::Some, inner, differ);
    yes(body);
    body.f.switch_to(none);
    yes(body);
}

fn result(body: &mut Body, a: &Place, b: &Place, ok: TypeId, err: TypeId, differ: BlockId) {
    same_tags(body, a, b, differ);
    let (good, bad) = (body.f.block(), body.f.block());
    body.switch_tag(a.clone(), 0, good, bad);
    body.f.switch_to(good);
    require(body, a, b, Projection::Ok, ok, differ);
    yes(body);
    body.f.switch_to(bad);
    require(body, a, b, Projection::Err, err, differ);
    yes(body);
}
