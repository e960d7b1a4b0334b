//! Build profiles: what an executable is optimised for.

use std::fmt;
use std::str::FromStr;

use fuse_link::{LinkProfile, Target};

use crate::DriverError;

/// The system this compiler runs on: its name and the architecture's.
pub const HOST: (&str, &str) = (std::env::consts::OS, std::env::consts::ARCH);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Hardly optimised, with line tables and symbols.
    Debug,
    /// Optimised and stripped.
    Release,
    /// The code of release; symbols and line tables in a file beside the executable.
    ReleaseWithSymbols,
    /// Like release, but for musl without a loader: needs nothing on the host.
    Static,
}

impl Profile {
    pub const ALL: [Profile; 4] = [
        Profile::Debug,
        Profile::Release,
        Profile::ReleaseWithSymbols,
        Profile::Static,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Profile::Debug => "debug",
            Profile::Release => "release",
            Profile::ReleaseWithSymbols => "release-with-symbols",
            Profile::Static => "static",
        }
    }

    pub fn target(self) -> Target {
        match self {
            Profile::Debug | Profile::Release | Profile::ReleaseWithSymbols => Target::HOST,
            Profile::Static => Target::LinuxX64Musl,
        }
    }

    /// Optimised code, and the runtime behaves as in production.
    pub fn is_release(self) -> bool {
        self != Profile::Debug
    }

    /// Symbols and line tables go into a file of their own.
    pub fn has_symbols_file(self) -> bool {
        self == Profile::ReleaseWithSymbols
    }

    /// Can executables of this profile be made for `host`, an operating system and an architecture?
    ///
    /// # Errors
    /// [`DriverError::ProfileUnsupported`]: a static C library exists for Linux on x86-64 only.
    pub fn require_supported(self, host: (&str, &str)) -> Result<(), DriverError> {
        if self == Profile::Static && host != ("linux", "x86_64") {
            return Err(DriverError::ProfileUnsupported {
                profile: self,
                host: format!("{}-{}", host.0, host.1),
            });
        }
        Ok(())
    }

    pub fn link(self) -> LinkProfile {
        if self.is_release() {
            LinkProfile::Release
        } else {
            LinkProfile::Debug
        }
    }

    /// What the profile does, one row per subject.
    pub fn explanation(self) -> Vec<(&'static str, String)> {
        let optimised = self.is_release();
        let is_static = self == Profile::Static;
        let rows = [
            ("target", self.target().triple()),
            (
                "code",
                if optimised {
                    "optimised (LLVM O2), the runtime's hot functions inlined"
                } else {
                    "hardly optimised (LLVM O0), runtime functions called"
                },
            ),
            (
                "symbols",
                match self {
                    Profile::Debug => "in the executable, with line tables",
                    Profile::Release | Profile::Static => "none",
                    Profile::ReleaseWithSymbols => {
                        "in OUTPUT.debug, with line tables, paired by build id"
                    }
                },
            ),
            (
                "linking",
                if is_static {
                    "static musl, no loader, no shared library"
                } else {
                    "glibc 2.34 or later by its loader; the runtime is inside"
                },
            ),
            (
                "hardening",
                if is_static {
                    "any address (static PIE), full RELRO, no executable stack or data"
                } else {
                    "any address (PIE), full RELRO, bound at start, no executable stack or data"
                },
            ),
            (
                "request log",
                if optimised {
                    "FUSE_REQUEST_LOG, else FUSE_AOT_REQUEST_LOG_DEFAULT"
                } else {
                    "FUSE_REQUEST_LOG"
                },
            ),
            (
                "checks",
                "overflow, bounds, stack, refinements: as in every profile",
            ),
        ];
        rows.map(|(subject, text)| (subject, text.to_owned()))
            .to_vec()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = DriverError;

    fn from_str(name: &str) -> Result<Profile, DriverError> {
        Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == name)
            .ok_or_else(|| DriverError::UnknownProfile(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for profile in Profile::ALL {
            assert_eq!(profile.name().parse::<Profile>().ok(), Some(profile));
        }
    }

    #[test]
    fn static_executables_are_for_linux_on_x86_64() {
        for profile in Profile::ALL {
            assert!(profile.require_supported(("linux", "x86_64")).is_ok());
            let elsewhere = profile.require_supported(("macos", "aarch64"));
            assert_eq!(elsewhere.is_err(), profile == Profile::Static);
        }
        let refused = Profile::Static
            .require_supported(("windows", "x86_64"))
            .expect_err("not there");
        assert_eq!(
            refused.to_string(),
            "profile `static` is not available on windows-x86_64"
        );
    }
}
