//! Output files appear under their final name whole or not at all.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::DriverError;

/// Writes beside the target and renames, creating parent directories. What is there and is no file, such as a pipe or a terminal, is
/// written to instead of being replaced.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), DriverError> {
    let failed = |source| DriverError::Write {
        path: path.to_owned(),
        source,
    };
    if is_special(path) {
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        return file.write_all(bytes).map_err(failed);
    }
    let parent = parent_directory(path)?;
    let mut file = tempfile::Builder::new()
        .prefix(".fuse-write-")
        .tempfile_in(parent)
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    let file = file.into_temp_path();
    make_readable(&file).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))
}

/// Replaces the contents of an existing file, which keeps its permissions.
pub fn rewrite(path: &Path, bytes: &[u8]) -> Result<(), DriverError> {
    let failed = |source| DriverError::Write {
        path: path.to_owned(),
        source,
    };
    if is_special(path) {
        return write_atomic(path, bytes);
    }
    let permissions = std::fs::metadata(path).map_err(failed)?.permissions();
    // A rename would replace a file that must not be written to.
    OpenOptions::new().write(true).open(path).map_err(failed)?;
    write_atomic(path, bytes)?;
    std::fs::set_permissions(path, permissions).map_err(failed)
}

/// Refuses to replace what is neither a file nor missing.
pub fn require_replaceable(path: &Path) -> Result<(), DriverError> {
    let source = if path.is_dir() {
        std::io::Error::from(std::io::ErrorKind::IsADirectory)
    } else if is_special(path) {
        std::io::Error::other("it exists and is not a regular file")
    } else {
        return Ok(());
    };
    Err(DriverError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Is there something that is neither a file nor a directory?
fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// A file for another stage to read, beside the output; removed with the value returned.
pub fn temporary(directory: &Path, bytes: &[u8]) -> Result<tempfile::TempPath, DriverError> {
    let failed = |source| DriverError::Write {
        path: directory.to_owned(),
        source,
    };
    let mut file = tempfile::Builder::new()
        .prefix(".fuse-object-")
        .suffix(".o")
        .tempfile_in(directory)
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    Ok(file.into_temp_path())
}

/// The directory of an output file, made if needed.
pub fn parent_directory(path: &Path) -> Result<PathBuf, DriverError> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent).map_err(|source| DriverError::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(parent.to_owned())
}

/// Temporary files are private; outputs are not.
fn make_readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
