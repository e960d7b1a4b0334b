//! What each statement takes, lends, gives and changes.

use std::collections::BTreeSet;

use fuse_abi::{Attribute, ParamKind, ReturnKind, RuntimeFn};

use super::Certifier;
use super::state::{Hold, Loan, State};
use crate::mir::*;

impl Certifier<'_> {
    pub(super) fn check(&mut self, statement: &StatementKind, state: &mut State, leaves: bool) {
        self.fills_gap = self.settle_gap(state, Some(statement));
        match statement {
            StatementKind::Assign(dest, rvalue) => self.assign(dest, rvalue, state, leaves),
            StatementKind::Call { dest, callee, args } => {
                self.call(dest.as_ref(), *callee, args, state, leaves);
            }
            StatementKind::Check { condition, .. } => {
                self.take_operands(&[(condition, false)], state);
            }
            StatementKind::StackCheck(_) => {}
            StatementKind::Drop(place) => self.give_up(place, state),
            StatementKind::MakeUnique(place) => {
                self.change(place, state);
                self.require_writable(place, state);
                self.made_unique(place, state);
            }
            StatementKind::MapSet { map, key, value } => {
                let value_is_managed = match value.place() {
                    Some(place) => self.place_is_managed(place),
                    None => true,
                };
                self.take_operands(&[(key, true), (value, value_is_managed)], state);
                self.change(map, state);
                self.require_unique(map, state);
            }
            StatementKind::Claim { dest, partial, .. } => {
                self.change(partial, state);
                self.store(dest, state, leaves);
            }
            StatementKind::Fill {
                partial,
                field,
                value,
            } => {
                let managed = value.place().is_none_or(|p| self.place_is_managed(p));
                let operands = [(value, managed)];
                self.take_operands(&operands, state);
                self.forget_moved(&operands, None, state);
                self.change(partial, state);
                let claimed = partial.root().map(|local| (local, *field));
                if !claimed.is_some_and(|claim| state.use_claim(claim)) {
                    let partial = self.show(partial);
                    self.problem(format!("fills field {field} of {partial} unclaimed"));
                }
            }
            StatementKind::SetTag(..) | StatementKind::SetLen(..) => {
                self.problem("not a statement of an owned program");
            }
        }
    }

    /// A dropped part must be stored to by the very next statement.
    pub(super) fn settle_gap(&mut self, state: &mut State, next: Option<&StatementKind>) -> bool {
        let Some(gap) = state.gap.take() else {
            return false;
        };
        let filled = matches!(next, Some(StatementKind::Assign(dest, _)) if *dest == gap);
        if !filled {
            let gap = self.show(&gap);
            self.problem(format!("{gap} is dropped and not stored to"));
        }
        filled
    }

    /// Reads the place: its root must still have its value.
    fn read(&mut self, place: &Place, state: &State) {
        let Some(root) = place.root() else { return };
        if !self.is_managed_local(root) {
            return;
        }
        if self.is_owned_local(root) {
            match state.hold(root) {
                Hold::Held => {}
                Hold::Empty => self.problem(format!("{root} is used and holds no value")),
                Hold::Mixed => {
                    self.problem(format!(
                        "{root} is used and holds a value on some paths only"
                    ));
                }
            }
        } else if state.loan(root).is_none() {
            self.problem(format!("{root} is used and what it borrows may be gone"));
        }
    }

    /// What borrowing the place borrows from.
    fn lenders(&self, place: &Place, state: &State) -> Loan {
        let whole = place.projections.is_empty();
        match place.root() {
            Some(root) if self.is_owned_local(root) => Loan::from([(root, whole)]),
            Some(root) => {
                let mut loan = state.loan(root).cloned().unwrap_or_default();
                loan.values_mut().for_each(|w| *w &= whole);
                loan
            }
            None => Loan::new(),
        }
    }

    /// Operands, each with whether its position consumes.
    pub(super) fn take_operands(&mut self, operands: &[(&Operand, bool)], state: &mut State) {
        let mut taken = BTreeSet::new();
        for (operand, consumed) in operands {
            match operand {
                Operand::Const(_) => {}
                Operand::Copy(place) => {
                    self.read(place, state);
                    if *consumed && self.place_is_managed(place) {
                        let place = self.show(place);
                        self.problem(format!("{place} is borrowed where a value is consumed"));
                    }
                }
                Operand::Move(place) => {
                    self.read(place, state);
                    if !consumed {
                        let place = self.show(place);
                        self.problem(format!("{place} is consumed where a value is borrowed"));
                    }
                    match place.root() {
                        Some(root) if self.is_owned_local(root) && self.takes_all(place) => {
                            if !taken.insert(root) {
                                self.problem(format!("{root} is consumed twice"));
                            }
                        }
                        _ => {
                            let place = self.show(place);
                            self.problem(format!(
                                "{place} is consumed but not a whole owned value"
                            ));
                        }
                    }
                }
            }
        }
        for (operand, _) in operands {
            if let Operand::Copy(place) = operand
                && self.lenders(place, state).keys().any(|l| taken.contains(l))
                && self.place_is_managed(place)
            {
                let place = self.show(place);
                self.problem(format!("{place} is borrowed from what is consumed with it"));
            }
        }
        for local in taken {
            state.set_hold(local, Hold::Empty);
            state.end_loans(local);
        }
    }

    /// Does taking this part take every reference its root holds? The part lies in the root itself, and what is beside it holds none.
    fn takes_all(&self, place: &Place) -> bool {
        for at in 0..place.projections.len() {
            let Some(ty) = self.program.prefix_type(self.function, place, at) else {
                return false;
            };
            let projection = place.projections[at];
            if self.program.types.derefs(ty, projection) {
                return false;
            }
            let types = &self.program.types;
            let siblings: Vec<TypeId> = match (types.get(ty), projection) {
                (Type::Struct(id), Projection::Field(index)) => {
                    let fields = types.structs[id].fields.iter().enumerate();
                    let others = fields.filter(|(i, _)| *i != index as usize);
                    others.map(|(_, field)| field.ty).collect()
                }
                (Type::Enum(id), Projection::Variant { variant, index }) => {
                    let payload = types.enums[id].variants[variant as usize].payload.iter();
                    let others = payload.enumerate().filter(|(i, _)| *i != index as usize);
                    others.map(|(_, ty)| *ty).collect()
                }
                _ => Vec::new(),
            };
            if siblings.into_iter().any(|ty| self.is_managed(ty)) {
                return false;
            }
        }
        true
    }

    fn assign(&mut self, dest: &Place, rvalue: &Rvalue, state: &mut State, leaves: bool) {
        let into_borrowed = dest
            .as_local()
            .is_some_and(|l| self.is_managed_local(l) && !self.is_owned_local(l));
        if into_borrowed {
            return self.lend(dest, rvalue, state);
        }
        if let Some(place) = rvalue.inspected() {
            self.read(place, state);
        }
        let operands: Vec<(&Operand, bool)> = match rvalue {
            Rvalue::Use(operand) => vec![(operand, true)],
            Rvalue::Aggregate { fields, .. } => fields.iter().map(|f| (f, true)).collect(),
            Rvalue::List { elements, capacity } => elements
                .iter()
                .map(|e| (e, true))
                .chain([(capacity, false)])
                .collect(),
            Rvalue::ListPush { list, value } => vec![(list, true), (value, true)],
            Rvalue::Finish(partial) => vec![(partial, true)],
            other => other.operands().into_iter().map(|o| (o, false)).collect(),
        };
        self.take_operands(&operands, state);
        if let Rvalue::Clone(place) = rvalue {
            self.share(place, state);
        }
        self.store(dest, state, leaves);
        let Some(local) = dest.as_local() else {
            return self.forget_moved(&operands, None, state);
        };
        match rvalue {
            Rvalue::Use(Operand::Move(place)) => {
                if let Some(from) = place.as_local() {
                    state.move_unique(from, local);
                }
            }
            Rvalue::List { .. }
            | Rvalue::ListPush { .. }
            | Rvalue::Aggregate { .. }
            | Rvalue::Finish(_)
                if self.is_managed_local(local) =>
            {
                state.add_unique(dest.clone());
            }
            _ => {}
        }
        self.forget_moved(&operands, Some(local), state);
    }

    /// Nothing is known about locals that hold nothing any more.
    fn forget_moved(
        &self,
        operands: &[(&Operand, bool)],
        dest: Option<LocalId>,
        state: &mut State,
    ) {
        for (operand, _) in operands {
            if let Operand::Move(place) = operand
                && let Some(root) = place.root()
                && dest != Some(root)
            {
                state.retain_unique(|known| known.root() != Some(root));
            }
        }
    }

    /// A borrowed local becomes an alias of a place.
    fn lend(&mut self, dest: &Place, rvalue: &Rvalue, state: &mut State) {
        let lenders = match rvalue {
            Rvalue::Use(Operand::Const(_)) => Loan::new(),
            Rvalue::Use(Operand::Copy(place)) => {
                self.read(place, state);
                if place.projections.contains(&Projection::Content) {
                    self.problem("borrows what is in a box, which anybody may replace");
                }
                self.lenders(place, state)
            }
            _ => {
                self.problem("a value of its own is stored in a borrowed local");
                Loan::new()
            }
        };
        if let Some(local) = dest.as_local() {
            state.set_loan(local, lenders);
        }
    }

    /// A value arrives at the destination.
    fn store(&mut self, dest: &Place, state: &mut State, leaves: bool) {
        if let Some(local) = dest.as_local() {
            if self.is_owned_local(local) {
                if state.hold(local) != Hold::Empty && !leaves {
                    self.problem(format!("{local} is overwritten and still holds a value"));
                }
                state.set_hold(local, Hold::Held);
                state.end_loans(local);
            } else if self.is_managed_local(local) {
                self.problem(format!("a value of its own is stored in borrowed {local}"));
            }
            self.forget_index(local, state);
            state.end_claims(local);
            self.overwrite(dest, state);
            return;
        }
        if dest.root().is_none() {
            if !dest.projections.is_empty() {
                self.problem("a part of a global is changed");
            }
            return;
        }
        if self.place_is_managed(dest) && !self.fills_gap && !leaves {
            let dest = self.show(dest);
            self.problem(format!("{dest} is overwritten and still holds a value"));
        }
        self.change(dest, state);
        self.require_writable(dest, state);
        self.overwrite(dest, state);
    }

    /// A place inside an owned local changes.
    fn change(&mut self, place: &Place, state: &mut State) {
        self.read(place, state);
        let boxed = place.projections.contains(&Projection::Content);
        match place.root() {
            Some(root) if boxed || !self.is_managed_local(root) => {}
            Some(root) if self.is_owned_local(root) => state.end_loans(root),
            _ => self.problem(format!("changes {}, which is borrowed", self.show(place))),
        }
    }

    fn give_up(&mut self, place: &Place, state: &mut State) {
        if let Some(local) = place.as_local() {
            if !self.is_owned_local(local) {
                return self.problem(format!("{local} is dropped and borrowed"));
            }
            match state.hold(local) {
                Hold::Held => {}
                Hold::Empty => self.problem(format!("{local} is dropped and holds no value")),
                Hold::Mixed => {
                    self.problem(format!(
                        "{local} is dropped and holds a value on some paths only"
                    ));
                }
            }
            state.set_hold(local, Hold::Empty);
            state.end_loans(local);
            self.overwrite(place, state);
            return;
        }
        self.change(place, state);
        self.require_writable(place, state);
        self.overwrite(place, state);
        state.gap = Some(place.clone());
    }

    fn require_unique(&mut self, place: &Place, state: &State) {
        self.require_writable(place, state);
        if !state.is_unique(place) {
            self.problem(format!(
                "changes {} in place, which may be shared",
                self.show(place)
            ));
        }
    }

    fn call(
        &mut self,
        dest: Option<&Place>,
        callee: Callee,
        args: &[Operand],
        state: &mut State,
        leaves: bool,
    ) {
        let consumed: Vec<bool> = match callee {
            Callee::Function(id) => self.program.functions[id]
                .params
                .iter()
                .map(|mode| *mode == Mode::Owned)
                .collect(),
            Callee::Runtime(row) => row.params().iter().map(|k| *k == ParamKind::Own).collect(),
        };
        let operands: Vec<(&Operand, bool)> = args
            .iter()
            .zip(consumed)
            .map(|(arg, consumed)| {
                let managed = arg.place().is_none_or(|p| self.place_is_managed(p));
                (arg, consumed && managed)
            })
            .collect();
        self.take_operands(&operands, state);
        self.forget_moved(&operands, None, state);
        let reads_only = matches!(callee, Callee::Runtime(row) if row.has(Attribute::Pure));
        for (at, arg) in args.iter().enumerate() {
            let Operand::Copy(place) = arg else { continue };
            if !self.place_is_managed(place) {
                continue;
            }
            if let Callee::Runtime(row) = callee
                && row.params().get(at) == Some(&ParamKind::Raw)
            {
                self.works_in_place(row, place, state);
            } else if !reads_only {
                if matches!(callee, Callee::Function(_))
                    && place.projections.contains(&Projection::Content)
                {
                    self.problem("lends what is in a box to a function that may replace it");
                }
                // The callee may keep a reference of its own.
                self.share(place, state);
            }
        }
        if let Callee::Function(_) = callee {
            self.forget_boxes(state);
        }
        if let Some(dest) = dest {
            self.store(dest, state, leaves);
            let fresh = matches!(callee, Callee::Runtime(row) if row.ret() == ReturnKind::Raw);
            if let Some(local) = dest.as_local()
                && fresh
                && self.is_managed_local(local)
            {
                state.add_unique(dest.clone());
            }
        }
    }

    /// A row that takes a counted object without counting changes it.
    fn works_in_place(&mut self, row: RuntimeFn, place: &Place, state: &mut State) {
        match row {
            RuntimeFn::MapRemoveAt => {
                self.change(place, state);
                self.require_unique(place, state);
                self.overwrite(place, state);
                state.add_unique(place.clone());
            }
            RuntimeFn::MarkImmortal | RuntimeFn::MarkShared => {
                self.change(place, state);
                self.share(place, state);
            }
            _ => self.problem(format!("{} in an owned program", row.symbol())),
        }
    }
}
