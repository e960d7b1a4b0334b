//! The part of a source text that is shown for places in it. What is handed to the renderer is bounded, whatever the size of the
//! file, the length of its lines and the extent of the places.

use std::ops::Range;

use crate::source::Lines;

/// A place with more bytes than this is shown by its first line; places further apart have excerpts of their own.
const EXTENT: usize = 4096;
/// Bytes of a line that are kept on either side of what is marked in it. More than the renderer's width, so that it still marks where
/// it leaves something out.
const MARGIN: usize = 1024;

/// Whole lines around marked places, except that a long line is cut on both sides of them.
pub struct Excerpt<'a> {
    /// Line and column of the first mark, both counted from 1, the column in bytes.
    pub position: (usize, usize),
    /// The line the excerpt begins in, counted from 1.
    pub line: usize,
    pub text: &'a str,
    /// Each with its label, in bytes of `text`.
    pub marks: Vec<(Range<usize>, Option<&'a str>)>,
}

/// A place in a file and what is written beside it. The primary place has no label.
pub type Mark<'a> = (Range<usize>, Option<&'a str>);

/// Excerpts for places in one file, the first place in the first excerpt; further ones join an excerpt when they are near.
pub fn excerpts<'a>(text: &'a str, lines: &Lines, marks: &[Mark<'a>]) -> Vec<Excerpt<'a>> {
    let mut clusters: Vec<(Range<usize>, Vec<Mark<'a>>)> = Vec::new();
    for (range, label) in marks {
        let range = bounded(range.clone(), text, lines);
        let near = clusters.iter_mut().find(|(extent, _)| {
            extent.end.max(range.end) - extent.start.min(range.start) <= EXTENT
        });
        match near {
            Some((extent, marks)) => {
                *extent = extent.start.min(range.start)..extent.end.max(range.end);
                marks.push((range, *label));
            }
            None => clusters.push((range.clone(), vec![(range, *label)])),
        }
    }
    let cut = |(extent, marks)| excerpt(text, lines, extent, marks);
    clusters.into_iter().map(cut).collect()
}

/// A place of at most [`EXTENT`] bytes: a larger one up to the end of its first line, as far as that goes.
fn bounded(range: Range<usize>, text: &str, lines: &Lines) -> Range<usize> {
    if range.len() <= EXTENT {
        return range;
    }
    let (line, _) = lines.position(range.start as u32);
    let line = &text[range.start..lines.range(line).end];
    let shown = line.trim_end().len().min(EXTENT);
    range.start..range.start + line.floor_char_boundary(shown)
}

fn excerpt<'a>(
    text: &'a str,
    lines: &Lines,
    extent: Range<usize>,
    marks: Vec<Mark<'a>>,
) -> Excerpt<'a> {
    let (line, _) = lines.position(extent.start as u32);
    let (last, _) = lines.position(extent.end as u32);
    let start = lines.range(line).start;
    let start = start.max(text.ceil_char_boundary(extent.start.saturating_sub(MARGIN)));
    let end = lines.range(last).end;
    let end = end.min(text.floor_char_boundary(extent.end.saturating_add(MARGIN)));
    let shift = |(range, label): Mark<'a>| (range.start - start..range.end - start, label);
    let first = marks.first().map_or(extent.start, |(range, _)| range.start);
    Excerpt {
        position: lines.position(first as u32),
        line,
        text: &text[start..end],
        marks: marks.into_iter().map(shift).collect(),
    }
}
