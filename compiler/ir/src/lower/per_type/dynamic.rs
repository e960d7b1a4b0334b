//! What dynamic values do that enums do not: numbers are equal across kinds, some are ordered, static values become them.

use fuse_abi::RuntimeFn;

use super::PerType;
use super::text::{each_variant, give_back, part};
use crate::lower::body::{Body, boolean, copy, element, int, param};
use crate::lower::dynamic::{FLOAT, INT, LIST, MAP, NO_ORDER, NULL, STRING, payload};
use crate::lower::text::TextSink;
use crate::mir::{
    BinaryOp, BlockId, Index, Operand, Place, Projection, Rvalue, Type, TypeId, Variant,
};

fn variants(body: &Body, ty: TypeId) -> Vec<Variant> {
    let Type::Enum(id) = body.cx.shape(ty) else {
        unreachable!("invariant: dynamic values are an enum")
    };
    body.cx.mir.types.enums[id].variants.clone()
}

/// Body of `(acc: String, value: Dynamic) -> String`: the text, or the JSON, of what is inside.
pub(super) fn text(body: &mut Body, ty: TypeId, family: PerType) {
    let (start, value) = (Operand::Copy(param(0)), param(1));
    let variants = variants(body, ty);
    each_variant(body, &value, variants.len(), |body, variant| {
        let mut sink = TextSink::onto(start.clone());
        match variants[variant as usize].payload.first() {
            None => sink.constant("null"),
            Some(&inner) => {
                let inside = Operand::Copy(payload(&value, variant));
                match family {
                    PerType::Text => body.sink_text(&mut sink, inner, inside),
                    _ => body.sink_json_as(&mut sink, family, inner, inside),
                }
            }
        }
        give_back(body, sink);
    });
}

/// Goes to the first block when the tags are these.
fn both(body: &mut Body, tags: (u32, u32), otherwise: BlockId) -> BlockId {
    let (first, yes) = (body.f.block(), body.f.block());
    body.switch_dynamic(&param(0), &[(tags.0, first)], otherwise);
    body.f.switch_to(first);
    body.switch_dynamic(&param(1), &[(tags.1, yes)], otherwise);
    yes
}

/// Int with Float, exactly: -1, 0, 1, 2.
fn compare_mixed(body: &mut Body, int_place: Place, float_place: Place) -> Operand {
    let args = vec![Operand::Copy(int_place), Operand::Copy(float_place)];
    let int_type = body.cx.known.int;
    body.row(RuntimeFn::CompareIntFloat, args, int_type)
}

/// Body of `(a: Dynamic, b: Dynamic) -> Bool`.
pub(super) fn equal(body: &mut Body, ty: TypeId) {
    let (a, b) = (param(0), param(1));
    let after_first = body.f.block();
    let block = both(body, (INT, FLOAT), after_first);
    body.f.switch_to(block);
    let compared = compare_mixed(body, payload(&a, INT), payload(&b, FLOAT));
    let equal = body.binary(BinaryOp::Eq, compared, int(0));
    body.f.ret(equal);
    body.f.switch_to(after_first);
    let after_second = body.f.block();
    let block = both(body, (FLOAT, INT), after_second);
    body.f.switch_to(block);
    let compared = compare_mixed(body, payload(&b, INT), payload(&a, FLOAT));
    let equal = body.binary(BinaryOp::Eq, compared, int(0));
    body.f.ret(equal);
    body.f.switch_to(after_second);
    let (left, right) = (body.tag(a.clone()), body.tag(b.clone()));
    let (same, differ) = (body.f.block(), body.f.block());
    let same_kind = body.binary(BinaryOp::Eq, left, right);
    body.f.branch(same_kind, same, differ);
    body.f.switch_to(differ);
    body.f.ret(boolean(false));
    body.f.switch_to(same);
    let variants = variants(body, ty);
    each_variant(body, &a, variants.len(), |body, variant| {
        let equal = match variants[variant as usize].payload.first() {
            None => boolean(true),
            Some(&inner) => {
                let left = Operand::Copy(payload(&a, variant));
                let right = Operand::Copy(payload(&b, variant));
                body.equal_values(false, inner, left, right, None)
            }
        };
        body.f.ret(equal);
    });
}

/// Body of `(a: Dynamic, b: Dynamic) -> Int`.
pub(super) fn compare(body: &mut Body) {
    let (a, b) = (param(0), param(1));
    let pairs = [
        (INT, INT),
        (FLOAT, FLOAT),
        (STRING, STRING),
        (INT, FLOAT),
        (FLOAT, INT),
    ];
    for tags in pairs {
        let next = body.f.block();
        let block = both(body, tags, next);
        body.f.switch_to(block);
        let (left, right) = (payload(&a, tags.0), payload(&b, tags.1));
        match tags {
            (STRING, _) => {
                let args = vec![Operand::Copy(left), Operand::Copy(right)];
                let int_type = body.cx.known.int;
                let compared = body.row(RuntimeFn::TextCompare, args, int_type);
                body.f.ret(compared);
            }
            (INT, FLOAT) => {
                let compared = compare_mixed(body, left, right);
                body.f.ret(compared);
            }
            (FLOAT, INT) => {
                let compared = compare_mixed(body, right, left);
                reversed(body, compared);
            }
            (INT, _) => ordered(body, (BinaryOp::Lt, BinaryOp::Eq), left, right),
            _ => ordered(body, (BinaryOp::LtFloat, BinaryOp::EqFloat), left, right),
        }
        body.f.switch_to(next);
    }
    body.f.ret(int(NO_ORDER));
}

/// The comparison with its sides exchanged; 2 stays.
fn reversed(body: &mut Body, compared: Operand) {
    let (unordered, ordered) = (body.f.block(), body.f.block());
    let is_unordered = body.binary(BinaryOp::Eq, compared.clone(), int(2));
    body.f.branch(is_unordered, unordered, ordered);
    body.f.switch_to(unordered);
    body.f.ret(int(2));
    body.f.switch_to(ordered);
    let reversed = body.binary(BinaryOp::SubNowrap, int(0), compared);
    body.f.ret(reversed);
}

fn ordered(body: &mut Body, ops: (BinaryOp, BinaryOp), left: Place, right: Place) {
    let (left, right) = (Operand::Copy(left), Operand::Copy(right));
    let tests = [
        (ops.0, left.clone(), right.clone(), -1),
        (ops.1, left.clone(), right.clone(), 0),
        (ops.0, right, left, 1),
    ];
    for (op, a, b, answer) in tests {
        let (yes, no) = (body.f.block(), body.f.block());
        let holds = body.binary(op, a, b);
        body.f.branch(holds, yes, no);
        body.f.switch_to(yes);
        body.f.ret(int(answer));
        body.f.switch_to(no);
    }
    body.f.ret(int(2));
}

/// Body of `(T) -> Dynamic` for options, lists and maps.
pub(super) fn make_from(body: &mut Body, ty: TypeId, dynamic: TypeId) {
    let value = param(0);
    match body.cx.shape(ty) {
        Type::Option(inner) => {
            let (some, none) = (body.f.block(), body.f.block());
            body.switch_tag(value.clone(), 1, some, none);
            body.f.switch_to(some);
            let inside = body.read(None, value.project(Projection::Some));
            let converted = body.dynamic_of(inner, inside, None);
            body.f.ret(converted);
            body.f.switch_to(none);
            let null = body.aggregate(None, dynamic, NULL, Vec::new());
            body.f.ret(null);
        }
        Type::List(inner) => {
            let list_type = body.cx.intern(Type::List(dynamic));
            let list = body.f.local("list", list_type);
            let count = body.len(value.clone());
            body.empty_list(Some(list), list_type, count.clone());
            body.counted(count, |body, index| {
                let item = part(body, element(&value, index));
                let converted = body.dynamic_of(inner, item, None);
                body.push_to(list, converted);
            });
            let result = body.aggregate(None, dynamic, LIST, vec![copy(list)]);
            body.f.ret(result);
        }
        Type::Map(inner) => {
            let map_type = body.cx.intern(Type::Map(dynamic));
            let map = body.f.local("map", map_type);
            let count = body.len(value.clone());
            body.empty_map(Some(map), map_type, count.clone());
            body.counted(count, |body, index| {
                let index = Index::Local(index);
                let key = Operand::Copy(value.project(Projection::EntryKey(index)));
                let item = body.read(None, value.project(Projection::EntryValue(index)));
                let converted = body.dynamic_of(inner, item, None);
                body.map_set(Place::local(map), key, converted);
            });
            let result = body.aggregate(None, dynamic, MAP, vec![copy(map)]);
            body.f.ret(result);
        }
        _ => {
            let inside = body.read(None, value);
            let converted = body.dynamic_of(ty, inside, None);
            let result = body.f.temp(dynamic);
            body.f.assign(result, Rvalue::Use(converted));
            body.f.ret(copy(result));
        }
    }
}
