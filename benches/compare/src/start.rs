//! Process start: hello programs, from spawn to exit.

use crate::build;
use crate::measure::{Contestant, interleave, percentile};

pub fn run(runs: usize) -> Result<(), String> {
    let dir = build::scratch()?;
    let source = dir.join("hello.fuse");
    std::fs::write(&source, "app \"hello\":\n  print(\"hello\")\n")
        .map_err(|e| format!("failed to write {}: {e}", source.display()))?;
    let (musl, glibc) = (dir.join("hello-c-musl"), dir.join("hello-c"));
    let (fixed, aot) = (dir.join("hello-static"), dir.join("hello-aot"));
    build::c_musl_static("benches/compare/c/hello.c", &musl)?;
    build::c("benches/compare/c/hello.c", &glibc)?;
    build::fuse_aot(&source, "static", &fixed)?;
    build::fuse_aot(&source, "release", &aot)?;
    let contestants: Vec<Contestant> = [
        ("C musl static", musl),
        ("FUSE static", fixed),
        ("C glibc dynamic", glibc),
        ("FUSE dynamic", aot),
    ]
    .into_iter()
    .map(|(name, program)| Contestant {
        name,
        program,
        args: Vec::new(),
        directory: None,
        input: None,
    })
    .collect();
    let results = interleave(&contestants, runs)?;
    println!("{runs} interleaved runs each, microseconds from spawn to exit");
    println!(
        "{:16} {:>9} {:>8} {:>8} {:>8} {:>7}",
        "program", "bytes", "min", "p50", "p95", "p50/C"
    );
    let base = percentile(&results[0].0, 50);
    for (contestant, (times, _)) in contestants.iter().zip(&results) {
        let bytes = std::fs::metadata(&contestant.program).map_or(0, |m| m.len());
        let p50 = percentile(times, 50);
        println!(
            "{:16} {bytes:9} {:8.0} {p50:8.0} {:8.0} {:7.2}",
            contestant.name,
            percentile(times, 0),
            percentile(times, 95),
            p50 / base
        );
    }
    Ok(())
}
