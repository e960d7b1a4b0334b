//! The catalogue of diagnostic codes over all stages.

/// One line on what a code means; `None` for a code that does not exist.
pub fn meaning(code: &str) -> Option<&'static str> {
    fuse_syntax::codes::meaning(code).or_else(|| {
        fuse_sema::CODES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(_, meaning)| *meaning)
    })
}
