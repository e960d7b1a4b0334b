//! The objectives of `ops/AOT_RELEASE_CONTRACT.md`: start time of executables against `fuse run`, size, build time, parity.

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::build;
use crate::context;
use crate::measure::{Clock, Contestant, agreed, interleave, percentile};
use crate::report;

/// Fewer runs say nothing about the slowest twentieth.
const LEAST_RUNS: usize = 200;
const BUILDS: usize = 20;
const PROFILES: [&str; 4] = ["release", "release-with-symbols", "static", "debug"];

/// One objective: what the contract allows, and what we want to keep.
struct Objective {
    name: String,
    /// None when nobody has measured it.
    measured: Option<f64>,
    unit: &'static str,
    /// Must the figure be at least, rather than at most, the limits?
    at_least: bool,
    limit: f64,
    aim: f64,
}

impl Objective {
    fn meets(&self, measured: f64, limit: f64) -> bool {
        if self.at_least {
            measured >= limit
        } else {
            measured <= limit
        }
    }

    fn verdict(&self) -> &'static str {
        match self.measured {
            None => "not measured",
            Some(measured) if !self.meets(measured, self.limit) => "FAIL",
            Some(measured) if !self.meets(measured, self.aim) => "warn",
            Some(_) => "pass",
        }
    }
}

/// Start times of one way to run the program.
struct Row {
    name: &'static str,
    p50: f64,
    p95: f64,
}

/// Measures with `runs` starts of each kind; `parity` is a file of the parity gate, instead of the one it has left.
pub fn run(runs: usize, parity: Option<&str>) -> Result<(), String> {
    if runs < LEAST_RUNS {
        return Err(format!("at least {LEAST_RUNS} runs are needed"));
    }
    let rows = starts(runs)?;
    let mut objectives = improvements(&rows);
    let (size, builds) = size_and_build_time()?;
    objectives.push(Objective {
        name: "size of hello-http, release".to_owned(),
        measured: Some(size as f64 / 1e6),
        unit: "MB",
        at_least: false,
        limit: 25.0,
        aim: 2.5,
    });
    objectives.push(Objective {
        name: "build of hello-http, release, p95".to_owned(),
        measured: Some(percentile(&builds, 95) / 1e6),
        unit: "s",
        at_least: false,
        limit: 600.0,
        aim: 1.0,
    });
    objectives.push(Objective {
        name: "unresolved parity failures".to_owned(),
        measured: parity_failures(parity)?,
        unit: "",
        at_least: false,
        limit: 0.0,
        aim: 0.0,
    });
    let mut context = context::context()?;
    context["build_info"] = json!(context::build_info(
        &build::scratch()?.join("project-demo-release")
    )?);
    context["runs"] = json!(runs);
    context["builds"] = json!(BUILDS);
    let directory = build::root().join("target/gates");
    report::write(
        &directory.join("slo.json"),
        &as_json(&context, &rows, &objectives),
    )?;
    let text = as_markdown(&context, &rows, &objectives);
    report::write(&directory.join("slo.md"), &text)?;
    print!("{text}");
    let count = |verdict| objectives.iter().filter(|o| o.verdict() == verdict).count();
    println!(
        "{} objectives: {} fail, {} warn, {} not measured",
        objectives.len(),
        count("FAIL"),
        count("warn"),
        count("not measured")
    );
    if count("FAIL") > 0 {
        return Err("objectives of the contract are not met".to_owned());
    }
    Ok(())
}

/// `fuse run` and an executable of each profile, from spawn to exit, in turns.
fn starts(runs: usize) -> Result<Vec<Row>, String> {
    let package = build::root().join("benches/fixtures/project-demo");
    let mut contestants = vec![Contestant {
        name: "JIT (fuse run)",
        program: Some(build::fuse()),
        args: vec!["run".to_owned(), "--quiet".to_owned()],
        directory: Some(package.clone()),
        input: None,
    }];
    for profile in PROFILES {
        let program = build::scratch()?.join(format!("project-demo-{profile}"));
        build::fuse_aot(&package, profile, &program)?;
        contestants.push(Contestant {
            name: profile,
            program: Some(program),
            args: Vec::new(),
            directory: Some(package.clone()),
            input: None,
        });
    }
    let results = interleave(&contestants, runs, Clock::Wall)?;
    agreed(&contestants, &results)?;
    Ok(contestants
        .iter()
        .zip(results.iter().flatten())
        .map(|(contestant, runs)| Row {
            name: contestant.name,
            p50: percentile(&runs.times, 50),
            p95: percentile(&runs.times, 95),
        })
        .collect())
}

fn improvements(rows: &[Row]) -> Vec<Objective> {
    let (jit, executables) = (&rows[0], &rows[1..]);
    let better = |jit: f64, aot: f64| (jit - aot) / jit * 100.0;
    executables
        .iter()
        .flat_map(|row| {
            [
                ("p50", better(jit.p50, row.p50), 30.0),
                ("p95", better(jit.p95, row.p95), 20.0),
            ]
            .map(|(which, measured, limit)| Objective {
                name: format!("start, {}, {which}, better by", row.name),
                measured: Some(measured),
                unit: "%",
                at_least: true,
                limit,
                aim: 50.0,
            })
        })
        .collect()
}

/// Size in bytes, and sorted times of builds without anything in the package's cache.
fn size_and_build_time() -> Result<(u64, Vec<Duration>), String> {
    let scratch = build::scratch()?;
    let package = scratch.join("hello-http");
    let fixture = build::root().join("benches/fixtures/hello-http");
    for name in ["fuse.toml", "src/main.fuse"] {
        let to = package.join(name);
        let parent = to.parent().unwrap_or(&package);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::copy(fixture.join(name), &to))
            .map_err(|error| format!("{}: {error}", to.display()))?;
    }
    let output = scratch.join("hello-http-release");
    let mut times = Vec::new();
    for _ in 0..BUILDS {
        build::run(
            Command::new(build::fuse())
                .args(["build", "--quiet", "--clean"])
                .arg(&package),
        )?;
        let started = Instant::now();
        build::fuse_aot(&package, "release", &output)?;
        times.push(started.elapsed());
    }
    times.sort();
    let size = std::fs::metadata(&output)
        .map_err(|error| error.to_string())?
        .len();
    Ok((size, times))
}

/// What the parity gate has counted: in the file given, else in the one it left for this revision.
fn parity_failures(file: Option<&str>) -> Result<Option<f64>, String> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        return counted(&text)
            .map(Some)
            .ok_or_else(|| format!("{path}: no `{DIVERGENCES}` in it"));
    }
    let left = build::root().join("target/gates/parity.txt");
    let Ok(text) = std::fs::read_to_string(left) else {
        return Ok(None);
    };
    let revision = context::git(&["rev-parse", "HEAD"])?;
    let is_ours = text
        .lines()
        .any(|line| line == format!("revision: {revision}"));
    Ok(counted(&text).filter(|_| is_ours))
}

const DIVERGENCES: &str = "contract-facing divergences: ";

fn counted(text: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(DIVERGENCES))?;
    line.trim().parse::<u64>().ok().map(|count| count as f64)
}

fn as_json(context: &Value, rows: &[Row], objectives: &[Objective]) -> String {
    let starts: Vec<Value> = rows
        .iter()
        .map(|row| json!({"name": row.name, "p50_us": row.p50, "p95_us": row.p95}))
        .collect();
    let objectives: Vec<Value> = objectives
        .iter()
        .map(|o| {
            json!({
                "name": o.name,
                "measured": o.measured,
                "unit": o.unit,
                "at_least": o.at_least,
                "limit": o.limit,
                "aim": o.aim,
                "verdict": o.verdict(),
            })
        })
        .collect();
    let all = json!({"context": context, "starts": starts, "objectives": objectives});
    format!("{all:#}\n")
}

fn as_markdown(context: &Value, rows: &[Row], objectives: &[Objective]) -> String {
    let mut text = String::from("# Objectives of the release contract\n\n");
    // Writing to a string cannot fail.
    for key in [
        "host",
        "triple",
        "revision",
        "command",
        "compiler",
        "build_info",
        "runs",
        "builds",
    ] {
        let value = &context[key];
        let shown = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let _ = writeln!(text, "- {key}: {shown}");
    }
    text.push_str("\n| start of project-demo | p50 µs | p95 µs |\n| --- | --- | --- |\n");
    for row in rows {
        let _ = writeln!(text, "| {} | {:.0} | {:.0} |", row.name, row.p50, row.p95);
    }
    text.push_str(
        "\n| objective | measured | contract | aim | verdict |\n| --- | --- | --- | --- | --- |\n",
    );
    for o in objectives {
        let sign = if o.at_least { "≥" } else { "≤" };
        let _ = writeln!(
            text,
            "| {} | {} {} | {sign} {} | {sign} {} | {} |",
            o.name,
            o.measured
                .map_or_else(|| "-".to_owned(), |measured| format!("{measured:.2}")),
            o.unit,
            o.limit,
            o.aim,
            o.verdict()
        );
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_follow_the_limits() {
        let objective = |measured, at_least| Objective {
            name: String::new(),
            measured: Some(measured),
            unit: "",
            at_least,
            limit: if at_least { 30.0 } else { 25.0 },
            aim: if at_least { 50.0 } else { 2.5 },
        };
        for (measured, at_least, verdict) in [
            (50.0, true, "pass"),
            (30.0, true, "warn"),
            (29.9, true, "FAIL"),
            (2.5, false, "pass"),
            (25.0, false, "warn"),
            (25.1, false, "FAIL"),
        ] {
            assert_eq!(objective(measured, at_least).verdict(), verdict);
        }
        let unknown = Objective {
            measured: None,
            ..objective(0.0, false)
        };
        assert_eq!(unknown.verdict(), "not measured");
    }

    #[test]
    fn divergences_are_read_by_name() {
        let text = "4 back ends\ncontract-facing divergences: 3\nrevision: 0\n";
        assert_eq!(counted(text), Some(3.0));
        assert_eq!(counted("10000 programs"), None);
    }
}
