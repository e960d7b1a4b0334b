//! The ELF notes of an executable: what tools read that do not run it.
//!
//! Each: `namesz`, `descsz`, `type` (32 bits each), the name, a text, zeros up to `descsz`.

/// Sections whose names start so become notes.
pub const SECTION: &str = ".note.fuse";
/// With the zeros that align what follows.
pub const NAME: &[u8; 8] = b"FUSE\0\0\0\0";
/// `namesz`: the name and its first zero.
pub const NAME_LENGTH: u32 = 5;
/// `type` of the build-info line. Its text is filled in by the linking stage, which knows the profile.
pub const BUILD_INFO: u32 = 1;
/// `type` of the list of runtime features that the program refers to, separated by spaces; filled in by the linking stage.
pub const FEATURES: u32 = 2;
/// Bytes of room for a text and the zero after it.
pub const ROOM: usize = 256;
pub const ALIGN: u32 = 4;
