//! The targets executables are made for.

use std::fmt;

/// A machine, system and C library to link for. Each has a directory of its own in the sysroot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Dynamic glibc, position independent.
    LinuxX64Gnu,
    /// Static musl: no loader, nothing needed on the host.
    LinuxX64Musl,
}

impl Target {
    pub const ALL: [Target; 2] = [Target::LinuxX64Gnu, Target::LinuxX64Musl];

    /// The target `fuse` itself was built for, which is what `build` makes executables for unless told otherwise.
    pub const HOST: Target = Target::LinuxX64Gnu;

    /// The LLVM target triple; also the name of the target's directory in the sysroot.
    #[must_use]
    pub const fn triple(self) -> &'static str {
        match self {
            Target::LinuxX64Gnu => "x86_64-unknown-linux-gnu",
            Target::LinuxX64Musl => "x86_64-unknown-linux-musl",
        }
    }

    /// Whether code for this target must be position independent.
    #[must_use]
    pub const fn position_independent(self) -> bool {
        match self {
            Target::LinuxX64Gnu | Target::LinuxX64Musl => true,
        }
    }

    /// The target with this triple.
    #[must_use]
    pub fn from_triple(triple: &str) -> Option<Target> {
        Target::ALL
            .into_iter()
            .find(|target| target.triple() == triple)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.triple())
    }
}
