//! How long each stage took.

use std::fmt;
use std::time::{Duration, Instant};

/// Stages in the order they ran. A stage that runs again is listed again.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    rows: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Runs a stage and notes its duration.
    pub fn measure<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = work();
        self.rows.push((stage, started.elapsed()));
        result
    }

    /// Adds stages measured elsewhere.
    pub fn extend(&mut self, rows: &[(&'static str, Duration)]) {
        self.rows.extend_from_slice(rows);
    }

    pub fn rows(&self) -> &[(&'static str, Duration)] {
        &self.rows
    }
}

/// A table: milliseconds, then the stage; the sum last.
impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |duration: &Duration| duration.as_secs_f64() * 1000.0;
        for (stage, duration) in &self.rows {
            writeln!(f, "{:>10.3} ms  {stage}", milliseconds(duration))?;
        }
        let total: Duration = self.rows.iter().map(|(_, duration)| duration).sum();
        write!(f, "{:>10.3} ms  total", milliseconds(&total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_listed_in_order_with_their_sum() {
        let mut timings = Timings::default();
        assert_eq!(timings.measure("parse", || 7), 7);
        timings.measure("check", || ());
        let text = timings.to_string();
        let stages: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split("ms  ").nth(1))
            .collect();
        assert_eq!(stages, ["parse", "check", "total"]);
    }
}
