//! What a comparison found: medians of every contestant for every piece of work, as a table, as JSON, and for the plot.

use std::path::Path;

use serde_json::{Value, json};

/// Which way figures get better.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Times and sizes.
    Less,
    /// Rates.
    More,
}

/// One comparison. Figures of a row stand in the order of `contestants`.
pub struct Report {
    pub title: String,
    pub unit: &'static str,
    pub better: Better,
    /// How many digits after the point the figures deserve.
    pub digits: usize,
    pub contestants: Vec<&'static str>,
    /// Those of them whose tool is not installed.
    pub missing: Vec<&'static str>,
    /// Contestants that ratios are taken to.
    pub bases: Vec<&'static str>,
    pub rows: Vec<Row>,
    /// What a reader must know, a line each.
    pub notes: Vec<String>,
}

pub struct Row {
    pub work: String,
    /// None for a contestant that is not installed, or has no such work.
    pub figures: Vec<Option<Figure>>,
}

#[derive(Clone, Copy)]
pub struct Figure {
    pub median: f64,
    /// Distance of the quartiles relative to the median.
    pub noise: f64,
}

impl Report {
    /// Median of a contestant relative to that of `base`, as measured: below one is less.
    pub fn ratio(&self, row: &Row, contestant: usize, base: &str) -> Option<f64> {
        let base = self.contestants.iter().position(|name| *name == base)?;
        Some(row.figures[contestant]?.median / row.figures[base]?.median)
    }

    /// How many times as fast as `base`, whatever was measured.
    pub fn speed(&self, row: &Row, contestant: usize, base: &str) -> Option<f64> {
        let ratio = self.ratio(row, contestant, base)?;
        Some(match self.better {
            Better::Less => ratio.recip(),
            Better::More => ratio,
        })
    }

    pub fn print(&self) {
        println!("{}, {}", self.title, self.unit);
        let digits = self.digits;
        self.table(|row, contestant| {
            row.figures[contestant].map(|figure| format!("{:.digits$}", figure.median))
        });
        for base in &self.bases {
            let better = match self.better {
                Better::Less => "less is better",
                Better::More => "more is better",
            };
            println!("ratio to {base}, {better}");
            self.table(|row, contestant| {
                Some(format!("{:.2}", self.ratio(row, contestant, base)?))
            });
        }
        let noise = |row: &Row, contestant: usize| {
            row.figures[contestant].map(|figure| format!("{:.1}%", figure.noise * 100.0))
        };
        println!("noise (distance of the quartiles, relative to the median)");
        self.table(noise);
        for note in &self.notes {
            println!("{note}");
        }
        println!();
    }

    fn table(&self, cell: impl Fn(&Row, usize) -> Option<String>) {
        let absent = |name: &'static str| self.missing.contains(&name);
        let width = |name: &'static str| if absent(name) { 13 } else { name.len().max(9) };
        let first = self.rows.iter().map(|row| row.work.chars().count());
        let first = first.max().unwrap_or(0);
        print!("{:first$}", "");
        for &name in &self.contestants {
            print!("  {name:>0$}", width(name));
        }
        println!();
        for row in &self.rows {
            print!("{:first$}", row.work);
            for (contestant, &name) in self.contestants.iter().enumerate() {
                let other = if absent(name) { "not installed" } else { "-" };
                let text = cell(row, contestant).unwrap_or_else(|| other.to_owned());
                print!("  {text:>0$}", width(name));
            }
            println!();
        }
    }
}

pub fn as_json(context: &Value, reports: &[Report]) -> String {
    let reports: Vec<Value> = reports
        .iter()
        .map(|report| {
            let rows: Vec<Value> = report
                .rows
                .iter()
                .map(|row| row_json(report, row))
                .collect();
            json!({
                "title": report.title,
                "unit": report.unit,
                "better": match report.better { Better::Less => "less", Better::More => "more" },
                "rows": rows,
                "not_installed": report.missing,
                "notes": report.notes,
            })
        })
        .collect();
    format!("{:#}\n", json!({"context": context, "reports": reports}))
}

fn row_json(report: &Report, row: &Row) -> Value {
    let figures: Vec<Value> = report
        .contestants
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let figure = row.figures[at]?;
            let ratios: serde_json::Map<String, Value> = report
                .bases
                .iter()
                .filter_map(|base| Some(((*base).to_owned(), json!(report.ratio(row, at, base)?))))
                .collect();
            Some(json!({
                "contestant": name,
                "median": figure.median,
                "noise": figure.noise,
                "ratio_to": ratios,
            }))
        })
        .collect();
    json!({"work": row.work, "figures": figures})
}

pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(better: Better) -> Report {
        let figure = |median| Some(Figure { median, noise: 0.0 });
        Report {
            title: "t".to_owned(),
            unit: "ms",
            better,
            digits: 1,
            contestants: vec!["C", "Go", "FUSE"],
            missing: vec!["Go"],
            bases: vec!["C"],
            rows: vec![Row {
                work: "w".to_owned(),
                figures: vec![figure(2.0), None, figure(4.0)],
            }],
            notes: Vec::new(),
        }
    }

    #[test]
    fn speed_is_the_other_way_round_for_times() {
        let (times, rates) = (report(Better::Less), report(Better::More));
        assert_eq!(times.ratio(&times.rows[0], 2, "C"), Some(2.0));
        assert_eq!(times.speed(&times.rows[0], 2, "C"), Some(0.5));
        assert_eq!(rates.speed(&rates.rows[0], 2, "C"), Some(2.0));
    }

    #[test]
    fn who_is_not_there_has_no_figure() {
        let report = report(Better::Less);
        assert_eq!(report.ratio(&report.rows[0], 1, "C"), None);
        let json: Value = serde_json::from_str(&as_json(&json!({}), &[report])).expect("JSON");
        let figures = &json["reports"][0]["rows"][0]["figures"];
        assert_eq!(figures.as_array().map(Vec::len), Some(2));
        assert_eq!(figures[1]["ratio_to"]["C"], 2.0);
    }
}
