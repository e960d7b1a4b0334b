//! The build id: names an executable by its content, and pairs it with the file that has its symbols.

use std::fmt;
use std::ops::Range;

use goblin::elf::Elf;
use goblin::elf::note::NT_GNU_BUILD_ID;
use sha2::{Digest, Sha256};

use crate::notes;

/// Bytes of a build id.
pub const LENGTH: usize = 20;

/// The first bytes of the SHA-256 of an executable whose build id is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildId(pub [u8; LENGTH]);

impl BuildId {
    /// What LLD leaves to be filled in.
    pub(crate) const ROOM: [u8; LENGTH] = [0; LENGTH];

    /// The build id of a file whose room for it still holds zeros.
    pub(crate) fn of_content(file: &[u8]) -> BuildId {
        let mut id = [0; LENGTH];
        id.copy_from_slice(&Sha256::digest(file)[..LENGTH]);
        BuildId(id)
    }

    /// The build id noted in an executable.
    #[must_use]
    pub fn read(file: &[u8], elf: &Elf<'_>) -> Option<BuildId> {
        let bytes = file.get(place(file, elf)?)?;
        bytes.try_into().ok().map(BuildId)
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for BuildId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// Where in the file the build id is.
pub(crate) fn place(file: &[u8], elf: &Elf<'_>) -> Option<Range<usize>> {
    notes::place(file, elf, "GNU", NT_GNU_BUILD_ID).filter(|place| place.len() == LENGTH)
}
