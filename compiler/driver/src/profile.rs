//! Build profiles: what an executable is optimised for.

use std::fmt;
use std::str::FromStr;

use fuse_link::{LinkProfile, Target};

use crate::DriverError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Hardly optimised, with line tables and symbols.
    Debug,
    /// Optimised and stripped.
    Release,
    /// Like release, but for musl without a loader: needs nothing on the host.
    Static,
}

impl Profile {
    pub const ALL: [Profile; 3] = [Profile::Debug, Profile::Release, Profile::Static];

    pub fn name(self) -> &'static str {
        match self {
            Profile::Debug => "debug",
            Profile::Release => "release",
            Profile::Static => "static",
        }
    }

    pub fn target(self) -> Target {
        match self {
            Profile::Debug | Profile::Release => Target::HOST,
            Profile::Static => Target::LinuxX64Musl,
        }
    }

    /// Optimised code, and the runtime behaves as in production.
    pub fn is_release(self) -> bool {
        self != Profile::Debug
    }

    pub fn link(self) -> LinkProfile {
        if self.is_release() {
            LinkProfile::Release
        } else {
            LinkProfile::Debug
        }
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
