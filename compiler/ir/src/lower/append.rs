//! Appending several pieces to a text: room is made once for all whose size is bounded before they are written, then they are written
//! without another look at it.

use fuse_abi::RuntimeFn;

use super::body::{Body, int};
use crate::mir::{BinaryOp, Const, Operand, TypeId};

/// The longest `Int`, which usual `Float`s are not longer than, and the longest `Bool`.
const NUMBER_ROOM: usize = 20;
const BOOL_ROOM: usize = 5;

pub(super) enum Piece {
    /// Bytes as they are.
    Constant(String),
    Value(Form, Operand),
}

impl Piece {
    /// Is it known before how much room it needs, or does it keep the room of what follows?
    pub fn is_bounded(&self) -> bool {
        !matches!(self, Piece::Value(Form::Row(_), _))
    }
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Int,
    Float,
    JsonFloat,
    Bool,
    /// An `Int` that is one byte.
    Byte,
    /// A text as it is.
    Text,
    /// A text with what means something in its surroundings escaped.
    JsonString,
    HtmlText,
    HtmlValue,
    /// A row that takes the text first, and makes room itself.
    Row(RuntimeFn),
}

impl Form {
    /// The row that makes room itself.
    fn push(self) -> Option<RuntimeFn> {
        Some(match self {
            Form::Int => RuntimeFn::TextPushInt,
            Form::Float => RuntimeFn::TextPushFloat,
            Form::JsonFloat => RuntimeFn::TextPushJsonFloat,
            Form::Bool => RuntimeFn::TextPushBool,
            Form::Byte => return None,
            Form::Text => RuntimeFn::TextPush,
            Form::JsonString => RuntimeFn::TextPushJson,
            Form::HtmlText => RuntimeFn::HtmlPushText,
            Form::HtmlValue => RuntimeFn::HtmlPushValue,
            Form::Row(row) => row,
        })
    }

    /// The row that finds room made for it, and whether it is told how much of that is meant for what follows, because it may need more
    /// for itself.
    fn put(self) -> Option<(RuntimeFn, bool)> {
        Some(match self {
            Form::Int => (RuntimeFn::TextPutInt, false),
            Form::Float => (RuntimeFn::TextPutFloat, true),
            Form::JsonFloat => (RuntimeFn::TextPutJsonFloat, true),
            Form::Bool => (RuntimeFn::TextPutBool, false),
            Form::Byte => (RuntimeFn::TextPutByte, false),
            Form::Text => (RuntimeFn::TextPut, false),
            Form::JsonString => (RuntimeFn::TextPutJson, true),
            Form::HtmlText => (RuntimeFn::HtmlPutText, true),
            Form::HtmlValue => (RuntimeFn::HtmlPutValue, true),
            Form::Row(_) => return None,
        })
    }
}

/// Bytes needed: a number, and lengths of texts.
#[derive(Clone)]
struct Room {
    fixed: usize,
    lengths: Option<Operand>,
}

impl Body<'_, '_> {
    /// Consumes the text `acc` of type `ty`; gives it with the pieces at its end. `has_room`: room for all of them has been made.
    pub fn append_pieces(
        &mut self,
        acc: Operand,
        pieces: Vec<Piece>,
        has_room: bool,
        ty: TypeId,
    ) -> Operand {
        let mut acc = acc;
        let mut has_room = has_room;
        let mut run = Vec::new();
        for piece in pieces {
            let Piece::Value(Form::Row(row), value) = piece else {
                match (run.last_mut(), piece) {
                    (Some(Piece::Constant(before)), Piece::Constant(text)) => {
                        before.push_str(&text);
                    }
                    (_, piece) => run.push(piece),
                }
                continue;
            };
            acc = self.append_run(acc, std::mem::take(&mut run), has_room, ty);
            acc = self.row(row, vec![acc, value], ty);
            has_room = false;
        }
        self.append_run(acc, run, has_room, ty)
    }

    fn append_run(
        &mut self,
        acc: Operand,
        mut run: Vec<Piece>,
        has_room: bool,
        ty: TypeId,
    ) -> Operand {
        if run.is_empty() {
            return acc;
        }
        if run.len() == 1 && !has_room {
            let (form, value) = match run.remove(0) {
                Piece::Constant(text) => (Form::Text, self.text_const(&text)),
                Piece::Value(form, value) => (form, value),
            };
            if let Some(row) = form.push() {
                return self.row(row, vec![acc, value], ty);
            }
            run.push(Piece::Value(form, value));
        }
        let mut behind = Room {
            fixed: 0,
            lengths: None,
        };
        let mut rooms = Vec::with_capacity(run.len());
        for piece in run.iter().rev() {
            rooms.push(behind.clone());
            self.add_room(&mut behind, piece);
        }
        let mut acc = acc;
        if !has_room {
            let room = self.total(&behind);
            acc = self.row(RuntimeFn::TextReserve, vec![acc, room], ty);
        }
        for (piece, behind) in run.into_iter().zip(rooms.into_iter().rev()) {
            let (form, value) = match piece {
                Piece::Constant(text) => (Form::Text, self.text_const(&text)),
                Piece::Value(form, value) => (form, value),
            };
            let Some((row, is_told)) = form.put() else {
                unreachable!("invariant: a run holds what has a bounded size");
            };
            let mut args = vec![acc, value];
            if is_told {
                args.push(self.total(&behind));
            }
            acc = self.row(row, args, ty);
        }
        acc
    }

    fn add_room(&mut self, room: &mut Room, piece: &Piece) {
        let (form, value) = match piece {
            Piece::Constant(text) => {
                room.fixed += text.len();
                return;
            }
            Piece::Value(form, value) => (*form, value),
        };
        match form {
            Form::Int | Form::Float | Form::JsonFloat => room.fixed += NUMBER_ROOM,
            Form::Bool => room.fixed += BOOL_ROOM,
            Form::Byte => room.fixed += 1,
            _ => {
                room.fixed += if form == Form::JsonString { 2 } else { 0 };
                if let Operand::Const(Const::Str(id)) = value {
                    room.fixed += self.cx.mir.string_bytes(*id).len();
                    return;
                }
                let string = self.cx.known.string;
                let place = self.place_of(value.clone(), string);
                let length = self.len(place);
                room.lengths = Some(match room.lengths.take() {
                    Some(lengths) => self.binary(BinaryOp::AddNowrap, lengths, length),
                    None => length,
                });
            }
        }
    }

    fn total(&mut self, room: &Room) -> Operand {
        let fixed = int(room.fixed as i64);
        match &room.lengths {
            Some(lengths) if room.fixed == 0 => lengths.clone(),
            Some(lengths) => self.binary(BinaryOp::AddNowrap, lengths.clone(), fixed),
            None => fixed,
        }
    }
}
