//! Sysroots beside the ordinary one, for checks of memory.

use std::path::PathBuf;
use std::process::Command;

use crate::target::Target;
use crate::{Result, tools};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// What `fuse` carries.
    Ordinary,
    /// Counted objects are audited.
    Audit,
    /// Audited, and instrumented for AddressSanitizer.
    AddressSanitizer,
}

/// AddressSanitizer's library; `compiler/link` looks for this name, and the compiler instruments what it links with it.
const SANITIZER_LIBRARY: &str = "sanitizer/libclang_rt.asan-x86_64.so";

impl Variant {
    pub fn named(name: &str) -> Option<Variant> {
        match name {
            "ordinary" => Some(Variant::Ordinary),
            "audit" => Some(Variant::Audit),
            "address-sanitizer" => Some(Variant::AddressSanitizer),
            _ => None,
        }
    }

    /// Where its sysroots are.
    pub fn parent(self) -> PathBuf {
        tools::root().join(match self {
            Variant::Ordinary => "target/sysroot",
            Variant::Audit => "target/sysroot-audit",
            Variant::AddressSanitizer => "target/sysroot-address-sanitizer",
        })
    }

    pub const fn supports(self, target: Target) -> bool {
        match self {
            Variant::Ordinary | Variant::Audit => true,
            Variant::AddressSanitizer => matches!(target, Target::Gnu),
        }
    }

    /// Features of the runtime beside `entry`, which libraries do not have.
    pub const fn runtime_features(self) -> &'static [&'static str] {
        match self {
            Variant::Ordinary => &[],
            Variant::Audit => &["audit"],
            Variant::AddressSanitizer => &["address-sanitizer"],
        }
    }

    /// Features of the runtime's hot primitives.
    pub const fn core_features(self) -> &'static [&'static str] {
        match self {
            Variant::Ordinary => &[],
            Variant::Audit | Variant::AddressSanitizer => &["audit"],
        }
    }

    pub const fn is_instrumented(self) -> bool {
        matches!(self, Variant::AddressSanitizer)
    }

    /// A library to put beside the runtime: from, and its name there.
    pub fn library(self) -> Result<Option<(PathBuf, &'static str)>> {
        if !self.is_instrumented() {
            return Ok(None);
        }
        let clang = tools::llvm("clang");
        let resources = tools::output(Command::new(&clang).arg("-print-resource-dir"))?;
        let library = PathBuf::from(resources.trim()).join("lib/linux/libclang_rt.asan-x86_64.so");
        if !library.is_file() {
            return Err(format!(
                "`{}` is missing\nhint: install the package libclang-rt-22-dev",
                library.display()
            )
            .into());
        }
        Ok(Some((library, SANITIZER_LIBRARY)))
    }
}
