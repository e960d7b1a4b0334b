//! One link: arguments, LLD, and the executable under its final name.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fuse_abi::note;
use goblin::elf::Elf;

use crate::build_id::{self, BuildId};
use crate::{LinkError, LinkProfile, LinkerMessage, Sysroot, Target, inspect, lld, notes, recipe};

/// What to link.
#[derive(Clone, Copy, Debug)]
pub struct LinkRequest<'a> {
    pub target: Target,
    pub profile: LinkProfile,
    /// The program's object file.
    pub object: &'a Path,
    /// Further objects or archives, linked after the program and before the runtime.
    pub extra_objects: &'a [PathBuf],
    /// Where the executable goes. Replaced atomically; untouched when the link fails.
    pub output: &'a Path,
    /// Where a copy with symbols and debug information goes, for a profile that strips them from the executable.
    pub symbols: Option<&'a Path>,
    /// The build-info line, which the executable says about itself.
    pub build_info: &'a str,
    pub sysroot: &'a Sysroot,
}

/// A finished link.
#[derive(Clone, Debug)]
pub struct LinkReport {
    /// Size of the executable in bytes.
    pub size: u64,
    pub build_id: BuildId,
    pub elapsed: Duration,
    /// The linker's warnings.
    pub warnings: Vec<LinkerMessage>,
}

/// Links `request` with the LLD inside this process.
///
/// # Errors
/// [`LinkError::Linker`] with LLD's messages, [`LinkError::Output`] when the executable cannot be written,
/// [`LinkError::UnusablePath`] for a path LLD's command line cannot hold.
pub fn link(request: &LinkRequest<'_>) -> Result<LinkReport, LinkError> {
    let started = Instant::now();
    let output = request.output;
    if output.is_dir() {
        let source = std::io::Error::from(std::io::ErrorKind::IsADirectory);
        return Err(LinkError::output(output, source));
    }
    let parent = match output.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Beside the output, so that the final rename stays within one file system. LLD sets the permissions, heeding the umask.
    let scratch = tempfile::Builder::new()
        .prefix(".fuse-link-")
        .tempdir_in(parent)
        .map_err(|source| LinkError::output(output, source))?;
    let unfinished = scratch.path().join("executable");
    let keeps_symbols = request.profile == LinkProfile::Debug;
    let warnings = lld::run(&recipe::arguments(request, keeps_symbols, &unfinished))?;
    let mut bytes = fs::read(&unfinished).map_err(|source| LinkError::output(output, source))?;
    let features = features(request.object)?;
    let texts = [
        (note::BUILD_INFO, request.build_info),
        (note::FEATURES, &features),
    ];
    describe(&mut bytes, output, texts)?;
    let build_id = BuildId::of_content(&bytes);
    fill(&mut bytes, output, build_id::place, &build_id.0)?;
    fs::write(&unfinished, &bytes).map_err(|source| LinkError::output(output, source))?;
    if let Some(symbols) = request.symbols {
        let unfinished = scratch.path().join("symbols");
        lld::run(&recipe::arguments(request, true, &unfinished))?;
        let mut bytes =
            fs::read(&unfinished).map_err(|source| LinkError::output(symbols, source))?;
        describe(&mut bytes, symbols, texts)?;
        fill(&mut bytes, symbols, build_id::place, &build_id.0)?;
        fs::write(&unfinished, &bytes).map_err(|source| LinkError::output(symbols, source))?;
        // Before the executable, so that an executable is never without its symbols.
        fs::rename(&unfinished, symbols).map_err(|source| LinkError::output(symbols, source))?;
    }
    fs::rename(&unfinished, output).map_err(|source| LinkError::output(output, source))?;
    Ok(LinkReport {
        size: bytes.len() as u64,
        build_id,
        elapsed: started.elapsed(),
        warnings,
    })
}

/// Where the symbols of an executable are kept: beside it, with `.debug` after its name.
#[must_use]
pub fn symbols_path(executable: &Path) -> PathBuf {
    let mut name = executable.as_os_str().to_owned();
    name.push(".debug");
    PathBuf::from(name)
}

/// The runtime features that the program's object refers to, as the note has them.
fn features(object: &Path) -> Result<String, LinkError> {
    let bytes = inspect::read(object)?;
    let elf = inspect::parse(&bytes, object)?;
    let features: Vec<&str> = notes::features(&elf).into_iter().collect();
    Ok(features.join(" "))
}

/// Writes the texts of our notes into an executable.
fn describe(bytes: &mut [u8], path: &Path, texts: [(u32, &str); 2]) -> Result<(), LinkError> {
    for (kind, text) in texts {
        // Readers stop at the first zero.
        if text.len() >= note::ROOM {
            return Err(LinkError::Malformed {
                path: path.to_owned(),
                reason: format!("no room for the note `{text}`"),
            });
        }
        let place = |file: &[u8], elf: &Elf<'_>| notes::own_place(file, elf, kind);
        fill(bytes, path, place, text.as_bytes())?;
    }
    Ok(())
}

/// Writes a text to its room in an executable. An executable of foreign objects has no room for ours.
fn fill(
    bytes: &mut [u8],
    path: &Path,
    place: impl FnOnce(&[u8], &Elf<'_>) -> Option<Range<usize>>,
    text: &[u8],
) -> Result<(), LinkError> {
    let place = place(bytes, &inspect::parse(bytes, path)?);
    if let Some(room) = place.and_then(|place| bytes.get_mut(place))
        && let Some(room) = room.get_mut(..text.len())
    {
        room.copy_from_slice(text);
    }
    Ok(())
}
