//! Generated programs on the back ends.
//!
//! A batch is one module. `fuse test` runs its programs on the JIT, each in a guard of its own; the executables of the other back ends run
//! once per program, which `--which N` chooses. Every process is bounded in time and ended by its id.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::backend::Backend;
use crate::generate::Case;
use crate::normalise;
use crate::process::{self, End};
use crate::render;

/// What was seen of one program on one back end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Ended {
        stdout: String,
        /// Message and place of a fault, as normalised standard error.
        stderr: String,
    },
    /// The compiler refused it, or the process ended in no way a program may end.
    Broken(String),
}

/// A program that is not what it must be.
#[derive(Debug)]
pub struct Failure {
    pub seed: u64,
    /// Tells kinds of failures apart; stays the same while a program is made smaller.
    pub kind: String,
    pub detail: String,
}

/// Where the compiler is and what to run on.
#[derive(Clone, Debug)]
pub struct Setting {
    pub fuse: PathBuf,
    pub backends: Vec<Backend>,
}

/// Runs a batch; failures by program.
///
/// # Errors
/// The compiler cannot be started, or files cannot be written.
pub fn batch(setting: &Setting, cases: &[Case]) -> Result<Vec<(usize, Failure)>, String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let programs: Vec<_> = cases.iter().map(|case| case.program.clone()).collect();
    let source = render::module(&programs);
    std::fs::write(directory.path().join("main.fuse"), source)
        .map_err(|error| error.to_string())?;
    let mut seen: Vec<Vec<(Backend, Seen)>> = vec![Vec::new(); cases.len()];
    for backend in &setting.backends {
        let results = match backend {
            Backend::Cranelift => tests(setting, directory.path(), cases.len())?,
            _ => executables(setting, directory.path(), *backend, cases.len())?,
        };
        match results {
            Some(results) => {
                for (all, one) in seen.iter_mut().zip(results) {
                    all.push((*backend, one));
                }
            }
            // Nothing ran: find out whose fault it is, one by one.
            None if cases.len() > 1 => {
                let mut failures = Vec::new();
                for (i, case) in cases.iter().enumerate() {
                    let found = batch(setting, std::slice::from_ref(case))?;
                    failures.extend(found.into_iter().map(|(_, failure)| (i, failure)));
                }
                return Ok(failures);
            }
            None => {
                let reason = reason(setting, directory.path(), *backend)?;
                seen[0].push((*backend, Seen::Broken(reason)));
            }
        }
    }
    let judged = cases.iter().zip(&seen).enumerate();
    Ok(judged
        .filter_map(|(i, (case, seen))| Some((i, judge(case, seen)?)))
        .collect())
}

fn judge(case: &Case, seen: &[(Backend, Seen)]) -> Option<Failure> {
    let mut wrong = Vec::new();
    let mut detail = String::new();
    for (backend, one) in seen {
        let right = match one {
            Seen::Ended { stdout, stderr } => {
                let message = case.prediction.fault.as_ref();
                *stdout == case.prediction.stdout
                    && stderr.lines().next().unwrap_or_default()
                        == message.map_or(String::new(), |text| format!("error: {text}"))
            }
            Seen::Broken(_) => false,
        };
        if !right {
            wrong.push(backend.name());
            detail.push_str(&format!("{backend}: {}\n", difference(case, one)));
        }
    }
    if wrong.is_empty() {
        let (_, first) = seen.first()?;
        let (other, text) = seen.iter().find(|(_, one)| one != first)?;
        return Some(Failure {
            seed: case.seed,
            kind: format!("place {other}"),
            detail: format!("{first:?}\n{text:?}\n"),
        });
    }
    let broken = seen.iter().find_map(|(_, one)| match one {
        Seen::Broken(text) => Some(format!(" {}", first_words(text))),
        Seen::Ended { .. } => None,
    });
    Some(Failure {
        seed: case.seed,
        kind: format!("{}{}", wrong.join(" "), broken.unwrap_or_default()),
        detail,
    })
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

fn difference(case: &Case, seen: &Seen) -> String {
    match seen {
        Seen::Broken(text) => text.clone(),
        Seen::Ended { stdout, stderr } => {
            let expected = &case.prediction.stdout;
            let line = expected
                .lines()
                .zip(stdout.lines())
                .position(|(a, b)| a != b)
                .unwrap_or_else(|| expected.lines().count().min(stdout.lines().count()));
            let at = |text: &str| text.lines().nth(line).unwrap_or("<end>").to_owned();
            format!(
                "line {}: expected `{}`, found `{}`; expected end {:?}, found {stderr:?}",
                line + 1,
                at(expected),
                at(stdout),
                case.prediction.fault,
            )
        }
    }
}

fn fuse(setting: &Setting, directory: &Path) -> Command {
    let mut command = Command::new(&setting.fuse);
    command.env_clear().current_dir(directory);
    for name in ["HOME", "LD_LIBRARY_PATH", "FUSE_SYSROOT", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

fn tests(setting: &Setting, directory: &Path, count: usize) -> Result<Option<Vec<Seen>>, String> {
    let mut command = fuse(setting, directory);
    command.args(["test", "--quiet", "--diagnostics", "json", "main.fuse"]);
    // Everything is compiled and runs in this process.
    let output = process::run(&mut command, "", process::COMPILE)?;
    let mut seen = Vec::new();
    let mut rest = output.stdout.as_str();
    let mut reports = output.stderr.lines().filter_map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        (value["kind"] == "test").then_some(value)
    });
    for i in 0..count {
        let Some(report) = reports.next() else { break };
        let failed = report["status"] == "failed";
        let text = |key: &str| report[key].as_str().unwrap_or_default().to_owned();
        let end = match failed {
            true => format!("FAILED @{i:02}: {}\n", text("message")),
            false => format!("ok @{i:02}\n"),
        };
        let Some(at) = rest.find(&end) else { break };
        let stdout = rest[..at].to_owned();
        rest = &rest[at + end.len()..];
        let stderr = match failed {
            true => format!(
                "error: {}\n  at {}:{}:{} in {}\n",
                text("message"),
                text("path"),
                report["line"],
                report["column"],
                text("function")
            ),
            false => String::new(),
        };
        seen.push(Seen::Ended { stdout, stderr });
    }
    Ok((seen.len() == count).then_some(seen))
}

fn build(setting: &Setting, directory: &Path, backend: Backend) -> Command {
    let mut command = fuse(setting, directory);
    command.args(["build", "--quiet", "main.fuse"]);
    if let Some(profile) = backend.profile() {
        command.args(["--profile", profile]);
    }
    command.arg("--output").arg(executable(directory, backend));
    command
}

fn executable(directory: &Path, backend: Backend) -> PathBuf {
    directory.join(format!("program-{backend}"))
}

fn executables(
    setting: &Setting,
    directory: &Path,
    backend: Backend,
    count: usize,
) -> Result<Option<Vec<Seen>>, String> {
    let built = process::run(
        &mut build(setting, directory, backend),
        "",
        process::COMPILE,
    )?;
    if built.end != End::Exit(0) {
        return Ok(None);
    }
    let mut seen = Vec::new();
    for i in 0..count {
        let mut command = Command::new(executable(directory, backend));
        command.env_clear().current_dir(directory);
        command.arg("--which").arg(i.to_string());
        let output = process::run(&mut command, "", process::RUN)?;
        let stderr = normalise::stderr(&output.stderr);
        seen.push(match output.end {
            End::Exit(0) if stderr.is_empty() => Seen::Ended {
                stdout: output.stdout,
                stderr,
            },
            End::Exit(1) if stderr.starts_with("error: ") => Seen::Ended {
                stdout: output.stdout,
                stderr,
            },
            end => Seen::Broken(format!("{end} {stderr}")),
        });
    }
    Ok(Some(seen))
}

/// Why a program alone did not run.
fn reason(setting: &Setting, directory: &Path, backend: Backend) -> Result<String, String> {
    let mut command = match backend {
        Backend::Cranelift => {
            let mut command = fuse(setting, directory);
            command.args(["test", "--quiet", "main.fuse"]);
            command
        }
        _ => build(setting, directory, backend),
    };
    let output = process::run(&mut command, "", process::COMPILE)?;
    let errors: Vec<&str> = output
        .stderr
        .split("\n\n")
        .filter(|part| part.trim_start().starts_with("error"))
        .collect();
    let text = match errors.is_empty() {
        true => &output.stderr,
        false => errors[0],
    };
    Ok(format!("{text} ({})", output.end))
}
