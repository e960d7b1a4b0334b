//! Reads an executable back and states what it is: the build's last stage, and the ground of `inspect`.

use std::path::Path;

use goblin::elf::dynamic::{DF_1_NOW, DF_BIND_NOW};
use goblin::elf::header::{EM_X86_64, ET_DYN, ET_EXEC};
use goblin::elf::program_header::{PF_W, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD};
use goblin::elf::{Elf, section_header::SHT_SYMTAB};

use crate::{LinkError, Target, inspect};

/// How the executable is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutableKind {
    /// Fixed address, no loader.
    Static,
    /// Any address, relocates itself, no loader.
    StaticPie,
    /// Any address, loaded by the interpreter.
    DynamicPie,
    /// Fixed address, loaded by the interpreter.
    Dynamic,
}

/// Which relocated data the loader makes read-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relro {
    None,
    /// All but the tables that lazy binding writes.
    Partial,
    Full,
}

/// What an executable is, as read from its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutableFacts {
    /// Size of the file in bytes.
    pub size: u64,
    /// The ELF machine number.
    pub machine: u16,
    pub kind: ExecutableKind,
    /// Path of the dynamic loader.
    pub interpreter: Option<String>,
    /// Shared libraries the loader must find, in order.
    pub needed: Vec<String>,
    pub relro: Relro,
    pub bind_now: bool,
    /// The stack is not executable.
    pub nx_stack: bool,
    /// Loaded segments that are writable and executable.
    pub writable_executable_segments: usize,
    /// No symbol table.
    pub stripped: bool,
}

/// Reads the executable at `path`.
///
/// # Errors
/// [`LinkError::Unreadable`] or [`LinkError::Malformed`].
pub fn verify(path: &Path) -> Result<ExecutableFacts, LinkError> {
    let bytes = inspect::read(path)?;
    facts(&bytes, &inspect::parse(&bytes, path)?, path)
}

pub(crate) fn facts(
    bytes: &[u8],
    elf: &Elf<'_>,
    path: &Path,
) -> Result<ExecutableFacts, LinkError> {
    let malformed = |reason: String| LinkError::Malformed {
        path: path.to_owned(),
        reason,
    };
    let kind = match (elf.header.e_type, elf.interpreter.is_some()) {
        (ET_EXEC, false) => ExecutableKind::Static,
        (ET_EXEC, true) => ExecutableKind::Dynamic,
        (ET_DYN, false) => ExecutableKind::StaticPie,
        (ET_DYN, true) => ExecutableKind::DynamicPie,
        (other, _) => return Err(malformed(format!("ELF file type {other}"))),
    };
    let flags = elf.dynamic.as_ref().map(|dynamic| &dynamic.info);
    let bind_now =
        flags.is_some_and(|info| info.flags & DF_BIND_NOW != 0 || info.flags_1 & DF_1_NOW != 0);
    let segment = |kind: u32| {
        elf.program_headers
            .iter()
            .find(move |header| header.p_type == kind)
    };
    // Without a dynamic section there is nothing to bind lazily.
    let relro = match (segment(PT_GNU_RELRO), bind_now || flags.is_none()) {
        (None, _) => Relro::None,
        (Some(_), false) => Relro::Partial,
        (Some(_), true) => Relro::Full,
    };
    Ok(ExecutableFacts {
        size: bytes.len() as u64,
        machine: elf.header.e_machine,
        kind,
        interpreter: elf.interpreter.map(str::to_owned),
        needed: elf
            .libraries
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        relro,
        bind_now,
        nx_stack: segment(PT_GNU_STACK).is_some_and(|header| header.p_flags & PF_X == 0),
        writable_executable_segments: elf
            .program_headers
            .iter()
            .filter(|header| {
                header.p_type == PT_LOAD && header.p_flags & (PF_W | PF_X) == PF_W | PF_X
            })
            .count(),
        stripped: !elf
            .section_headers
            .iter()
            .any(|header| header.sh_type == SHT_SYMTAB),
    })
}

/// Shared libraries an executable for glibc may need; anything else would be a dependency nobody promised.
const GNU_LIBRARIES: [&str; 3] = ["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"];

impl ExecutableFacts {
    /// Checks what `target` promises: machine, way of loading, libraries, hardening. `path` is for the message.
    ///
    /// # Errors
    /// [`LinkError::Unsound`] with everything that is off.
    pub fn require(&self, target: Target, path: &Path) -> Result<(), LinkError> {
        let mut reasons = Vec::new();
        let mut expect = |holds: bool, reason: &str| {
            if !holds {
                reasons.push(reason.to_owned());
            }
        };
        expect(self.machine == EM_X86_64, "not for x86-64");
        expect(self.nx_stack, "executable stack");
        expect(self.relro == Relro::Full, "relocated data stays writable");
        expect(
            self.writable_executable_segments == 0,
            "writable and executable memory",
        );
        match target {
            Target::LinuxX64Gnu => {
                expect(
                    self.kind == ExecutableKind::DynamicPie,
                    "not position independent",
                );
                expect(self.bind_now, "binds lazily");
            }
            Target::LinuxX64Musl => {
                expect(
                    self.kind == ExecutableKind::StaticPie,
                    "needs a loader, or is not position independent",
                );
            }
        }
        let allowed: &[&str] = match target {
            Target::LinuxX64Gnu => &GNU_LIBRARIES,
            Target::LinuxX64Musl => &[],
        };
        for library in &self.needed {
            if !allowed.contains(&library.as_str()) {
                reasons.push(format!("needs `{library}`"));
            }
        }
        if reasons.is_empty() {
            Ok(())
        } else {
            Err(LinkError::Unsound {
                path: path.to_owned(),
                reasons,
            })
        }
    }
}
