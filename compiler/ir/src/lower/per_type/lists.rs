//! List functions that are loops. The caller has checked bounds, so that faults point at the user's code.

use super::text::{named, part};
use crate::lower::body::{Body, copy, element, int, param};
use crate::mir::{
    BinaryOp, BlockId, Index, LocalId, Operand, Place, Projection, Rvalue, Type, TypeId,
};

/// Appends `list[from..<to]` to `result`.
fn push_range(body: &mut Body, result: LocalId, list: &Place, from: Operand, to: Operand) {
    let int_type = body.cx.known.int;
    let index = named(body, "index", int_type, from);
    let (head, inside, exit) = (body.f.block(), body.f.block(), body.f.block());
    body.f.goto(head);
    body.f.switch_to(head);
    let more = body.binary(BinaryOp::Lt, copy(index), to);
    body.f.branch(more, inside, exit);
    body.f.switch_to(inside);
    let value = part(body, element(list, index));
    body.push_to(result, value);
    body.increment(index);
    body.f.goto(head);
    body.f.switch_to(exit);
}

fn new_list(body: &mut Body, ty: TypeId, capacity: Operand) -> LocalId {
    let result = body.f.local("result", ty);
    body.empty_list(Some(result), ty, capacity);
    result
}

/// `(list, more)`: the first list grown by the second, in place where nobody else holds it.
pub(super) fn concat(body: &mut Body, ty: TypeId) {
    let result = named(body, "result", ty, Operand::Copy(param(0)));
    let more = param(1);
    let count = body.len(more.clone());
    push_range(body, result, &more, int(0), count);
    body.f.ret(copy(result));
}

pub(super) fn reverse(body: &mut Body, ty: TypeId) {
    let list = param(0);
    let count = body.len(list.clone());
    let result = new_list(body, ty, count.clone());
    let last = body.binary(BinaryOp::SubNowrap, count.clone(), int(1));
    body.counted(count, |body, index| {
        let from_end = body.binary(BinaryOp::SubNowrap, last, copy(index));
        let from_end = local_of(&from_end);
        let value = part(body, element(&list, from_end));
        body.push_to(result, value);
    });
    body.f.ret(copy(result));
}

fn local_of(operand: &Operand) -> LocalId {
    operand
        .place()
        .and_then(Place::as_local)
        .expect("invariant: operations give temporaries")
}

/// `(list, from, to)`
pub(super) fn slice(body: &mut Body, ty: TypeId) {
    let (list, from, to) = (param(0), Operand::Copy(param(1)), Operand::Copy(param(2)));
    let count = body.binary(BinaryOp::SubNowrap, to.clone(), from.clone());
    let result = new_list(body, ty, count);
    push_range(body, result, &list, from, to);
    body.f.ret(copy(result));
}

/// `(list, index, value)`
pub(super) fn insert(body: &mut Body, ty: TypeId) {
    let (list, index) = (param(0), Operand::Copy(param(1)));
    let count = body.len(list.clone());
    let longer = body.binary(BinaryOp::AddNowrap, count.clone(), int(1));
    let result = new_list(body, ty, longer);
    push_range(body, result, &list, int(0), index.clone());
    let value = body.read(None, param(2));
    body.push_to(result, value);
    push_range(body, result, &list, index, count);
    body.f.ret(copy(result));
}

/// `(list, index)`
pub(super) fn remove_at(body: &mut Body, ty: TypeId) {
    let (list, index) = (param(0), Operand::Copy(param(1)));
    let count = body.len(list.clone());
    let shorter = body.binary(BinaryOp::SubNowrap, count.clone(), int(1));
    let result = new_list(body, ty, shorter);
    push_range(body, result, &list, int(0), index.clone());
    let after = body.binary(BinaryOp::AddNowrap, index, int(1));
    push_range(body, result, &list, after, count);
    body.f.ret(copy(result));
}

/// `(list, value)`: index of the first equal element, or -1.
pub(super) fn index_of(body: &mut Body, ty: TypeId) {
    let Type::List(inner) = body.cx.shape(ty) else {
        unreachable!("invariant: made for lists")
    };
    let list = param(0);
    let count = body.len(list.clone());
    body.counted(count, |body, index| {
        let candidate = part(body, element(&list, index));
        let wanted = body.read(None, param(1));
        let equal = body.equal_values(false, inner, candidate, wanted, None);
        let (found, next) = (body.f.block(), body.f.block());
        body.branch_or_goto(equal, found, next);
        body.f.switch_to(found);
        body.f.ret(copy(index));
        body.f.switch_to(next);
    });
    body.f.ret(int(-1));
}

/// The smallest or largest number, null for none. NaN is behind all numbers.
pub(super) fn extreme(body: &mut Body, ty: TypeId, option: TypeId, largest: bool) {
    let Type::List(inner) = body.cx.shape(ty) else {
        unreachable!("invariant: made for lists")
    };
    let list = param(0);
    let count = body.len(list.clone());
    let (empty, some) = (body.f.block(), body.f.block());
    let is_empty = body.binary(BinaryOp::Eq, count.clone(), int(0));
    body.f.branch(is_empty, empty, some);
    body.f.switch_to(empty);
    let none = body.none(None, option);
    body.f.ret(none);
    body.f.switch_to(some);
    let first = Operand::Copy(list.project(Projection::Element(Index::Const(0))));
    let best = named(body, "best", inner, first);
    body.counted(count, |body, index| {
        let candidate = named(body, "candidate", inner, element(&list, index));
        let (take, keep) = (body.f.block(), body.f.block());
        let (low, high) = if largest {
            (best, candidate)
        } else {
            (candidate, best)
        };
        branch_if_before(body, inner, low, high, take, keep);
        body.f.switch_to(take);
        body.f.assign(best, Rvalue::Use(copy(candidate)));
        body.f.goto(keep);
        body.f.switch_to(keep);
    });
    let result = body.some(None, option, copy(best));
    body.f.ret(result);
}

/// Goes to `yes` when `low` comes before `high`.
fn branch_if_before(
    body: &mut Body,
    ty: TypeId,
    low: LocalId,
    high: LocalId,
    yes: BlockId,
    no: BlockId,
) {
    if ty == body.cx.known.int {
        let before = body.binary(BinaryOp::Lt, copy(low), copy(high));
        return body.f.branch(before, yes, no);
    }
    let (unordered, high_is_nan) = (body.f.block(), body.f.block());
    let before = body.binary(BinaryOp::LtFloat, copy(low), copy(high));
    body.f.branch(before, yes, unordered);
    // Every number comes before NaN.
    body.f.switch_to(unordered);
    let is_nan = body.binary(BinaryOp::NeFloat, copy(high), copy(high));
    body.f.branch(is_nan, high_is_nan, no);
    body.f.switch_to(high_is_nan);
    let is_number = body.binary(BinaryOp::EqFloat, copy(low), copy(low));
    body.f.branch(is_number, yes, no);
}
