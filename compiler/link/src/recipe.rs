//! What is linked for each target and profile: files of the sysroot and LLD's arguments.

use std::ffi::OsString;
use std::path::Path;

use crate::{LinkRequest, Target};

/// How the executable is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkProfile {
    /// Keeps symbols and debug information.
    Debug,
    /// Stripped; identical functions are folded and strings merged.
    Release,
}

/// The runtime's archive in every sysroot.
pub const RUNTIME_ARCHIVE: &str = "libfuse_runtime.a";
/// Bitcode of the runtime's hot primitives in every sysroot.
pub const CORE_BITCODE: &str = "fuse_core.bc";

/// AddressSanitizer's library, in sysroots made for it. Ours have none.
pub const SANITIZER_LIBRARY: &str = "libclang_rt.asan-x86_64.so";
/// A directory of its own below the sysroot, because programs look for it there: what else is in a sysroot is not for running.
pub const SANITIZER_DIRECTORY: &str = "sanitizer";

/// Files of a target's sysroot, in the order they are linked. `program` marks where the program's objects go.
struct Pieces {
    before: &'static [&'static str],
    after: &'static [&'static str],
    /// Linked only where something refers to them: shared libraries whose mention costs a lookup at process start.
    as_needed: &'static [&'static str],
    last: &'static [&'static str],
}

const fn pieces(target: Target) -> Pieces {
    match target {
        Target::LinuxX64Gnu => Pieces {
            before: &["Scrt1.o"],
            after: &[RUNTIME_ARCHIVE, "libc.so.6"],
            as_needed: &["libm.so.6", "ld-linux-x86-64.so.2"],
            last: &[],
        },
        Target::LinuxX64Musl => Pieces {
            before: &["rcrt1.o", "crti.o"],
            after: &[RUNTIME_ARCHIVE, "libc.a"],
            as_needed: &[],
            last: &["crtn.o"],
        },
    }
}

/// Makes LLD leave room for a build id of [`crate::build_id::LENGTH`] bytes.
const BUILD_ID_ROOM: &str = "--build-id=0x0000000000000000000000000000000000000000";

/// Names of the files a complete sysroot of `target` has.
pub fn required_files(target: Target) -> impl Iterator<Item = &'static str> {
    let pieces = pieces(target);
    [pieces.before, pieces.after, pieces.as_needed, pieces.last]
        .into_iter()
        .flatten()
        .copied()
        .chain([CORE_BITCODE])
}

/// LLD's command line for `request`, writing to `output`. The first argument chooses the linker's flavour. What is loaded into memory is
/// the same with and without symbols.
pub fn arguments(request: &LinkRequest<'_>, symbols: bool, output: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    let mut words = |words: &[&str]| arguments.extend(words.iter().map(OsString::from));
    words(&[
        "ld.lld",
        "-m",
        "elf_x86_64",
        // One thread is faster than several for programs of this size.
        "--threads=1",
        "--gc-sections",
        // Filled in from the finished file's content.
        BUILD_ID_ROOM,
        "--hash-style=gnu",
        "--eh-frame-hdr",
        "--no-dependent-libraries",
        "-z",
        "relro",
        "-z",
        "now",
        "-z",
        "noexecstack",
    ]);
    match request.target {
        Target::LinuxX64Gnu => words(&[
            "-pie",
            "-dynamic-linker",
            "/lib64/ld-linux-x86-64.so.2",
            "-z",
            "text",
        ]),
        Target::LinuxX64Musl => words(&["-static", "-pie", "--no-dynamic-linker", "-z", "text"]),
    }
    match request.profile {
        LinkProfile::Debug => {}
        LinkProfile::Release => words(&["--icf=all", "-O2"]),
    }
    if !symbols {
        words(&["--strip-all"]);
    }
    arguments.push("-o".into());
    arguments.push(output.into());

    let pieces = pieces(request.target);
    if let Some(library) = request.sysroot.sanitizer() {
        // Before everything else, because it has to take the place of the C library's functions.
        arguments.push("-rpath".into());
        arguments.push(request.sysroot.directory().join(SANITIZER_DIRECTORY).into());
        arguments.push(library.into());
    }
    let sysroot = |name: &&str| OsString::from(request.sysroot.directory().join(name));
    arguments.extend(pieces.before.iter().map(sysroot));
    arguments.push(request.object.into());
    arguments.extend(request.extra_objects.iter().map(OsString::from));
    arguments.extend(pieces.after.iter().map(sysroot));
    if !pieces.as_needed.is_empty() {
        arguments.push("--as-needed".into());
        arguments.extend(pieces.as_needed.iter().map(sysroot));
    }
    arguments.extend(pieces.last.iter().map(sysroot));
    arguments
}
