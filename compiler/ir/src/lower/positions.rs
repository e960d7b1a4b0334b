//! Spans to file, line and column. Lines are found once per file.

use std::collections::BTreeMap;

use fuse_syntax::source::SourceMap;
use fuse_syntax::span::{FileId, Span};

use crate::mir::Loc;

pub(super) struct Positions<'p> {
    sources: &'p dyn SourceMap,
    files: BTreeMap<FileId, File>,
}

struct File {
    /// Index in the program's files.
    index: u32,
    /// Offset of the first byte of every line.
    lines: Vec<u32>,
}

impl<'p> Positions<'p> {
    pub fn new(sources: &'p dyn SourceMap) -> Positions<'p> {
        Positions {
            sources,
            files: BTreeMap::new(),
        }
    }

    /// Start of a span; `paths` gets the files that are mentioned.
    pub fn of(&mut self, span: Span, paths: &mut Vec<String>) -> Loc {
        let sources = self.sources;
        let file = self.files.entry(span.file).or_insert_with(|| {
            paths.push(sources.path(span.file).to_owned());
            File {
                index: paths.len() as u32 - 1,
                lines: line_starts(sources.text(span.file)),
            }
        });
        let line = file.lines.partition_point(|&start| start <= span.start);
        Loc {
            file: file.index,
            line: line as u32,
            column: span.start - file.lines[line - 1] + 1,
        }
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    starts.extend(newlines.map(|(at, _)| at as u32 + 1));
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two;

    impl SourceMap for Two {
        fn path(&self, file: FileId) -> &str {
            ["a.fuse", "b.fuse"][file.0 as usize]
        }

        fn text(&self, file: FileId) -> &str {
            ["x\nyé\n", "z"][file.0 as usize]
        }
    }

    #[test]
    fn lines_and_byte_columns_from_one() {
        let mut positions = Positions::new(&Two);
        let mut paths = Vec::new();
        let mut of = |file, start| positions.of(Span::new(FileId(file), start, start), &mut paths);
        assert_eq!(
            of(1, 0),
            Loc {
                file: 0,
                line: 1,
                column: 1
            }
        );
        assert_eq!(
            of(0, 0),
            Loc {
                file: 1,
                line: 1,
                column: 1
            }
        );
        assert_eq!(
            of(0, 2),
            Loc {
                file: 1,
                line: 2,
                column: 1
            }
        );
        assert_eq!(
            of(0, 5),
            Loc {
                file: 1,
                line: 2,
                column: 4
            }
        );
        assert_eq!(
            of(0, 6),
            Loc {
                file: 1,
                line: 3,
                column: 1
            }
        );
        assert_eq!(paths, ["b.fuse", "a.fuse"]);
    }
}
