//! Gates of the release contract that need more than a script: `deaths`, `reproducible`, `sealed`, `soak`.
//!
//! They use the release `fuse` (`target/release/fuse`), else the development one, or `$FUSE`. Each prints what it found and exits with 1
//! when something does not hold.

#![forbid(unsafe_code)]

mod compiler;
mod deaths;
#[allow(
    dead_code,
    reason = "the whole model of examples is read, programs alone are built"
)]
#[path = "../../../../compiler/cli/tests/conformance/example.rs"]
mod example;
#[path = "../../../../compiler/cli/tests/conformance/literate.rs"]
mod literate;
mod programs;
mod reproducible;
mod sealed;
#[allow(dead_code, reason = "examples that serve are read, not run")]
#[path = "../../../../compiler/cli/tests/conformance/serve.rs"]
mod serve;
mod soak;

use std::process::ExitCode;

const USAGE: &str = "usage: fuse-gates audit leak|overflow | deaths [TEXT] | reproducible [EVERY] | sealed | soak [FAILURES]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["reproducible"] => reproducible::run(1),
        ["reproducible", every] => match every.parse() {
            Ok(every) if every > 0 => reproducible::run(every),
            _ => Err(USAGE.to_owned()),
        },
        ["audit", what] => deaths::foreign::audit(what),
        ["deaths"] => deaths::run(""),
        ["deaths", filter] => deaths::run(filter),
        ["sealed"] => sealed::run(),
        ["soak"] => soak::run(1_000_000),
        ["soak", requests] => match requests.parse() {
            Ok(requests) => soak::run(requests),
            Err(_) => Err(USAGE.to_owned()),
        },
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
