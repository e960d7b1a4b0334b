//! Entry point for fuzzers and mutation tests.

use crate::render::{Color, json_lines, text};
use crate::source::SourceMap;
use crate::span::FileId;

struct OneFile<'a>(&'a str);

impl SourceMap for OneFile<'_> {
    fn path(&self, _: FileId) -> &str {
        "input.fuse"
    }

    fn text(&self, _: FileId) -> &str {
        self.0
    }
}

/// Parses arbitrary bytes.
///
/// # Panics
/// When a promise of this crate is broken: a diagnostic outside the text, out of order, or with an unknown code.
pub fn fuzz_parse(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let (_, diagnostics) = crate::parse(FileId(0), &source);
    for diagnostic in &diagnostics {
        let span = diagnostic.span;
        assert!(
            span.start <= span.end && span.end as usize <= source.len(),
            "{diagnostic:?}"
        );
        assert!(
            crate::codes::meaning(diagnostic.code).is_some(),
            "{diagnostic:?}"
        );
    }
    assert!(diagnostics.is_sorted_by_key(|diagnostic| diagnostic.span.start));
}

/// Parses arbitrary bytes and writes tree and diagnostics in all their forms.
///
/// # Panics
/// When a diagnostic does not render, or does not begin with its code.
pub fn fuzz_output(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let (module, diagnostics) = crate::parse(FileId(0), &source);
    crate::dump_with(&module, crate::DumpOptions { spans: true });
    for diagnostic in diagnostics.chunks(1) {
        let start = format!("error[{}]: ", diagnostic[0].code);
        assert!(text(diagnostic, &OneFile(&source), Color::Never).starts_with(&start));
        assert!(json_lines(diagnostic, &OneFile(&source)).ends_with("}\n"));
    }
}

/// Formats arbitrary bytes, when they are a file without errors.
///
/// # Panics
/// When formatting changes the tree, loses or invents anything but blanks, or is not finished after one round.
pub fn fuzz_format(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let Ok(formatted) = crate::format(FileId(0), &source) else {
        return;
    };
    let visible = |text: &str| -> String {
        let text = text.trim_start_matches('\u{feff}');
        text.chars().filter(|c| !c.is_whitespace()).collect()
    };
    assert_eq!(visible(&formatted), visible(&source), "{source:?}");
    let (before, _) = crate::parse(FileId(0), &source);
    let (after, diagnostics) = crate::parse(FileId(0), &formatted);
    assert_eq!(diagnostics, [], "{source:?} became {formatted:?}");
    assert_eq!(
        crate::dump(&after),
        crate::dump(&before),
        "{source:?} became {formatted:?}"
    );
    assert_eq!(
        crate::format(FileId(0), &formatted).as_deref(),
        Ok(formatted.as_str()),
        "{source:?}"
    );
}
