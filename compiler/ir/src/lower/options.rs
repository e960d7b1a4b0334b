//! Options: testing them, taking their payload, and what `?.`, `??` and reading map entries become. Reading an entry that may be
//! missing builds no option when the next thing done is testing it.

use fuse_abi::FaultKind;
use fuse_sema::program::{Expr, ExprKind, LocalId as SourceLocal};
use fuse_sema::types as sema;

use super::body::{Body, copy, int};
use crate::mir::{
    BinaryOp, BlockId, Const, Index, LocalId, Operand, Place, Projection, Rvalue, Terminator, Type,
    TypeId,
};

/// An element or entry that may be missing: it is at `place` when `condition` holds.
struct Entry {
    condition: Operand,
    place: Place,
}

impl Body<'_, '_> {
    /// Branches on an option and gives the place of its payload, to be read in `some` and what only `some` leads to.
    pub fn test_option(&mut self, value: &Expr, some: BlockId, none: BlockId) -> Place {
        match &value.kind {
            ExprKind::Some(payload) if !self.is_option(payload) => {
                let place = self.expr_place(payload);
                self.f.goto(some);
                place
            }
            ExprKind::MapGet { .. } | ExprKind::ListGet { .. } => {
                let entry = self.at(value.span, |body| body.find_entry(value));
                if !self.place_is_option(&entry.place) {
                    self.f.branch(entry.condition, some, none);
                    return entry.place;
                }
                let present = self.f.block();
                self.f.branch(entry.condition, present, none);
                self.f.switch_to(present);
                self.test_place(value, entry.place, some, none)
            }
            ExprKind::Retype(inner) => self.test_option(inner, some, none),
            _ => {
                let place = self.expr_place(value);
                self.test_place(value, place, some, none)
            }
        }
    }

    fn test_place(&mut self, option: &Expr, place: Place, some: BlockId, none: BlockId) -> Place {
        self.switch_tag(place.clone(), 1, some, none);
        self.payload_of(option, place)
    }

    /// The payload of the value at `place`, which `option` gave. An option of an option has one null: its payload is the value itself.
    fn payload_of(&self, option: &Expr, place: Place) -> Place {
        let types = &self.cx.program.types;
        match *types.get(option.ty) {
            sema::Type::Option(inner) if matches!(types.get(inner), sema::Type::Option(_)) => place,
            _ => place.project(Projection::Some),
        }
    }

    /// The condition under which a list element or map entry exists, and its place then.
    fn find_entry(&mut self, get: &Expr) -> Entry {
        match &get.kind {
            ExprKind::ListGet { list, index } => {
                let list_type = self.ty(list);
                let (list, index) = self.operand_pair(list, index);
                let list = self.place_of(list, list_type);
                let condition = self.in_range(&list, index.clone());
                // A constant below zero is in no list, but still has to be an index in the part of the code never reached.
                let index = match index {
                    Operand::Const(Const::Int(value)) if value < 0 => Index::Const(0),
                    index => self.index_of(&index),
                };
                Entry {
                    condition,
                    place: list.project(Projection::Element(index)),
                }
            }
            ExprKind::MapGet { map, key } => {
                let map_type = self.ty(map);
                let (map, key) = self.operand_pair(map, key);
                let map = self.place_of(map, map_type);
                let entry = self.map_find(map.clone(), key);
                Entry {
                    condition: self.binary(BinaryOp::Ge, copy(entry), int(0)),
                    place: map.project(Projection::EntryValue(Index::Local(entry))),
                }
            }
            _ => unreachable!("invariant: only reads of elements and entries"),
        }
    }

    fn is_option(&mut self, expr: &Expr) -> bool {
        let ty = self.ty(expr);
        matches!(self.cx.shape(ty), Type::Option(_))
    }

    fn place_is_option(&self, place: &Place) -> bool {
        matches!(self.cx.shape(self.place_type(place)), Type::Option(_))
    }

    /// An element or entry as an option.
    pub fn optional(&mut self, get: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(get);
        let entry = self.find_entry(get);
        self.option_of(entry.condition, entry.place, ty, dest)
    }

    /// The value at `place` if `condition` holds, else none.
    pub fn option_of(
        &mut self,
        condition: Operand,
        place: Place,
        ty: TypeId,
        dest: Option<LocalId>,
    ) -> Operand {
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (present, absent, join) = (self.f.block(), self.f.block(), self.f.block());
        self.f.branch(condition, present, absent);
        self.f.switch_to(present);
        if self.place_type(&place) == ty {
            self.f.assign(result, Rvalue::Use(Operand::Copy(place)));
        } else {
            let payload = self.read(None, place);
            self.some(Some(result), ty, payload);
        }
        self.f.goto(join);
        self.f.switch_to(absent);
        self.none(Some(result), ty);
        self.f.goto(join);
        self.f.switch_to(join);
        copy(result)
    }

    /// `Some(value)`; of an option it is the option itself.
    pub fn some_value(&mut self, expr: &Expr, value: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let value_type = self.ty(value);
        let payload = self.operand(value);
        if value_type == ty {
            return self.give(dest, payload);
        }
        self.some(dest, ty, payload)
    }

    /// Payload of an option that must be there.
    pub fn unwrap_place(&mut self, value: &Expr) -> Place {
        if let ExprKind::MapGet { .. } | ExprKind::ListGet { .. } = value.kind {
            let entry = self.at(value.span, |body| body.find_entry(value));
            self.f.check(entry.condition, FaultKind::NullAccess);
            if !self.place_is_option(&entry.place) {
                return entry.place;
            }
            self.check_some(&entry.place, FaultKind::NullAccess);
            return self.payload_of(value, entry.place);
        }
        let place = self.expr_place(value);
        self.check_some(&place, FaultKind::NullAccess);
        self.payload_of(value, place)
    }

    pub fn check_some(&mut self, place: &Place, fault: FaultKind) {
        let tag = self.tag(place.clone());
        let present = self.binary(BinaryOp::Eq, tag, int(1));
        self.f.check(present, fault);
    }

    /// `value ?? default`
    pub fn coalesce(
        &mut self,
        expr: &Expr,
        value: &Expr,
        default: &Expr,
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (some, none, join) = (self.f.block(), self.f.block(), self.f.block());
        let payload = self.test_option(value, some, none);
        self.f.switch_to(some);
        if self.place_type(&payload) == ty {
            let payload = self.read(None, payload);
            self.give(Some(result), payload);
        } else {
            let payload = self.read(None, payload);
            self.some(Some(result), ty, payload);
        }
        self.f.goto(join);
        self.f.switch_to(none);
        self.expr_into(result, default);
        self.f.goto(join);
        self.f.switch_to(join);
        self.read(None, Place::local(result))
    }

    /// `value?.rest`: `body` reads the payload through `local`.
    pub fn option_map(
        &mut self,
        expr: &Expr,
        value: &Expr,
        local: SourceLocal,
        body: &Expr,
        flatten: bool,
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (some, none, join) = (self.f.block(), self.f.block(), self.f.block());
        let payload = self.test_option(value, some, none);
        self.f.switch_to(some);
        self.bind_payload(local, payload, body);
        let body_type = self.ty(body);
        if flatten || body_type == ty {
            self.expr_into(result, body);
        } else {
            let mapped = self.operand(body);
            self.some(Some(result), ty, mapped);
        }
        self.f.goto(join);
        self.f.switch_to(none);
        self.none(Some(result), ty);
        self.f.goto(join);
        self.f.switch_to(join);
        copy(result)
    }

    /// Lets `local` stand for the payload where it is, when nothing in `body` can change it.
    fn bind_payload(&mut self, local: SourceLocal, payload: Place, body: &Expr) {
        let own = self.local(local);
        if self.is_stable(&payload) || !self.disturbs(body, &payload) {
            self.locals[local.index()] = payload;
        } else {
            self.f.assign(own, Rvalue::Use(Operand::Copy(payload)));
        }
    }

    /// `if condition` as a terminator for constants too.
    pub fn branch_or_goto(&mut self, condition: Operand, then: BlockId, otherwise: BlockId) {
        match condition {
            Operand::Const(Const::Bool(true)) => self.f.goto(then),
            Operand::Const(Const::Bool(false)) => self.f.goto(otherwise),
            condition => self.f.terminate(Terminator::Branch {
                condition,
                then,
                otherwise,
            }),
        }
    }
}
