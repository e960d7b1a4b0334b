//! Process start: hello programs, from spawn to exit.

use crate::build;
use crate::measure::{Clock, Contestant, agreed, interleave, percentile};
use crate::report::{Better, Figure, Report, Row};

pub fn run(runs: usize, clock: Clock) -> Result<Report, String> {
    let dir = build::scratch()?;
    let source = dir.join("hello.fuse");
    std::fs::write(&source, "app \"hello\":\n  print(\"hello\")\n")
        .map_err(|e| format!("failed to write {}: {e}", source.display()))?;
    let (musl, glibc) = (dir.join("hello-c-musl"), dir.join("hello-c"));
    let (fixed, aot, rust) = (
        dir.join("hello-static"),
        dir.join("hello-aot"),
        dir.join("hello-rust"),
    );
    build::c_musl_static("benches/compare/c/hello.c", &musl)?;
    build::c("benches/compare/c/hello.c", &glibc)?;
    build::rust("benches/compare/rust/hello.rs", &rust)?;
    build::fuse_aot(&source, "static", &fixed)?;
    build::fuse_aot(&source, "release", &aot)?;
    let (script, source) = (build::script("hello.js"), source.display().to_string());
    let contestants = [
        ("C static", Some(musl), vec![]),
        ("C", Some(glibc), vec![]),
        ("Rust", Some(rust), vec![]),
        ("Go", build::go()?, vec!["hello"]),
        ("Node", build::tool("node"), vec![script.as_str()]),
        ("JIT", Some(build::fuse()), vec!["run", "--quiet", &source]),
        ("FUSE", Some(aot), vec![]),
        ("static", Some(fixed), vec![]),
    ]
    .map(|(name, program, args)| Contestant {
        name,
        program,
        args: args.into_iter().map(str::to_owned).collect(),
        directory: None,
        input: None,
    });
    let results = interleave(&contestants, runs, clock)?;
    agreed(&contestants, &results)?;
    let rows = [0, 50, 95].map(|percent| Row {
        work: match percent {
            0 => "fastest".to_owned(),
            _ => format!("p{percent}"),
        },
        figures: results
            .iter()
            .map(|runs| {
                let runs = runs.as_ref()?;
                Some(Figure {
                    median: percentile(&runs.times, percent),
                    ..runs.figure()
                })
            })
            .collect(),
    });
    let sizes: Vec<String> = contestants
        .iter()
        .filter(|contestant| contestant.args.is_empty())
        .filter_map(|contestant| {
            let bytes = std::fs::metadata(contestant.program.as_ref()?).ok()?.len();
            Some(format!("{} {bytes}", contestant.name))
        })
        .collect();
    let report = Report {
        title: format!(
            "start, {runs} interleaved runs each, from spawn to exit, {}",
            clock.name()
        ),
        unit: "microseconds",
        better: Better::Less,
        digits: 0,
        missing: contestants
            .iter()
            .filter(|c| c.program.is_none())
            .map(|c| c.name)
            .collect(),
        contestants: contestants.iter().map(|c| c.name).collect(),
        bases: vec!["C static", "C"],
        rows: rows.into(),
        notes: vec![
            format!("bytes of the file: {}", sizes.join(", ")),
            "C static is musl, C is glibc".to_owned(),
        ],
    };
    report.print();
    Ok(report)
}
