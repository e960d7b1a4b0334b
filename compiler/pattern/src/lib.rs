//! Patterns of refinements become tables here, when the program is compiled.
//!
//! Enters: the text of a pattern, in the syntax of the crate `regex`. Leaves: [`Tables`] in the format of [`fuse_abi::pattern`]: a
//! deterministic automaton over classes of scalars, or, where that would be large, the nondeterministic one it comes from.
//!
//! ```text
//! text -> regex-syntax -> nfa -> classes -> dfa -> tables
//! ```
//!
//! **Architecture Invariant:** what a pattern means is decided here and read by one reader, [`fuse_abi::pattern::Tables`]; literals are
//! judged by the same tables that an executable carries.

#![forbid(unsafe_code)]

mod classes;
mod dfa;
mod nfa;
mod tables;

use std::fmt;

pub use tables::Tables;

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// With what is wrong with it.
    Syntax(String),
    /// It needs more than [`MOST_STATES`] states or tells apart more classes of scalars than tables can number.
    TooLarge,
}

/// Most states of the nondeterministic automaton; about one per scalar that a pattern names, counted repetitions written out.
pub const MOST_STATES: usize = 1 << 15;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Syntax(what) => f.write_str(what),
            Error::TooLarge => f.write_str("pattern is too large"),
        }
    }
}

impl std::error::Error for Error {}

/// Compiles one pattern. Time and memory are bounded, whatever the text.
pub fn compile(pattern: &str) -> Result<Tables, Error> {
    let hir = regex_syntax::parse(pattern).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        Error::Syntax(last.trim_start_matches("error: ").to_owned())
    })?;
    let nfa = nfa::build(&hir)?;
    let classes = classes::divide(&nfa)?;
    Ok(match dfa::build(&nfa, &classes) {
        Some(dfa) => tables::automaton(&dfa, &classes),
        None => tables::simulation(&nfa, &classes),
    })
}
