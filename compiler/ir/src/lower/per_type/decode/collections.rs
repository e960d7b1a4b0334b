//! Lists from arrays, maps from objects.

use fuse_abi::RuntimeFn;
use fuse_abi::json::{ITEM, ITEM_END, KEY_END, KEY_FAILED};
use fuse_sema::types as sema;

use super::{cursor, decoded, give, give_nothing, refuse, reject};
use crate::lower::body::{Body, boolean, copy, int};
use crate::mir::{BinaryOp, BlockId, LocalId, Operand, Place, Rvalue, Terminator};

/// What both loops have.
struct Loop {
    first: LocalId,
    bad: LocalId,
    head: BlockId,
    failed: BlockId,
}

/// Opens the container, or refuses what is no such; the loop's head is open then.
fn open(body: &mut Body, row: RuntimeFn, expected: &str) -> Loop {
    let known = body.cx.known;
    let (open, other) = (body.f.block(), body.f.block());
    let is_open = body.row(row, vec![cursor()], known.bool);
    body.f.branch(is_open, open, other);
    body.f.switch_to(other);
    refuse(body, expected);
    body.f.switch_to(open);
    let [first, bad] = [("first", true), ("bad", false)].map(|(name, value)| {
        let local = body.f.local(name, known.bool);
        body.f.assign(local, Rvalue::Use(boolean(value)));
        local
    });
    Loop {
        first,
        bad,
        head: body.f.block(),
        failed: body.f.block(),
    }
}

/// Asks whether there is more.
fn next(body: &mut Body, row: RuntimeFn, state: &Loop) -> Operand {
    let int_type = body.cx.known.int;
    body.f.goto(state.head);
    body.f.switch_to(state.head);
    let found = body.row(row, vec![cursor(), copy(state.first)], int_type);
    body.f.assign(state.first, Rvalue::Use(boolean(false)));
    found
}

/// Returns the collection, unless there have been problems.
fn finish(body: &mut Body, state: &Loop, value: LocalId, end: BlockId, sort: bool) {
    let ret = body.f.ret;
    let (wrong, right) = (body.f.block(), body.f.block());
    body.f.switch_to(end);
    body.f.branch(copy(state.bad), wrong, right);
    body.f.switch_to(right);
    give(body, ret, copy(value));
    body.f.switch_to(wrong);
    if sort {
        let unit_type = body.cx.known.unit;
        body.row(RuntimeFn::JsonSort, vec![cursor()], unit_type);
    }
    body.f.goto(state.failed);
    body.f.switch_to(state.failed);
    give_nothing(body);
}

pub(super) fn list(body: &mut Body, ty: sema::TypeId, inner: sema::TypeId) {
    let known = body.cx.known;
    let state = open(body, RuntimeFn::JsonArray, "List");
    let list_type = body.value_type(ty);
    let list = body.f.local("list", list_type);
    body.empty_list(Some(list), list_type, int(0));
    let index = body.f.local("index", known.int);
    body.f.assign(index, Rvalue::Use(int(0)));
    let found = next(body, RuntimeFn::JsonItem, &state);
    let (item, end) = (body.f.block(), body.f.block());
    body.f.terminate(Terminator::Switch {
        value: found,
        cases: vec![(ITEM, item), (ITEM_END, end)],
        default: state.failed,
    });
    body.f.switch_to(item);
    let (place, good, bad) = decoded(body, inner);
    body.f.switch_to(good);
    let value = body.read(None, place);
    body.push_to(list, value);
    body.increment(index);
    body.f.goto(state.head);
    body.f.switch_to(bad);
    body.f.assign(state.bad, Rvalue::Use(boolean(true)));
    let args = vec![cursor(), copy(index)];
    let goes_on = body.row(RuntimeFn::JsonInItem, args, known.bool);
    body.increment(index);
    body.f.branch(goes_on, state.head, state.failed);
    finish(body, &state, list, end, false);
}

pub(super) fn map(body: &mut Body, ty: sema::TypeId, inner: sema::TypeId) {
    let known = body.cx.known;
    let state = open(body, RuntimeFn::JsonObject, "Map");
    let map_type = body.value_type(ty);
    let map = body.f.local("map", map_type);
    body.empty_map(Some(map), map_type, int(0));
    let found = next(body, RuntimeFn::JsonKey, &state);
    let (entry, end) = (body.f.block(), body.f.block());
    body.f.terminate(Terminator::Switch {
        value: found,
        cases: vec![(KEY_END, end), (KEY_FAILED, state.failed)],
        default: entry,
    });
    body.f.switch_to(entry);
    let key = body.f.local("key", known.string);
    let args = vec![cursor()];
    body.row_into(Some(key), RuntimeFn::JsonKeyText, args, known.string);
    let (place, good, bad) = decoded(body, inner);
    body.f.switch_to(good);
    let (fresh, duplicate) = (body.f.block(), body.f.block());
    let before = body.map_find(Place::local(map), copy(key));
    let is_fresh = body.binary(BinaryOp::Lt, copy(before), int(0));
    body.f.branch(is_fresh, fresh, duplicate);
    body.f.switch_to(fresh);
    let value = body.read(None, place);
    body.map_set(Place::local(map), copy(key), value);
    body.f.goto(state.head);
    body.f.switch_to(duplicate);
    let message = body.text_const("duplicate field");
    reject(body, "duplicate_field", message);
    body.f.goto(bad);
    body.f.switch_to(bad);
    body.f.assign(state.bad, Rvalue::Use(boolean(true)));
    let args = vec![cursor(), copy(key)];
    let goes_on = body.row(RuntimeFn::JsonInField, args, known.bool);
    body.f.branch(goes_on, state.head, state.failed);
    finish(body, &state, map, end, true);
}
