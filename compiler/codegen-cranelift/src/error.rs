//! Why a program could not be compiled.

use std::fmt;

use fuse_ir::mir::Phase;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodegenError {
    /// Only `Expanded` programs are accepted.
    WrongPhase(Phase),
    /// A statement that expansion should have removed.
    NotExpanded {
        function: String,
        statement: &'static str,
    },
    /// Cranelift does not know this machine.
    Host(String),
    /// The program calls a runtime function whose address was not given.
    MissingSymbol(&'static str),
    /// Cranelift refused a function.
    Function { name: String, reason: String },
    /// Code memory could not be prepared.
    Memory(String),
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::WrongPhase(phase) => {
                write!(f, "the back end accepts expanded MIR, got {phase:?}")
            }
            CodegenError::NotExpanded {
                function,
                statement,
            } => write!(f, "`{statement}` is left in `{function}` after expansion"),
            CodegenError::Host(reason) => write!(f, "this machine is not supported: {reason}"),
            CodegenError::MissingSymbol(symbol) => {
                write!(f, "the runtime does not provide `{symbol}`")
            }
            CodegenError::Function { name, reason } => {
                write!(f, "cannot compile `{name}`: {reason}")
            }
            CodegenError::Memory(reason) => write!(f, "cannot prepare code memory: {reason}"),
        }
    }
}

impl std::error::Error for CodegenError {}
