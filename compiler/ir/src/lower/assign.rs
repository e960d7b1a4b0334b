//! Assignment. Values are independent of each other, so an update in place first makes every counted container on the way to the
//! place unshared; content of a box is shared on purpose.

use fuse_abi::FaultKind;
use fuse_sema::program::{Expr, ExprKind, Place as Target, PlaceStep, PlaceStepKind};

use super::body::{Body, copy, int};
use super::expr::writes_last;
use crate::mir::{
    BinaryOp, Const, Index, LocalId, Operand, Place, Projection, Rvalue, StatementKind, Type,
};

/// A step towards the place, its index or key evaluated.
enum Step {
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
        if self.append_to_part(target, value) {
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

    /// `s = s + x` and `xs = xs + ys` grow what is there.
    fn grow_local(&mut self, local: LocalId, value: &Expr) -> bool {
        let place = Place::local(local);
        match &value.kind {
            ExprKind::Concat(_) => {
                let mut parts = Vec::new();
                left_spine(value, &mut parts);
                let Some((first, rest)) = parts.split_first() else {
                    return false;
                };
                if !self.is_local(first, local) || rest.iter().any(|e| self.disturbs(e, &place)) {
                    return false;
                }
                let longer = self.append_parts(copy(local), rest.iter().copied());
                self.give(Some(local), longer);
                true
            }
            ExprKind::ListConcat(left, right)
                if self.is_local(left, local) && !self.disturbs(right, &place) =>
            {
                self.extend_list(local, right);
                true
            }
            _ => false,
        }
    }

    fn is_local(&self, expr: &Expr, local: LocalId) -> bool {
        match &expr.kind {
            ExprKind::Local(source) => self.place_of_local(*source) == Place::local(local),
            ExprKind::Retype(inner) => self.is_local(inner, local),
            _ => false,
        }
    }

    /// The operand independent of every place an assignment may change.
    fn apart_from(&mut self, value: Operand, ty: crate::mir::TypeId) -> Operand {
        match &value {
            Operand::Copy(place) if place.as_local().is_none_or(|l| !self.f.is_temp(l)) => {
                copy(self.spill(value, ty))
            }
            _ => value,
        }
    }

    /// Indexes and keys from the root outwards.
    fn evaluate_steps(&mut self, steps: &[PlaceStep]) -> Vec<Step> {
        let exprs = steps.iter().filter_map(|step| match &step.kind {
            PlaceStepKind::Index(expr) | PlaceStepKind::Key(expr) => Some(expr),
            _ => None,
        });
        let mut operands = self.operands(exprs).into_iter();
        let mut next = || operands.next().expect("invariant: an operand per index");
        let string = self.cx.known.string;
        let mut evaluated = Vec::with_capacity(steps.len());
        for step in steps {
            evaluated.push(match &step.kind {
                PlaceStepKind::Field(field) => Step::Field(*field),
                PlaceStepKind::Index(_) => {
                    let index = next();
                    Step::Index(self.apart_from_root(index, self.cx.known.int))
                }
                PlaceStepKind::Key(_) => {
                    let key = next();
                    Step::Key(self.apart_from_root(key, string))
                }
                PlaceStepKind::Payload => Step::Payload,
                PlaceStepKind::Content => Step::Content,
            });
        }
        evaluated
    }

    /// Like [`Body::apart_from`], but a local that is never assigned may stay where it is.
    fn apart_from_root(&mut self, operand: Operand, ty: crate::mir::TypeId) -> Operand {
        match &operand {
            Operand::Copy(place) if place.as_local().is_some() => operand,
            _ => self.apart_from(operand, ty),
        }
    }

    fn store(&mut self, target: &Target, mut steps: Vec<Step>, value: Operand) {
        let last_key = match steps.last() {
            Some(Step::Key(_)) => steps.pop(),
            _ => None,
        };
        let spans: Vec<_> = target.steps.iter().map(|step| step.span).collect();
        let unique_from = unique_from(&target.steps);
        let mut place = self.place_of_local(target.root);
        let walked = steps.len();
        for (index, step) in steps.into_iter().enumerate() {
            let is_updated = index >= unique_from;
            place = self.at(spans[index], |body| body.step(place, step, is_updated));
        }
        if let Some(Step::Key(key)) = last_key {
            self.at(spans[walked], |body| {
                body.make_unique(&place);
                body.map_set(place, key, value);
            });
        } else {
            self.f
                .push(StatementKind::Assign(place, Rvalue::Use(value)));
        }
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

    fn make_unique(&mut self, place: &Place) {
        self.f.push(StatementKind::MakeUnique(place.clone()));
    }

    fn is_boxed_struct(&self, place: &Place) -> bool {
        match self.cx.shape(self.place_type(place)) {
            Type::Struct(id) => self.cx.mir.types.structs[id].boxed,
            _ => false,
        }
    }

    /// `p.items = p.items.append(v)`, `p.text = p.text + x`: the part is taken out, grown, and put back, so that it is not shared
    /// with itself while it grows.
    fn append_to_part(&mut self, target: &Target, value: &Expr) -> bool {
        // Only fields: evaluating them twice is evaluating them once, and nothing can fault in between.
        if !target
            .steps
            .iter()
            .all(|step| matches!(step.kind, PlaceStepKind::Field(_)))
        {
            return false;
        }
        let ExprKind::Concat(_) = &value.kind else {
            return false;
        };
        let mut parts = Vec::new();
        left_spine(value, &mut parts);
        let Some((first, rest)) = parts.split_first() else {
            return false;
        };
        if !is_target(first, target) {
            return false;
        }
        let root = self.place_of_local(target.root);
        if rest.iter().any(|part| self.disturbs(part, &root) || mentions(part, target)) {
            return false;
        }
        let mut place = root;
        for step in &target.steps {
            let PlaceStepKind::Field(field) = step.kind else {
                unreachable!("invariant: only fields, tested above")
            };
            place = self.at(step.span, |body| body.step(place, Step::Field(field), true));
        }
        let string = self.cx.known.string;
        let taken = self.spill(Operand::Copy(place.clone()), string);
        let nothing = Operand::Const(Const::Str(self.cx.string("")));
        self.f
            .push(StatementKind::Assign(place.clone(), Rvalue::Use(nothing)));
        let longer = self.append_parts(copy(taken), rest.iter().copied());
        self.f
            .push(StatementKind::Assign(place, Rvalue::Use(longer)));
        true
    }
}

/// Parts of left-nested concatenations, in order.
fn left_spine<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Concat(inner) => {
            let Some((first, rest)) = inner.split_first() else {
                return;
            };
            left_spine(first, parts);
            parts.extend(rest);
        }
        _ => parts.push(expr),
    }
}

/// Is the expression a read of exactly the target, a chain of fields?
fn is_target(expr: &Expr, target: &Target) -> bool {
    let mut expr = expr;
    for step in target.steps.iter().rev() {
        match (&expr.kind, &step.kind) {
            (ExprKind::Field { base, field }, PlaceStepKind::Field(wanted)) if field == wanted => {
                expr = base;
            }
            _ => return false,
        }
    }
    matches!(&expr.kind, ExprKind::Local(local) if *local == target.root)
}

/// Does evaluating the expression read the target's root at all?
fn mentions(expr: &Expr, target: &Target) -> bool {
    struct Find(fuse_sema::program::LocalId, bool);
    impl super::walk::Visitor for Find {
        fn expr(&mut self, expr: &Expr) -> bool {
            self.1 |= matches!(&expr.kind, ExprKind::Local(local) if *local == self.0);
            !self.1
        }
    }
    let mut find = Find(target.root, false);
    super::walk::expr(expr, &mut find);
    find.1
}

/// The first step whose container belongs to this update alone: those before the last box are shared or only read.
fn unique_from(steps: &[PlaceStep]) -> usize {
    steps
        .iter()
        .rposition(|step| matches!(step.kind, PlaceStepKind::Content))
        .map_or(0, |content| content + 1)
}
