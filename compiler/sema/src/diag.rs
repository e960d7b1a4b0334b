//! Where findings are collected, and the wording helpers every family shares.

use std::collections::BTreeMap;

use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::span::Span;

/// Findings in the order they were made; [`Sink::finish`] puts them into source order.
#[derive(Debug)]
pub(crate) struct Sink {
    items: Vec<Diagnostic>,
    /// How many names may still be compared with unknown ones.
    comparisons: usize,
    /// Where functions and other blocks of their own stand.
    bodies: Vec<Span>,
}

/// Thousands of unknown names beside thousands of known ones must not take minutes.
const COMPARISONS: usize = 200_000;

/// About as many names the language itself has.
const OWN_NAMES: usize = 200;

impl Default for Sink {
    fn default() -> Self {
        Sink {
            items: Vec::new(),
            comparisons: COMPARISONS,
            bodies: Vec::new(),
        }
    }
}

impl Sink {
    /// Whether a name may be compared with so many others, and those of the language, to find one near to it.
    pub fn may_compare(&mut self, candidates: usize) -> bool {
        let left = self.comparisons.checked_sub(candidates + OWN_NAMES);
        self.comparisons = left.unwrap_or(self.comparisons);
        left.is_some()
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::error(code, span, message));
    }

    pub fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::warning(code, span, message));
    }

    /// Names that are unknown in `span` are reported once.
    pub fn body(&mut self, span: Span) {
        self.bodies.push(span);
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

    /// Adds a hint to the findings with a code since `mark` that have none.
    pub fn hint_since(&mut self, mark: usize, code: &str, hint: &str) {
        let found = self.items[mark..].iter_mut();
        for item in found.filter(|d| d.code == code && d.hints.is_empty()) {
            item.hints.push(hint.to_owned());
        }
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
        self.bodies.sort();
        let mut seen = Repeated::default();
        for item in self.items {
            let scope = match item.code {
                "FUSE_UNKNOWN_NAME" => body_of(&self.bodies, item.span),
                // A type is missing in the whole module.
                "FUSE_UNKNOWN_TYPE" => Some(Span::new(item.span.file, 0, 0)),
                _ => None,
            };
            seen.add(item, scope);
        }
        seen.finish()
    }
}

/// The body around a place, among bodies in order that do not overlap.
fn body_of(bodies: &[Span], place: Span) -> Option<Span> {
    let behind =
        bodies.partition_point(|body| (body.file, body.start) <= (place.file, place.start));
    let body = *bodies[..behind].last()?;
    (body.file == place.file && place.end <= body.end).then_some(body)
}

/// Findings, with what is said again in the same scope counted at the first place instead.
#[derive(Default)]
struct Repeated {
    items: Vec<(Diagnostic, usize)>,
    first: BTreeMap<(Span, String), usize>,
}

impl Repeated {
    fn add(&mut self, item: Diagnostic, scope: Option<Span>) {
        if let Some(scope) = scope {
            let key = (scope, item.message.clone());
            if let Some(first) = self.first.get(&key) {
                self.items[*first].1 += 1;
                return;
            }
            self.first.insert(key, self.items.len());
        }
        self.items.push((item, 0));
    }

    fn finish(self) -> Vec<Diagnostic> {
        let count = |(item, again): (Diagnostic, usize)| match again {
            0 => item,
            1 => item.with_hint("it is used in 1 more place"),
            n => item.with_hint(format!("it is used in {n} more places")),
        };
        self.items.into_iter().map(count).collect()
    }
}

/// The candidate closest to `name`, if one is close enough to be a likely misspelling.
pub(crate) fn suggest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let length = name.chars().count();
    let limit = (length / 3).max(1);
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

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other (optimal string alignment), over
/// Unicode scalars, three rows; letters that differ only in case are equal.
fn edit_distance(a: &str, b: &str) -> usize {
    let fold = |c: char| c.to_ascii_lowercase();
    let a: Vec<char> = a.chars().map(fold).collect();
    let b: Vec<char> = b.chars().map(fold).collect();
    let mut before = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = previous[j] + usize::from(x != y);
            least = least.min(previous[j + 1] + 1).min(current[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                let before: &Vec<usize> = &before;
                least = least.min(before[j - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut previous, current);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near() {
        let known = ["total", "None", "port", "print", "value"];
        for (written, near) in [
            ("totla", Some("total")),
            ("Total", Some("total")),
            ("prot", Some("port")),
            ("pritn", Some("print")),
            ("vlaeu", None),
            ("nmae", None),
            ("total", None),
        ] {
            assert_eq!(suggest(written, known), near, "{written}");
        }
    }
}
