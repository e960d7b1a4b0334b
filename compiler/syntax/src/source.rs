//! Access to source text by [`FileId`], for everything that turns spans into something a person reads.

use crate::span::FileId;

/// Display path and text of the files that spans refer to.
pub trait SourceMap {
    /// The path as shown to people: relative to the package root, `/` as separator, never absolute.
    fn path(&self, file: FileId) -> &str;
    /// The whole text of the file. Unknown files are empty.
    fn text(&self, file: FileId) -> &str;
}

/// Line and column of a byte offset, both counted from 1; the column counts bytes from the start of the line.
/// Offsets behind the end of the text give the position at its end.
pub fn line_column(text: &str, offset: u32) -> (usize, usize) {
    let offset = (offset as usize).min(text.len());
    let before = &text.as_bytes()[..offset];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    (line, offset - start + 1)
}
