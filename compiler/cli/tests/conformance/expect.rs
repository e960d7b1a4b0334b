//! Compares what is seen with what an example says, and back ends with each other.

use std::collections::BTreeMap;
use std::path::Path;

use fuse_parity::backend::Backend;
use fuse_parity::normalise;
use fuse_parity::process::{self, End, Output};

use crate::backend;
use crate::example::{Example, ExpectedDiagnostic};
use crate::serve;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: Kind,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something else was seen than expected.
    Mismatch,
    /// Two back ends show different things.
    Disagree,
    /// It could not be run.
    Error,
}

/// What came of one example.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// For each back end that ran it: did it hold? Empty for examples that are only checked.
    pub runs: Vec<(Backend, bool)>,
    pub failures: Vec<Failure>,
}

pub fn judge(example: &Example, backends: &[Backend]) -> Verdict {
    let mut verdict = Verdict::default();
    let directory = match backend::write(example) {
        Ok(directory) => directory,
        Err(reason) => {
            verdict.fail(Kind::Error, reason);
            return verdict;
        }
    };
    let result = match (&example.diagnostics, &example.command, &example.formatted) {
        (Some(expected), _, _) => check(example, expected, directory.path()),
        (None, Some(command), _) => run_once(example, command, directory.path()),
        (None, None, Some(expected)) => format(expected, directory.path()),
        (None, None, None) => {
            run_everywhere(example, backends, directory.path(), &mut verdict);
            Ok(())
        }
    };
    if let Err((kind, detail)) = result {
        verdict.fail(kind, detail);
    }
    verdict
}

impl Verdict {
    fn fail(&mut self, kind: Kind, detail: impl Into<String>) {
        self.failures.push(Failure {
            kind,
            detail: detail.into(),
        });
    }
}

fn run_everywhere(
    example: &Example,
    backends: &[Backend],
    directory: &Path,
    verdict: &mut Verdict,
) {
    let mut outputs: Vec<(Backend, Output)> = Vec::new();
    // Back ends with the same problem are reported together.
    let mut problems: BTreeMap<(Kind, String), Vec<String>> = BTreeMap::new();
    for &backend in backends {
        match backend::run(backend, example, directory) {
            Ok(output) => {
                let problem = mismatch(example, &output);
                verdict.runs.push((backend, problem.is_none()));
                if let Some(problem) = problem {
                    let who = problems.entry((Kind::Mismatch, problem)).or_default();
                    who.push(backend.to_string());
                }
                outputs.push((backend, output));
            }
            Err(reason) => {
                verdict.runs.push((backend, false));
                let who = problems.entry((Kind::Error, reason)).or_default();
                who.push(backend.to_string());
            }
        }
    }
    for ((kind, problem), who) in problems {
        verdict.fail(kind, format!("{}: {problem}", who.join(", ")));
    }
    verdict.failures.extend(disagreements(&outputs));
}

/// Back ends that show something else than the first one, whatever was expected.
fn disagreements(outputs: &[(Backend, Output)]) -> Vec<Failure> {
    let Some(((first, reference), others)) = outputs.split_first() else {
        return Vec::new();
    };
    others
        .iter()
        .filter(|(_, output)| output != reference)
        .map(|(other, output)| Failure {
            kind: Kind::Disagree,
            detail: format!("{first}: {}\n{other}: {}", show(reference), show(output)),
        })
        .collect()
}

/// The first difference between what an example says and what was seen.
fn mismatch(example: &Example, output: &Output) -> Option<String> {
    if output.end != End::Exit(example.exit) {
        return Some(format!(
            "expected exit {}, got {}",
            example.exit,
            show(output)
        ));
    }
    let stdout = example.stdout.clone() + &serve::expected(&example.http);
    for (name, expected, found) in [
        ("stdout", &stdout, &output.stdout),
        ("stderr", &example.stderr, &output.stderr),
    ] {
        // A block cannot show whether the last line is complete.
        if expected.trim_end_matches('\n') != found.trim_end_matches('\n') {
            return Some(format!(
                "{name} differs\n--- expected\n{expected}--- got\n{found}---"
            ));
        }
    }
    None
}

fn show(output: &Output) -> String {
    format!(
        "{}, stdout {:?}, stderr {:?}",
        output.end, output.stdout, output.stderr
    )
}

/// Formats the program, and what comes of it once more.
fn format(expected: &str, directory: &Path) -> Result<(), (Kind, String)> {
    let path = directory.join("main.fuse");
    for round in ["once", "twice"] {
        let mut command = backend::fuse(directory);
        command.args(["fmt", "main.fuse"]);
        let output = process::run(&mut command, "", process::COMPILE)
            .map_err(|reason| (Kind::Error, reason))?;
        let found =
            std::fs::read_to_string(&path).map_err(|error| (Kind::Error, error.to_string()))?;
        if output.end != End::Exit(0) || found != expected {
            let detail = format!(
                "formatted {round}, {}\n{}--- expected\n{expected}--- got\n{found}---",
                output.end, output.stderr
            );
            return Err((Kind::Mismatch, detail));
        }
    }
    Ok(())
}

/// Runs the compiler as the example says and compares all it shows; step markers are left out.
fn run_once(example: &Example, words: &[String], directory: &Path) -> Result<(), (Kind, String)> {
    let mut command = backend::fuse(directory);
    command
        .args(words)
        .envs(example.env.iter().map(|(name, value)| (name, value)));
    let output = process::run(&mut command, &example.stdin, process::COMPILE)
        .map_err(|reason| (Kind::Error, reason))?;
    let output = Output {
        stderr: normalise::without_steps(&output.stderr),
        ..output
    };
    match mismatch(example, &output) {
        Some(problem) => Err((Kind::Mismatch, problem)),
        None => Ok(()),
    }
}

/// Checks the program and compares the diagnostics, all of them and in order.
fn check(
    example: &Example,
    expected: &[ExpectedDiagnostic],
    directory: &Path,
) -> Result<(), (Kind, String)> {
    let mut command = backend::fuse(directory);
    match &example.command {
        Some(words) => command.args(words),
        None => command.args(["check", "main.fuse"]),
    };
    command.args(["--diagnostics", "json"]);
    let output =
        process::run(&mut command, "", process::COMPILE).map_err(|reason| (Kind::Error, reason))?;
    let mut found = Vec::new();
    let mut errors = false;
    for line in output.stderr.lines() {
        let Ok(object) = serde_json::from_str::<serde_json::Value>(line) else {
            return Err((Kind::Error, format!("not a JSON line: {line}")));
        };
        if object["kind"] == "diagnostic" {
            errors |= object["level"] == "error";
            found.push(Found::new(&object));
        }
    }
    let listing: String = found.iter().map(|f| format!("\n  {}", f.show())).collect();
    let code = i32::from(errors);
    if output.end != End::Exit(code) {
        let detail = format!("expected exit {code}, got {}{listing}", output.end);
        return Err((Kind::Mismatch, detail));
    }
    let same = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|(found, expected)| found.fits(expected));
    if same {
        return Ok(());
    }
    let wanted: String = expected
        .iter()
        .map(|e| {
            let hints: String = e.hints.iter().map(|h| format!("\n  hint: {h}")).collect();
            format!("\n  {} {} {}{hints}", e.code, e.position, e.message)
        })
        .collect();
    Err((
        Kind::Mismatch,
        format!("diagnostics differ; expected{wanted}\ngot{listing}"),
    ))
}

struct Found {
    code: String,
    position: String,
    message: String,
    hints: Vec<String>,
}

impl Found {
    fn new(object: &serde_json::Value) -> Found {
        let text = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
        let place = format!("{}:{}", object["line"], object["column"]);
        let path = text("path");
        Found {
            code: text("code"),
            position: if path == "main.fuse" {
                place
            } else {
                format!("{path}:{place}")
            },
            message: text("message"),
            hints: object["hints"].as_array().map_or_else(Vec::new, |hints| {
                let texts = hints.iter().filter_map(|hint| hint.as_str());
                texts.map(str::to_owned).collect()
            }),
        }
    }

    fn fits(&self, expected: &ExpectedDiagnostic) -> bool {
        self.code == expected.code
            && self.position == expected.position
            && self.message.contains(&expected.message)
            && expected.hints.iter().all(|hint| self.hints.contains(hint))
    }

    fn show(&self) -> String {
        let hints: String = self
            .hints
            .iter()
            .map(|h| format!("\n  hint: {h}"))
            .collect();
        format!("{} {} {}{hints}", self.code, self.position, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(stdout: &str) -> Output {
        Output {
            end: End::Exit(0),
            stdout: stdout.to_owned(),
            stderr: String::new(),
        }
    }

    #[test]
    fn back_ends_that_differ_disagree_whatever_was_expected() {
        let outputs = [
            (Backend::Cranelift, output("1\n")),
            (Backend::LlvmO0, output("1\n")),
            (Backend::LlvmO2, output("2\n")),
        ];
        let found = disagreements(&outputs);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].kind, Kind::Disagree);
        assert!(found[0].detail.contains("llvm-o2"), "{}", found[0].detail);
        assert_eq!(disagreements(&outputs[..2]), []);
    }

    #[test]
    fn every_part_of_a_run_is_compared() {
        let example = Example {
            stdout: "1\n".to_owned(),
            ..Example::default()
        };
        assert_eq!(mismatch(&example, &output("1\n")), None);
        assert!(mismatch(&example, &output("2\n")).is_some());
        let noisy = Output {
            stderr: "warning\n".to_owned(),
            ..output("1\n")
        };
        assert!(mismatch(&example, &noisy).is_some());
        let failed = Output {
            end: End::Exit(1),
            ..output("1\n")
        };
        assert!(mismatch(&example, &failed).is_some());
    }
}
