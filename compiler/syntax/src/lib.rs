//! Source text to syntax tree: spans, the diagnostics model, lexer with layout, parser, AST, formatter.
//!
//! **Architecture Invariant:** this crate is a pure function of its input. It touches no files, no environment and
//! no clock, never panics, and always returns a tree together with everything it found wrong.

#![forbid(unsafe_code)]

pub mod ast;
pub mod codes;
pub mod diagnostic;
mod dump;
mod format;
pub mod fuzz;
mod lexer;
mod parser;
pub mod render;
pub mod source;
pub mod span;
mod token;

pub use dump::{DumpOptions, dump, dump_with};
pub use format::format;

use diagnostic::Diagnostic;
use span::FileId;

/// Parses one file. Always returns a tree; where the text is wrong the tree has error nodes or lacks the broken
/// construct, and the diagnostics, ordered by position, say why.
pub fn parse(file: FileId, text: &str) -> (ast::Module, Vec<Diagnostic>) {
    parser::parse(file, text)
}

/// How many tokens one file has. For measuring the lexer alone: [`parse`] does its work too.
pub fn count_tokens(file: FileId, text: &str) -> usize {
    lexer::lex(file, text).tokens.len()
}
