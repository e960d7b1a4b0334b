//! Side-by-side measurements: the same work in FUSE, C, Rust, Go and Node, run in turns on the same machine, reported as medians
//! and ratios. Timings of a single run mean nothing on a shared machine; ratios of medians of interleaved runs do.
//!
//! `cargo run --release -p fuse-compare -- kernels [ROUNDS]`, and so on: `ops/BENCHMARKS.md`.

mod build;
mod context;
mod html;
mod http;
mod json;
mod kernels;
mod measure;
mod plot;
mod report;
mod slo;
mod start;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use measure::Clock;
use report::Report;

/// Measures FUSE beside C, Rust, Go and Node, in turns, and reports medians and ratios
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Write a plot of all ratios
    #[arg(long, global = true, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Write the figures with host, triple, revision and command line
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The time that is compared; of services always wall time
    #[arg(long, global = true, value_enum, default_value_t = Clock::Wall)]
    clock: Clock,
}

#[derive(Subcommand)]
enum Command {
    /// Compute kernels
    Kernels {
        #[arg(default_value = "7")]
        rounds: NonZeroUsize,
        /// Only this kernel
        kernel: Option<String>,
    },
    /// Documents read into types with rules, and written
    Json {
        #[arg(default_value = "11")]
        rounds: NonZeroUsize,
        /// Only this kind of document
        kind: Option<String>,
    },
    /// A page with a table of 1,000 rows
    Html {
        #[arg(default_value = "11")]
        rounds: NonZeroUsize,
    },
    /// Start of a hello program
    Start {
        #[arg(default_value = "500")]
        runs: NonZeroUsize,
    },
    /// Requests per second and latency of services
    Http {
        #[arg(default_value = "7")]
        rounds: NonZeroUsize,
        #[command(flatten)]
        load: http::Load,
    },
    /// Everything above, with the usual numbers of rounds
    All,
    /// The objectives of ops/AOT_RELEASE_CONTRACT.md
    Slo {
        #[arg(default_value = "200")]
        runs: NonZeroUsize,
        /// A file with the last line of ci/gates/parity
        parity: Option<String>,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let clock = arguments.clock;
    let reports: Vec<Report> = match &arguments.command {
        Command::Kernels { rounds, kernel } => {
            vec![kernels::run(rounds.get(), clock, kernel.as_deref())?]
        }
        Command::Json { rounds, kind } => vec![json::run(rounds.get(), clock, kind.as_deref())?],
        Command::Html { rounds } => vec![html::run(rounds.get(), clock)?],
        Command::Start { runs } => vec![start::run(runs.get(), clock)?],
        Command::Http { rounds, load } => http::run(rounds.get(), load)?,
        Command::All => all(clock)?,
        Command::Slo { runs, parity } => {
            if arguments.plot.is_some() || arguments.json.is_some() {
                return Err("`slo` writes target/gates/slo.json and slo.md".to_owned());
            }
            return slo::run(runs.get(), parity.as_deref());
        }
    };
    if let Some(path) = &arguments.json {
        report::write(path, &report::as_json(&context::context()?, &reports))?;
    }
    if let Some(path) = &arguments.plot {
        plot::write(path, &reports)?;
    }
    Ok(())
}

fn all(clock: Clock) -> Result<Vec<Report>, String> {
    let mut reports = vec![
        kernels::run(7, clock, None)?,
        json::run(11, clock, None)?,
        html::run(11, clock)?,
        start::run(500, clock)?,
    ];
    reports.extend(http::run(7, &http::Load::default())?);
    Ok(reports)
}
