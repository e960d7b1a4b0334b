//! `m[k] = (m[k] ?? 0) + x` and `m[k] = m[k] + x`: the entry is looked for once.

use fuse_abi::FaultKind;
use fuse_sema::program::{ArithOp, Expr, ExprKind, Place as Target, PlaceStepKind};

use super::body::{Body, copy, int};
use super::grow::{assigns, reads, same};
use crate::mir::{
    BinaryOp, Index, LocalId, Operand, Place, Projection, Rvalue, StatementKind, Type,
};

/// `entry op more`, where `entry` reads the place assigned to.
struct Count<'e> {
    op: ArithOp,
    map: &'e Expr,
    key: &'e Expr,
    /// Stands for a missing entry; without one, that is a fault.
    default: Option<&'e Expr>,
    more: &'e Expr,
}

impl Body<'_, '_> {
    /// Assigns to a map entry what arithmetic makes of it; false when the assignment is not of that kind.
    pub fn count_entry(&mut self, target: &Target, value: &Expr) -> bool {
        let Some(count) = count(target, value) else {
            return false;
        };
        let ty = self.ty(value);
        let is_float = ty == self.cx.known.float;
        let map_type = self.ty(count.map);
        if self.cx.shape(map_type) != Type::Map(ty) {
            return false;
        }
        let (map, key) = self.operand_pair(count.map, count.key);
        let map = self.place_of(map, map_type);
        let string = self.cx.known.string;
        let key = self.apart_from_part(key, string);
        let entry = self.map_find(map.clone(), key.clone());
        let before = match count.default {
            Some(default) => self.entry_or(&map, entry, default),
            None => {
                let found = self.is_found(entry);
                self.f.check(found, FaultKind::NullAccess);
                let place = map.project(Projection::EntryValue(Index::Local(entry)));
                copy(self.spill(Operand::Copy(place), ty))
            }
        };
        let more = self.operand(count.more);
        let after = self.arith_values(count.op, is_float, before, more, None);
        let steps = self.evaluate_steps(&target.steps[..target.steps.len() - 1]);
        let map = self.walk_to(target, steps);
        self.make_unique(&map);
        let place = map.project(Projection::EntryValue(Index::Local(entry)));
        if count.default.is_none() {
            self.store_to(place, after);
            return true;
        }
        let (present, absent, join) = (self.f.block(), self.f.block(), self.f.block());
        let found = self.is_found(entry);
        self.f.branch(found, present, absent);
        self.f.switch_to(present);
        self.store_to(place, after.clone());
        self.f.goto(join);
        self.f.switch_to(absent);
        self.map_set(map, key, after);
        self.f.goto(join);
        self.f.switch_to(join);
        true
    }

    fn is_found(&mut self, entry: LocalId) -> Operand {
        self.binary(BinaryOp::Ge, copy(entry), int(0))
    }

    fn store_to(&mut self, place: Place, value: Operand) {
        self.f
            .push(StatementKind::Assign(place, Rvalue::Use(value)));
    }

    fn entry_or(&mut self, map: &Place, entry: LocalId, default: &Expr) -> Operand {
        let ty = self.ty(default);
        let before = self.f.temp(ty);
        let (present, absent, join) = (self.f.block(), self.f.block(), self.f.block());
        let found = self.is_found(entry);
        self.f.branch(found, present, absent);
        self.f.switch_to(present);
        let place = map.project(Projection::EntryValue(Index::Local(entry)));
        self.f.assign(before, Rvalue::Use(Operand::Copy(place)));
        self.f.goto(join);
        self.f.switch_to(absent);
        self.expr_into(before, default);
        self.f.goto(join);
        self.f.switch_to(join);
        copy(before)
    }
}

fn count<'e>(target: &Target, value: &'e Expr) -> Option<Count<'e>> {
    let ExprKind::Arith { op, left, right } = &value.kind else {
        return None;
    };
    let (last, before) = target.steps.split_last()?;
    let PlaceStepKind::Key(wanted) = &last.kind else {
        return None;
    };
    let (get, default) = match &left.kind {
        ExprKind::Coalesce { value, default } if default.ty == left.ty => (value, Some(&**default)),
        ExprKind::Unwrap(value) => (value, None),
        _ => return None,
    };
    let ExprKind::MapGet { map, key } = &get.kind else {
        return None;
    };
    let matches = reads(map, target.root, before) && same(key, wanted);
    let quiet = !assigns(right) && !default.is_some_and(assigns);
    (matches && quiet).then_some(Count {
        op: *op,
        map,
        key,
        default,
        more: right,
    })
}
