//! Side-by-side measurements: the same work in FUSE, C and Rust, run in turns on the same machine, reported as medians
//! and ratios. Timings of a single run mean nothing on a shared machine; ratios of medians of interleaved runs do.
//!
//! `cargo run --release -p fuse-compare -- kernels [ROUNDS]`, and so on: `ops/BENCHMARKS.md`.

mod build;
mod html;
mod json;
mod kernels;
mod measure;
mod slo;
mod start;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let count = |default: usize| {
        args.get(1)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let result = match args.first().map(String::as_str) {
        Some("kernels") => kernels::run(count(7), args.get(2).map(String::as_str)),
        Some("json") => json::run(count(11), args.get(2).map(String::as_str)),
        Some("html") => html::run(count(11)),
        Some("start") => start::run(count(500)),
        Some("slo") => slo::run(count(200), args.get(2).map(String::as_str)),
        _ => Err(
            "usage: fuse-compare kernels [ROUNDS [KERNEL]] | json [ROUNDS [KIND]] | html [ROUNDS] | start [RUNS] | slo [RUNS [FILE]]"
                .to_string(),
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
