//! What an executable is, says about itself and is made of.

use std::fs;
use std::path::Path;

use goblin::elf::Elf;
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE};

use crate::verify::{self, ExecutableFacts};
use crate::{BuildId, LinkError, Metadata, Target};

/// An executable as read from its file.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub facts: ExecutableFacts,
    pub build_id: Option<BuildId>,
    /// Absent in executables of other compilers.
    pub metadata: Option<Metadata>,
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    pub address: u64,
    pub size: u64,
    /// Is there at run time.
    pub loaded: bool,
    pub writable: bool,
    pub executable: bool,
}

/// Reads the executable at `path`.
///
/// # Errors
/// [`LinkError::Unreadable`] or [`LinkError::Malformed`].
pub fn inspect(path: &Path) -> Result<Inspection, LinkError> {
    let bytes = read(path)?;
    let elf = parse(&bytes, path)?;
    let has = |flags: u64, flag: u32| flags & u64::from(flag) != 0;
    let sections = elf
        .section_headers
        .iter()
        .filter(|section| section.sh_size > 0)
        .map(|section| Section {
            name: elf
                .shdr_strtab
                .get_at(section.sh_name)
                .unwrap_or_default()
                .to_owned(),
            address: section.sh_addr,
            size: section.sh_size,
            loaded: has(section.sh_flags, SHF_ALLOC),
            writable: has(section.sh_flags, SHF_WRITE),
            executable: has(section.sh_flags, SHF_EXECINSTR),
        })
        .collect();
    Ok(Inspection {
        facts: verify::facts(&bytes, &elf, path)?,
        build_id: BuildId::read(&bytes, &elf),
        metadata: Metadata::read(&bytes, &elf),
        sections,
    })
}

/// Keys of the build-info line, in order: the contract's.
const KEYS: [&str; 7] = [
    "mode",
    "profile",
    "target",
    "rustc",
    "cli",
    "runtime_cache",
    "contract",
];

impl Inspection {
    /// Checks everything an executable of ours promises that its file can show: what its target promises, and that it says who made it.
    ///
    /// # Errors
    /// [`LinkError::Unsound`] with everything that is off.
    pub fn require(&self, path: &Path) -> Result<(), LinkError> {
        let unsound = |reason: &str| LinkError::Unsound {
            path: path.to_owned(),
            reasons: vec![reason.to_owned()],
        };
        let Some(metadata) = &self.metadata else {
            return Err(unsound("does not say who built it"));
        };
        let keys = metadata.build_info.split(' ').map(|pair| {
            let (key, _) = pair.split_once('=').unwrap_or((pair, ""));
            key
        });
        if !keys.eq(KEYS) {
            return Err(unsound("build information with other keys"));
        }
        if self.build_id.is_none_or(|id| id.0 == BuildId::ROOM) {
            return Err(unsound("no build id"));
        }
        let target = metadata.get("target").and_then(Target::from_triple);
        let target = target.ok_or_else(|| unsound("made for an unknown target"))?;
        self.facts.require(target, path)
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, LinkError> {
    fs::read(path).map_err(|source| LinkError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

pub(crate) fn parse<'a>(bytes: &'a [u8], path: &Path) -> Result<Elf<'a>, LinkError> {
    Elf::parse(bytes).map_err(|error| LinkError::Malformed {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}
