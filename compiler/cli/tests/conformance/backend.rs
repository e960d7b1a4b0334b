//! How an example is run on each back end.

use std::path::Path;
use std::process::Command;

use fuse_parity::backend::Backend;
use fuse_parity::normalise;
use fuse_parity::process::{self, End, Output};

use crate::example::Example;
use crate::origin::Origin;
use crate::serve;

/// Runs the least program.
pub fn probe(backend: Backend) -> Result<(), String> {
    let example = Example {
        files: vec![(
            "main.fuse".to_owned(),
            "app \"probe\":\n  print(1)\n".to_owned(),
        )],
        ..Example::default()
    };
    let directory = write(&example)?;
    let output = run(backend, &example, directory.path())?;
    if output.end == End::Exit(0) && output.stdout == "1\n" {
        Ok(())
    } else {
        Err(format!("{} {}{}", output.end, output.stdout, output.stderr))
    }
}

/// Runs the example, whose files are in `directory`. Standard error is normalised. An error means that there was nothing to run.
pub fn run(backend: Backend, example: &Example, directory: &Path) -> Result<Output, String> {
    let mut command = match backend.profile() {
        None => {
            let mut command = fuse(directory);
            command.args(["run", "--quiet", "main.fuse"]);
            if !example.args.is_empty() {
                command.arg("--").args(&example.args);
            }
            command
        }
        Some(profile) => {
            let executable = directory.join(format!("program-{profile}"));
            let mut build = fuse(directory);
            build
                .args([
                    "build",
                    "--quiet",
                    "--profile",
                    profile,
                    "main.fuse",
                    "--output",
                ])
                .arg(&executable);
            let built = process::run(&mut build, "", process::COMPILE)?;
            if built.end != End::Exit(0) {
                return Err(format!("build: {}\n{}", built.end, built.stderr));
            }
            let mut command = Command::new(executable);
            command.env_clear().args(&example.args);
            command
        }
    };
    command
        .current_dir(directory)
        .envs(example.env.iter().map(|(name, value)| (name, value)));
    let origin = match example.origin.as_str() {
        "" => None,
        script => Some(Origin::start(script)?),
    };
    if let Some(origin) = &origin {
        command.env("ORIGIN", origin.url());
    }
    let output = if example.http.is_empty() {
        process::run(&mut command, &example.stdin, process::RUN)?
    } else {
        serve::run(&mut command, &example.http)?
    };
    let mut stderr = normalise::stderr(&output.stderr);
    if let Some(origin) = &origin {
        // Its port is another one in every run.
        stderr = stderr.replace(&origin.url(), "ORIGIN");
    }
    Ok(Output { stderr, ..output })
}

/// Puts the files of an example into a directory of their own.
pub fn write(example: &Example) -> Result<tempfile::TempDir, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (path, text) in &example.files {
        let path = directory.path().join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        }
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
    }
    for (path, bytes) in &example.binary_files {
        let path = directory.path().join(path);
        std::fs::write(path, bytes).map_err(|error| error.to_string())?;
    }
    Ok(directory)
}

/// The compiler, with nothing in its environment but what it needs to be found and to find its parts.
pub fn fuse(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fuse"));
    command.env_clear().current_dir(directory);
    for name in [
        "HOME",
        "LD_LIBRARY_PATH",
        "FUSE_SYSROOT",
        "FUSE_CACHE_DIR",
        "TMPDIR",
    ] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}
