//! What `cargo bench -p fuse-stages` measured last, as a table: milliseconds per 1,000 lines, and how they grow.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fuse_stages::{SIZES, STAGES, lines, program};
use serde_json::Value;

fn main() -> ExitCode {
    let root = std::env::var_os("CRITERION_HOME").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/criterion"),
        PathBuf::from,
    );
    print!("{:10}", "stage");
    let counts = SIZES.map(|size| lines(&program(size)));
    for count in counts {
        print!("  {:>14}", format!("{count} lines"));
    }
    println!("  {:>8}", "growth");
    let mut found = 0;
    for stage in STAGES {
        let per_thousand: Vec<Option<f64>> = SIZES
            .iter()
            .zip(counts)
            .map(|(size, count)| {
                let file = format!("stage/{stage}/{size}/new/estimates.json");
                Some(median(&root.join(file))? / 1e6 / (count as f64 / 1000.0))
            })
            .collect();
        found += per_thousand.iter().flatten().count();
        print!("{stage:10}");
        for time in &per_thousand {
            let text = time.map_or_else(|| "-".to_owned(), |time| format!("{time:.3}"));
            print!("  {text:>14}");
        }
        println!("  {:>8}", growth(&per_thousand));
    }
    println!("milliseconds per 1,000 lines; growth: the last figure relative to the first");
    if found == 0 {
        eprintln!(
            "error: nothing measured below {}; run `cargo bench -p fuse-stages` first",
            root.display()
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Nanoseconds of one run.
fn median(file: &Path) -> Option<f64> {
    let text = std::fs::read_to_string(file).ok()?;
    let estimates: Value = serde_json::from_str(&text).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

fn growth(per_thousand: &[Option<f64>]) -> String {
    let measured: Vec<f64> = per_thousand.iter().copied().flatten().collect();
    match measured.as_slice() {
        [first, .., last] => format!("{:.2}", last / first),
        _ => "-".to_owned(),
    }
}
