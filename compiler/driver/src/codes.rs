//! The catalogue of diagnostic codes over all stages.

use std::collections::BTreeMap;

/// Every code of this crate, with what it means. Sorted.
pub const CODES: &[(&str, &str)] = &[
    (
        "FUSE_APP_MISSING",
        "a program without an app or `fn main` is to be started",
    ),
    (
        "FUSE_LOCK_WRITE_FAILED",
        "the lock of the dependencies cannot be written",
    ),
];

/// Every code of every stage with what it means, sorted by code. A code that two stages report is listed once.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables = [fuse_syntax::codes::CODES, fuse_sema::CODES, CODES];
    let mut all = BTreeMap::new();
    for (code, meaning) in tables.into_iter().flatten() {
        all.entry(*code).or_insert(*meaning);
    }
    all.into_iter()
}

/// One line on what a code means; `None` for a code that does not exist.
pub fn meaning(code: &str) -> Option<&'static str> {
    all()
        .find(|(known, _)| *known == code)
        .map(|(_, meaning)| meaning)
}
