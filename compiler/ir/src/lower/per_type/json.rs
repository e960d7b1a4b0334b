//! JSON text: compact, object keys sorted by bytes, constants between values appended as one piece.

use fuse_abi::RuntimeFn;
use fuse_sema::types::EnumKind;

use super::PerType;
use super::text::{close, each_variant, give_back, named, open, part, variant_part};
use crate::lower::append::Form;
use crate::lower::body::{Body, copy, element, int, param};
use crate::lower::errors::StdError;
use crate::lower::text::TextSink;
use crate::mir::{
    BinaryOp, EnumId, Index, Operand, Place, Projection, Rvalue, StructId, Type, TypeId,
};

/// Elements that a list or map is expected to have, and bytes of a text.
const ELEMENTS: usize = 4;
const TEXT: usize = 24;
/// Types inside of types that are looked at, and the most that is asked for before anything is known.
const DEPTH: usize = 4;
const MOST_ROOM: usize = 1000;

impl Body<'_, '_> {
    /// Room for the JSON form of a usual value of the type.
    pub fn json_room(&self, ty: TypeId) -> usize {
        self.json_room_within(ty, DEPTH, MOST_ROOM).min(MOST_ROOM)
    }

    /// Looks no further once `most` is reached, which bounds the work.
    fn json_room_within(&self, ty: TypeId, depth: usize, most: usize) -> usize {
        let Some(depth) = depth.checked_sub(1) else {
            return TEXT;
        };
        let types = &self.cx.mir.types;
        let sum = |parts: &mut dyn Iterator<Item = (usize, TypeId)>| {
            parts.fold(0, |total: usize, (extra, ty)| {
                match most.checked_sub(total) {
                    Some(most) => total + extra + self.json_room_within(ty, depth, most),
                    None => total,
                }
            })
        };
        match self.cx.shape(ty) {
            Type::Unit | Type::Bool => 5,
            Type::Int | Type::Float => 12,
            Type::Option(inner) | Type::Box(inner) => sum(&mut [(0, inner)].into_iter()),
            Type::List(inner) => 2 + ELEMENTS * sum(&mut [(1, inner)].into_iter()),
            Type::Map(inner) => 2 + ELEMENTS * sum(&mut [(TEXT + 4, inner)].into_iter()),
            Type::Result(ok, _) => sum(&mut [(TEXT, ok)].into_iter()),
            Type::Struct(id) => {
                let fields = types.structs[id].fields.iter();
                sum(&mut fields.map(|field| (field.name.len() + 4, field.ty)))
            }
            Type::Enum(id) => {
                let mut variants = types.enums[id].variants.iter();
                let payload = variants.find(|variant| !variant.payload.is_empty());
                let payload = payload.map_or(&[][..], |variant| &variant.payload);
                TEXT + sum(&mut payload.iter().map(|&ty| (1, ty)))
            }
            _ => TEXT,
        }
    }

    /// Appends the JSON form of a value.
    pub fn sink_json(&mut self, sink: &mut TextSink, ty: TypeId, value: Operand) {
        self.sink_json_as(sink, PerType::Json, ty, value);
    }

    pub fn sink_json_as(
        &mut self,
        sink: &mut TextSink,
        family: PerType,
        ty: TypeId,
        value: Operand,
    ) {
        match self.cx.shape(ty) {
            Type::Unit => sink.constant("null"),
            Type::Int => self.sink_form(sink, Form::Int, value),
            Type::Bool => self.sink_form(sink, Form::Bool, value),
            Type::Float => self.sink_form(sink, Form::JsonFloat, value),
            Type::String | Type::Html => self.sink_form(sink, Form::JsonString, value),
            Type::Bytes => {
                sink.constant("\"");
                self.sink_form(sink, Form::Row(RuntimeFn::TextPushBase64), value);
                sink.constant("\"");
            }
            _ => self.sink_per_type(sink, family, ty, value),
        }
    }
}

/// Body of `(acc: String, value: T) -> String`.
pub(super) fn make(body: &mut Body, ty: TypeId, family: PerType) {
    let (start, value) = (Operand::Copy(param(0)), param(1));
    match body.cx.shape(ty) {
        Type::List(inner) => list(body, start, &value, inner, family),
        Type::Map(inner) if family == PerType::OrderedJson => {
            ordered_map(body, start, &value, inner);
        }
        Type::Map(inner) => map(body, start, ty, &value, inner),
        Type::Struct(id) => structure(body, start, id, &value),
        Type::Enum(id) => enumeration(body, start, id, &value),
        Type::Option(inner) => {
            let (some, none) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 1, some, none);
            body.f.switch_to(some);
            let payload = body.read(None, value.project(Projection::Some));
            let mut sink = TextSink::onto(start.clone());
            body.sink_json(&mut sink, inner, payload);
            give_back(body, sink);
            body.f.switch_to(none);
            close_with(body, start, "null");
        }
        Type::Result(ok, err) => result(body, start, &value, ok, err),
        Type::Box(inner) => {
            let content = body.read(None, value.project(Projection::Content));
            let mut sink = TextSink::onto(start);
            body.sink_json(&mut sink, inner, content);
            give_back(body, sink);
        }
        _ => {
            let mut sink = TextSink::onto(start);
            let value = body.read(None, value);
            body.sink_json(&mut sink, ty, value);
            give_back(body, sink);
        }
    }
}

fn close_with(body: &mut Body, start: Operand, text: &str) {
    let mut sink = TextSink::onto(start);
    sink.constant(text);
    give_back(body, sink);
}

fn list(body: &mut Body, start: Operand, list: &Place, inner: TypeId, family: PerType) {
    let known = body.cx.known;
    let acc = named(body, "text", known.string, start);
    let count = body.len(list.clone());
    // What stands before the next element.
    let before = named(body, "before", known.int, int(i64::from(b'[')));
    body.counted(count.clone(), |body, index| {
        let mut sink = TextSink::onto(copy(acc));
        sink.byte(copy(before));
        let value = part(body, element(list, index));
        body.sink_json_as(&mut sink, family, inner, value);
        body.sink_store(sink, acc);
        body.f.assign(before, Rvalue::Use(int(i64::from(b','))));
    });
    let (none, some) = (body.f.block(), body.f.block());
    let is_empty = body.binary(BinaryOp::Eq, count, int(0));
    body.f.branch(is_empty, none, some);
    body.f.switch_to(none);
    close(body, acc, "[]");
    body.f.switch_to(some);
    close(body, acc, "]");
}

fn ordered_map(body: &mut Body, start: Operand, map: &Place, inner: TypeId) {
    let acc = open(body, start, "{");
    let count = body.len(map.clone());
    body.counted(count, |body, index| {
        body.separate(acc, index, ",");
        let at = Index::Local(index);
        let key = body.read(None, map.project(Projection::EntryKey(at)));
        let mut sink = TextSink::onto(copy(acc));
        body.sink_form(&mut sink, Form::JsonString, key);
        sink.constant(":");
        let value = body.read(None, map.project(Projection::EntryValue(at)));
        body.sink_json_as(&mut sink, PerType::OrderedJson, inner, value);
        body.sink_store(sink, acc);
    });
    close(body, acc, "}");
}

fn map(body: &mut Body, start: Operand, ty: TypeId, map: &Place, inner: TypeId) {
    let known = body.cx.known;
    let keys = body.call_per_type(
        None,
        PerType::MapKeys,
        ty,
        vec![Operand::Copy(map.clone())],
        known.list_string,
    );
    let sorted = body.row(RuntimeFn::ListSortText, vec![keys], known.list_string);
    let sorted = body.place_of(sorted, known.list_string);
    let acc = open(body, start, "{");
    let count = body.len(sorted.clone());
    body.counted(count, |body, index| {
        body.separate(acc, index, ",");
        let key = element(&sorted, index);
        let mut sink = TextSink::onto(copy(acc));
        body.sink_form(&mut sink, Form::JsonString, key.clone());
        sink.constant(":");
        let entry = body.map_find(map.clone(), key);
        let entry = map.project(Projection::EntryValue(Index::Local(entry)));
        let value = body.read(None, entry);
        body.sink_json(&mut sink, inner, value);
        body.sink_store(sink, acc);
    });
    close(body, acc, "}");
}

fn structure(body: &mut Body, start: Operand, id: StructId, value: &Place) {
    let mut fields: Vec<(u32, String, TypeId)> = (0..)
        .zip(&body.cx.mir.types.structs[id].fields)
        .map(|(index, field)| (index, field.name.clone(), field.ty))
        .collect();
    fields.sort_by(|a, b| a.1.as_bytes().cmp(b.1.as_bytes()));
    let mut sink = TextSink::onto(start);
    for (position, (index, name, ty)) in fields.into_iter().enumerate() {
        sink.constant(if position == 0 { "{" } else { "," });
        sink.constant(&format!("\"{name}\":"));
        let field = body.read(None, value.project(Projection::Field(index)));
        body.sink_json(&mut sink, ty, field);
    }
    let is_empty = body.cx.mir.types.structs[id].fields.is_empty();
    sink.constant(if is_empty { "{}" } else { "}" });
    give_back(body, sink);
}

/// `{"type":"V"}`, `{"data":X,"type":"V"}`, `{"data":[X,Y],"type":"V"}`
fn enumeration(body: &mut Body, start: Operand, id: EnumId, value: &Place) {
    let def = body.cx.mir.types.enums[id].clone();
    each_variant(body, value, def.variants.len(), |body, variant| {
        let info = &def.variants[variant as usize];
        let mut sink = TextSink::onto(start.clone());
        if body.cx.enum_kind(id) == EnumKind::Union {
            let payload = body.read(None, variant_part(value, variant, 0));
            body.sink_json(&mut sink, info.payload[0], payload);
            return give_back(body, sink);
        }
        let (opening, closing) = match info.payload.len() {
            0 => ("{", ""),
            1 => ("{\"data\":", ","),
            _ => ("{\"data\":[", "],"),
        };
        sink.constant(opening);
        for (index, &ty) in info.payload.iter().enumerate() {
            if index > 0 {
                sink.constant(",");
            }
            let payload = body.read(None, variant_part(value, variant, index));
            body.sink_json(&mut sink, ty, payload);
        }
        sink.constant(&format!("{closing}\"type\":\"{}\"}}", info.name));
        give_back(body, sink);
    });
}

fn result(body: &mut Body, start: Operand, value: &Place, ok: TypeId, err: TypeId) {
    let (good, bad) = (body.f.block(), body.f.block());
    body.switch_tag(value.clone(), 0, good, bad);
    let sides = [
        (good, "Ok", Projection::Ok, ok),
        (bad, "Err", Projection::Err, err),
    ];
    for (block, tag, projection, ty) in sides {
        body.f.switch_to(block);
        let payload = body.read(None, value.project(projection));
        let mut sink = TextSink::onto(start.clone());
        sink.constant("{\"data\":");
        body.sink_json(&mut sink, ty, payload);
        sink.constant(&format!(",\"type\":\"{tag}\"}}"));
        give_back(body, sink);
    }
}

/// Error JSON of a standard error.
pub(super) fn make_error(body: &mut Body, ty: TypeId) {
    let kind = body.std_error_of(ty);
    let value = param(1);
    let mut sink = TextSink::onto(Operand::Copy(param(0)));
    sink.constant("{\"error\":{\"code\":");
    match kind {
        Some(StdError::Simple { code, .. }) => sink.constant(&format!("\"{code}\"")),
        Some(StdError::Validation) => {
            sink.constant("\"validation_error\",\"fields\":");
            field_json(body, &mut sink, ty, &value, "fields");
        }
        Some(StdError::Base) => field_json(body, &mut sink, ty, &value, "code"),
        None => unreachable!("invariant: only standard errors have error JSON"),
    }
    sink.constant(",\"message\":");
    field_json(body, &mut sink, ty, &value, "message");
    sink.constant("}}");
    give_back(body, sink);
}

fn field_json(body: &mut Body, sink: &mut TextSink, ty: TypeId, value: &Place, name: &str) {
    let (field, field_type) = body
        .place_field(ty, name)
        .expect("invariant: a field of a standard error");
    let place = value.project(Projection::Field(field));
    body.sink_json(sink, field_type, Operand::Copy(place));
}

/// Status of a `std.Error` where HTTP knows it, else 500.
pub(super) fn make_error_status(body: &mut Body, ty: TypeId) {
    let (field, _) = body
        .place_field(ty, "status")
        .expect("invariant: `std.Error` has a status");
    let int_type = body.cx.known.int;
    let place = param(0).project(Projection::Field(field));
    let status = named(body, "status", int_type, Operand::Copy(place));
    let clamped = body.clamp_status(copy(status));
    body.f.ret(clamped);
}
