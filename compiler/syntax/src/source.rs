//! Access to source text by [`FileId`], for everything that turns spans into something a person reads.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::span::{FileId, Span};

/// Display path and text of the files that spans refer to.
pub trait SourceMap {
    /// The path as shown to people: relative to the package root, `/` as separator, never absolute.
    fn path(&self, file: FileId) -> &str;
    /// The whole text of the file. Unknown files are empty.
    fn text(&self, file: FileId) -> &str;
}

/// Where the lines of a text begin: positions without counting from the start of the text each time.
pub struct Lines {
    /// Offset of the first byte of every line.
    starts: Vec<u32>,
    /// Bytes of the text.
    end: u32,
}

impl Lines {
    /// Finds the lines of a text of at most 4 GiB.
    pub fn new(text: &str) -> Lines {
        let mut starts = vec![0];
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        starts.extend(newlines.map(|(at, _)| at as u32 + 1));
        Lines {
            starts,
            end: text.len() as u32,
        }
    }

    /// Line and column of a byte offset, both counted from 1; the column counts bytes from the start of the line.
    /// Offsets behind the end of the text give the position at its end.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let offset = offset.min(self.end);
        // The first line begins at 0, so there is one at or before every offset.
        let line = self.starts.partition_point(|&start| start <= offset);
        (line, (offset - self.starts[line - 1]) as usize + 1)
    }

    /// The bytes of a line that is counted from 1, with its line end. Behind the last line there are none.
    pub fn range(&self, line: usize) -> Range<usize> {
        let start = |line: usize| self.starts.get(line).copied().unwrap_or(self.end) as usize;
        start(line.saturating_sub(1))..start(line)
    }
}

/// The lines of every file that was asked for, found once.
pub struct Positions<'s> {
    sources: &'s dyn SourceMap,
    files: BTreeMap<FileId, Lines>,
}

impl<'s> Positions<'s> {
    pub fn new(sources: &'s dyn SourceMap) -> Positions<'s> {
        Positions {
            sources,
            files: BTreeMap::new(),
        }
    }

    pub fn lines(&mut self, file: FileId) -> &Lines {
        let sources = self.sources;
        let lines = self.files.entry(file);
        lines.or_insert_with(|| Lines::new(sources.text(file)))
    }

    /// Line and column of the start of a span.
    pub fn of(&mut self, span: Span) -> (usize, usize) {
        self.lines(span.file).position(span.start)
    }
}
