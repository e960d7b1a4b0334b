//! Counts per area and back end, and the list of failures.

use std::collections::BTreeMap;
use std::io::Write;

use fuse_parity::backend::Backend;

use crate::example::Example;
use crate::expect::{Kind, Verdict};

#[derive(Default)]
pub struct Summary {
    areas: BTreeMap<String, Area>,
    /// By name of the example, so that the order does not depend on the workers.
    failures: BTreeMap<(String, usize), Vec<String>>,
    disagreements: usize,
}

#[derive(Default)]
struct Area {
    examples: usize,
    /// Checked for diagnostics or formatted: held, all.
    checked: (usize, usize),
    runs: BTreeMap<Backend, (usize, usize)>,
}

impl Summary {
    pub fn add(&mut self, example: &Example, verdict: Verdict) {
        let area = self.areas.entry(example.area().to_owned()).or_default();
        area.examples += 1;
        if example.is_single() {
            area.checked.1 += 1;
            area.checked.0 += usize::from(verdict.failures.is_empty());
        }
        for (backend, held) in verdict.runs {
            let count = area.runs.entry(backend).or_default();
            count.1 += 1;
            count.0 += usize::from(held);
        }
        for failure in verdict.failures {
            let kind = match failure.kind {
                Kind::Mismatch => "MISMATCH",
                Kind::Disagree => {
                    self.disagreements += 1;
                    "DISAGREE"
                }
                Kind::Error => "ERROR",
            };
            self.failures
                .entry((example.name.clone(), example.line))
                .or_default()
                .push(format!("{kind} {}", failure.detail));
        }
    }

    pub fn failures(&self) -> usize {
        self.failures.len()
    }

    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    /// To standard error past the test harness, which would only show it on failure.
    pub fn print(&self) {
        let mut out = String::new();
        for ((name, line), problems) in &self.failures {
            out.push_str(&format!("\n{name} (line {line})\n"));
            for problem in problems {
                out.push_str(&format!("  {}\n", problem.replace('\n', "\n    ")));
            }
        }
        out.push_str(&format!(
            "\n{:<14}{:>9}{:>13}",
            "area", "examples", "compiler"
        ));
        for backend in Backend::ALL {
            out.push_str(&format!("{:>12}", backend.to_string()));
        }
        out.push('\n');
        for (name, area) in &self.areas {
            let row = |(held, all): (usize, usize)| format!("{held}/{all}");
            out.push_str(&format!(
                "{name:<14}{:>9}{:>13}",
                area.examples,
                row(area.checked)
            ));
            for backend in Backend::ALL {
                let count = area.runs.get(&backend).copied().unwrap_or_default();
                out.push_str(&format!("{:>12}", row(count)));
            }
            out.push('\n');
        }
        out.push_str(&format!(
            "examples that fail: {}, disagreements between back ends: {}\n",
            self.failures(),
            self.disagreements
        ));
        let _ = std::io::stderr().write_all(out.as_bytes());
    }
}
