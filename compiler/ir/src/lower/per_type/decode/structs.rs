//! Structs: an object whose keys are the fields, in any order, each at most once. Fields are stored into the struct as they come.

use fuse_abi::RuntimeFn;
use fuse_abi::json::{KEY_END, KEY_FAILED};
use fuse_sema::types as sema;

use super::{cursor, decoded, give_nothing, key_word, refuse};
use crate::lower::body::{Body, boolean, copy, unit};
use crate::lower::names;
use crate::mir::{BlockId, LocalId, Operand, Place, Rvalue, StatementKind, Type, TypeId};

struct Reader<'p> {
    fields: &'p [sema::FieldDef],
    /// The partial struct; a field is claimed when its key has been read, and filled in when its value is right.
    partial: LocalId,
    /// Has a problem been recorded?
    bad: LocalId,
    head: BlockId,
    failed: BlockId,
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
    let reader = start(body, ty, &def.fields);
    read_keys(body, &reader);
    complete(body, &reader);
    let right = body.f.block();
    body.f.branch(copy(reader.bad), reader.failed, right);
    body.f.switch_to(right);
    let result = body.value(None, ret, Rvalue::Finish(copy(reader.partial)));
    body.f.ret(result);
    body.f.switch_to(reader.failed);
    give_nothing(body);
}

fn start<'p>(
    body: &mut Body<'_, 'p>,
    ty: sema::TypeId,
    fields: &'p [sema::FieldDef],
) -> Reader<'p> {
    let known = body.cx.known;
    let value_type = body.value_type(ty);
    let Type::Struct(id) = body.cx.shape(value_type) else {
        unreachable!("invariant: structs stay structs")
    };
    let partial_type = body.cx.partial(id);
    let partial = body.f.local("partial", partial_type);
    body.f.assign(partial, Rvalue::Partial);
    let bad = body.f.local("bad", known.bool);
    body.f.assign(bad, Rvalue::Use(boolean(false)));
    Reader {
        fields,
        partial,
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
    for (index, &block) in (0..).zip(&blocks) {
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

/// Claims a field and goes on where nobody had, or else to `taken`.
fn claim(body: &mut Body, reader: &Reader, field: u32, taken: BlockId) {
    let fresh = body.f.block();
    let is_fresh = body.f.temp(body.cx.known.bool);
    body.f.push(StatementKind::Claim {
        dest: Place::local(is_fresh),
        partial: Place::local(reader.partial),
        field,
    });
    body.f.branch(copy(is_fresh), fresh, taken);
    body.f.switch_to(fresh);
}

fn fill(body: &mut Body, reader: &Reader, field: u32, value: Operand) {
    body.f.push(StatementKind::Fill {
        partial: Place::local(reader.partial),
        field,
        value,
    });
}

fn read_field(body: &mut Body, reader: &Reader, index: u32, duplicate: BlockId) {
    let known = body.cx.known;
    let field = &reader.fields[index as usize];
    claim(body, reader, index, duplicate);
    let (place, good, wrong) = decoded(body, field.ty);
    body.f.switch_to(good);
    let value = match body.value_type(field.ty) == known.unit {
        true => unit(),
        false => Operand::Copy(place),
    };
    fill(body, reader, index, value);
    body.f.goto(reader.head);
    body.f.switch_to(wrong);
    body.f.assign(reader.bad, Rvalue::Use(boolean(true)));
    let name = body.text_const(&field.name);
    let goes_on = body.row(RuntimeFn::JsonInField, vec![cursor(), name], known.bool);
    body.f.branch(goes_on, reader.head, reader.failed);
}

/// Gives the fields that were not there their defaults, or records that they are missing.
fn complete(body: &mut Body, reader: &Reader) {
    let (done, some_missing) = (body.f.block(), body.f.block());
    let all = Rvalue::AllClaimed(Place::local(reader.partial));
    let bool_type = body.cx.known.bool;
    let all = body.value(None, bool_type, all);
    body.f.branch(all, done, some_missing);
    body.f.switch_to(some_missing);
    for index in 0..reader.fields.len() as u32 {
        complete_field(body, reader, index);
    }
    body.f.goto(done);
    body.f.switch_to(done);
}

fn complete_field(body: &mut Body, reader: &Reader, index: u32) {
    let field = &reader.fields[index as usize];
    let next = body.f.block();
    claim(body, reader, index, next);
    let value_type = body.value_type(field.ty);
    if let Some(default) = field.default {
        // Nobody looks at the value when there are problems, so the default is not evaluated then.
        let wanted = body.f.block();
        body.f.branch(copy(reader.bad), next, wanted);
        body.f.switch_to(wanted);
        let value = body.f.temp(value_type);
        body.default_into(value, default, Vec::new());
        fill(body, reader, index, copy(value));
    } else if matches!(body.cx.shape(value_type), Type::Option(_)) {
        let none = body.none(None, value_type);
        fill(body, reader, index, none);
    } else {
        let unit_type = body.cx.known.unit;
        let name = body.text_const(&field.name);
        body.row(RuntimeFn::JsonMissing, vec![cursor(), name], unit_type);
        body.f.assign(reader.bad, Rvalue::Use(boolean(true)));
    }
    body.f.goto(next);
    body.f.switch_to(next);
}
