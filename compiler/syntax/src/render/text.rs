//! Diagnostics with source lines and underlined ranges.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::excerpt::{Mark, excerpts};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Positions, SourceMap};
use crate::span::{FileId, Span};

/// Whether the text has terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Always,
    Never,
}

/// Lines as wide as this are cut around the annotated part.
const WIDTH: usize = 140;

/// Stands for the path of an excerpt. The renderer counts columns in characters and from the beginning of the excerpt; positions are in
/// bytes and from the beginning of the line. No text of a diagnostic has this name from a private area of Unicode.
const PLACE: &str = "\u{f8fd}\u{f8fe}\u{f8fd}";

/// All diagnostics, separated by empty lines. Each begins with `error[CODE]: message` or `warning[CODE]: message`; the
/// second line names `path:line:column`.
pub fn text(diagnostics: &[Diagnostic], sources: &dyn SourceMap, color: Color) -> String {
    let renderer = match color {
        Color::Always => Renderer::styled(),
        Color::Never => Renderer::plain(),
    };
    let renderer = renderer.term_width(WIDTH);
    let mut positions = Positions::new(sources);
    let mut output = String::new();
    for diagnostic in diagnostics {
        if !output.is_empty() {
            output.push('\n');
        }
        let mut places = Vec::new();
        let group = group(diagnostic, sources, &mut positions, &mut places);
        put_places(&renderer.render(&[group]), &places, &mut output);
        output.push('\n');
    }
    output
}

/// Writes a rendered diagnostic with what each [`PLACE`] and the line and column behind it stand for.
fn put_places(rendered: &str, places: &[String], output: &mut String) {
    let mut rest = rendered;
    for place in places {
        let Some((before, behind)) = rest.split_once(PLACE) else {
            break;
        };
        output.push_str(before);
        output.push_str(place);
        rest = behind.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
    }
    output.push_str(rest);
}

fn group<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a dyn SourceMap,
    positions: &mut Positions<'a>,
    places: &mut Vec<String>,
) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    let file = diagnostic.span.file;
    let (nearby, elsewhere): (Vec<_>, Vec<_>) = diagnostic
        .related
        .iter()
        .partition(|(span, _)| span.file == file);
    if !sources.text(file).is_empty() {
        let nearby = nearby.into_iter().map(|place| labelled(place, sources));
        let primary = (range(diagnostic.span, sources.text(file)), None);
        let marks: Vec<Mark> = std::iter::once(primary).chain(nearby).collect();
        group = excerpted(group, file, &marks, sources, positions, places);
    } else if !sources.path(file).is_empty() {
        group = group.element(Origin::path(sources.path(file)).line(1).char_column(1));
    }
    for place in elsewhere {
        let mark = labelled(place, sources);
        group = excerpted(group, place.0.file, &[mark], sources, positions, places);
    }
    group.elements(
        diagnostic
            .hints
            .iter()
            .map(|hint| Level::HELP.with_name("hint").message(hint)),
    )
}

/// Adds the position of the first mark of every excerpt, and the excerpt.
fn excerpted<'a>(
    mut group: Group<'a>,
    file: FileId,
    marks: &[Mark<'a>],
    sources: &'a dyn SourceMap,
    positions: &mut Positions<'a>,
    places: &mut Vec<String>,
) -> Group<'a> {
    let lines = positions.lines(file);
    for excerpt in excerpts(sources.text(file), lines, marks) {
        let annotations = excerpt.marks.into_iter().map(|(range, label)| match label {
            None => AnnotationKind::Primary.span(range),
            Some(label) => AnnotationKind::Context.span(range).label(label),
        });
        let (line, column) = excerpt.position;
        places.push(format!("{}:{line}:{column}", sources.path(file)));
        let snippet = Snippet::source(excerpt.text)
            .path(PLACE)
            .line_start(excerpt.line)
            .annotations(annotations);
        group = group.element(snippet);
    }
    group
}

fn labelled<'a>((span, label): &'a (Span, String), sources: &dyn SourceMap) -> Mark<'a> {
    (range(*span, sources.text(span.file)), Some(label))
}

/// The span as a range within the text and on character boundaries, whatever the span says.
fn range(span: Span, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start as usize);
    let end = text.ceil_char_boundary((span.end as usize).min(text.len()));
    start..end.max(start)
}
