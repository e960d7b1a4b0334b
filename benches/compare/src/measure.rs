//! Interleaved runs and nearest-rank percentiles.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::report::Figure;

/// Which time is measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Clock {
    /// From start to end, as a user waits.
    Wall,
    /// Of all the process's threads, in its own code and in the system: what is left of a measurement on a machine with other users.
    Processor,
}

impl Clock {
    pub fn name(self) -> &'static str {
        match self {
            Clock::Wall => "wall time",
            Clock::Processor => "processor time",
        }
    }
}

/// Processor time of all children that have ended.
fn children() -> Result<Duration, String> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(microseconds.unsigned_abs()))
}

pub struct Contestant {
    pub name: &'static str,
    /// None when the tool that it needs is not installed.
    pub program: Option<PathBuf>,
    pub args: Vec<String>,
    /// The working directory, where it matters.
    pub directory: Option<PathBuf>,
    /// The file on its standard input, where it reads one.
    pub input: Option<PathBuf>,
}

/// Sorted times of a contestant, and what its first run printed.
pub struct Runs {
    pub times: Vec<Duration>,
    pub output: String,
}

impl Runs {
    /// Median in microseconds and noise.
    pub fn figure(&self) -> Figure {
        Figure {
            median: percentile(&self.times, 50),
            noise: spread_of(&microseconds(&self.times)),
        }
    }
}

/// Runs of each contestant that is there, `rounds` each, in turns, after one that is not counted.
pub fn interleave(
    contestants: &[Contestant],
    rounds: usize,
    clock: Clock,
) -> Result<Vec<Option<Runs>>, String> {
    let mut results = Vec::new();
    for contestant in contestants {
        let Some(mut command) = command(contestant)? else {
            results.push(None);
            continue;
        };
        let output = command
            .output()
            .map_err(|e| format!("failed to start {}: {e}", contestant.name))?;
        if !output.status.success() {
            return Err(format!(
                "{} failed: {}",
                contestant.name,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        results.push(Some(Runs {
            times: Vec::with_capacity(rounds),
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
        }));
    }
    for _ in 0..rounds {
        for (contestant, result) in contestants.iter().zip(&mut results) {
            let (Some(mut command), Some(runs)) = (command(contestant)?, result) else {
                continue;
            };
            let (start, before) = (Instant::now(), children()?);
            let status = command
                .stdout(Stdio::null())
                .status()
                .map_err(|e| format!("failed to start {}: {e}", contestant.name))?;
            runs.times.push(match clock {
                Clock::Wall => start.elapsed(),
                Clock::Processor => children()?.saturating_sub(before),
            });
            if !status.success() {
                return Err(format!("{} failed with {status}", contestant.name));
            }
        }
    }
    for runs in results.iter_mut().flatten() {
        runs.times.sort();
    }
    Ok(results)
}

fn command(contestant: &Contestant) -> Result<Option<Command>, String> {
    let Some(program) = &contestant.program else {
        return Ok(None);
    };
    let mut command = Command::new(program);
    command.args(&contestant.args).stderr(Stdio::null());
    match &contestant.input {
        Some(path) => command.stdin(
            File::open(path).map_err(|e| format!("failed to open {}: {e}", path.display()))?,
        ),
        None => command.stdin(Stdio::null()),
    };
    if let Some(directory) = &contestant.directory {
        command.current_dir(directory);
    }
    Ok(Some(command))
}

/// What all contestants have printed; an error when one printed something else.
pub fn agreed<'r>(
    contestants: &[Contestant],
    results: &'r [Option<Runs>],
) -> Result<&'r str, String> {
    let mut said = contestants
        .iter()
        .zip(results)
        .filter_map(|(contestant, runs)| Some((contestant.name, runs.as_ref()?.output.trim())));
    let (first, expected) = said.next().ok_or("nobody to measure")?;
    for (name, output) in said {
        if output != expected {
            return Err(format!(
                "{name} printed {:?}, {first} printed {:?}",
                start_of(output),
                start_of(expected)
            ));
        }
    }
    Ok(expected)
}

fn start_of(output: &str) -> String {
    output.chars().take(200).collect()
}

/// Nearest-rank percentile of sorted times, in microseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    rank(&microseconds(sorted), percent)
}

fn microseconds(times: &[Duration]) -> Vec<f64> {
    times.iter().map(|time| time.as_secs_f64() * 1e6).collect()
}

/// Nearest-rank percentile of sorted values.
pub fn rank(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1]
}

/// How far apart the middle half of sorted values lies, relative to the median: the noise of the machine.
pub fn spread_of(sorted: &[f64]) -> f64 {
    (rank(sorted, 75) - rank(sorted, 25)) / rank(sorted, 50)
}
