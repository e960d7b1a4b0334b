//! The tokens of a file as the formatter sees them.

use crate::token::{Mark, Punct, Token, TokenKind};

/// Something that is written without a change.
pub(super) struct Piece {
    pub kind: PieceKind,
    pub mark: Option<Mark>,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum PieceKind {
    Ident,
    /// A keyword, number or string, holes included.
    Word,
    Punct(Punct),
    /// The end of a logical line.
    Newline,
    /// A block whose lines begin at this column of the source.
    Indent(usize),
    Dedent,
}

impl Piece {
    pub fn is(&self, punct: Punct) -> bool {
        self.kind == PieceKind::Punct(punct)
    }

    pub fn opens(&self) -> bool {
        use Punct::{OpenBrace, OpenBracket, OpenParen};
        matches!(
            self.kind,
            PieceKind::Punct(OpenParen | OpenBracket | OpenBrace)
        )
    }

    pub fn closes(&self) -> bool {
        use Punct::{CloseBrace, CloseBracket, CloseParen};
        matches!(
            self.kind,
            PieceKind::Punct(CloseParen | CloseBracket | CloseBrace)
        )
    }
}

/// Interpolated strings become one piece, and `>=` two where its `>` ends type arguments.
pub(super) fn pieces(tokens: &[Token], marks: &[(u32, Mark)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(tokens.len());
    let mut strings = 0usize;
    for token in tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        match token.kind {
            TokenKind::InterpolationStart => strings += 1,
            TokenKind::InterpolationEnd => strings -= 1,
            _ => {}
        }
        let outermost = strings == 1 && token.kind == TokenKind::InterpolationStart;
        let inside = strings > 0 || token.kind == TokenKind::InterpolationEnd;
        if inside && !outermost {
            if let Some(string) = pieces.last_mut() {
                string.end = end;
            }
            continue;
        }
        let mark = mark_at(marks, token.start);
        let kind = match token.kind {
            TokenKind::EndOfFile => break,
            TokenKind::Ident => PieceKind::Ident,
            TokenKind::Newline => PieceKind::Newline,
            TokenKind::Indent => PieceKind::Indent(end - start),
            TokenKind::Dedent => PieceKind::Dedent,
            TokenKind::Punct(Punct::GreaterEqual) if mark.is_some() => {
                pieces.push(Piece {
                    kind: PieceKind::Punct(Punct::Greater),
                    mark,
                    start,
                    end: start + 1,
                });
                pieces.push(Piece {
                    kind: PieceKind::Punct(Punct::Assign),
                    mark: None,
                    start: start + 1,
                    end,
                });
                continue;
            }
            TokenKind::Punct(punct) => PieceKind::Punct(punct),
            _ => PieceKind::Word,
        };
        pieces.push(Piece {
            kind,
            mark,
            start,
            end,
        });
    }
    pieces
}

fn mark_at(marks: &[(u32, Mark)], start: u32) -> Option<Mark> {
    let found = marks.binary_search_by_key(&start, |(at, _)| *at).ok()?;
    Some(marks[found].1)
}
