//! Interleaved runs and nearest-rank percentiles.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub struct Contestant {
    pub name: &'static str,
    pub program: PathBuf,
    pub args: Vec<String>,
    /// The working directory, where it matters.
    pub directory: Option<PathBuf>,
    /// The file on its standard input, where it reads one.
    pub input: Option<PathBuf>,
}

/// Wall times of each contestant, `rounds` each, run in turns; and what the first run of each printed.
pub fn interleave(
    contestants: &[Contestant],
    rounds: usize,
) -> Result<Vec<(Vec<Duration>, String)>, String> {
    let mut results = Vec::new();
    for contestant in contestants {
        let output = command(contestant)?
            .output()
            .map_err(|e| format!("failed to start {}: {e}", contestant.name))?;
        if !output.status.success() {
            return Err(format!(
                "{} failed: {}",
                contestant.name,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        results.push((
            Vec::with_capacity(rounds),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        ));
    }
    for _ in 0..rounds {
        for (contestant, result) in contestants.iter().zip(&mut results) {
            let start = Instant::now();
            let status = command(contestant)?
                .stdout(Stdio::null())
                .status()
                .map_err(|e| format!("failed to start {}: {e}", contestant.name))?;
            result.0.push(start.elapsed());
            if !status.success() {
                return Err(format!("{} failed with {status}", contestant.name));
            }
        }
    }
    for result in &mut results {
        result.0.sort();
    }
    Ok(results)
}

fn command(contestant: &Contestant) -> Result<Command, String> {
    let mut command = Command::new(&contestant.program);
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
    Ok(command)
}

/// Has every contestant printed what the first one has?
pub fn agree(
    contestants: &[Contestant],
    results: &[(Vec<Duration>, String)],
) -> Result<(), String> {
    for (contestant, (_, output)) in contestants.iter().zip(results) {
        if output.trim() != results[0].1.trim() {
            return Err(format!(
                "{} printed {:?}, {} printed {:?}",
                contestant.name,
                start_of(output),
                contestants[0].name,
                start_of(&results[0].1)
            ));
        }
    }
    Ok(())
}

fn start_of(output: &str) -> String {
    output.chars().take(200).collect()
}

/// How far apart the middle half of the times lies, relative to the median: the noise of the machine.
pub fn spread(sorted: &[Duration]) -> f64 {
    (percentile(sorted, 75) - percentile(sorted, 25)) / percentile(sorted, 50)
}

/// Nearest-rank percentile of sorted times, in microseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1].as_secs_f64() * 1e6
}
