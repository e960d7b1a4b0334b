//! The compute kernels: ratio of medians to C and to Rust with overflow checks.

use crate::build;
use crate::measure::{Contestant, agree, interleave, percentile};

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

pub fn run(rounds: usize, only: Option<&str>) -> Result<(), String> {
    let dir = build::scratch()?;
    let (c, rust, aot, fixed) = (
        dir.join("kernels-c"),
        dir.join("kernels-rust"),
        dir.join("kernels-aot"),
        dir.join("kernels-static"),
    );
    let source = build::root().join("benches/fixtures/kernels");
    build::c("benches/compare/c/kernels.c", &c)?;
    build::rust("benches/compare/rust/kernels.rs", &rust)?;
    build::fuse_aot(&source, "release", &aot)?;
    build::fuse_aot(&source, "static", &fixed)?;
    println!("medians of {rounds} interleaved runs, milliseconds");
    println!(
        "{:8} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}",
        "kernel", "C", "Rust", "FUSE", "static", "FUSE/C", "FUSE/Rust"
    );
    for (kernel, size) in KERNELS
        .iter()
        .filter(|(name, _)| only.is_none_or(|o| o == *name))
    {
        let plain = vec![kernel.to_string(), size.to_string()];
        let flags = vec![
            "--kernel".to_string(),
            kernel.to_string(),
            "--n".to_string(),
            size.to_string(),
        ];
        let contestants = [
            Contestant {
                name: "C",
                program: c.clone(),
                args: plain.clone(),
                directory: None,
                input: None,
            },
            Contestant {
                name: "Rust",
                program: rust.clone(),
                args: plain,
                directory: None,
                input: None,
            },
            Contestant {
                name: "FUSE",
                program: aot.clone(),
                args: flags.clone(),
                directory: None,
                input: None,
            },
            Contestant {
                name: "FUSE static",
                program: fixed.clone(),
                args: flags,
                directory: None,
                input: None,
            },
        ];
        let results = interleave(&contestants, rounds)?;
        agree(&contestants, &results).map_err(|e| format!("{kernel}: {e}"))?;
        let ms: Vec<f64> = results
            .iter()
            .map(|(times, _)| percentile(times, 50) / 1000.0)
            .collect();
        println!(
            "{kernel:8} {:9.1} {:9.1} {:9.1} {:9.1} {:8.2} {:8.2}",
            ms[0],
            ms[1],
            ms[2],
            ms[3],
            ms[2] / ms[0],
            ms[2] / ms[1]
        );
    }
    Ok(())
}
