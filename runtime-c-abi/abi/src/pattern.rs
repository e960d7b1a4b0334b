//! Patterns of refinements as tables: their format, and the only reader of it. The compiler judges literals with it, executables their input.
//!
//! A text is read scalar by scalar. Scalars fall into classes that no part of the pattern tells apart. The tables are bytes, words of two
//! bytes and of four in little endian:
//!
//! | part | content |
//! | --- | --- |
//! | 5 words | [`AUTOMATON`] or [`SIMULATION`], number of classes, number of ranges, number of states, first state |
//! | 128 bytes | the class of each ASCII character |
//! | 4 bytes per range | first scalar `<< 11 \|` class, ascending from U+0080; a range ends where the next begins |
//!
//! Then for [`AUTOMATON`] a row of words per state from state 2 on: the state after each class, and after the end of the text. State 0 has
//! failed, state 1 has matched, whatever follows.
//!
//! For [`SIMULATION`], used where the automaton would be too large: three words per state ([`op`]), a word of [`flags`] per class, and the
//! sets of classes, each as many words as bits for all classes need. Its states are advanced together, in time proportional to their number
//! for each scalar (Thompson 1968).

/// A deterministic automaton: one step per scalar.
pub const AUTOMATON: u16 = 0;
/// A nondeterministic automaton.
pub const SIMULATION: u16 = 1;

pub const HEADER_WORDS: usize = 5;
/// Most classes that a range can name.
pub const MOST_CLASSES: usize = 1 << CLASS_BITS;
pub const CLASS_BITS: u32 = 11;

pub const FAILED: usize = 0;
pub const MATCHED: usize = 1;

/// First words of a state of the simulation; the two others are its operands.
pub mod op {
    /// (set, next): takes a scalar of the set.
    pub const TAKE: u16 = 0;
    /// (one, other)
    pub const SPLIT: u16 = 1;
    pub const MATCH: u16 = 2;
    /// (next, -): goes on where the assertion `word - LOOK` holds.
    pub const LOOK: u16 = 3;
}

/// What assertions ask of the scalars beside a position.
pub mod flags {
    /// There is none: the begin or the end of the text.
    pub const EDGE: u16 = 1;
    pub const LINE_FEED: u16 = 2;
    pub const CARRIAGE_RETURN: u16 = 4;
    /// `[0-9A-Za-z_]`
    pub const ASCII_WORD: u16 = 8;
    /// `\w` of Unicode
    pub const WORD: u16 = 16;
}

/// An assertion about a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Look {
    Start,
    End,
    LineStart,
    LineEnd,
    CrlfStart,
    CrlfEnd,
    AsciiBoundary,
    NotAsciiBoundary,
    Boundary,
    NotBoundary,
    AsciiWordStart,
    AsciiWordEnd,
    WordStart,
    WordEnd,
    AsciiWordStartHalf,
    AsciiWordEndHalf,
    WordStartHalf,
    WordEndHalf,
}

impl Look {
    pub const ALL: [Look; 18] = [
        Look::Start,
        Look::End,
        Look::LineStart,
        Look::LineEnd,
        Look::CrlfStart,
        Look::CrlfEnd,
        Look::AsciiBoundary,
        Look::NotAsciiBoundary,
        Look::Boundary,
        Look::NotBoundary,
        Look::AsciiWordStart,
        Look::AsciiWordEnd,
        Look::WordStart,
        Look::WordEnd,
        Look::AsciiWordStartHalf,
        Look::AsciiWordEndHalf,
        Look::WordStartHalf,
        Look::WordEndHalf,
    ];

    /// Whether it holds between scalars with these [`flags`].
    pub fn holds(self, before: u16, after: u16) -> bool {
        use flags::{ASCII_WORD, CARRIAGE_RETURN, EDGE, LINE_FEED, WORD};

        let sides = |word| (before & word != 0, after & word != 0);
        match self {
            Look::Start => before & EDGE != 0,
            Look::End => after & EDGE != 0,
            Look::LineStart => before & (EDGE | LINE_FEED) != 0,
            Look::LineEnd => after & (EDGE | LINE_FEED) != 0,
            Look::CrlfStart => {
                before & (EDGE | LINE_FEED) != 0
                    || (before & CARRIAGE_RETURN != 0 && after & LINE_FEED == 0)
            }
            Look::CrlfEnd => {
                after & (EDGE | CARRIAGE_RETURN) != 0
                    || (after & LINE_FEED != 0 && before & CARRIAGE_RETURN == 0)
            }
            Look::AsciiBoundary => matches!(sides(ASCII_WORD), (true, false) | (false, true)),
            Look::NotAsciiBoundary => matches!(sides(ASCII_WORD), (true, true) | (false, false)),
            Look::Boundary => matches!(sides(WORD), (true, false) | (false, true)),
            Look::NotBoundary => matches!(sides(WORD), (true, true) | (false, false)),
            Look::AsciiWordStart => sides(ASCII_WORD) == (false, true),
            Look::AsciiWordEnd => sides(ASCII_WORD) == (true, false),
            Look::WordStart => sides(WORD) == (false, true),
            Look::WordEnd => sides(WORD) == (true, false),
            Look::AsciiWordStartHalf => before & ASCII_WORD == 0,
            Look::AsciiWordEndHalf => after & ASCII_WORD == 0,
            Look::WordStartHalf => before & WORD == 0,
            Look::WordEndHalf => after & WORD == 0,
        }
    }
}

type Words<'t> = &'t [[u8; 2]];

/// Tables of one pattern.
#[derive(Clone, Copy)]
pub struct Tables<'t> {
    kind: u16,
    classes: usize,
    states: usize,
    first: usize,
    ascii: &'t [u8],
    ranges: &'t [[u8; 4]],
    rest: Words<'t>,
}

fn word(words: Words<'_>, index: usize) -> usize {
    usize::from(u16::from_le_bytes(words[index]))
}

impl<'t> Tables<'t> {
    /// # Panics
    ///
    /// Here and in matching, if the bytes are not what the compiler wrote.
    pub fn new(bytes: &'t [u8]) -> Tables<'t> {
        let (header, bytes) = bytes.split_at(2 * HEADER_WORDS);
        let header = header.as_chunks().0;
        let (ascii, bytes) = bytes.split_at(128);
        let (ranges, rest) = bytes.split_at(4 * word(header, 2));
        Tables {
            kind: u16::from_le_bytes(header[0]),
            classes: word(header, 1),
            states: word(header, 3),
            first: word(header, 4),
            ascii,
            ranges: ranges.as_chunks().0,
            rest: rest.as_chunks().0,
        }
    }

    /// Words of memory that matching needs.
    pub fn scratch_words(&self) -> usize {
        if self.kind == AUTOMATON {
            0
        } else {
            4 * self.states
        }
    }

    /// Is there a match anywhere in the text? `scratch` has [`Self::scratch_words`] elements, with any content.
    pub fn matches(&self, text: &str, scratch: &mut [u16]) -> bool {
        if self.kind == AUTOMATON {
            self.run(text)
        } else {
            self.simulate(text, scratch)
        }
    }

    fn class(&self, scalar: char) -> usize {
        let code = u32::from(scalar);
        match self.ascii.get(code as usize) {
            Some(&class) => usize::from(class),
            None => {
                let after = self
                    .ranges
                    .partition_point(|range| u32::from_le_bytes(*range) >> CLASS_BITS <= code);
                (u32::from_le_bytes(self.ranges[after - 1]) as usize) % MOST_CLASSES
            }
        }
    }

    fn run(&self, text: &str) -> bool {
        let width = self.classes + 1;
        let mut state = self.first;
        for scalar in text.chars() {
            if state <= MATCHED {
                return state == MATCHED;
            }
            state = word(self.rest, (state - 2) * width + self.class(scalar));
        }
        state == MATCHED
            || (state != FAILED && word(self.rest, (state - 2) * width + self.classes) == MATCHED)
    }

    fn simulate(&self, text: &str, scratch: &mut [u16]) -> bool {
        let (states, rest) = self.rest.split_at(3 * self.states);
        let (class_flags, sets) = rest.split_at(self.classes);
        let set_words = self.classes.div_ceil(16);
        let (now, next) = scratch.split_at_mut(2 * self.states);
        let (mut now, mut next) = (States::new(now), States::new(next));
        let mut before = flags::EDGE;
        let mut scalars = text.chars();
        loop {
            let class = scalars.next().map(|scalar| self.class(scalar));
            let after = match class {
                Some(class) => word(class_flags, class) as u16,
                None => flags::EDGE,
            };
            // One that is bound to the begin of the text gets no further than its assertion from the second time on.
            now.insert(self.first);
            let mut at = 0;
            while at < now.len {
                let state = 3 * usize::from(now.dense[at]);
                at += 1;
                let operand = word(states, state + 1);
                match word(states, state) as u16 {
                    op::MATCH => return true,
                    op::SPLIT => {
                        now.insert(operand);
                        now.insert(word(states, state + 2));
                    }
                    op::TAKE => {
                        if let Some(class) = class {
                            let set = word(sets, operand * set_words + class / 16);
                            if set >> (class % 16) & 1 != 0 {
                                next.insert(word(states, state + 2));
                            }
                        }
                    }
                    look => {
                        let look = Look::ALL[usize::from(look - op::LOOK)];
                        if look.holds(before, after) {
                            now.insert(operand);
                        }
                    }
                }
            }
            if class.is_none() {
                return false;
            }
            core::mem::swap(&mut now, &mut next);
            next.len = 0;
            before = after;
        }
    }
}

/// A set of small numbers in the order they came (Briggs and Torczon 1993).
struct States<'s> {
    dense: &'s mut [u16],
    sparse: &'s mut [u16],
    len: usize,
}

impl<'s> States<'s> {
    fn new(scratch: &'s mut [u16]) -> States<'s> {
        let (dense, sparse) = scratch.split_at_mut(scratch.len() / 2);
        States {
            dense,
            sparse,
            len: 0,
        }
    }

    fn insert(&mut self, state: usize) {
        let position = usize::from(self.sparse[state]);
        if position < self.len && usize::from(self.dense[position]) == state {
            return;
        }
        self.dense[self.len] = state as u16;
        self.sparse[state] = self.len as u16;
        self.len += 1;
    }
}
