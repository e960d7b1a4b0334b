//! Changes how everything a value holds is counted, parts before wholes: not at all any more for program-wide values, atomically
//! for what tasks capture.

use fuse_abi::RuntimeFn;

use super::PerType;
use super::text::{each_variant, variant_part};
use crate::lower::body::{Body, param, unit};
use crate::mir::{Index, Operand, Place, Projection, Type, TypeId};

/// Body of `(value: T) -> Unit`.
pub(super) fn make(body: &mut Body, ty: TypeId, family: PerType) {
    let value = param(0);
    match body.cx.shape(ty) {
        Type::List(inner) => {
            each_part(body, family, &value, inner, Projection::Element);
            mark(body, family, &value);
        }
        Type::Map(inner) => {
            let string = body.cx.known.string;
            each_part(body, family, &value, string, Projection::EntryKey);
            each_part(body, family, &value, inner, Projection::EntryValue);
            mark(body, family, &value);
        }
        Type::Struct(id) => {
            let def = body.cx.mir.types.structs[id].clone();
            for (index, field) in (0..).zip(&def.fields) {
                visit(
                    body,
                    family,
                    field.ty,
                    &value.project(Projection::Field(index)),
                );
            }
            if def.boxed {
                mark(body, family, &value);
            }
        }
        Type::Enum(id) => {
            let def = body.cx.mir.types.enums[id].clone();
            each_variant(body, &value, def.variants.len(), |body, variant| {
                let payload = &def.variants[variant as usize].payload;
                for (index, &ty) in payload.iter().enumerate() {
                    visit(body, family, ty, &variant_part(&value, variant, index));
                }
                // Variants without payload are no objects.
                if def.boxed && !payload.is_empty() {
                    mark(body, family, &value);
                }
                body.f.ret(unit());
            });
            return;
        }
        Type::Option(inner) => {
            let (some, none) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 1, some, none);
            body.f.switch_to(some);
            visit(body, family, inner, &value.project(Projection::Some));
            body.f.goto(none);
            body.f.switch_to(none);
        }
        Type::Result(ok, err) => {
            let (good, bad) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 0, good, bad);
            body.f.switch_to(good);
            visit(body, family, ok, &value.project(Projection::Ok));
            body.f.ret(unit());
            body.f.switch_to(bad);
            visit(body, family, err, &value.project(Projection::Err));
        }
        Type::Box(inner) => {
            visit(body, family, inner, &value.project(Projection::Content));
            mark(body, family, &value);
        }
        Type::String | Type::Bytes | Type::Html | Type::Query => mark(body, family, &value),
        Type::Unit | Type::Bool | Type::Int | Type::Float | Type::Raw => {}
    }
    body.f.ret(unit());
}

fn each_part(
    body: &mut Body,
    family: PerType,
    value: &Place,
    part: TypeId,
    projection: impl Fn(Index) -> Projection,
) {
    if !body.cx.is_managed(part) {
        return;
    }
    let count = body.len(value.clone());
    body.counted(count, |body, index| {
        let place = value.project(projection(Index::Local(index)));
        visit(body, family, part, &place);
    });
}

fn visit(body: &mut Body, family: PerType, ty: TypeId, place: &Place) {
    if !body.cx.is_managed(ty) {
        return;
    }
    match body.cx.shape(ty) {
        Type::String | Type::Bytes | Type::Html | Type::Query => mark(body, family, place),
        _ => {
            let known = body.cx.known;
            let args = vec![Operand::Copy(place.clone())];
            body.call_per_type(None, family, ty, args, known.unit);
        }
    }
}

fn mark(body: &mut Body, family: PerType, place: &Place) {
    let known = body.cx.known;
    let args = vec![Operand::Copy(place.clone())];
    let row = match family {
        PerType::Share => RuntimeFn::MarkShared,
        _ => RuntimeFn::MarkImmortal,
    };
    body.row(row, args, known.unit);
}
