//! Ranges as lists. Bounds are in order and finite, and a list has room for what is between them: the caller has checked.

use super::text::named;
use crate::lower::body::{Body, copy, int, param};
use crate::mir::{BinaryOp, Const, LocalId, Operand, Rvalue, Type, TypeId};

/// Slack at the end of float ranges, so that rounding in the steps does not lose the last number.
const FLOAT_SLACK: f64 = 1e-9;

/// Body of `(start, end) -> List`.
pub(super) fn make(body: &mut Body, ty: TypeId, inclusive: bool) {
    let Type::List(inner) = body.cx.shape(ty) else {
        unreachable!("invariant: made for lists")
    };
    let result = body.f.local("result", ty);
    if inner == body.cx.known.float {
        body.empty_list(Some(result), ty, int(0));
        floats(body, result, inclusive);
    } else {
        room(body, result, ty, inclusive);
        ints(body, result, inclusive);
    }
    body.f.ret(copy(result));
}

/// A list with room for all numbers, so that one too long for the memory there is ends the program before it is filled.
fn room(body: &mut Body, result: LocalId, ty: TypeId, inclusive: bool) {
    let (start, end) = (Operand::Copy(param(0)), Operand::Copy(param(1)));
    let (some, none, join) = (body.f.block(), body.f.block(), body.f.block());
    let op = if inclusive {
        BinaryOp::Le
    } else {
        BinaryOp::Lt
    };
    let any = body.binary(op, start.clone(), end.clone());
    body.f.branch(any, some, none);
    body.f.switch_to(some);
    let mut count = body.binary(BinaryOp::SubNowrap, end, start);
    if inclusive {
        count = body.binary(BinaryOp::AddNowrap, count, int(1));
    }
    body.empty_list(Some(result), ty, count);
    body.f.goto(join);
    body.f.switch_to(none);
    body.empty_list(Some(result), ty, int(0));
    body.f.goto(join);
    body.f.switch_to(join);
}

fn ints(body: &mut Body, result: LocalId, inclusive: bool) {
    let int_type = body.cx.known.int;
    let end = Operand::Copy(param(1));
    let number = named(body, "number", int_type, Operand::Copy(param(0)));
    let (head, inside, step, exit) = (
        body.f.block(),
        body.f.block(),
        body.f.block(),
        body.f.block(),
    );
    body.f.goto(head);
    body.f.switch_to(head);
    let op = if inclusive {
        BinaryOp::Le
    } else {
        BinaryOp::Lt
    };
    let more = body.binary(op, copy(number), end.clone());
    body.f.branch(more, inside, exit);
    body.f.switch_to(inside);
    body.push_to(result, copy(number));
    // Stops at the end before counting past it, which the largest Int could not.
    let more = body.binary(BinaryOp::Lt, copy(number), end);
    body.f.branch(more, step, exit);
    body.f.switch_to(step);
    body.increment(number);
    body.f.goto(head);
    body.f.switch_to(exit);
}

fn floats(body: &mut Body, result: LocalId, inclusive: bool) {
    let float = |value: f64| Operand::Const(Const::Float(value));
    let float_type = body.cx.known.float;
    let end = Operand::Copy(param(1));
    let (end, op) = if inclusive {
        let end = body.binary(BinaryOp::AddFloat, end, float(FLOAT_SLACK));
        (end, BinaryOp::LeFloat)
    } else {
        (end, BinaryOp::LtFloat)
    };
    let number = named(body, "number", float_type, Operand::Copy(param(0)));
    let (head, inside, step, exit) = (
        body.f.block(),
        body.f.block(),
        body.f.block(),
        body.f.block(),
    );
    body.f.goto(head);
    body.f.switch_to(head);
    let more = body.binary(op, copy(number), end);
    body.f.branch(more, inside, exit);
    body.f.switch_to(inside);
    body.push_to(result, copy(number));
    let next = body.binary(BinaryOp::AddFloat, copy(number), float(1.0));
    // A number so large that one more makes no difference would never reach the end.
    let advances = body.binary(BinaryOp::GtFloat, next.clone(), copy(number));
    body.f.branch(advances, step, exit);
    body.f.switch_to(step);
    body.f.assign(number, Rvalue::Use(next));
    body.f.goto(head);
    body.f.switch_to(exit);
}
