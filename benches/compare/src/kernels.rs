//! The compute kernels: ratio of medians to C and to Rust with overflow checks.

use std::path::PathBuf;

use crate::build;
use crate::measure::{Clock, Contestant, agreed, interleave};
use crate::report::{Better, Figure, Report, Row};

/// Kernel and problem size.
const KERNELS: &[(&str, &str)] = &[
    ("fib", "38"),
    ("loop", "100000000"),
    ("sieve", "20000000"),
    ("nbody", "2000000"),
    ("text", "5000000"),
    ("words", "5000000"),
    ("trees", "20"),
];

pub fn run(rounds: usize, clock: Clock, only: Option<&str>) -> Result<Report, String> {
    let dir = build::scratch()?;
    let (c, rust) = (dir.join("kernels-c"), dir.join("kernels-rust"));
    let (aot, fixed) = (dir.join("kernels-aot"), dir.join("kernels-static"));
    let source = build::root().join("benches/fixtures/kernels");
    build::c("benches/compare/c/kernels.c", &c)?;
    build::rust("benches/compare/rust/kernels.rs", &rust)?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    let package = source.display().to_string();
    let script = build::script("kernels.js");
    let flags = ["--kernel", "KERNEL", "--n", "SIZE"];
    let jit = [&["run", "--quiet", &package, "--"], &flags[..]].concat();
    // The words KERNEL and SIZE stand for themselves until a row is run.
    let programs: [(&str, Option<PathBuf>, Vec<&str>); 7] = [
        ("C", Some(c), vec!["KERNEL", "SIZE"]),
        ("Rust", Some(rust), vec!["KERNEL", "SIZE"]),
        ("Go", build::go()?, vec!["kernels", "KERNEL", "SIZE"]),
        ("Node", build::tool("node"), vec![&script, "KERNEL", "SIZE"]),
        ("JIT", Some(build::fuse()), jit),
        ("FUSE", Some(aot), flags.to_vec()),
        ("static", Some(fixed), flags.to_vec()),
    ];
    let mut rows = Vec::new();
    for (kernel, size) in KERNELS
        .iter()
        .filter(|(name, _)| only.is_none_or(|o| o == *name))
    {
        let filled = |word: &&str| match *word {
            "KERNEL" => (*kernel).to_owned(),
            "SIZE" => (*size).to_owned(),
            other => other.to_owned(),
        };
        let contestants = programs.each_ref().map(|(name, program, args)| Contestant {
            name,
            program: program.clone(),
            args: args.iter().map(filled).collect(),
            directory: None,
            input: None,
        });
        let results = interleave(&contestants, rounds, clock)?;
        agreed(&contestants, &results).map_err(|e| format!("{kernel}: {e}"))?;
        let milliseconds = |figure: Figure| Figure {
            median: figure.median / 1000.0,
            ..figure
        };
        let figures = results
            .iter()
            .map(|runs| Some(milliseconds(runs.as_ref()?.figure())));
        rows.push(Row {
            work: (*kernel).to_owned(),
            figures: figures.collect(),
        });
    }
    if rows.is_empty() {
        return Err("there is no such kernel".to_owned());
    }
    let report = Report {
        title: format!("kernels, medians of {rounds} interleaved runs, {}", clock.name()),
        unit: "milliseconds",
        better: Better::Less,
        digits: 1,
        missing: programs.iter().filter(|p| p.1.is_none()).map(|p| p.0).collect(),
        contestants: programs.iter().map(|p| p.0).collect(),
        bases: vec!["C", "Rust"],
        rows,
        notes: vec![
            "JIT is `fuse run`, checking and compiling included; C and Go do not check overflow, numbers of Node are floats".to_owned(),
        ],
    };
    report.print();
    Ok(report)
}
