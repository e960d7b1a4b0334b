//! Short forms for tables of cases.

use fuse_syntax::source::Lines;
use fuse_syntax::span::FileId;

/// The dump of a file without errors.
pub fn tree(source: &str) -> String {
    let (module, diagnostics) = fuse_syntax::parse(FileId(0), source);
    assert_eq!(
        errors(source),
        Vec::<String>::new(),
        "{source}\n{diagnostics:?}"
    );
    fuse_syntax::dump(&module).trim_end().to_string()
}

/// The dump of statements, given without indentation.
pub fn statements(source: &str) -> String {
    let body: String = source.lines().map(|line| format!("  {line}\n")).collect();
    let dump = tree(&format!("fn f():\n{body}"));
    let dump: Vec<&str> = dump.split_whitespace().collect();
    let dump = dump.join(" ");
    let inner = dump
        .strip_prefix("(fn f (params) (block ")
        .and_then(|rest| rest.strip_suffix("))"));
    inner.unwrap_or(&dump).to_string()
}

/// The diagnostics as `line:column CODE message`.
pub fn errors(source: &str) -> Vec<String> {
    let (_, diagnostics) = fuse_syntax::parse(FileId(0), source);
    let show = |diagnostic: &fuse_syntax::diagnostic::Diagnostic| {
        let (line, column) = Lines::new(source).position(diagnostic.span.start);
        let code = diagnostic.code.trim_start_matches("FUSE_");
        format!("{line}:{column} {code} {}", diagnostic.message)
    };
    diagnostics.iter().map(show).collect()
}

/// Checks a table of statements and their dumps.
pub fn check_statements(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(statements(source), *expected, "{source}");
    }
}

/// Checks a table of whole files and their dumps.
pub fn check_files(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let dump = tree(source);
        let dump: Vec<&str> = dump.split_whitespace().collect();
        assert_eq!(dump.join(" "), *expected, "{source}");
    }
}
