//! Notes of an executable, and what ours say: who compiled it, and which parts of the runtime it refers to.

use std::collections::BTreeSet;
use std::ops::Range;

use fuse_abi::note;
use goblin::elf::Elf;
use goblin::elf::section_header::SHN_UNDEF;

/// What an executable says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// `mode=.. profile=.. target=.. rustc=.. cli=.. runtime_cache=.. contract=..`
    pub build_info: String,
    /// Families of runtime functions that the program calls, sorted.
    pub features: Vec<String>,
}

impl Metadata {
    /// The notes of an executable of ours.
    pub(crate) fn read(file: &[u8], elf: &Elf<'_>) -> Option<Metadata> {
        let text = |kind| {
            let bytes = file.get(own_place(file, elf, kind)?)?;
            let end = bytes.iter().position(|&byte| byte == 0)?;
            std::str::from_utf8(bytes.get(..end)?).ok()
        };
        Some(Metadata {
            build_info: text(note::BUILD_INFO)?.to_owned(),
            features: text(note::FEATURES)?
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        })
    }

    /// The value of a key of the build-info line.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.build_info
            .split(' ')
            .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    }
}

/// The name of our notes, as read back.
const NAME: &str = "FUSE";

/// Where in the file the text of a note is.
pub(crate) fn place(file: &[u8], elf: &Elf<'_>, name: &str, kind: u32) -> Option<Range<usize>> {
    let note = elf
        .iter_note_headers(file)?
        .flatten()
        .find(|note| note.n_type == kind && note.name == name)?;
    let start = (note.desc.as_ptr() as usize).checked_sub(file.as_ptr() as usize)?;
    Some(start..start + note.desc.len())
}

/// Where in the file the text of one of our notes is.
pub(crate) fn own_place(file: &[u8], elf: &Elf<'_>, kind: u32) -> Option<Range<usize>> {
    place(file, elf, NAME, kind)
}

/// Families of which every program has some.
const EVERYWHERE: [&str; 9] = [
    "alloc", "assert", "context", "drop", "fault", "free", "mark", "raise", "rc",
];

/// Families of runtime functions that an object refers to: the second word of their names, under one name where a family has several.
pub(crate) fn features(object: &Elf<'_>) -> BTreeSet<&'static str> {
    fuse_abi::RuntimeFn::ALL
        .iter()
        .map(|function| function.symbol())
        .filter(|symbol| {
            object.syms.iter().any(|entry| {
                entry.st_shndx == SHN_UNDEF as usize
                    && object.strtab.get_at(entry.st_name) == Some(symbol)
            })
        })
        .filter_map(family)
        .collect()
}

fn family(symbol: &'static str) -> Option<&'static str> {
    let word = symbol.strip_prefix("fuse_")?.split('_').next()?;
    Some(match word {
        "flags" | "main" | "run" => "flag",
        "request" | "respond" | "serve" => "http",
        "read" => "input",
        word if EVERYWHERE.contains(&word) => return None,
        word => word,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_named_after_their_functions() {
        assert_eq!(family("fuse_regex_matches"), Some("regex"));
        assert_eq!(family("fuse_respond_json"), Some("http"));
        assert_eq!(family("fuse_text_push"), Some("text"));
        assert_eq!(family("fuse_rc_inc"), None);
        assert_eq!(family("memcpy"), None);
    }

    #[test]
    fn every_list_of_features_has_room() {
        let symbols = fuse_abi::RuntimeFn::ALL.iter().map(|row| row.symbol());
        let all: BTreeSet<&str> = symbols.filter_map(family).collect();
        let list = all.into_iter().collect::<Vec<_>>().join(" ");
        assert!(list.len() < note::ROOM, "{list}");
    }

    #[test]
    fn keys_of_the_line_are_found() {
        let metadata = Metadata {
            build_info: "mode=aot profile=static target=t".to_owned(),
            features: Vec::new(),
        };
        assert_eq!(metadata.get("profile"), Some("static"));
        assert_eq!(metadata.get("prof"), None);
        assert_eq!(metadata.get("target"), Some("t"));
    }
}
