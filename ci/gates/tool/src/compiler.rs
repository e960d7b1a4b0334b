//! The compiler under test.

use std::path::{Path, PathBuf};
use std::process::Command;

pub const PROFILES: [&str; 4] = ["debug", "release", "release-with-symbols", "static"];

/// The repository, found from this crate's own place.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    here.canonicalize().unwrap_or(here)
}

/// `$FUSE`, the release build, or the development build.
pub fn fuse() -> Result<PathBuf, String> {
    if let Some(chosen) = std::env::var_os("FUSE") {
        return Ok(PathBuf::from(chosen));
    }
    ["release", "debug"]
        .map(|kind| root().join("target").join(kind).join("fuse"))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| "no `fuse` is built; name one in `FUSE`".to_owned())
}

/// A command without the caller's environment, but for what development builds of `fuse` need to find their parts.
pub fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    for name in ["LD_LIBRARY_PATH", "FUSE_SYSROOT"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Runs a command that has to succeed.
pub fn succeed(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}
