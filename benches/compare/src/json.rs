//! Documents read into types, with their rules, and written: ratio of medians to serde_json.

use std::path::Path;

use crate::build;
use crate::measure::{Contestant, agree, interleave, percentile, spread};

/// Kind of document, and how often all of a kind are read or written in one run.
const KINDS: &[(&str, usize)] = &[("user", 20_000), ("order", 4_000), ("article", 4_000)];

pub fn run(rounds: usize, only: Option<&str>) -> Result<(), String> {
    let dir = build::scratch()?;
    let source = build::root().join("benches/fixtures/json");
    let (aot, fixed) = (dir.join("json-aot"), dir.join("json-static"));
    let rust = build::rust_contestants()?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    println!("medians of {rounds} interleaved runs, MB of JSON per second");
    println!(
        "{:15} {:>6} {:>10} {:>8} {:>8} {:>11} {:>12} {:>6}",
        "work", "bytes", "serde_json", "FUSE", "static", "FUSE/serde", "static/serde", "noise"
    );
    for (kind, times) in KINDS
        .iter()
        .filter(|(name, _)| only.is_none_or(|o| o == *name))
    {
        let input = source.join(format!("documents/{kind}.jsonl"));
        let documents = std::fs::read_to_string(&input)
            .map_err(|e| format!("failed to read {}: {e}", input.display()))?;
        for (work, reads, writes) in [("read", *times, 1), ("write", 1, *times)] {
            let contestant = |name, program: &Path, args: Vec<String>| Contestant {
                name,
                program: program.to_owned(),
                args,
                directory: None,
                input: Some(input.clone()),
            };
            let plain = ["json", kind, &reads.to_string(), &writes.to_string()];
            let flags = [
                "--kind",
                kind,
                "--reads",
                &reads.to_string(),
                "--writes",
                &writes.to_string(),
            ];
            let contestants = [
                contestant("serde_json", &rust, plain.map(str::to_owned).into()),
                contestant("FUSE", &aot, flags.map(str::to_owned).into()),
                contestant("FUSE static", &fixed, flags.map(str::to_owned).into()),
            ];
            let results = interleave(&contestants, rounds)?;
            agree(&contestants, &results).map_err(|e| format!("{kind}: {e}"))?;
            // What is written is as long as what all contestants print.
            let bytes = match work {
                "read" => documents.len(),
                _ => results[0].1.len(),
            };
            let rates: Vec<f64> = results
                .iter()
                .map(|(sorted, _)| (bytes * times) as f64 / percentile(sorted, 50))
                .collect();
            let noise = results.iter().map(|(sorted, _)| spread(sorted));
            println!(
                "{:15} {:6} {:10.0} {:8.0} {:8.0} {:11.2} {:12.2} {:5.1}%",
                format!("{kind} {work}"),
                bytes / documents.lines().count(),
                rates[0],
                rates[1],
                rates[2],
                rates[1] / rates[0],
                rates[2] / rates[0],
                noise.fold(0.0, f64::max) * 100.0
            );
        }
    }
    Ok(())
}
