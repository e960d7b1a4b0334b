//! The ratios of reports as one picture: a panel for each report, a line for each piece of work, a dot for each contestant.
//! Positions are times as fast as the base, with as much room for each doubling, because twice and half are equally far from even.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::report::Report;

const WIDTH: u32 = 900;
const LINE: u32 = 26;
/// Title, axis and legend of a panel.
const FRAME: u32 = 120;
/// Colours that differ in lightness as well as in hue, the same for a name in every panel.
fn colour(name: &str) -> RGBColor {
    match name {
        "FUSE" => RGBColor(213, 94, 0),
        "static" => RGBColor(240, 180, 60),
        "JIT" => RGBColor(204, 121, 167),
        "Go" => RGBColor(86, 180, 233),
        "Node" => RGBColor(0, 158, 115),
        "Rust" | "sailfish" => RGBColor(0, 70, 140),
        "C static" => RGBColor(140, 140, 140),
        _ => BLACK,
    }
}

pub fn write(path: &Path, reports: &[Report]) -> Result<(), String> {
    crate::report::write(path, &svg(reports)?)
}

fn svg(reports: &[Report]) -> Result<String, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the plot failed: {error}");
    let heights: Vec<u32> = reports.iter().map(height).collect();
    let mut text = String::new();
    {
        let size = (WIDTH, heights.iter().sum());
        let mut rest = SVGBackend::with_string(&mut text, size).into_drawing_area();
        rest.fill(&WHITE).map_err(|e| failed(&e))?;
        for (report, height) in reports.iter().zip(heights) {
            let (area, below) = rest.split_vertically(height);
            panel(report, &area).map_err(|e| failed(&e))?;
            rest = below;
        }
        rest.present().map_err(|e| failed(&e))?;
    }
    Ok(text)
}

fn height(report: &Report) -> u32 {
    let rows = LINE * report.rows.len() as u32;
    // The legend stands beside the rows.
    FRAME + rows.max(18 * report.contestants.len() as u32 - 40)
}

type Failure = Box<dyn std::error::Error>;

fn panel(report: &Report, area: &DrawingArea<SVGBackend, Shift>) -> Result<(), Failure> {
    let base = report.bases[0];
    let speeds: Vec<Vec<Option<f64>>> = report
        .rows
        .iter()
        .map(|row| {
            (0..report.contestants.len())
                .map(|contestant| report.speed(row, contestant, base))
                .collect()
        })
        .collect();
    let (least, most) = bounds(speeds.iter().flatten().flatten().copied());
    let count = report.rows.len();
    let mut chart = ChartBuilder::on(area)
        .caption(&report.title, ("sans-serif", 16))
        .margin(10)
        .margin_right(130)
        .x_label_area_size(45)
        .y_label_area_size(150)
        .build_cartesian_2d(least..most, -0.5..count as f64 - 0.5)?;
    // Rows from top to bottom, as in the table.
    let at = |row: usize| (count - 1 - row) as f64;
    let name = |y: &f64| {
        let is_row = (y - y.round()).abs() < 0.01 && *y > -0.1 && y.round() < count as f64;
        match is_row {
            true => report.rows[count - 1 - y.round() as usize].work.clone(),
            false => String::new(),
        }
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(WHITE)
        .y_labels(2 * count + 1)
        .y_label_formatter(&name)
        .x_labels((most - least) as usize + 1)
        .x_label_formatter(&doublings)
        .x_desc(format!("times as fast as {base}"))
        .draw()?;
    let even = [(0.0, -0.5), (0.0, count as f64 - 0.5)];
    chart.draw_series([PathElement::new(even, BLACK.mix(0.6))])?;
    for (contestant, name) in report.contestants.iter().enumerate() {
        let colour = colour(name);
        let dots = speeds.iter().enumerate().filter_map(|(row, speeds)| {
            Some(Circle::new(
                (speeds[contestant]?.log2(), at(row)),
                5,
                colour.filled(),
            ))
        });
        let label = match report.missing.contains(name) {
            true => format!("{name} (not installed)"),
            false => (*name).to_owned(),
        };
        chart.draw_series(dots)?;
        // Beside the panel, where no dot is.
        let (x, y) = (WIDTH as i32 - 118, 48 + 18 * contestant as i32);
        area.draw(&Circle::new((x, y), 5, colour.filled()))?;
        area.draw(&Text::new(label, (x + 11, y - 6), ("sans-serif", 12)))?;
    }
    Ok(())
}

/// What a number of doublings makes, where the number is whole.
fn doublings(x: &f64) -> String {
    let whole = x.round();
    if (x - whole).abs() > 0.01 {
        return String::new();
    }
    match whole < 0.0 {
        true => format!("1/{}", (-whole).exp2()),
        false => whole.exp2().to_string(),
    }
}

/// Whole doublings around all values and around even.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut least, mut most) = (-0.9_f64, 0.9_f64);
    for value in values {
        least = least.min(value.log2() - 0.1);
        most = most.max(value.log2() + 0.1);
    }
    (least.floor(), most.ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Better, Figure, Row};

    #[test]
    fn the_axis_counts_doublings() {
        assert_eq!(bounds([0.3, 5.0].into_iter()), (-2.0, 3.0));
        let labels: Vec<String> = [-2.0, -0.5, 0.0, 3.0].iter().map(doublings).collect();
        assert_eq!(labels, ["1/4", "", "1", "8"]);
    }

    #[test]
    fn every_contestant_and_row_is_named() {
        let figure = |median| Some(Figure { median, noise: 0.0 });
        let report = Report {
            title: "kernels".to_owned(),
            unit: "ms",
            better: Better::Less,
            digits: 0,
            contestants: vec!["C", "Go", "FUSE"],
            missing: vec!["Go"],
            bases: vec!["C"],
            rows: ["fib", "trees"]
                .map(|work| Row {
                    work: work.to_owned(),
                    figures: vec![figure(10.0), None, figure(5.0)],
                })
                .into(),
            notes: Vec::new(),
        };
        let svg = svg(&[report]).expect("a plot");
        for text in [
            "kernels",
            "fib",
            "trees",
            "Go (not installed)",
            "FUSE",
            "times as fast as C",
        ] {
            assert!(svg.contains(text), "{text} is not in the plot");
        }
    }
}
