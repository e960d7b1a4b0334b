//! Writing the tables: [`fuse_abi::pattern`] says how.

use fuse_abi::pattern::{self, AUTOMATON, CLASS_BITS, HEADER_WORDS, SIMULATION, op};

use crate::classes::Classes;
use crate::dfa::Dfa;
use crate::nfa::{Nfa, State};

/// The tables of one pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables(Vec<u8>);

impl Tables {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Is there a match anywhere in the text?
    pub fn matches(&self, text: &str) -> bool {
        let tables = pattern::Tables::new(&self.0);
        tables.matches(text, &mut vec![0; tables.scratch_words()])
    }
}

pub fn automaton(dfa: &Dfa, classes: &Classes) -> Tables {
    let mut out = head(AUTOMATON, dfa.rows.len() + 2, dfa.first, classes);
    for row in &dfa.rows {
        words(&mut out, row);
    }
    Tables(out)
}

pub fn simulation(nfa: &Nfa, classes: &Classes) -> Tables {
    let mut out = head(SIMULATION, nfa.states.len(), nfa.first, classes);
    for state in &nfa.states {
        let state = match *state {
            State::Take { set, next } => [op::TAKE, set, next],
            State::Split(one, other) => [op::SPLIT, one, other],
            State::Match => [op::MATCH, 0, 0],
            State::Look(look, next) => [op::LOOK + look as u16, next, 0],
        };
        words(&mut out, &state);
    }
    words(&mut out, &classes.flags);
    let mut sets = vec![vec![0u16; classes.len().div_ceil(16)]; nfa.sets.len()];
    for (class, within) in classes.sets.iter().enumerate() {
        for set in within {
            sets[usize::from(*set)][class / 16] |= 1 << (class % 16);
        }
    }
    for set in &sets {
        words(&mut out, set);
    }
    Tables(out)
}

fn head(kind: u16, states: usize, first: u16, classes: &Classes) -> Vec<u8> {
    // Ranges are asked for from U+0080 on.
    let begin = classes.ranges.partition_point(|range| range.0 <= 128) - 1;
    let wide = &classes.ranges[begin..];
    let mut out = Vec::with_capacity(2 * HEADER_WORDS + 128 + 4 * wide.len());
    let header = [
        kind,
        classes.len() as u16,
        wide.len() as u16,
        states as u16,
        first,
    ];
    words(&mut out, &header);
    for scalar in 0..128 {
        let after = classes.ranges.partition_point(|range| range.0 <= scalar);
        // Classes are numbered in the order of their scalars, so those of ASCII are below 128.
        out.push(classes.ranges[after - 1].1 as u8);
    }
    for (first, class) in wide {
        let range = first << CLASS_BITS | u32::from(*class);
        out.extend(range.to_le_bytes());
    }
    out
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}
