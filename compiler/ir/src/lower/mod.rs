//! The canonical program to `Lowered` MIR, one file per family of constructs.
//!
//! Enters: a program without errors. Leaves: MIR in phase [`crate::mir::Phase::Lowered`], where ownership is still implicit:
//! every operand is a copy by value semantics, overwriting releases, nothing is dropped. What the type table decides (text,
//! equality, JSON, lists of a type ...) becomes small functions made on demand, in [`per_type`].
//!
//! **Architecture Invariant:** nothing here thinks about counts, and nothing after this looks at the canonical program. A
//! construct that is not built yet is a diagnostic, never wrong code.

mod access;
mod append;
mod arithmetic;
mod assign;
mod body;
mod builder;
mod builtins;
mod calls;
mod compare;
mod context;
mod control;
mod count;
mod decode;
mod dynamic;
mod effects;
mod entry;
mod errors;
mod expr;
mod function;
mod grow;
mod html;
mod lists;
mod loops;
mod names;
mod options;
mod patterns;
mod per_type;
mod positions;
mod refine;
mod stability;
mod tasks;
mod text;
mod types;

#[cfg(test)]
mod tests;

use fuse_sema::program::Program;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::source::SourceMap;

use crate::mir;
use context::Context;

/// Lowers a whole program. `program` has passed checking: what it contains is well typed. `sources` turn spans into the
/// positions that fault reports show.
///
/// Errors are constructs that are not built yet (`FUSE_UNSUPPORTED`).
pub fn lower(program: &Program, sources: &dyn SourceMap) -> Result<mir::Program, Vec<Diagnostic>> {
    let mut cx = Context::new(program, sources);
    for index in 0..program.functions.len() {
        function::lower(&mut cx, index);
    }
    entry::lower(&mut cx);
    per_type::make_requested(&mut cx);
    if !cx.diagnostics.is_empty() {
        return Err(cx.diagnostics);
    }
    let mut mir = cx.mir;
    effects::compute(&mut mir);
    Ok(mir)
}
