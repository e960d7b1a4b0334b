//! Assignment. Values are independent of each other, so an update in place first makes every counted container on the way to the
//! place unshared; content of a box is shared on purpose.

use fuse_abi::FaultKind;
use fuse_sema::program::{Expr, Place as Target, PlaceStep, PlaceStepKind};

use super::body::{Body, copy, int};
use super::expr::writes_last;
use crate::mir::{
    BinaryOp, Index, Operand, Place, Projection, Rvalue, StatementKind, Type, TypeId,
};

/// A step towards the place, its index or key evaluated.
pub(super) enum Step {
    Field(u32),
    Index(Operand),
    Key(Operand),
    Payload,
    Content,
}

impl Body<'_, '_> {
    pub fn assign_statement(&mut self, target: &Target, value: &Expr) {
        if target.steps.is_empty() {
            return self.assign_local(target, value);
        }
        if self.grow_part(target, value) || self.count_entry(target, value) {
            return;
        }
        let value_type = self.ty(value);
        let value = self.operand(value);
        let value = self.apart_from(value, value_type);
        let steps = self.evaluate_steps(&target.steps);
        self.store(target, steps, value);
    }

    fn assign_local(&mut self, target: &Target, value: &Expr) {
        let local = self.local(target.root);
        if self.grow_local(local, value) {
            return;
        }
        if writes_last(value) {
            return self.expr_into(local, value);
        }
        let value = self.operand(value);
        self.give(Some(local), value);
    }

    /// The operand independent of every place an assignment may change.
    pub fn apart_from(&mut self, value: Operand, ty: TypeId) -> Operand {
        match &value {
            Operand::Copy(place) if place.as_local().is_none_or(|l| !self.f.is_temp(l)) => {
                copy(self.spill(value, ty))
            }
            _ => value,
        }
    }

    /// Indexes and keys from the root outwards.
    pub fn evaluate_steps(&mut self, steps: &[PlaceStep]) -> Vec<Step> {
        let exprs = steps.iter().filter_map(|step| match &step.kind {
            PlaceStepKind::Index(expr) | PlaceStepKind::Key(expr) => Some(expr),
            _ => None,
        });
        let mut operands = self.operands(exprs).into_iter();
        let mut next = || operands.next().expect("invariant: an operand per index");
        let known = self.cx.known;
        let mut evaluated = Vec::with_capacity(steps.len());
        for step in steps {
            evaluated.push(match &step.kind {
                PlaceStepKind::Field(field) => Step::Field(*field),
                PlaceStepKind::Index(_) => {
                    let index = next();
                    Step::Index(self.apart_from_part(index, known.int))
                }
                PlaceStepKind::Key(_) => {
                    let key = next();
                    Step::Key(self.apart_from_part(key, known.string))
                }
                PlaceStepKind::Payload => Step::Payload,
                PlaceStepKind::Content => Step::Content,
            });
        }
        evaluated
    }

    /// Like [`Body::apart_from`] for updates of parts: a whole local may stay where it is.
    pub fn apart_from_part(&mut self, operand: Operand, ty: TypeId) -> Operand {
        match &operand {
            Operand::Copy(place) if place.as_local().is_some() => operand,
            _ => self.apart_from(operand, ty),
        }
    }

    fn store(&mut self, target: &Target, mut steps: Vec<Step>, value: Operand) {
        let last_key = match steps.pop() {
            Some(Step::Key(key)) => Some(key),
            Some(other) => {
                steps.push(other);
                None
            }
            None => None,
        };
        let place = self.walk_to(target, steps);
        match last_key {
            Some(key) => {
                self.make_unique(&place);
                self.map_set(place, key, value);
            }
            None => self
                .f
                .push(StatementKind::Assign(place, Rvalue::Use(value))),
        }
    }

    /// The place that the first steps of the target lead to, every container on the way unshared.
    pub fn walk_to(&mut self, target: &Target, steps: Vec<Step>) -> Place {
        let unique_from = unique_from(&target.steps);
        let mut place = self.place_of_local(target.root);
        for (index, (step, written)) in steps.into_iter().zip(&target.steps).enumerate() {
            let is_updated = index >= unique_from;
            place = self.at(written.span, |body| body.step(place, step, is_updated));
        }
        place
    }

    fn step(&mut self, place: Place, step: Step, is_updated: bool) -> Place {
        match step {
            Step::Field(field) => {
                if is_updated && self.is_boxed_struct(&place) {
                    self.make_unique(&place);
                }
                place.project(Projection::Field(field))
            }
            Step::Index(index) => {
                if is_updated {
                    self.make_unique(&place);
                }
                self.checked_element(place, index)
            }
            Step::Key(key) => {
                if is_updated {
                    self.make_unique(&place);
                }
                let entry = self.map_find(place.clone(), key);
                let found = self.binary(BinaryOp::Ge, copy(entry), int(0));
                self.f.check(found, FaultKind::MissingMapEntry);
                place.project(Projection::EntryValue(Index::Local(entry)))
            }
            Step::Payload => {
                self.check_some(&place, FaultKind::OptionalAssignment);
                place.project(Projection::Some)
            }
            Step::Content => place.project(Projection::Content),
        }
    }

    pub fn make_unique(&mut self, place: &Place) {
        self.f.push(StatementKind::MakeUnique(place.clone()));
    }

    fn is_boxed_struct(&self, place: &Place) -> bool {
        match self.cx.shape(self.place_type(place)) {
            Type::Struct(id) => self.cx.mir.types.structs[id].boxed,
            _ => false,
        }
    }
}

/// The first step whose container belongs to this update alone: those before the last box are shared or only read.
fn unique_from(steps: &[PlaceStep]) -> usize {
    steps
        .iter()
        .rposition(|step| matches!(step.kind, PlaceStepKind::Content))
        .map_or(0, |content| content + 1)
}
