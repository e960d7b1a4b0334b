//! Running other programs, and where things are.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// The program `name` of LLVM's package.
pub fn llvm(name: &str) -> PathBuf {
    let prefix = env::var_os("LLVM_SYS_221_PREFIX").unwrap_or_else(|| "/usr/lib/llvm-22".into());
    Path::new(&prefix).join("bin").join(name)
}

/// Cargo, the one that started this program where there is one.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Rustc as cargo would choose it.
pub fn rustc() -> Command {
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
}

/// The checkout's root.
pub fn root() -> PathBuf {
    // Cargo says at run time too; a binary in a target directory that checkouts share was built in any of them.
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .ancestors()
        .nth(2)
        .unwrap_or(&manifest)
        .to_path_buf()
}

/// Where downloads and the standard libraries are kept between checkouts: `$FUSE_CI_CACHE`, else `~/.cache/fuse-ci`.
pub fn cache() -> Result<PathBuf> {
    if let Some(chosen) = env::var_os("FUSE_CI_CACHE").filter(|chosen| !chosen.is_empty()) {
        return Ok(PathBuf::from(chosen));
    }
    match env::var_os("HOME").filter(|home| !home.is_empty()) {
        Some(home) => Ok(Path::new(&home).join(".cache/fuse-ci")),
        None => Err("neither `FUSE_CI_CACHE` nor `HOME` is set".into()),
    }
}

/// Runs `command`, its output going where this program's goes.
pub fn run(command: &mut Command) -> Result<()> {
    // Standard output is for results; cargo and apt report on standard error.
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run {}: {error}", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed: {status}", name(command)).into())
    }
}

/// Runs `command` and returns its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run {}: {error}", name(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} failed: {}", name(command), errors.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn name(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .take(6)
        .collect();
    format!("`{}`", words.join(" "))
}
