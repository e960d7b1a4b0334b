//! Documents read into types, with their rules, and written: ratio of medians to serde_json.

use std::path::PathBuf;

use crate::build;
use crate::measure::{Clock, Contestant, agreed, interleave};
use crate::report::{Better, Figure, Report, Row};

/// Kind of document, and how often all of a kind are read or written in one run.
const KINDS: &[(&str, usize)] = &[("user", 20_000), ("order", 4_000), ("article", 4_000)];

/// The fraction of that work a contestant does; what it costs to start it and to compile what it runs is part of its time.
struct Entrant<'p> {
    name: &'static str,
    program: Option<PathBuf>,
    /// What comes before kind, reads and writes.
    before: Vec<&'p str>,
    /// Are these given as flags?
    flags: bool,
    fraction: usize,
}

pub fn run(rounds: usize, clock: Clock, only: Option<&str>) -> Result<Report, String> {
    let dir = build::scratch()?;
    let source = build::root().join("benches/fixtures/json");
    let (aot, fixed) = (dir.join("json-aot"), dir.join("json-static"));
    let rust = build::rust_contestants()?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    let package = source.display().to_string();
    let script = build::script("json.js");
    let entrant = |name, program, before: &[&'static str]| Entrant {
        name,
        program,
        before: before.to_vec(),
        flags: false,
        fraction: 1,
    };
    let entrants = [
        entrant("serde_json", Some(rust), &["json"]),
        Entrant {
            fraction: 8,
            ..entrant("Go", build::go()?, &["json"])
        },
        Entrant {
            before: vec![&script],
            fraction: 2,
            ..entrant("Node", build::tool("node"), &[])
        },
        Entrant {
            before: vec!["run", "--quiet", &package, "--"],
            flags: true,
            ..entrant("JIT", Some(build::fuse()), &[])
        },
        Entrant {
            flags: true,
            ..entrant("FUSE", Some(aot), &[])
        },
        Entrant {
            flags: true,
            ..entrant("static", Some(fixed), &[])
        },
    ];
    let mut rows = Vec::new();
    let mut sizes = Vec::new();
    for (kind, times) in KINDS
        .iter()
        .filter(|(name, _)| only.is_none_or(|o| o == *name))
    {
        let input = source.join(format!("documents/{kind}.jsonl"));
        let documents = std::fs::read_to_string(&input)
            .map_err(|e| format!("failed to read {}: {e}", input.display()))?;
        for work in ["read", "write"] {
            let contestants = entrants.each_ref().map(|entrant| {
                let often = (times / entrant.fraction).to_string();
                let (reads, writes) = match work {
                    "read" => (often.as_str(), "1"),
                    _ => ("1", often.as_str()),
                };
                let own = match entrant.flags {
                    true => vec!["--kind", kind, "--reads", reads, "--writes", writes],
                    false => vec![*kind, reads, writes],
                };
                Contestant {
                    name: entrant.name,
                    program: entrant.program.clone(),
                    args: entrant
                        .before
                        .iter()
                        .chain(&own)
                        .map(|&arg| arg.to_owned())
                        .collect(),
                    directory: None,
                    input: Some(input.clone()),
                }
            });
            let results = interleave(&contestants, rounds, clock)?;
            let printed = agreed(&contestants, &results).map_err(|e| format!("{kind}: {e}"))?;
            // What is written is as long as what all contestants print.
            let bytes = match work {
                "read" => documents.len(),
                _ => printed.len() + 1,
            };
            let figures = results.iter().zip(&entrants).map(|(runs, entrant)| {
                let figure = runs.as_ref()?.figure();
                let rate = (bytes * (times / entrant.fraction)) as f64 / figure.median;
                Some(Figure {
                    median: rate,
                    ..figure
                })
            });
            let work = format!("{kind} {work}");
            sizes.push(format!("{work} {}", bytes / documents.lines().count()));
            rows.push(Row {
                work,
                figures: figures.collect(),
            });
        }
    }
    if rows.is_empty() {
        return Err("there is no such kind of document".to_owned());
    }
    let report = Report {
        title: format!(
            "json, medians of {rounds} interleaved runs, {}",
            clock.name()
        ),
        unit: "MB per second",
        better: Better::More,
        digits: 0,
        missing: entrants
            .iter()
            .filter(|e| e.program.is_none())
            .map(|e| e.name)
            .collect(),
        contestants: entrants.iter().map(|e| e.name).collect(),
        bases: vec!["serde_json"],
        rows,
        notes: vec![
            format!("bytes of a document: {}", sizes.join(", ")),
            "start included, for JIT (`fuse run`) also checking and compiling".to_owned(),
        ],
    };
    report.print();
    Ok(report)
}
