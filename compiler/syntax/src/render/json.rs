//! One JSON object per line, keys in alphabetical order.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Positions, SourceMap};

/// Fields in the order of their names, which is the order they are written in. Lists without entries are left out.
#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    column: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hints: &'a [String],
    kind: &'a str,
    level: &'a str,
    line: usize,
    message: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
    span_end: u32,
    span_start: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    column: usize,
    line: usize,
    message: &'a str,
    path: &'a str,
}

/// All diagnostics, each on a line of its own that ends with a newline. Lines and columns count from 1, columns in
/// bytes; `span_start` and `span_end` are byte offsets into the file.
pub fn json_lines(diagnostics: &[Diagnostic], sources: &dyn SourceMap) -> String {
    let mut positions = Positions::new(sources);
    let mut output = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.span;
        let (line, column) = positions.of(span);
        let related = diagnostic.related.iter().map(|(span, message)| {
            let (line, column) = positions.of(*span);
            Related {
                column,
                line,
                message,
                path: sources.path(span.file),
            }
        });
        let line = Line {
            code: diagnostic.code,
            column,
            hints: &diagnostic.hints,
            kind: "diagnostic",
            level: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            line,
            message: &diagnostic.message,
            path: sources.path(span.file),
            related: related.collect(),
            span_end: span.end,
            span_start: span.start,
        };
        // Strings and numbers always encode.
        if let Ok(text) = serde_json::to_string(&line) {
            output.push_str(&text);
            output.push('\n');
        }
    }
    output
}
