//! Whether a blank stands between two tokens on one line.

use super::pieces::{Piece, PieceKind};
use crate::token::{Mark, Punct};

/// One blank or none.
pub(super) fn blank_between(left: &Piece, right: &Piece) -> bool {
    !(tight_after(left, right) || tight_before(right))
}

/// Tokens that nothing is set apart from on their right.
fn tight_after(left: &Piece, right: &Piece) -> bool {
    match left.mark {
        Some(Mark::Prefix | Mark::OpenAngle | Mark::NamedAssign) => return true,
        // The error type of `T!E`; an operator or a default may follow a suffix as well.
        Some(Mark::Suffix) if left.is(Punct::Bang) || left.is(Punct::QuestionBang) => {
            return right.kind == PieceKind::Ident;
        }
        Some(Mark::Suffix) => return false,
        Some(Mark::Padded) => return right.closes(),
        _ => {}
    }
    use Punct::{Dot, DotDot, DotDotLess, OpenBrace, OpenBracket, OpenParen, Question};
    matches!(
        left.kind,
        PieceKind::Punct(
            OpenParen | OpenBracket | OpenBrace | Dot | DotDot | DotDotLess | Question
        )
    )
}

/// Tokens that nothing is set apart from on their left.
fn tight_before(right: &Piece) -> bool {
    use Mark::{Attached, CloseAngle, NamedAssign, OpenAngle, Padded, Suffix};
    match right.mark {
        Some(Attached | OpenAngle | CloseAngle | NamedAssign | Suffix) => return true,
        Some(Padded) => return false,
        _ => {}
    }
    use Punct::{
        CloseBrace, CloseBracket, CloseParen, Colon, Comma, Dot, DotDot, DotDotLess, Question,
    };
    matches!(
        right.kind,
        PieceKind::Punct(
            CloseParen
                | CloseBracket
                | CloseBrace
                | Comma
                | Colon
                | Dot
                | DotDot
                | DotDotLess
                | Question
        )
    )
}
