//! Knowledge about unshared objects, and when it ends.

use super::Certifier;
use super::state::State;
use crate::mir::*;

/// May the two steps lead to the same part?
fn may_meet(a: Projection, b: Projection) -> bool {
    let indexes = match (a, b) {
        (Projection::Element(a), Projection::Element(b))
        | (Projection::EntryKey(a), Projection::EntryKey(b))
        | (Projection::EntryValue(a), Projection::EntryValue(b)) => (a, b),
        _ => return a == b,
    };
    match indexes {
        (Index::Const(a), Index::Const(b)) => a == b,
        _ => true,
    }
}

/// May `place` be, or lie inside of, what `outer` names?
fn may_lie_in(place: &Place, outer: &Place) -> bool {
    place.base == outer.base
        && place.projections.len() >= outer.projections.len()
        && place
            .projections
            .iter()
            .zip(&outer.projections)
            .all(|(&a, &b)| may_meet(a, b))
}

fn in_box(place: &Place) -> bool {
    place.projections.contains(&Projection::Content)
}

impl Certifier<'_> {
    /// Somebody else may now refer to the object at the place (and with it to what is inside).
    pub(super) fn share(&mut self, place: &Place, state: &mut State) {
        let loan = place
            .root()
            .and_then(|root| state.loan(root).cloned())
            .unwrap_or_default();
        let boxed = in_box(place);
        let is_part = !place.projections.is_empty();
        state.retain_unique(|known| {
            // Sharing a part of what a lender holds does not share the lender's own object.
            let lent = known.root().and_then(|root| loan.get(&root));
            let lent =
                lent.is_some_and(|&whole| whole && !is_part || !known.projections.is_empty());
            !(may_lie_in(known, place) || lent || boxed && in_box(known))
        });
    }

    /// What is stored at the place changes.
    pub(super) fn overwrite(&mut self, place: &Place, state: &mut State) {
        let boxed = in_box(place);
        state.retain_unique(|known| {
            let same_object = boxed
                && in_box(known)
                && !(known.base == place.base
                    && place.projections.starts_with(&known.projections)
                    && known.projections.len() < place.projections.len());
            !(may_lie_in(known, place) || same_object)
        });
    }

    /// Anything reachable through a box may have changed.
    pub(super) fn forget_boxes(&mut self, state: &mut State) {
        state.retain_unique(|known| !in_box(known));
    }

    /// A local used as an index has a new value.
    pub(super) fn forget_index(&mut self, local: LocalId, state: &mut State) {
        state.retain_unique(|known| known.index_locals().all(|index| index != local));
    }

    /// Every object that a store to the place goes through must be known to be unshared.
    pub(super) fn require_writable(&mut self, place: &Place, state: &State) {
        // What a box holds is shared by design; only what lies behind its content matters.
        let start = place
            .projections
            .iter()
            .rposition(|p| *p == Projection::Content)
            .map_or(0, |at| at + 1);
        for at in start..place.projections.len() {
            let Some(ty) = self.program.prefix_type(self.function, place, at) else {
                return;
            };
            if !self.program.types.derefs(ty, place.projections[at]) {
                continue;
            }
            let prefix = Place {
                base: place.base,
                projections: place.projections[..at].to_vec(),
            };
            if !state.is_unique(&prefix) {
                self.problem(format!(
                    "changes {} in place, which may be shared",
                    self.show(&prefix)
                ));
            }
        }
    }

    /// The object at the place has been made unshared. Unless it was already, that may have copied it, and its parts are shared with
    /// the original.
    pub(super) fn made_unique(&mut self, place: &Place, state: &mut State) {
        if !state.is_unique(place) {
            self.overwrite(place, state);
            state.add_unique(place.clone());
        }
    }

    pub(super) fn show(&self, place: &Place) -> String {
        text::place_text(self.program, self.function, place)
    }
}
