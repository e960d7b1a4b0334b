//! The text of a value, as printing shows it.

use cranelift_entity::EntityRef;
use fuse_sema::program::Config;
use fuse_sema::types::EnumKind;

use crate::lower::body::{Body, copy, element, param};
use crate::lower::text::TextSink;
use crate::mir::{
    EnumId, Index, LocalId, Operand, Place, Projection, Rvalue, Terminator, Type, TypeId,
};

/// Body of `(acc: String, value: T) -> String`.
pub(super) fn make(body: &mut Body, ty: TypeId) {
    let (start, value) = (Operand::Copy(param(0)), param(1));
    match body.cx.shape(ty) {
        Type::List(inner) => list(body, start, &value, inner),
        Type::Map(inner) => map(body, start, &value, inner),
        Type::Option(inner) => option(body, start, &value, inner),
        Type::Result(ok, err) => result(body, start, &value, ok, err),
        Type::Struct(_) => structure(body, start, ty, &value),
        Type::Enum(id) => enumeration(body, start, id, &value),
        Type::Box(inner) => {
            let content = body.read(None, value.project(Projection::Content));
            let mut sink = TextSink::onto(start);
            body.sink_text(&mut sink, inner, content);
            give_back(body, sink);
        }
        _ => {
            let mut sink = TextSink::onto(start);
            let value = body.read(None, value);
            body.sink_text(&mut sink, ty, value);
            give_back(body, sink);
        }
    }
}

/// Returns what has been built.
pub(super) fn give_back(body: &mut Body, sink: TextSink) {
    let text = body.sink_finish(sink);
    body.f.ret(text);
}

/// A local that starts as the accumulator with `opening` appended, for loops to continue.
pub(super) fn open(body: &mut Body, start: Operand, opening: &str) -> LocalId {
    let string = body.cx.known.string;
    let acc = body.f.local("text", string);
    let mut sink = TextSink::onto(start);
    sink.constant(opening);
    body.sink_store(sink, acc);
    acc
}

/// Appends `closing` and returns.
pub(super) fn close(body: &mut Body, acc: LocalId, closing: &str) {
    let mut sink = TextSink::onto(copy(acc));
    sink.constant(closing);
    give_back(body, sink);
}

fn list(body: &mut Body, start: Operand, list: &Place, inner: TypeId) {
    let acc = open(body, start, "[");
    let count = body.len(list.clone());
    body.counted(count, |body, index| {
        body.separate(acc, index, ", ");
        let mut sink = TextSink::onto(copy(acc));
        let value = part(body, element(list, index));
        body.sink_text(&mut sink, inner, value);
        body.sink_store(sink, acc);
    });
    close(body, acc, "]");
}

fn map(body: &mut Body, start: Operand, map: &Place, inner: TypeId) {
    let string = body.cx.known.string;
    let acc = open(body, start, "{");
    let count = body.len(map.clone());
    body.counted(count, |body, index| {
        body.separate(acc, index, ", ");
        let index = Index::Local(index);
        let mut sink = TextSink::onto(copy(acc));
        let key = Operand::Copy(map.project(Projection::EntryKey(index)));
        body.sink_text(&mut sink, string, key);
        sink.constant(": ");
        let value = body.read(None, map.project(Projection::EntryValue(index)));
        body.sink_text(&mut sink, inner, value);
        body.sink_store(sink, acc);
    });
    close(body, acc, "}");
}

/// The operand, as a constant where its type has no bits.
pub(super) fn part(body: &mut Body, operand: Operand) -> Operand {
    match operand {
        Operand::Copy(place) => body.read(None, place),
        other => other,
    }
}

fn option(body: &mut Body, start: Operand, value: &Place, inner: TypeId) {
    let (some, none) = (body.f.block(), body.f.block());
    body.switch_tag(value.clone(), 1, some, none);
    body.f.switch_to(some);
    let payload = body.read(None, value.project(Projection::Some));
    let mut sink = TextSink::onto(start.clone());
    body.sink_text(&mut sink, inner, payload);
    give_back(body, sink);
    body.f.switch_to(none);
    let mut sink = TextSink::onto(start);
    sink.constant("null");
    give_back(body, sink);
}

fn result(body: &mut Body, start: Operand, value: &Place, ok: TypeId, err: TypeId) {
    let (good, bad) = (body.f.block(), body.f.block());
    body.switch_tag(value.clone(), 0, good, bad);
    let sides = [
        (good, "Ok(", Projection::Ok, ok),
        (bad, "Err(", Projection::Err, err),
    ];
    for (block, opening, projection, ty) in sides {
        body.f.switch_to(block);
        let payload = body.read(None, value.project(projection));
        let mut sink = TextSink::onto(start.clone());
        sink.constant(opening);
        body.sink_text(&mut sink, ty, payload);
        sink.constant(")");
        give_back(body, sink);
    }
}

/// `Name(message)` for structs whose message is text, `<Name>` for others; `<config Name>` for values of configs.
fn structure(body: &mut Body, start: Operand, ty: TypeId, value: &Place) {
    let Type::Struct(id) = body.cx.shape(ty) else {
        unreachable!("invariant: called for structs")
    };
    let name = body.cx.mir.types.structs[id].name.clone();
    let is_config = |c: &Config| c.ty.0 as usize == id.index();
    if body.cx.program.configs.iter().any(is_config) {
        return without_message(body, start, &format!("config {name}"));
    }
    let known = body.cx.known;
    match body.place_field(ty, "message") {
        Some((field, message)) if message == known.string => {
            let place = value.project(Projection::Field(field));
            with_message(body, start, &name, place);
        }
        Some((field, message)) if message == known.option_string => {
            let place = value.project(Projection::Field(field));
            let (some, none) = (body.f.block(), body.f.block());
            body.switch_tag(place.clone(), 1, some, none);
            body.f.switch_to(some);
            let text = place.project(Projection::Some);
            with_message(body, start.clone(), &name, text);
            body.f.switch_to(none);
            without_message(body, start, &name);
        }
        _ => without_message(body, start, &name),
    }
}

fn with_message(body: &mut Body, start: Operand, name: &str, message: Place) {
    let string = body.cx.known.string;
    let mut sink = TextSink::onto(start);
    sink.constant(name);
    sink.constant("(");
    body.sink_text(&mut sink, string, Operand::Copy(message));
    sink.constant(")");
    give_back(body, sink);
}

fn without_message(body: &mut Body, start: Operand, name: &str) {
    let mut sink = TextSink::onto(start);
    sink.constant(&format!("<{name}>"));
    give_back(body, sink);
}

/// `Enum.Variant` or `Enum.Variant(a, b)`; the error of a union; the text of a function.
fn enumeration(body: &mut Body, start: Operand, id: EnumId, value: &Place) {
    let def = body.cx.mir.types.enums[id].clone();
    each_variant(body, value, def.variants.len(), |body, variant| {
        let info = &def.variants[variant as usize];
        let mut sink = TextSink::onto(start.clone());
        match body.cx.enum_kind(id) {
            EnumKind::Declared => sink.constant(&format!("{}.{}", def.name, info.name)),
            EnumKind::Union => {
                let payload = body.read(None, variant_part(value, variant, 0));
                body.sink_text(&mut sink, info.payload[0], payload);
                return give_back(body, sink);
            }
            EnumKind::Function { .. } => {
                sink.constant(&info.name);
                return give_back(body, sink);
            }
        }
        for (index, &ty) in info.payload.iter().enumerate() {
            sink.constant(if index == 0 { "(" } else { ", " });
            let payload = body.read(None, variant_part(value, variant, index));
            body.sink_text(&mut sink, ty, payload);
        }
        if !info.payload.is_empty() {
            sink.constant(")");
        }
        give_back(body, sink);
    });
}

pub(in crate::lower) fn variant_part(value: &Place, variant: u32, index: usize) -> Place {
    value.project(Projection::Variant {
        variant,
        index: index as u32,
    })
}

/// Branches on every variant of an enum value; `emit` ends its block.
pub(in crate::lower) fn each_variant(
    body: &mut Body,
    value: &Place,
    count: usize,
    mut emit: impl FnMut(&mut Body, u32),
) {
    let blocks: Vec<_> = (0..count).map(|_| body.f.block()).collect();
    let Some((&last, others)) = blocks.split_last() else {
        // An enum without variants has no values.
        return body.never_falls_through();
    };
    if others.is_empty() {
        body.f.goto(last);
    } else {
        let tag = body.tag(value.clone());
        let cases = (0..).zip(others.iter().copied()).collect();
        body.f.terminate(Terminator::Switch {
            value: tag,
            cases,
            default: last,
        });
    }
    for (variant, &block) in (0..).zip(&blocks) {
        body.f.switch_to(block);
        emit(body, variant);
    }
}

/// Stores an operand into a fresh named local.
pub(super) fn named(body: &mut Body, name: &str, ty: TypeId, value: Operand) -> LocalId {
    let local = body.f.local(name, ty);
    body.f.assign(local, Rvalue::Use(value));
    local
}
