//! Lines and their indentation.

use super::INDENT;
use super::gap::{Gap, Line};
use super::pieces::{Piece, PieceKind};
use super::spacing::blank_between;
use crate::token::Punct;

/// The whole file.
pub(super) fn write(text: &str, pieces: &[Piece]) -> String {
    let mut writer = Writer {
        text,
        output: String::with_capacity(text.len()),
        columns: vec![0],
        brackets: Vec::new(),
        indent: 0,
        blank: false,
    };
    let mut left: Option<&Piece> = None;
    let mut blocks = Blocks::default();
    for piece in pieces {
        match piece.kind {
            PieceKind::Newline => blocks.newline = true,
            PieceKind::Indent(column) => blocks.opened = Some(column),
            PieceKind::Dedent => blocks.closed += 1,
            _ => {
                let first = left.is_none();
                writer.between(left, Some(piece), std::mem::take(&mut blocks), first);
                writer.piece(piece);
                left = Some(piece);
            }
        }
    }
    blocks.newline = true;
    writer.between(left, None, blocks, left.is_none());
    if !writer.output.is_empty() {
        writer.output.push('\n');
    }
    writer.output
}

/// What the layout tokens between two others say.
#[derive(Default)]
struct Blocks {
    newline: bool,
    opened: Option<usize>,
    closed: usize,
}

struct Writer<'a> {
    text: &'a str,
    output: String,
    /// Columns in the source of the blocks that are open; the first is 0.
    columns: Vec<usize>,
    /// For every open bracket the indentation of the line that it stands on.
    brackets: Vec<usize>,
    /// Indentation of the current line.
    indent: usize,
    /// A blank line is due before the next line.
    blank: bool,
}

impl Writer<'_> {
    /// Everything between two tokens. `right` is absent at the end of the file.
    fn between(
        &mut self,
        left: Option<&Piece>,
        right: Option<&Piece>,
        blocks: Blocks,
        first: bool,
    ) {
        let start = left.map_or(0, |left| left.end);
        let end = right.map_or(self.text.len(), |right| right.start);
        let gap = Gap::new(&self.text[start..end], first);
        if let Some(comment) = gap.trailing {
            self.output.push_str("  ");
            self.output.push_str(comment);
        }
        let inner = self.columns.split_off(self.columns.len() - blocks.closed);
        let depth = self.columns.len() - 1;
        if let Some(column) = blocks.opened {
            self.columns.push(column);
        }
        let indent = self.line_indent(right, blocks.newline || first);
        for line in &gap.lines {
            match line {
                Line::Blank => self.blank = true,
                Line::Comment(column, comment) => {
                    let indent = match self.brackets.last() {
                        Some(outer) if right.is_some_and(Piece::closes) => outer + INDENT,
                        _ if inner.is_empty() => indent,
                        // Before the end of blocks the column says which one a comment belongs to.
                        _ => {
                            let within = inner.iter().filter(|block| *block <= column).count();
                            (depth + within) * INDENT
                        }
                    };
                    self.line(indent);
                    self.output.push_str(comment);
                }
            }
        }
        match (left, right) {
            (_, Some(_)) if gap.breaks => self.line(indent),
            (Some(left), Some(right)) if blank_between(left, right) => self.output.push(' '),
            _ => {}
        }
    }

    /// Indentation of a line that begins with a token.
    fn line_indent(&self, first: Option<&Piece>, new: bool) -> usize {
        let chain = first.is_some_and(continues_chain);
        match (self.brackets.last(), first) {
            (Some(outer), Some(first)) if first.closes() => *outer,
            (Some(outer), _) if chain => outer + 2 * INDENT,
            (Some(outer), _) => outer + INDENT,
            (None, _) => {
                let block = (self.columns.len() - 1) * INDENT;
                if new { block } else { block + INDENT }
            }
        }
    }

    /// Begins a line.
    fn line(&mut self, indent: usize) {
        if !self.output.is_empty() {
            self.output.push('\n');
            if self.blank {
                self.output.push('\n');
            }
        }
        self.blank = false;
        self.indent = indent;
        self.output.extend(std::iter::repeat_n(' ', indent));
    }

    fn piece(&mut self, piece: &Piece) {
        if piece.opens() {
            self.brackets.push(self.indent);
        } else if piece.closes() {
            self.brackets.pop();
        }
        self.output.push_str(&self.text[piece.start..piece.end]);
    }
}

/// Whether a line that begins with this token goes on with the expression of the line before.
fn continues_chain(piece: &Piece) -> bool {
    piece.is(Punct::Dot) || piece.is(Punct::Question) || piece.is(Punct::QuestionBang)
}
