//! The formatter: layout of a file that is free of syntax errors.
//!
//! It writes the tokens of the file again, one by one and in order, with the blanks and line ends of the house style between
//! them. Where lines end is the author's choice and stays; strings, holes and comments are copied as they are.
//!
//! **Architecture Invariant:** the result has the tokens of the input, so it means the same; formatting it again changes nothing.

mod gap;
mod layout;
mod pieces;
mod spacing;

use crate::diagnostic::Diagnostic;
use crate::span::FileId;

/// Columns per level of indentation.
const INDENT: usize = 2;

/// The text in the house style.
///
/// # Errors
/// The diagnostics of a file that does not parse. Such a file has no certain layout and is left alone.
pub fn format(file: FileId, text: &str) -> Result<String, Vec<Diagnostic>> {
    let (marks, diagnostics) = crate::parser::marks(file, text);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let tokens = crate::lexer::lex(file, text).tokens;
    Ok(layout::write(text, &pieces::pieces(&tokens, &marks)))
}
