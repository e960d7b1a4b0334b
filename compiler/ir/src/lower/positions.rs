//! Spans to file, line and column. Lines are found once per file.

use indexmap::IndexSet;

use fuse_syntax::source::{self, SourceMap};
use fuse_syntax::span::{FileId, Span};

use crate::mir::Loc;

pub(super) struct Positions<'p> {
    sources: &'p dyn SourceMap,
    places: source::Positions<'p>,
    /// The program's files, in the order they are mentioned.
    files: IndexSet<FileId>,
}

impl<'p> Positions<'p> {
    pub fn new(sources: &'p dyn SourceMap) -> Positions<'p> {
        Positions {
            sources,
            places: source::Positions::new(sources),
            files: IndexSet::new(),
        }
    }

    /// Start of a span; `paths` gets the files that are mentioned.
    pub fn of(&mut self, span: Span, paths: &mut Vec<String>) -> Loc {
        let (file, is_new) = self.files.insert_full(span.file);
        if is_new {
            paths.push(self.sources.path(span.file).to_owned());
        }
        let (line, column) = self.places.of(span);
        Loc {
            file: file as u32,
            line: line as u32,
            column: column as u32,
        }
    }
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
