//! The sysroots carried inside the binary. The build script packs them and writes the table.

use crate::{Target, cache};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The archive this binary carries for `target`.
pub fn archive(target: Target) -> Option<&'static cache::Archive> {
    ARCHIVES
        .iter()
        .find(|archive| archive.triple == target.triple())
}
