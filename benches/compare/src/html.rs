//! A page with a table of 1,000 rows: ratio of medians to compiled template engines.

use std::path::PathBuf;

use crate::build;
use crate::measure::{Clock, Contestant, agreed, interleave};
use crate::report::{Better, Figure, Report, Row};

const ROWS: &str = "1000";
/// How often the page is made in one run, by all who are not far slower.
const TIMES: usize = 3_000;

pub fn run(rounds: usize, clock: Clock) -> Result<Report, String> {
    let dir = build::scratch()?;
    let source = build::root().join("benches/fixtures/html");
    let (aot, fixed) = (dir.join("html-aot"), dir.join("html-static"));
    let rust = build::rust_contestants()?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    let package = source.display().to_string();
    let script = build::script("html.js");
    let flags = ["--rows", ROWS, "--rounds", "TIMES"];
    let jit = [&["run", "--quiet", &package, "--"], &flags[..]].concat();
    let entrants: [(&str, Option<PathBuf>, Vec<&str>, usize); 7] = [
        (
            "maud",
            Some(rust.clone()),
            vec!["maud", ROWS, "TIMES"],
            TIMES,
        ),
        (
            "sailfish",
            Some(rust),
            vec!["sailfish", ROWS, "TIMES"],
            TIMES,
        ),
        ("Go", build::go()?, vec!["html", ROWS, "TIMES"], TIMES / 100),
        (
            "Node",
            build::tool("node"),
            vec![&script, ROWS, "TIMES"],
            TIMES / 4,
        ),
        ("JIT", Some(build::fuse()), jit, TIMES),
        ("FUSE", Some(aot), flags.to_vec(), TIMES),
        ("static", Some(fixed), flags.to_vec(), TIMES),
    ];
    let contestants = entrants
        .each_ref()
        .map(|(name, program, args, times)| Contestant {
            name,
            program: program.clone(),
            args: args
                .iter()
                .map(|&arg| {
                    if arg == "TIMES" {
                        times.to_string()
                    } else {
                        arg.to_owned()
                    }
                })
                .collect(),
            directory: None,
            input: None,
        });
    let results = interleave(&contestants, rounds, clock)?;
    let page = agreed(&contestants, &results)?;
    let figures = results.iter().zip(&entrants).map(|(runs, (.., times))| {
        let figure = runs.as_ref()?.figure();
        Some(Figure {
            median: figure.median / *times as f64,
            ..figure
        })
    });
    let report = Report {
        title: format!(
            "html, medians of {rounds} interleaved runs, {}",
            clock.name()
        ),
        unit: "microseconds per page",
        better: Better::Less,
        digits: 1,
        missing: entrants
            .iter()
            .filter(|e| e.1.is_none())
            .map(|e| e.0)
            .collect(),
        contestants: entrants.iter().map(|e| e.0).collect(),
        bases: vec!["maud"],
        rows: vec![Row {
            work: "page".to_owned(),
            figures: figures.collect(),
        }],
        notes: vec![format!(
            "a page of {} bytes; Go is html/template, Node tagged template strings",
            page.len()
        )],
    };
    report.print();
    Ok(report)
}
