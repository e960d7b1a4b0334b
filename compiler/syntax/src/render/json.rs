//! One JSON object per line, keys in alphabetical order.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{SourceMap, line_column};

/// Fields in the order of their names, which is the order they are written in.
#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    column: usize,
    kind: &'a str,
    level: &'a str,
    line: usize,
    message: &'a str,
    path: &'a str,
    span_end: u32,
    span_start: u32,
}

/// All diagnostics, each on a line of its own that ends with a newline. Lines and columns count from 1, columns in
/// bytes; `span_start` and `span_end` are byte offsets into the file.
pub fn json_lines(diagnostics: &[Diagnostic], sources: &dyn SourceMap) -> String {
    let mut output = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.span;
        let (line, column) = line_column(sources.text(span.file), span.start);
        let line = Line {
            code: diagnostic.code,
            column,
            kind: "diagnostic",
            level: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            line,
            message: &diagnostic.message,
            path: sources.path(span.file),
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
