//! `Expanded` MIR to machine code inside this process, through Cranelift.
//!
//! Enters: a [`mir::Program`], its [`Layouts`] and the addresses of the runtime's functions. Leaves: a [`JitProgram`] whose
//! descriptor the runtime starts like an executable's.
//!
//! **Architecture Invariant:** this crate decides nothing about counts, layouts or meaning. It follows the steps `Layouts`
//! states and translates each statement of `Expanded` MIR by itself, as the LLVM back end does, so that both agree.
//!
//! **API Boundary:** [`compile`] and [`JitProgram`]. The runtime is reached through symbols only; this crate does not link it.

mod data;
mod descriptor;
mod error;
mod function;
mod module;
mod program;
mod signature;
mod sites;

use fuse_ir::layout::Layouts;
use fuse_ir::mir;

pub use error::CodegenError;
pub use program::JitProgram;

/// What the descriptor says about the build, and how hard to try.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Cranelift's `speed` level instead of `none`.
    pub optimize: bool,
    /// `mode=jit profile=... contract=aot-v1`, as reports show it.
    pub build_info: String,
    /// Set for the release profiles.
    pub release: bool,
}

/// Compiles a whole program. `symbols` gives the address of every runtime function the program may call; functions it does not
/// call may be absent.
///
/// # Errors
/// [`CodegenError`] when the program is not `Expanded`, calls a runtime function that has no address, or Cranelift refuses.
pub fn compile(
    program: &mir::Program,
    layouts: &Layouts,
    symbols: &[(&str, *const u8)],
    options: &Options,
) -> Result<JitProgram, CodegenError> {
    if program.phase != mir::Phase::Expanded {
        return Err(CodegenError::WrongPhase(program.phase));
    }
    let compiled =
        module::ModuleTranslator::new(program, layouts, symbols, options)?.translate()?;
    JitProgram::new(program, compiled, options)
}
