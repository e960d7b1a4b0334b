//! Thompson's construction, from the end of the pattern to its begin: each part is built knowing what follows it.

use fuse_abi::pattern::Look;
use indexmap::IndexSet;
use regex_syntax::hir::{self, Class, Hir, HirKind, Repetition};

use crate::{Error, MOST_STATES};

/// Index into [`Nfa::states`].
pub type StateId = u16;

/// Inclusive ranges of scalars, ascending and apart.
pub type Set = Vec<(char, char)>;

#[derive(Clone, Copy, Debug)]
pub enum State {
    /// Takes one scalar of `Nfa::sets[set]`.
    Take {
        set: u16,
        next: StateId,
    },
    Split(StateId, StateId),
    Look(Look, StateId),
    Match,
}

#[derive(Debug)]
pub struct Nfa {
    pub states: Vec<State>,
    pub sets: IndexSet<Set>,
    pub first: StateId,
    /// Every match begins where the text begins.
    pub anchored: bool,
}

impl Nfa {
    pub fn looks(&self) -> impl Iterator<Item = Look> + '_ {
        self.states.iter().filter_map(|state| match state {
            State::Look(look, _) => Some(*look),
            _ => None,
        })
    }
}

pub fn build(hir: &Hir) -> Result<Nfa, Error> {
    let mut builder = Builder {
        states: vec![State::Match],
        sets: IndexSet::new(),
    };
    let first = builder.part(hir, 0)?;
    let prefix = hir.properties().look_set_prefix();
    Ok(Nfa {
        states: builder.states,
        sets: builder.sets,
        first,
        anchored: prefix.contains(hir::Look::Start),
    })
}

struct Builder {
    states: Vec<State>,
    sets: IndexSet<Set>,
}

impl Builder {
    fn add(&mut self, state: State) -> Result<StateId, Error> {
        if self.states.len() >= MOST_STATES {
            return Err(Error::TooLarge);
        }
        self.states.push(state);
        Ok((self.states.len() - 1) as StateId)
    }

    fn take(&mut self, set: Set, next: StateId) -> Result<StateId, Error> {
        // There are no more sets than states.
        let set = self.sets.insert_full(set).0 as u16;
        self.add(State::Take { set, next })
    }

    /// The state at which `hir` begins, `next` being what follows it.
    fn part(&mut self, hir: &Hir, next: StateId) -> Result<StateId, Error> {
        match hir.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => self.literal(&literal.0, next),
            HirKind::Class(class) => self.take(ranges(class), next),
            HirKind::Look(look) => self.add(State::Look(assertion(*look), next)),
            HirKind::Repetition(repetition) => self.repetition(repetition, next),
            HirKind::Capture(capture) => self.part(&capture.sub, next),
            HirKind::Concat(parts) => {
                let mut parts = parts.iter().rev();
                parts.try_fold(next, |next, part| self.part(part, next))
            }
            HirKind::Alternation(parts) => {
                let mut parts = parts.iter().rev();
                let Some(last) = parts.next() else {
                    return Ok(next);
                };
                let last = self.part(last, next)?;
                parts.try_fold(last, |others, part| {
                    let one = self.part(part, next)?;
                    self.add(State::Split(one, others))
                })
            }
        }
    }

    fn literal(&mut self, bytes: &[u8], next: StateId) -> Result<StateId, Error> {
        // The parser refuses what could match anything but whole scalars.
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Error::Syntax("pattern can match invalid UTF-8".to_owned()))?;
        let mut scalars = text.chars().rev();
        scalars.try_fold(next, |next, scalar| self.take(vec![(scalar, scalar)], next))
    }

    /// Greedy or not makes no difference to whether there is a match.
    fn repetition(&mut self, repetition: &Repetition, next: StateId) -> Result<StateId, Error> {
        let sub = &repetition.sub;
        let mut at = next;
        match repetition.max {
            None => {
                let again = self.add(State::Match)?;
                let once = self.part(sub, again)?;
                self.states[usize::from(again)] = State::Split(once, next);
                at = again;
            }
            Some(max) => {
                for _ in repetition.min..max {
                    let states = self.states.len();
                    let once = self.part(sub, at)?;
                    if self.states.len() == states {
                        return Ok(next);
                    }
                    at = self.add(State::Split(once, next))?;
                }
            }
        }
        for _ in 0..repetition.min {
            let states = self.states.len();
            at = self.part(sub, at)?;
            // What needs no state is empty however often it is repeated.
            if self.states.len() == states {
                break;
            }
        }
        Ok(at)
    }
}

pub fn ranges(class: &Class) -> Set {
    match class {
        Class::Unicode(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
        // ASCII only, as the pattern matches text.
        Class::Bytes(class) => class
            .iter()
            .map(|r| (char::from(r.start()), char::from(r.end())))
            .collect(),
    }
}

fn assertion(look: hir::Look) -> Look {
    match look {
        hir::Look::Start => Look::Start,
        hir::Look::End => Look::End,
        hir::Look::StartLF => Look::LineStart,
        hir::Look::EndLF => Look::LineEnd,
        hir::Look::StartCRLF => Look::CrlfStart,
        hir::Look::EndCRLF => Look::CrlfEnd,
        hir::Look::WordAscii => Look::AsciiBoundary,
        hir::Look::WordAsciiNegate => Look::NotAsciiBoundary,
        hir::Look::WordUnicode => Look::Boundary,
        hir::Look::WordUnicodeNegate => Look::NotBoundary,
        hir::Look::WordStartAscii => Look::AsciiWordStart,
        hir::Look::WordEndAscii => Look::AsciiWordEnd,
        hir::Look::WordStartUnicode => Look::WordStart,
        hir::Look::WordEndUnicode => Look::WordEnd,
        hir::Look::WordStartHalfAscii => Look::AsciiWordStartHalf,
        hir::Look::WordEndHalfAscii => Look::AsciiWordEndHalf,
        hir::Look::WordStartHalfUnicode => Look::WordStartHalf,
        hir::Look::WordEndHalfUnicode => Look::WordEndHalf,
    }
}
