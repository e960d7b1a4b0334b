//! The LLVM back end: a whole [`fuse_ir::mir::Program`] in phase `Expanded` becomes one LLVM module, and that becomes an object file.
//!
//! Everything is internal and uses LLVM's fast calling convention; the only symbol that leaves is the descriptor constant `fuse_program`,
//! from which the runtime starts. The hot part of the runtime comes in as bitcode and is optimised together with the program.
//!
//! | module | concern |
//! | --- | --- |
//! | [`options`] | what a caller chooses, gets and can be told |
//! | `target` | triples, target machines, object and assembly text |
//! | `passes` | linking the core bitcode, the optimisation pipeline |
//! | `module` | what one module shares: declarations, constants, fault sites |
//! | `types`, `convention` | LLVM types of MIR types; how values cross calls |
//! | `attributes` | LLVM attributes, and those of the runtime table's rows |
//! | `effort` | how much LLVM does for each function and each call |
//! | `builder`, `alias` | thin layer over inkwell's builder; alias metadata |
//! | `function`, `ops` | one function; one file per family of operations |
//! | `epilogue` | where cold paths end |
//! | `recursion` | small functions that call themselves |
//! | `entry` | the constants the runtime reads |
//! | `debug` | DWARF line tables |
//!
//! **Architecture Invariant:** this is the only crate that names inkwell or llvm-sys. It decides no layout, places no count and knows no source
//! construct: it translates `Expanded` MIR step by step. The same program and options give the same bytes, wherever and whenever.

mod alias;
mod attributes;
mod builder;
mod convention;
mod debug;
mod effort;
mod entry;
mod epilogue;
mod function;
mod module;
mod ops;
pub mod options;
mod passes;
mod recursion;
mod target;
mod types;

use fuse_ir::layout::Layouts;
use fuse_ir::mir::{Phase, Program};
use inkwell::context::Context;

pub use options::{Artifact, CodegenError, OptLevel, Options, Outputs, Target};

/// Name of the descriptor constant the runtime's `main` reads.
pub const PROGRAM_SYMBOL: &str = "fuse_program";

/// Compiles a program in phase `Expanded`. The MIR must have passed the verifier: malformed MIR may panic with `invariant:` or be
/// reported as [`CodegenError::Verify`].
///
/// # Errors
/// The phase is wrong, the core bitcode cannot be read, or LLVM refuses the target or the module.
pub fn compile(
    program: &Program,
    layouts: &Layouts,
    options: &Options,
) -> Result<Artifact, CodegenError> {
    if program.phase != Phase::Expanded {
        return Err(CodegenError::Phase(program.phase));
    }
    let machine = target::machine(options)?;
    let context = Context::create();
    let module = module::translate(&context, &machine, program, layouts, options)?;
    verify(&module)?;
    let mut artifact = Artifact::default();
    if options.outputs.ir_before {
        artifact.ir_before = Some(module.print_to_string().to_string());
    }
    if !options.outputs.needs_machine_code() {
        return Ok(artifact);
    }
    passes::link_core(&context, &module, options)?;
    passes::optimise(&context, &module, &machine, options)?;
    if options.outputs.ir_after {
        artifact.ir_after = Some(module.print_to_string().to_string());
    }
    if options.outputs.asm {
        artifact.asm = Some(target::assembly(&machine, &module)?);
    }
    if options.outputs.object {
        artifact.object = Some(target::object(&machine, &module)?);
    }
    Ok(artifact)
}

fn verify(module: &inkwell::module::Module) -> Result<(), CodegenError> {
    module
        .verify()
        .map_err(|message| CodegenError::Verify(message.to_string()))
}
