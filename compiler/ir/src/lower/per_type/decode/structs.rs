//! Structs: an object whose keys are the fields, in any order, each at most once.

use fuse_abi::RuntimeFn;
use fuse_abi::json::{KEY_END, KEY_FAILED};
use fuse_sema::types as sema;

use super::{ERR, OK, cursor, give, give_nothing, key_word, refuse};
use crate::lower::body::{Body, boolean, copy, int, unit};
use crate::lower::names;
use crate::mir::{BinaryOp, BlockId, LocalId, Operand, Place, Projection, Rvalue, Type, TypeId};

/// Fields that one mask has bits for.
const MASK_BITS: usize = 63;

struct Reader<'p> {
    fields: &'p [sema::FieldDef],
    /// What each field has been read as; no value before that.
    values: Vec<LocalId>,
    /// A bit per field that has been read.
    masks: Vec<LocalId>,
    /// Has a problem been recorded?
    bad: LocalId,
    head: BlockId,
    failed: BlockId,
}

impl Reader<'_> {
    fn mask(&self, field: usize) -> (LocalId, i64) {
        (self.masks[field / MASK_BITS], 1 << (field % MASK_BITS))
    }

    /// The bits of all fields, where one mask has them all.
    fn full(&self) -> i64 {
        if self.fields.len() == MASK_BITS {
            i64::MAX
        } else {
            (1 << self.fields.len()) - 1
        }
    }
}

pub(super) fn make(body: &mut Body, ty: sema::TypeId, id: sema::StructId, ret: TypeId) {
    let program = body.cx.program;
    let def = program.types.struct_def(id);
    let known = body.cx.known;
    let (open, other) = (body.f.block(), body.f.block());
    let is_object = body.row(RuntimeFn::JsonObject, vec![cursor()], known.bool);
    body.f.branch(is_object, open, other);
    body.f.switch_to(other);
    refuse(body, &def.name);

    body.f.switch_to(open);
    let reader = start(body, &def.fields);
    read_keys(body, &reader);
    complete(body, &reader);
    let right = body.f.block();
    body.f.branch(copy(reader.bad), reader.failed, right);
    body.f.switch_to(right);
    let values = reader.values.iter();
    let values = values
        .map(|&value| body.read(None, Place::local(value).project(Projection::Ok)))
        .collect();
    let value_type = body.value_type(ty);
    let value = body.aggregate(None, value_type, 0, values);
    give(body, ret, value);
    body.f.switch_to(reader.failed);
    give_nothing(body);
}

fn start<'p>(body: &mut Body<'_, 'p>, fields: &'p [sema::FieldDef]) -> Reader<'p> {
    let known = body.cx.known;
    let mut values = Vec::with_capacity(fields.len());
    for field in fields {
        let decoded = body.cx.decoded(field.ty);
        let value = body.f.local(&field.name, decoded);
        body.aggregate(Some(value), decoded, ERR, vec![unit()]);
        values.push(value);
    }
    let masks = (0..fields.len().div_ceil(MASK_BITS))
        .map(|_| {
            let mask = body.f.local("seen", known.int);
            body.f.assign(mask, Rvalue::Use(int(0)));
            mask
        })
        .collect();
    let bad = body.f.local("bad", known.bool);
    body.f.assign(bad, Rvalue::Use(boolean(false)));
    Reader {
        fields,
        values,
        masks,
        bad,
        head: body.f.block(),
        failed: body.f.block(),
    }
}

/// Reads key by key; goes on behind the closing brace.
fn read_keys(body: &mut Body, reader: &Reader) {
    let known = body.cx.known;
    let first = body.f.local("first", known.bool);
    body.f.assign(first, Rvalue::Use(boolean(true)));
    body.f.goto(reader.head);
    body.f.switch_to(reader.head);
    let length = body.row(RuntimeFn::JsonKey, vec![cursor(), copy(first)], known.int);
    body.f.assign(first, Rvalue::Use(boolean(false)));
    let blocks: Vec<BlockId> = reader.fields.iter().map(|_| body.f.block()).collect();
    let names = reader.fields.iter().map(|field| field.name.as_str());
    let names: Vec<_> = names.zip(blocks.iter().copied()).collect();
    let (closed, unknown, duplicate) = (body.f.block(), body.f.block(), body.f.block());
    let outcomes = [(KEY_END, closed), (KEY_FAILED, reader.failed)];
    names::branch(body, length, &key_word, &names, &outcomes, unknown);
    for (index, &block) in blocks.iter().enumerate() {
        body.f.switch_to(block);
        read_field(body, reader, index, duplicate);
    }
    // What these step over may fail; then the next key does.
    for (block, row) in [
        (unknown, RuntimeFn::JsonUnknown),
        (duplicate, RuntimeFn::JsonDuplicate),
    ] {
        body.f.switch_to(block);
        body.row(row, vec![cursor()], known.unit);
        body.f.assign(reader.bad, Rvalue::Use(boolean(true)));
        body.f.goto(reader.head);
    }
    body.f.switch_to(closed);
    let (sort, sorted) = (body.f.block(), body.f.block());
    body.f.branch(copy(reader.bad), sort, sorted);
    body.f.switch_to(sort);
    body.row(RuntimeFn::JsonSort, vec![cursor()], known.unit);
    body.f.goto(sorted);
    body.f.switch_to(sorted);
}

fn read_field(body: &mut Body, reader: &Reader, index: usize, duplicate: BlockId) {
    let known = body.cx.known;
    let field = &reader.fields[index];
    let (mask, bit) = reader.mask(index);
    let fresh = body.f.block();
    let seen = body.binary(BinaryOp::BitAnd, copy(mask), int(bit));
    let is_fresh = body.binary(BinaryOp::Eq, seen, int(0));
    body.f.branch(is_fresh, fresh, duplicate);
    body.f.switch_to(fresh);
    let marked = Rvalue::Binary(BinaryOp::BitOr, copy(mask), int(bit));
    body.f.assign(mask, marked);
    let value = reader.values[index];
    body.decode_into(value, cursor(), field.ty);
    let wrong = body.f.block();
    body.switch_tag(Place::local(value), OK, reader.head, wrong);
    body.f.switch_to(wrong);
    body.f.assign(reader.bad, Rvalue::Use(boolean(true)));
    let name = body.text_const(&field.name);
    let goes_on = body.row(RuntimeFn::JsonInField, vec![cursor(), name], known.bool);
    body.f.branch(goes_on, reader.head, reader.failed);
}

/// Gives the fields that were not there their defaults, or records that they are missing.
fn complete(body: &mut Body, reader: &Reader) {
    let done = body.f.block();
    if let [mask] = *reader.masks {
        let some_missing = body.f.block();
        let is_full = body.binary(BinaryOp::Eq, copy(mask), int(reader.full()));
        body.f.branch(is_full, done, some_missing);
        body.f.switch_to(some_missing);
    }
    for index in 0..reader.fields.len() {
        complete_field(body, reader, index);
    }
    body.f.goto(done);
    body.f.switch_to(done);
}

fn complete_field(body: &mut Body, reader: &Reader, index: usize) {
    let field = &reader.fields[index];
    let (mask, bit) = reader.mask(index);
    let (absent, next) = (body.f.block(), body.f.block());
    let seen = body.binary(BinaryOp::BitAnd, copy(mask), int(bit));
    let is_absent = body.binary(BinaryOp::Eq, seen, int(0));
    body.f.branch(is_absent, absent, next);
    body.f.switch_to(absent);
    let value_type = body.value_type(field.ty);
    if let Some(default) = field.default {
        // Nobody looks at the value when there are problems, so the default is not evaluated then.
        let wanted = body.f.block();
        body.f.branch(copy(reader.bad), next, wanted);
        body.f.switch_to(wanted);
        let value = body.f.temp(value_type);
        body.default_into(value, default, Vec::new());
        store(body, reader.values[index], copy(value), value_type);
    } else if matches!(body.cx.shape(value_type), Type::Option(_)) {
        let none = body.none(None, value_type);
        store(body, reader.values[index], none, value_type);
    } else {
        let unit_type = body.cx.known.unit;
        let name = body.text_const(&field.name);
        body.row(RuntimeFn::JsonMissing, vec![cursor(), name], unit_type);
        body.f.assign(reader.bad, Rvalue::Use(boolean(true)));
    }
    body.f.goto(next);
    body.f.switch_to(next);
}

fn store(body: &mut Body, dest: LocalId, value: Operand, value_type: TypeId) {
    let value = if value_type == body.cx.known.unit {
        unit()
    } else {
        value
    };
    let decoded = body.f.local_type(dest);
    body.aggregate(Some(dest), decoded, OK, vec![value]);
}
