//! What is known at a point of a function.

use std::collections::BTreeMap;

use cranelift_entity::EntityRef;

use crate::mir::*;

/// Does an owned local hold its value?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Empty,
    Held,
    /// On some paths.
    Mixed,
}

/// The owned locals that keep a borrowed value alive, and whether it may be the whole of theirs.
pub type Loan = BTreeMap<LocalId, bool>;

#[derive(Clone, Debug)]
pub struct State {
    holds: Vec<Hold>,
    /// Of borrowed locals; absent when the value may be gone.
    loans: Vec<Option<Loan>>,
    /// Places whose object nobody else refers to.
    unique: Vec<Place>,
    /// Fields of partial structs that have been claimed here and not filled in yet.
    claims: Vec<(LocalId, u32)>,
    /// A part that has been dropped and must be stored to at once.
    pub gap: Option<Place>,
}

impl State {
    pub fn new(locals: usize) -> State {
        State {
            holds: vec![Hold::Empty; locals],
            loans: vec![None; locals],
            unique: Vec::new(),
            claims: Vec::new(),
            gap: None,
        }
    }

    /// Weakens this state to what holds on both paths; did that change it?
    pub fn merge(&mut self, other: &State) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.holds.iter_mut().zip(&other.holds) {
            if mine != theirs && *mine != Hold::Mixed {
                *mine = Hold::Mixed;
                changed = true;
            }
        }
        for (mine, theirs) in self.loans.iter_mut().zip(&other.loans) {
            let merged = match (&mine, theirs) {
                (Some(a), Some(b)) => {
                    let mut both = (*a).clone();
                    for (&lender, &whole) in b {
                        *both.entry(lender).or_insert(false) |= whole;
                    }
                    Some(both)
                }
                _ => None,
            };
            if *mine != merged {
                *mine = merged;
                changed = true;
            }
        }
        let before = self.unique.len();
        self.unique.retain(|place| other.unique.contains(place));
        changed |= before != self.unique.len();
        let before = self.claims.len();
        self.claims.retain(|claim| other.claims.contains(claim));
        changed || before != self.claims.len()
    }

    /// The test found that nobody had claimed the field.
    pub fn add_claim(&mut self, claim: (LocalId, u32)) {
        self.claims.push(claim);
    }

    /// Ends a claim; was there one?
    pub fn use_claim(&mut self, claim: (LocalId, u32)) -> bool {
        let before = self.claims.len();
        self.claims.retain(|known| *known != claim);
        before != self.claims.len()
    }

    /// The local has another value.
    pub fn end_claims(&mut self, local: LocalId) {
        self.claims.retain(|(of, _)| *of != local);
    }

    pub fn hold(&self, local: LocalId) -> Hold {
        self.holds[local.index()]
    }

    pub fn set_hold(&mut self, local: LocalId, hold: Hold) {
        self.holds[local.index()] = hold;
    }

    pub fn loan(&self, local: LocalId) -> Option<&Loan> {
        self.loans[local.index()].as_ref()
    }

    pub fn set_loan(&mut self, local: LocalId, loan: Loan) {
        self.loans[local.index()] = Some(loan);
    }

    /// The value of an owned local changes or goes away: whatever was borrowed from it is gone.
    pub fn end_loans(&mut self, lender: LocalId) {
        for loan in &mut self.loans {
            if loan.as_ref().is_some_and(|l| l.contains_key(&lender)) {
                *loan = None;
            }
        }
    }

    pub fn is_unique(&self, place: &Place) -> bool {
        self.unique.contains(place)
    }

    pub fn add_unique(&mut self, place: Place) {
        if !self.unique.contains(&place) {
            self.unique.push(place);
        }
    }

    pub fn retain_unique(&mut self, keep: impl Fn(&Place) -> bool) {
        self.unique.retain(|place| keep(place));
    }

    /// What was known about one local's value is now known about another's.
    pub fn move_unique(&mut self, from: LocalId, to: LocalId) {
        for place in &mut self.unique {
            if place.root() == Some(from) {
                place.base = PlaceBase::Local(to);
            }
        }
    }
}
