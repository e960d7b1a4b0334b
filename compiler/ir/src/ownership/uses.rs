//! What a statement does with each value it mentions: consume, borrow, update in place, replace.

use fuse_abi::ParamKind;

use super::Context;
use crate::mir::*;

impl Context<'_> {
    /// For each operand of the statement (in `operands()` order): is it a managed value in a consuming position?
    ///
    /// `borrows` tells which locals are aliases: storing into one of those takes no reference.
    pub fn consumes(
        &self,
        function: &Function,
        statement: &StatementKind,
        borrows: &dyn Fn(LocalId) -> bool,
    ) -> Vec<bool> {
        let positions: Vec<bool> = match statement {
            StatementKind::Assign(dest, rvalue) => match rvalue {
                Rvalue::Use(_) => vec![!dest.as_local().is_some_and(borrows)],
                Rvalue::Finish(_) => vec![true],
                Rvalue::Aggregate { fields, .. } => vec![true; fields.len()],
                Rvalue::List { elements, .. } => {
                    let mut positions = vec![true; elements.len()];
                    positions.push(false);
                    positions
                }
                Rvalue::ListPush { .. } => vec![true, true],
                other => vec![false; other.operands().len()],
            },
            StatementKind::Call { callee, args, .. } => match *callee {
                Callee::Function(id) => (0..args.len())
                    .map(|at| self.modes[id].get(at) == Some(&Mode::Owned))
                    .collect(),
                Callee::Runtime(row) => (0..args.len())
                    .map(|at| row.params().get(at) == Some(&ParamKind::Own))
                    .collect(),
            },
            StatementKind::MapSet { .. } => vec![true, true],
            StatementKind::Fill { .. } => vec![true],
            other => vec![false; other.operands().len()],
        };
        statement
            .operands()
            .into_iter()
            .zip(positions)
            .map(|(operand, consuming)| {
                consuming
                    && operand
                        .place()
                        .is_some_and(|place| self.is_managed_place(function, place))
            })
            .collect()
    }

    /// The locals whose value, or something it owns, the statement changes in place. What is in a box is nobody's own.
    pub fn updates(&self, function: &Function, statement: &StatementKind) -> Vec<LocalId> {
        let mut updated = Vec::new();
        if let Some(dest) = statement.dest()
            && !dest.projections.is_empty()
            && !through_box(dest)
        {
            updated.extend(dest.root());
        }
        updated.extend(
            statement
                .updated()
                .filter(|place| !through_box(place))
                .and_then(Place::root),
        );
        // Rows that take a counted object as `Raw` work on it in place.
        if let StatementKind::Call {
            callee: Callee::Runtime(row),
            args,
            ..
        } = statement
        {
            for (kind, arg) in row.params().iter().zip(args) {
                if let (ParamKind::Raw, Some(place)) = (kind, arg.place())
                    && self.is_managed_place(function, place)
                {
                    updated.extend(place.root());
                }
            }
        }
        updated
    }
}

/// Does the place go through a box? Anybody holding the box may replace what is in it at any time.
pub fn through_box(place: &Place) -> bool {
    place.projections.contains(&Projection::Content)
}
