//! The ways a program can be run, and how an example is run on each.

use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::example::Example;
use crate::normalise;
use crate::process::{self, End, Output};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backend {
    Cranelift,
    LlvmO0,
    LlvmO2,
    Static,
}

impl Backend {
    pub const ALL: [Backend; 4] = [
        Backend::Cranelift,
        Backend::LlvmO0,
        Backend::LlvmO2,
        Backend::Static,
    ];

    /// The build profile that makes its executables.
    fn profile(self) -> Option<&'static str> {
        match self {
            Backend::Cranelift => None,
            Backend::LlvmO0 => Some("debug"),
            Backend::LlvmO2 => Some("release"),
            Backend::Static => Some("static"),
        }
    }

    /// Runs the least program.
    pub fn probe(self) -> Result<(), String> {
        let example = Example {
            files: vec![(
                "main.fuse".to_owned(),
                "app \"probe\":\n  print(1)\n".to_owned(),
            )],
            ..Example::default()
        };
        let directory = write(&example)?;
        let output = self.run(&example, directory.path())?;
        if output.end == End::Exit(0) && output.stdout == "1\n" {
            Ok(())
        } else {
            Err(format!("{} {}{}", output.end, output.stdout, output.stderr))
        }
    }

    /// Runs the example, whose files are in `directory`. Standard error is normalised. An error means that there was nothing to run.
    pub fn run(self, example: &Example, directory: &Path) -> Result<Output, String> {
        let mut command = match self.profile() {
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
                let built = process::run(&mut build, "")?;
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
        let output = process::run(&mut command, &example.stdin)?;
        Ok(Output {
            stderr: normalise::stderr(&output.stderr),
            ..output
        })
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Cranelift => "cranelift",
            Backend::LlvmO0 => "llvm-o0",
            Backend::LlvmO2 => "llvm-o2",
            Backend::Static => "static",
        })
    }
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
