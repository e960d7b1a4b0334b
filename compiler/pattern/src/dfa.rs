//! The subset construction (Rabin and Scott 1959), with assertions decided one scalar later, when both sides are known.

use fuse_abi::pattern::{FAILED, Look, MATCHED, flags};
use indexmap::{IndexMap, IndexSet};

use crate::classes::{Classes, asks};
use crate::nfa::{Nfa, State, StateId};

/// Most entries of the table.
const MOST_ENTRIES: usize = 1 << 16;

/// Most steps of the construction. It is given up as too large beyond.
const MOST_STEPS: usize = 20_000_000;

#[derive(Debug)]
pub struct Dfa {
    pub first: u16,
    /// For each state from 2 on the state after each class, and after the end of the text.
    pub rows: Vec<Vec<u16>>,
}

/// None where the automaton would be too large.
pub fn build(nfa: &Nfa, classes: &Classes) -> Option<Dfa> {
    let mut builder = Builder {
        nfa,
        asks_before: nfa.looks().fold(0, |asked, look| asked | asks(look).0),
        visits: vec![0; nfa.states.len()],
        visit: 0,
        steps: 0,
        positions: IndexSet::new(),
    };
    let first = builder.position(flags::EDGE, &[nfa.first]);
    let mut after: Vec<u16> = classes.flags.clone();
    after.push(flags::EDGE);
    let mut rows = Vec::new();
    while let Some(position) = builder.positions.get_index(rows.len()).cloned() {
        if builder.steps > MOST_STEPS || builder.positions.len() * after.len() > MOST_ENTRIES {
            return None;
        }
        // What is reached before a scalar depends on its flags only.
        let mut reached: IndexMap<u16, Option<Vec<StateId>>> = IndexMap::new();
        let mut row = Vec::with_capacity(after.len());
        for (class, &after) in after.iter().enumerate() {
            let takers = reached
                .entry(after)
                .or_insert_with(|| builder.takers(&position, after));
            row.push(match (takers, classes.sets.get(class)) {
                (None, _) => MATCHED as u16,
                (Some(_), None) => FAILED as u16,
                (Some(takers), Some(sets)) => builder.step(takers, sets, after),
            });
        }
        rows.push(row);
    }
    Some(Dfa { first, rows })
}

/// What may come next, and what was before, as far as assertions will ask.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Position {
    before: u16,
    /// Ascending; none is a `Split`.
    states: Vec<StateId>,
}

struct Builder<'n> {
    nfa: &'n Nfa,
    asks_before: u16,
    /// The last visit of each state.
    visits: Vec<u32>,
    visit: u32,
    steps: usize,
    positions: IndexSet<Position>,
}

impl Builder<'_> {
    /// The states from which a scalar with the flags `after` is taken. None: the pattern matches here.
    fn takers(&mut self, position: &Position, after: u16) -> Option<Vec<StateId>> {
        let holds = |look: Look| look.holds(position.before, after);
        let mut reached = self.follow(&position.states, holds)?;
        reached.retain(|state| matches!(self.nfa.states[usize::from(*state)], State::Take { .. }));
        Some(reached)
    }

    /// The state after a scalar that is in these sets.
    fn step(&mut self, takers: &[StateId], sets: &[u16], before: u16) -> u16 {
        self.steps += takers.len();
        let mut next: Vec<StateId> = takers
            .iter()
            .filter_map(|state| match self.nfa.states[usize::from(*state)] {
                State::Take { set, next } if sets.binary_search(&set).is_ok() => Some(next),
                _ => None,
            })
            .collect();
        if !self.nfa.anchored {
            next.push(self.nfa.first);
        }
        self.position(before, &next)
    }

    /// The number of what is reached from `states`, without passing an assertion.
    fn position(&mut self, before: u16, states: &[StateId]) -> u16 {
        let Some(mut states) = self.follow(states, |_| false) else {
            return MATCHED as u16;
        };
        if states.is_empty() {
            return FAILED as u16;
        }
        states.sort_unstable();
        let is_asked =
            |state: &StateId| matches!(self.nfa.states[usize::from(*state)], State::Look(..));
        let before = if states.iter().any(is_asked) {
            before & self.asks_before
        } else {
            0
        };
        let index = self.positions.insert_full(Position { before, states }).0;
        // The table is given up long before numbers run out.
        u16::try_from(index + 2).unwrap_or(u16::MAX)
    }

    /// Everything but splits that is reached without taking a scalar, through the assertions that hold. None: the end of the pattern is.
    fn follow(&mut self, from: &[StateId], holds: impl Fn(Look) -> bool) -> Option<Vec<StateId>> {
        self.visit += 1;
        let mut reached = Vec::new();
        let mut open: Vec<StateId> = from.to_vec();
        while let Some(state) = open.pop() {
            let index = usize::from(state);
            if std::mem::replace(&mut self.visits[index], self.visit) == self.visit {
                continue;
            }
            self.steps += 1;
            match self.nfa.states[index] {
                State::Match => return None,
                State::Split(one, other) => open.extend([one, other]),
                State::Look(look, next) if holds(look) => open.push(next),
                State::Look(..) | State::Take { .. } => reached.push(state),
            }
        }
        Some(reached)
    }
}
