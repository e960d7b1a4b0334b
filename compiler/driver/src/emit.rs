//! Shows a stage of a compilation.

use std::str::FromStr;

use fuse_codegen_llvm::Outputs;
use fuse_ir::mir;

use crate::middle;
use crate::native::{self, CoreCode};
use crate::{Checked, DriverError, Profile, Timings};

/// A stage whose result can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    Ast,
    Program,
    MirLowered,
    MirOwned,
    /// What back ends get.
    Mir,
    LlvmIr,
    Asm,
    Object,
}

impl Emit {
    pub const ALL: [Emit; 8] = [
        Emit::Ast,
        Emit::Program,
        Emit::MirLowered,
        Emit::MirOwned,
        Emit::Mir,
        Emit::LlvmIr,
        Emit::Asm,
        Emit::Object,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Emit::Ast => "ast",
            Emit::Program => "program",
            Emit::MirLowered => "mir-lowered",
            Emit::MirOwned => "mir-owned",
            Emit::Mir => "mir",
            Emit::LlvmIr => "llvm-ir",
            Emit::Asm => "asm",
            Emit::Object => "obj",
        }
    }

    /// Not meant for a terminal.
    pub fn is_binary(self) -> bool {
        self == Emit::Object
    }
}

impl FromStr for Emit {
    type Err = DriverError;

    fn from_str(name: &str) -> Result<Emit, DriverError> {
        Emit::ALL
            .into_iter()
            .find(|emit| emit.name() == name)
            .ok_or_else(|| DriverError::UnknownEmit(name.to_owned()))
    }
}

/// The result of a stage for a program without errors. Text ends in a newline.
///
/// # Errors
/// The compiler's own failures; nothing about the program is wrong any more.
pub fn emit(
    checked: &Checked,
    emit: Emit,
    profile: Profile,
    timings: &mut Timings,
) -> Result<Vec<u8>, DriverError> {
    let text = match emit {
        Emit::Ast => {
            let root = checked.graph.module(checked.graph.root);
            fuse_syntax::dump(&root.ast)
        }
        Emit::Program => fuse_sema::dump(&checked.program),
        Emit::MirLowered => mir::text::print(&checked.lowered),
        Emit::MirOwned => middle::owned_text(checked),
        Emit::Mir => mir::text::print(&middle::prepare(checked, timings)?.program),
        Emit::LlvmIr | Emit::Asm | Emit::Object => {
            let prepared = middle::prepare(checked, timings)?;
            let outputs = Outputs {
                ir_before: false,
                ir_after: emit == Emit::LlvmIr,
                asm: emit == Emit::Asm,
                object: emit == Emit::Object,
            };
            let core = CoreCode::for_inspection(profile)?;
            let artifact =
                native::compile(&prepared, native::level(profile), &core, outputs, timings)?;
            let missing = || DriverError::MissingOutput(emit);
            match emit {
                Emit::LlvmIr => artifact.ir_after.ok_or_else(missing)?,
                Emit::Asm => artifact.asm.ok_or_else(missing)?,
                _ => return artifact.object.ok_or_else(missing),
            }
        }
    };
    let mut bytes = text.into_bytes();
    if bytes.last() != Some(&b'\n') {
        bytes.push(b'\n');
    }
    Ok(bytes)
}
