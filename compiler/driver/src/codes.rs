//! The catalogue of diagnostic codes over all stages.

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

/// One line on what a code means; `None` for a code that does not exist.
pub fn meaning(code: &str) -> Option<&'static str> {
    fuse_syntax::codes::meaning(code).or_else(|| {
        fuse_sema::CODES
            .iter()
            .chain(CODES)
            .find(|(known, _)| *known == code)
            .map(|(_, meaning)| *meaning)
    })
}
