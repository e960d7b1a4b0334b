//! Every way to die that the system allows, tried in every profile and in the launcher, and compared with `spec/runtime.md` 11.

pub mod foreign;
mod run;
mod ways;

use std::fmt;

use crate::compiler::fuse;

/// How programs are started: as executables of a profile, or by `fuse run`.
const STARTS: [&str; 4] = ["debug", "release", "static", "run"];
/// `fuse run`, among the profiles.
const LAUNCHER: &str = "run";

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Signal(i32),
    /// It did not, and was killed.
    Never,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit {code}"),
            End::Signal(number) => write!(f, "signal {number}"),
            End::Never => f.write_str("no end"),
        }
    }
}

/// What is seen of a process.
#[derive(Clone, Debug)]
pub struct Seen {
    pub pid: u32,
    pub end: End,
    pub stdout: String,
    pub stderr: String,
}

/// What has to be seen. Without a class there is no envelope.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub end: End,
    pub class: &'static str,
    /// What the envelope's message begins with.
    pub message: &'static str,
    /// Printed before.
    pub stdout: &'static str,
    /// The system ends it, with what has not been written yet.
    pub may_lose_output: bool,
}

/// One way to die in one profile.
struct Row {
    way: String,
    start: String,
    seen: Seen,
    problem: Option<String>,
}

impl Row {
    fn new(way: &str, start: &str, seen: Seen, expected: Expected) -> Row {
        let problem = problem(&seen, expected, start == LAUNCHER);
        Row {
            way: way.to_owned(),
            start: start.to_owned(),
            seen,
            problem,
        }
    }
}

/// Tries all ways whose name contains `filter`.
pub fn run(filter: &str) -> Result<(), String> {
    let fuse = fuse()?;
    let mut rows = Vec::new();
    for way in ways::ALL.iter().filter(|way| way.name.contains(filter)) {
        run::try_everywhere(&fuse, way, &mut rows)?;
    }
    for way in foreign::ALL.iter().filter(|way| way.name.contains(filter)) {
        foreign::try_everywhere(way, &mut rows)?;
    }
    println!(
        "{:<44} {:<14} {:<10} {:<15} first line of stderr",
        "way", "start", "end", "class"
    );
    for row in &rows {
        let line = row.seen.stderr.lines().next().unwrap_or("-");
        let shown: String = line.chars().take(96).collect();
        println!(
            "{:<44} {:<14} {:<10} {:<15} {shown}",
            row.way,
            row.start,
            row.seen.end.to_string(),
            class(&row.seen.stderr).unwrap_or("-"),
        );
        if let Some(problem) = &row.problem {
            println!("  DOES NOT HOLD: {problem}");
        }
    }
    let failed = rows.iter().filter(|row| row.problem.is_some()).count();
    println!("ways to die: {}, not as specified: {failed}", rows.len());
    if rows.is_empty() {
        return Err(format!("no way is called `{filter}`"));
    }
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} ends are not as specified"))
    }
}

const ENVELOPE: &str = "fatal: class=";

fn class(stderr: &str) -> Option<&str> {
    let line = stderr.lines().find(|line| line.starts_with(ENVELOPE))?;
    line.strip_prefix(ENVELOPE)?.split(' ').next()
}

/// What is not as expected.
fn problem(seen: &Seen, expected: Expected, launched: bool) -> Option<String> {
    if seen.end != expected.end {
        return Some(format!(
            "expected {}; stderr {:?}",
            expected.end, seen.stderr
        ));
    }
    let lost = expected.may_lose_output && seen.stdout.is_empty();
    if seen.stdout != expected.stdout && !lost {
        return Some(format!(
            "expected {:?} on stdout, got {:?}",
            expected.stdout, seen.stdout
        ));
    }
    let start = if expected.class.is_empty() {
        None
    } else if launched {
        // The launcher shows line ends as they are.
        let line = expected.message.split("\\n").next().unwrap_or_default();
        Some(format!("run error: {line}"))
    } else {
        Some(format!(
            "{ENVELOPE}{} pid={} message={}",
            expected.class, seen.pid, expected.message
        ))
    };
    let reports: Vec<&str> = seen
        .stderr
        .lines()
        .filter(|line| line.starts_with(ENVELOPE) || line.starts_with("run error: "))
        .collect();
    match (start, &reports[..]) {
        (None, []) => None,
        (Some(start), [line]) if line.starts_with(&start) => {
            let complete = launched || line.contains(" mode=aot ") || line.contains(" profile=");
            (!complete).then(|| format!("no build information: {line:?}"))
        }
        (Some(start), _) => Some(format!(
            "expected one line `{start}`, got {:?}",
            seen.stderr
        )),
        (None, _) => Some(format!("expected no report, got {:?}", seen.stderr)),
    }
}
