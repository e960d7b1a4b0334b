//! Where findings are collected, and the wording helpers every family shares.

use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::span::Span;

/// Findings in the order they were made; [`Sink::finish`] puts them into source order.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    items: Vec<Diagnostic>,
}

impl Sink {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::error(code, span, message));
    }

    pub fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::warning(code, span, message));
    }

    /// A position to give to [`Sink::take_from`].
    pub fn mark(&self) -> usize {
        self.items.len()
    }

    /// Whether an error was found since `mark`.
    pub fn failed_since(&self, mark: usize) -> bool {
        self.items[mark..]
            .iter()
            .any(|d| d.severity == Severity::Error)
    }

    /// Removes and returns what was found since `mark`.
    pub fn take_from(&mut self, mark: usize) -> Vec<Diagnostic> {
        self.items.split_off(mark)
    }

    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.severity == Severity::Error)
    }

    /// Ordered by file and place; the same finding at the same place is reported once.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.items
            .sort_by(|a, b| (a.span, a.severity, a.code).cmp(&(b.span, b.severity, b.code)));
        self.items
            .dedup_by(|a, b| a.span == b.span && a.code == b.code && a.message == b.message);
        self.items
    }
}

/// The candidate closest to `name`, if one is close enough to be a likely misspelling.
pub(crate) fn suggest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = name.chars().count();
    let limit = match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|c| *c != name)
        // The difference in length is the least distance, and much cheaper to find.
        .filter(|c| c.chars().count().abs_diff(length) <= limit)
        .map(|c| (edit_distance(name, c), c))
        .filter(|(distance, c)| *distance <= limit && *distance < c.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

/// Levenshtein distance over Unicode scalars, two rows; letters that differ only in case are equal.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let substitution = previous[j] + usize::from(!x.eq_ignore_ascii_case(y));
            current.push(substitution.min(previous[j + 1] + 1).min(current[j] + 1));
        }
        previous = current;
    }
    previous[b.len()]
}

/// Adds a "did you mean" hint when there is a near candidate.
pub(crate) fn with_suggestion<'c>(
    diagnostic: Diagnostic,
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Diagnostic {
    match suggest(name, candidates) {
        Some(near) => diagnostic.with_hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}
