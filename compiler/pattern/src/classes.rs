//! Which scalars a pattern cannot tell apart.

use fuse_abi::pattern::{Look, MOST_CLASSES, flags};
use indexmap::IndexMap;
use regex_syntax::hir::HirKind;

use crate::Error;
use crate::nfa::{Nfa, Set, ranges};

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
    nfa.looks().fold(0, |asked, look| {
        let (before, after) = asks(look);
        asked | before | after
    })
}

/// The flags of the scalars before and after a position that make a difference to an assertion.
pub fn asks(look: Look) -> (u16, u16) {
    let sides = [
        0,
        flags::EDGE,
        flags::LINE_FEED,
        flags::CARRIAGE_RETURN,
        flags::ASCII_WORD,
        flags::WORD,
    ];
    let differing = |differs: &dyn Fn(u16, u16) -> bool| {
        let flags = sides
            .iter()
            .filter(|flag| sides.iter().any(|other| differs(**flag, *other)));
        flags.fold(0, |asked, flag| asked | flag)
    };
    (
        differing(&|flag, after| look.holds(flag, after) != look.holds(0, after)),
        differing(&|flag, before| look.holds(before, flag) != look.holds(before, 0)),
    )
}

fn class_of(pattern: &str) -> Set {
    let hir = regex_syntax::parse(pattern).expect("invariant: a pattern of ours");
    match hir.kind() {
        HirKind::Class(class) => ranges(class),
        _ => unreachable!("invariant: a class"),
    }
}
