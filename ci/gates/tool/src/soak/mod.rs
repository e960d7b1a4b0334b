//! Programs that fail again and again, and go on, do not grow.

mod app;
mod service;

use std::fs;

use tempfile::TempDir;

use crate::compiler::{bare, fuse, succeed};

/// What a process may grow by after it has warmed up.
const ALLOWED_KIB: u64 = 4096;

/// So many failures of a service, then of an app.
pub fn run(failures: usize) -> Result<(), String> {
    service::run(failures)?;
    app::run(failures)
}

/// A directory with the program, built for release under the name `program`.
fn built(program: &str) -> Result<TempDir, String> {
    let fuse = fuse()?;
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    fs::write(directory.path().join("main.fuse"), program).map_err(|error| error.to_string())?;
    let mut build = bare(&fuse);
    build.current_dir(directory.path()).args([
        "build",
        "--quiet",
        "--release",
        "main.fuse",
        "-o",
        "program",
    ]);
    succeed(&mut build)?;
    Ok(directory)
}

fn resident(process: u32) -> Result<u64, String> {
    let status =
        fs::read_to_string(format!("/proc/{process}/status")).map_err(|error| error.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
        .ok_or_else(|| "the process is gone".to_owned())
}
