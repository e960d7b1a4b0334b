//! The ways a program can be run.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backend {
    Cranelift,
    LlvmO0,
    LlvmO2,
    Static,
}

impl Backend {
    pub const ALL: [Backend; 4] = [
        Backend::Cranelift,
        Backend::LlvmO0,
        Backend::LlvmO2,
        Backend::Static,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Backend::Cranelift => "cranelift",
            Backend::LlvmO0 => "llvm-o0",
            Backend::LlvmO2 => "llvm-o2",
            Backend::Static => "static",
        }
    }

    /// The build profile that makes its executables; none where programs run inside the compiler.
    pub fn profile(self) -> Option<&'static str> {
        match self {
            Backend::Cranelift => None,
            Backend::LlvmO0 => Some("debug"),
            Backend::LlvmO2 => Some("release"),
            Backend::Static => Some("static"),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
