//! Diagnostics with source lines and underlined ranges.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;
use crate::span::{FileId, Span};

/// Whether the text has terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Always,
    Never,
}

/// Lines as wide as this are cut around the annotated part.
const WIDTH: usize = 140;

/// All diagnostics, separated by empty lines. Each begins with `error[CODE]: message` or `warning[CODE]: message`; the
/// second line names `path:line:column`.
pub fn text(diagnostics: &[Diagnostic], sources: &dyn SourceMap, color: Color) -> String {
    let renderer = match color {
        Color::Always => Renderer::styled(),
        Color::Never => Renderer::plain(),
    };
    let renderer = renderer.term_width(WIDTH);
    let mut output = String::new();
    for diagnostic in diagnostics {
        if !output.is_empty() {
            output.push('\n');
        }
        output.push_str(&renderer.render(&[group(diagnostic, sources)]));
        output.push('\n');
    }
    output
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a dyn SourceMap) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    let file = diagnostic.span.file;
    let text = sources.text(file);
    let place = AnnotationKind::Primary.span(range(diagnostic.span, text));
    if !text.is_empty() {
        let nearby = diagnostic
            .related
            .iter()
            .filter(|(span, _)| span.file == file);
        let nearby = nearby.map(|(span, label)| context(*span, label, text));
        group = group.element(snippet(file, sources).annotation(place).annotations(nearby));
    } else if !sources.path(file).is_empty() {
        group = group.element(Origin::path(sources.path(file)).line(1).char_column(1));
    }
    for (span, label) in diagnostic
        .related
        .iter()
        .filter(|(span, _)| span.file != file)
    {
        let text = sources.text(span.file);
        group = group.element(snippet(span.file, sources).annotation(context(*span, label, text)));
    }
    group.elements(
        diagnostic
            .hints
            .iter()
            .map(|hint| Level::HELP.with_name("hint").message(hint)),
    )
}

fn snippet<'a>(file: FileId, sources: &'a dyn SourceMap) -> Snippet<'a, Annotation<'a>> {
    Snippet::source(sources.text(file)).path(sources.path(file))
}

fn context<'a>(span: Span, label: &'a str, text: &str) -> Annotation<'a> {
    AnnotationKind::Context.span(range(span, text)).label(label)
}

/// The span as a range within the text and on character boundaries, whatever the span says.
fn range(span: Span, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start as usize);
    let end = text.ceil_char_boundary((span.end as usize).min(text.len()));
    start..end.max(start)
}
