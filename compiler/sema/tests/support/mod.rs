//! Programs from text for the tests of this crate.

use fuse_package::{Loaded, load_memory};
use fuse_sema::program::Program;
use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::source::SourceMap;

/// Loads and checks modules given as `(path, text)`; the first is the root.
pub fn check(modules: &[(&str, &str)]) -> (Option<Program>, Vec<String>) {
    let Loaded {
        graph, diagnostics, ..
    } = load_memory(modules);
    let describe = |d: &Diagnostic| {
        let text = graph.files.text(d.span.file);
        let line = text.as_bytes()[..d.span.start as usize]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        let severity = if d.severity == Severity::Error {
            ""
        } else {
            "warning "
        };
        format!(
            "{severity}{}:{line}: {}: {}",
            graph.files.path(d.span.file),
            d.code,
            d.message
        )
    };
    assert!(
        diagnostics.is_empty(),
        "{:?}",
        diagnostics.iter().map(describe).collect::<Vec<_>>()
    );
    let (program, found) = fuse_sema::check(&graph);
    let found: Vec<String> = found.iter().map(describe).collect();
    assert_eq!(
        program.is_none(),
        found.iter().any(|d| !d.starts_with("warning")),
        "{found:?}"
    );
    (program, found)
}
