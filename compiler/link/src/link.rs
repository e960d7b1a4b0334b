//! One link: arguments, LLD, and the executable under its final name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::{LinkError, LinkProfile, LinkerMessage, Sysroot, Target, lld, recipe};

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
    pub sysroot: &'a Sysroot,
}

/// A finished link.
#[derive(Clone, Debug)]
pub struct LinkReport {
    /// Size of the executable in bytes.
    pub size: u64,
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

    let warnings = lld::run(&recipe::arguments(request, &unfinished))?;
    let size = fs::metadata(&unfinished)
        .map_err(|source| LinkError::output(output, source))?
        .len();
    fs::rename(&unfinished, output).map_err(|source| LinkError::output(output, source))?;
    Ok(LinkReport {
        size,
        elapsed: started.elapsed(),
        warnings,
    })
}
