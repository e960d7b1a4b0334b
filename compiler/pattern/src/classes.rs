//! Which scalars a pattern cannot tell apart.

use fuse_abi::pattern::{MOST_CLASSES, flags};
use indexmap::IndexMap;
use regex_syntax::hir::{Class, HirKind};

use crate::Error;
use crate::nfa::{Nfa, Set, State};

/// A partition of the scalars.
#[derive(Debug)]
pub struct Classes {
    /// First scalar and class, from 0 on; a range ends where the next begins.
    pub ranges: Vec<(u32, u16)>,
    /// For each class, what assertions ask, in bits of [`flags`].
    pub flags: Vec<u16>,
    /// For each class, the sets of the automaton it is in, ascending.
    pub sets: Vec<Vec<u16>>,
}

impl Classes {
    pub fn len(&self) -> usize {
        self.flags.len()
    }
}

/// The coarsest partition that every set of the automaton, and what its assertions ask, is a union of. Classes are numbered as they come, those
/// of ASCII first.
pub fn divide(nfa: &Nfa) -> Result<Classes, Error> {
    let asked = asked(nfa);
    let mut sets: Vec<(Mark, Set)> = (0..)
        .zip(&nfa.sets)
        .map(|(index, set)| (Mark::Set(index), set.clone()))
        .collect();
    let mut ask = |flag: u16, set: Set| {
        if asked & flag != 0 {
            sets.push((Mark::Flag(flag), set));
        }
    };
    ask(flags::LINE_FEED, vec![('\n', '\n')]);
    ask(flags::CARRIAGE_RETURN, vec![('\r', '\r')]);
    ask(flags::ASCII_WORD, class_of("(?-u:\\w)"));
    ask(flags::WORD, class_of("\\w"));

    // Where something begins or ends to be in a set, in order.
    let mut edges: Vec<(u32, bool, Mark)> = Vec::new();
    for (mark, set) in &sets {
        for (first, last) in set {
            edges.push((u32::from(*first), true, *mark));
            edges.push((u32::from(*last) + 1, false, *mark));
        }
    }
    edges.sort_unstable();

    let mut classes = Classes {
        ranges: Vec::new(),
        flags: Vec::new(),
        sets: Vec::new(),
    };
    let mut known: IndexMap<(u16, Vec<u16>), u16> = IndexMap::new();
    let (mut flags, mut within) = (0, Vec::new());
    let mut at = 0;
    let mut edges = edges.into_iter().peekable();
    loop {
        while let Some((_, begins, mark)) = edges.next_if(|edge| edge.0 == at) {
            match (mark, begins) {
                (Mark::Flag(flag), true) => flags |= flag,
                (Mark::Flag(flag), false) => flags &= !flag,
                (Mark::Set(set), true) => {
                    let place = within.partition_point(|other| *other < set);
                    within.insert(place, set);
                }
                (Mark::Set(set), false) => within.retain(|other| *other != set),
            }
        }
        let count = known.len();
        let class = *known.entry((flags, within.clone())).or_insert(count as u16);
        if usize::from(class) == count {
            if count == MOST_CLASSES {
                return Err(Error::TooLarge);
            }
            classes.flags.push(flags);
            classes.sets.push(within.clone());
        }
        classes.ranges.push((at, class));
        match edges.peek() {
            Some(next) => at = next.0,
            None => return Ok(classes),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Set(u16),
    Flag(u16),
}

/// The flags of scalars that the assertions of the automaton ask for.
fn asked(nfa: &Nfa) -> u16 {
    // Both sides of an assertion ask for the same; `asks_before` tells it of all but those that look ahead only.
    nfa.states.iter().fold(0, |asked, state| match state {
        State::Look(look, _) => {
            let sides = [
                0,
                flags::LINE_FEED,
                flags::CARRIAGE_RETURN,
                flags::ASCII_WORD,
                flags::WORD,
            ];
            let differs = |flag: u16| {
                sides.iter().any(|side| {
                    look.holds(flag, *side) != look.holds(0, *side)
                        || look.holds(*side, flag) != look.holds(*side, 0)
                })
            };
            let flags = sides.iter().filter(|flag| differs(**flag));
            flags.fold(asked, |asked, flag| asked | flag)
        }
        _ => asked,
    })
}

fn class_of(pattern: &str) -> Set {
    let hir = regex_syntax::parse(pattern).expect("invariant: a pattern of ours");
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().map(|r| (r.start(), r.end())).collect()
        }
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .map(|r| (char::from(r.start()), char::from(r.end())))
            .collect(),
        _ => unreachable!("invariant: a class"),
    }
}
