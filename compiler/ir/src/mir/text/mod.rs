//! The text form of MIR: prints and reads back. Tests, bug reports and fuzz reproducers are files in it.
//!
//! ```text
//! phase lowered
//! files "main.fuse"
//! struct Point { x: Int, y: Int }
//! boxed enum Tree { Leaf, Node(Tree, Int, Tree) }
//!
//! fn sum(%xs: borrowed List<Int>) -> Int { ; main.fuse:1:1
//!   local %acc: Int, %1: Bool
//! bb0:
//!   %acc = add.checked %acc, %xs[3]      ; main.fuse:2:5
//!   return %acc
//! }
//! ```
//!
//! A name is an identifier or a quoted string, made unique by `#number` where needed. Locals without a source name print as their
//! number. `move %x` is a move, a bare place a copy; functions are called by name, runtime rows as `@symbol`, globals are `$name`.
//! `;` starts a position, `//` a comment. Line breaks mean nothing except that they end positions and comments.

mod entry;
mod lex;
mod names;
mod ops;
mod parse;
mod parse_body;
mod print;

pub use parse::parse;
pub use print::{TypeNames, place_text, print, print_function, statement_text, terminator_text};

/// What is wrong with a text, and where (1-based line).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    pub line: u32,
    pub message: String,
}

impl std::fmt::Display for TextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}
