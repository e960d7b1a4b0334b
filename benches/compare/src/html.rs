//! A page with a table of 1,000 rows: ratio of medians to compiled template engines.

use std::path::Path;

use crate::build;
use crate::measure::{Contestant, agree, interleave, percentile, spread};

const ROWS: usize = 1_000;
/// How often the page is made in one run.
const TIMES: usize = 3_000;

pub fn run(rounds: usize) -> Result<(), String> {
    let dir = build::scratch()?;
    let source = build::root().join("benches/fixtures/html");
    let (aot, fixed) = (dir.join("html-aot"), dir.join("html-static"));
    let rust = build::rust_contestants()?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    let contestant = |name, program: &Path, args: &[&str]| Contestant {
        name,
        program: program.to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        directory: None,
        input: None,
    };
    let (rows, times) = (ROWS.to_string(), TIMES.to_string());
    let flags = ["--rows", &rows, "--rounds", &times];
    let contestants = [
        contestant("maud", &rust, &["maud", &rows, &times]),
        contestant("sailfish", &rust, &["sailfish", &rows, &times]),
        contestant("FUSE", &aot, &flags),
        contestant("FUSE static", &fixed, &flags),
    ];
    let results = interleave(&contestants, rounds)?;
    agree(&contestants, &results)?;
    println!(
        "medians of {rounds} interleaved runs, a page of {} bytes",
        results[0].1.trim_end().len()
    );
    println!(
        "{:12} {:>9} {:>11} {:>6}",
        "engine", "us/page", "maud/engine", "noise"
    );
    let base = percentile(&results[0].0, 50);
    for (contestant, (sorted, _)) in contestants.iter().zip(&results) {
        let p50 = percentile(sorted, 50);
        println!(
            "{:12} {:9.1} {:11.2} {:5.1}%",
            contestant.name,
            p50 / TIMES as f64,
            base / p50,
            spread(sorted) * 100.0
        );
    }
    Ok(())
}
