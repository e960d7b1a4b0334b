//! What a caller chooses, what it gets, what can go wrong.

use std::fmt;

use fuse_ir::mir::Phase;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Position-independent executables for Linux, linked with glibc or musl: the code is the same, and refers to what both have.
    X86_64Linux,
}

impl Target {
    pub fn triple(self) -> &'static str {
        match self {
            Target::X86_64Linux => "x86_64-unknown-linux-gnu",
        }
    }

    /// The processor every machine of this target has.
    pub(crate) fn baseline_cpu(self) -> &'static str {
        "x86-64"
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OptLevel {
    O0,
    O2,
}

#[derive(Clone, Debug)]
pub struct Options<'a> {
    pub target: Target,
    /// LLVM's name of the processor to optimise for; `None` is the oldest of the target, so that executables run anywhere.
    pub cpu: Option<&'a str>,
    pub opt: OptLevel,
    /// DWARF line tables.
    pub debug_info: bool,
    /// Bitcode of `runtime-c-abi/core`. Without it those functions are called in the runtime archive.
    pub core_bitcode: Option<&'a [u8]>,
    /// Instruments loads and stores for AddressSanitizer, whose library the executable then needs.
    pub address_sanitizer: bool,
    /// One of the release profiles, as the runtime shows it.
    pub release: bool,
    pub outputs: Outputs,
}

/// What to produce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    /// LLVM IR as translated, without core.
    pub ir_before: bool,
    /// LLVM IR after the pipeline.
    pub ir_after: bool,
    pub asm: bool,
    pub object: bool,
}

impl Outputs {
    /// Just the object file.
    pub const OBJECT: Outputs = Outputs {
        ir_before: false,
        ir_after: false,
        asm: false,
        object: true,
    };

    pub(crate) fn needs_machine_code(self) -> bool {
        self.ir_after || self.asm || self.object
    }
}

/// The outputs asked for.
#[derive(Clone, Debug, Default)]
pub struct Artifact {
    pub ir_before: Option<String>,
    pub ir_after: Option<String>,
    pub asm: Option<String>,
    /// ELF relocatable object.
    pub object: Option<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodegenError {
    /// Only `Expanded` MIR is accepted.
    Phase(Phase),
    /// LLVM does not know the target or processor.
    Target(String),
    /// The core bitcode cannot be read or linked.
    Core(String),
    /// LLVM's verifier refused the module: a defect of this crate or of the MIR.
    Verify(String),
    /// The pipeline did not run.
    Passes(String),
    /// No machine code could be written.
    Emit(String),
}

impl CodegenError {
    /// Stable code of the diagnostic.
    pub fn code(&self) -> &'static str {
        match self {
            CodegenError::Phase(_) => "llvm_phase",
            CodegenError::Target(_) => "llvm_target",
            CodegenError::Core(_) => "llvm_core_bitcode",
            CodegenError::Verify(_) => "llvm_verify",
            CodegenError::Passes(_) => "llvm_passes",
            CodegenError::Emit(_) => "llvm_emit",
        }
    }
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::Phase(phase) => {
                write!(f, "the LLVM back end takes expanded MIR, not {phase:?}")
            }
            CodegenError::Target(message) => write!(f, "LLVM target: {message}"),
            CodegenError::Core(message) => write!(f, "core bitcode: {message}"),
            CodegenError::Verify(message) => {
                write!(f, "LLVM verifier refused the module: {message}")
            }
            CodegenError::Passes(message) => write!(f, "LLVM pipeline: {message}"),
            CodegenError::Emit(message) => write!(f, "LLVM code emission: {message}"),
        }
    }
}

impl std::error::Error for CodegenError {}
