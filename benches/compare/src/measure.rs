//! Interleaved runs and nearest-rank percentiles.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub struct Contestant {
    pub name: &'static str,
    pub program: PathBuf,
    pub args: Vec<String>,
    /// The working directory, where it matters.
    pub directory: Option<PathBuf>,
}

/// Wall times of each contestant, `rounds` each, run in turns; and what the first run of each printed.
pub fn interleave(
    contestants: &[Contestant],
    rounds: usize,
) -> Result<Vec<(Vec<Duration>, String)>, String> {
    let mut results = Vec::new();
    for contestant in contestants {
        let output = command(contestant)
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
            let status = command(contestant)
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

fn command(contestant: &Contestant) -> Command {
    let mut command = Command::new(&contestant.program);
    command
        .args(&contestant.args)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    if let Some(directory) = &contestant.directory {
        command.current_dir(directory);
    }
    command
}

/// Nearest-rank percentile of sorted times, in microseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted[rank - 1].as_secs_f64() * 1e6
}
