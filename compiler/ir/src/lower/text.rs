//! Building text. Everything that makes text, printing and JSON alike, appends to one accumulator; constants next to each other
//! are appended as one.

use fuse_abi::RuntimeFn;
use fuse_sema::program::{Expr, ExprKind};

use super::append::{Form, Piece};
use super::body::{Body, copy, int};
use super::per_type::PerType;
use crate::mir::{BinaryOp, Const, LocalId, Operand, Place, Rvalue, Type, TypeId};

/// Text under construction: the accumulator so far and what is still to be appended.
pub(super) struct TextSink {
    acc: Operand,
    pending: Vec<Piece>,
    /// Has the accumulator room for all that comes, up to the first value whose size is not bounded?
    has_room: bool,
}

/// Room for the text of a value whose length is not known before: an Int or Float of usual size.
const SCALAR_ROOM: usize = 20;
const AGGREGATE_ROOM: usize = 32;

/// Evaluated parts of a concatenation with their types.
pub(super) struct Pieces(pub Vec<(TypeId, Operand)>);

enum Part<'e> {
    Constant(String),
    Value(&'e Expr),
}

impl TextSink {
    /// Continues an existing text, which is consumed.
    pub fn onto(acc: Operand) -> TextSink {
        TextSink {
            acc,
            pending: Vec::new(),
            has_room: false,
        }
    }

    /// The same for a text that has room for all that comes, as far as its size is bounded.
    fn within(acc: Operand) -> TextSink {
        TextSink {
            has_room: true,
            ..TextSink::onto(acc)
        }
    }

    pub fn constant(&mut self, text: &str) {
        if !text.is_empty() {
            self.pending.push(Piece::Constant(text.to_owned()));
        }
    }

    /// A byte that an `Int` holds.
    pub fn byte(&mut self, value: Operand) {
        self.pending.push(Piece::Value(Form::Byte, value));
    }
}

impl Body<'_, '_> {
    pub fn new_text(&mut self, capacity: Operand) -> TextSink {
        let string = self.cx.known.string;
        TextSink::onto(self.row(RuntimeFn::TextNew, vec![capacity], string))
    }

    /// Appends a value of a basic type.
    pub fn sink_form(&mut self, sink: &mut TextSink, form: Form, value: Operand) {
        sink.pending.push(Piece::Value(form, value));
    }

    /// Appends through a per-type function that takes the accumulator first.
    pub fn sink_per_type(
        &mut self,
        sink: &mut TextSink,
        family: PerType,
        ty: TypeId,
        value: Operand,
    ) {
        self.flush(sink);
        let string = self.cx.known.string;
        sink.acc = self.call_per_type(None, family, ty, vec![sink.acc.clone(), value], string);
        sink.has_room = false;
    }

    fn flush(&mut self, sink: &mut TextSink) {
        let pieces = std::mem::take(&mut sink.pending);
        let is_bounded = pieces.iter().all(Piece::is_bounded);
        let string = self.cx.known.string;
        sink.acc = self.append_pieces(sink.acc.clone(), pieces, sink.has_room, string);
        sink.has_room &= is_bounded;
    }

    pub fn sink_finish(&mut self, mut sink: TextSink) -> Operand {
        self.flush(&mut sink);
        sink.acc
    }

    /// Stores what has been built so far into a local that a loop or several branches continue.
    pub fn sink_store(&mut self, sink: TextSink, local: LocalId) {
        let acc = self.sink_finish(sink);
        self.give(Some(local), acc);
    }

    /// Appends the text of a value, as printing shows it.
    pub fn sink_text(&mut self, sink: &mut TextSink, ty: TypeId, value: Operand) {
        if let Some(text) = self.constant_text(&value) {
            sink.constant(&text);
            return;
        }
        match self.cx.shape(ty) {
            Type::Int => self.sink_form(sink, Form::Int, value),
            Type::Float => self.sink_form(sink, Form::Float, value),
            Type::Bool => self.sink_form(sink, Form::Bool, value),
            Type::String | Type::Html => self.sink_form(sink, Form::Text, value),
            Type::Bytes => self.sink_form(sink, Form::Row(RuntimeFn::TextPushBase64), value),
            // Its content, parameters included, is nobody's business.
            Type::Query => sink.constant("<query>"),
            _ => self.sink_per_type(sink, PerType::Text, ty, value),
        }
    }

    fn constant_text(&self, value: &Operand) -> Option<String> {
        match value {
            Operand::Const(Const::Unit) => Some("()".to_owned()),
            Operand::Const(Const::Int(value)) => Some(value.to_string()),
            Operand::Const(Const::Bool(value)) => Some(value.to_string()),
            Operand::Const(Const::Str(id)) => {
                String::from_utf8(self.cx.mir.string_bytes(*id).to_vec()).ok()
            }
            _ => None,
        }
    }

    pub fn concat(&mut self, parts: &[Expr], dest: Option<LocalId>) -> Operand {
        let pieces = self.pieces(parts);
        let text = self.join(pieces, None);
        self.give(dest, text)
    }

    /// Evaluates the parts of a concatenation, constants next to each other merged.
    pub fn pieces<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Pieces {
        let mut parts = Vec::new();
        for expr in exprs {
            flatten(expr, &mut parts);
        }
        let values = parts.iter().filter_map(|part| match part {
            Part::Value(expr) => Some(*expr),
            Part::Constant(_) => None,
        });
        let mut operands = self.operands(values).into_iter();
        let mut pieces = Vec::with_capacity(parts.len());
        for part in &parts {
            pieces.push(match part {
                Part::Constant(text) => (self.cx.known.string, self.text_const(text)),
                Part::Value(expr) => {
                    let operand = operands.next().expect("invariant: an operand per value");
                    (self.ty(expr), operand)
                }
            });
        }
        Pieces(pieces)
    }

    /// The pieces as one text, appended to `start` if given: grown in place where nobody else holds it.
    pub fn join(&mut self, pieces: Pieces, start: Option<Operand>) -> Operand {
        let mut pieces = pieces.0.as_slice();
        let mut sink = match start {
            Some(start) => TextSink::onto(start),
            None => match pieces {
                [(ty, first), rest @ ..] if self.is_fresh_text(*ty, first) => {
                    pieces = rest;
                    TextSink::onto(first.clone())
                }
                // At its last use the local gives up its text, which then grows in place.
                [(ty, first), rest @ ..] if self.is_local_text(*ty, first) => {
                    let room = self.room(rest);
                    let string = self.cx.known.string;
                    pieces = rest;
                    let args = vec![first.clone(), room];
                    TextSink::within(self.row(RuntimeFn::TextReserve, args, string))
                }
                _ => {
                    if let Some(text) = self.all_constant(pieces) {
                        return self.text_const(&text);
                    }
                    let room = self.room(pieces);
                    TextSink {
                        has_room: true,
                        ..self.new_text(room)
                    }
                }
            },
        };
        for (ty, operand) in pieces {
            self.sink_text(&mut sink, *ty, operand.clone());
        }
        self.sink_finish(sink)
    }

    fn all_constant(&self, pieces: &[(TypeId, Operand)]) -> Option<String> {
        pieces
            .iter()
            .map(|(_, operand)| self.constant_text(operand))
            .collect()
    }

    /// The result of a call or of other text building: nobody else needs it, so it may grow.
    fn is_fresh_text(&self, ty: TypeId, operand: &Operand) -> bool {
        self.local_text(ty, operand)
            .is_some_and(|local| self.f.is_temp(local))
    }

    fn is_local_text(&self, ty: TypeId, operand: &Operand) -> bool {
        self.local_text(ty, operand).is_some()
    }

    fn local_text(&self, ty: TypeId, operand: &Operand) -> Option<LocalId> {
        match operand {
            Operand::Copy(place) if ty == self.cx.known.string => place.as_local(),
            _ => None,
        }
    }

    /// Bytes the pieces need: exact for text, generous for the rest.
    fn room(&mut self, pieces: &[(TypeId, Operand)]) -> Operand {
        let mut fixed = 0;
        let mut texts: Vec<Place> = Vec::new();
        for (ty, operand) in pieces {
            if let Some(text) = self.constant_text(operand) {
                fixed += text.len();
            } else if matches!(self.cx.shape(*ty), Type::String | Type::Html) {
                texts.push(self.place_of(operand.clone(), *ty));
            } else {
                fixed += self.room_of(*ty);
            }
        }
        let mut room = int(fixed as i64);
        for text in texts {
            let len = self.len(text);
            room = match room {
                Operand::Const(Const::Int(0)) => len,
                room => self.binary(BinaryOp::AddNowrap, len, room),
            };
        }
        room
    }

    fn room_of(&self, ty: TypeId) -> usize {
        match self.cx.shape(ty) {
            Type::Unit | Type::Bool => 5,
            Type::Int | Type::Float => SCALAR_ROOM,
            _ => AGGREGATE_ROOM,
        }
    }

    /// Text of a value as a value.
    pub fn text_value(&mut self, value: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(value);
        let value = self.operand(value);
        self.text_of(ty, value, dest)
    }

    pub fn text_of(&mut self, ty: TypeId, value: Operand, dest: Option<LocalId>) -> Operand {
        if let Some(text) = self.constant_text(&value) {
            let text = self.text_const(&text);
            return self.give(dest, text);
        }
        if matches!(self.cx.shape(ty), Type::String | Type::Html) {
            let string = self.cx.known.string;
            return match value {
                value if ty == string => self.give(dest, value),
                value => self.value(dest, string, Rvalue::Use(value)),
            };
        }
        let room = int(self.room_of(ty) as i64);
        let mut sink = self.new_text(room);
        self.sink_text(&mut sink, ty, value);
        let text = self.sink_finish(sink);
        self.give(dest, text)
    }

    /// JSON text of a value.
    /// The JSON form of a dynamic value, for reading it again: maps keep their order.
    pub fn ordered_json_of(&mut self, ty: TypeId, value: Operand) -> Operand {
        let mut sink = self.new_text(int(AGGREGATE_ROOM as i64));
        self.sink_json_as(&mut sink, PerType::OrderedJson, ty, value);
        self.sink_finish(sink)
    }

    pub fn json_of(&mut self, ty: TypeId, value: Operand, dest: Option<LocalId>) -> Operand {
        let room = int(self.json_room(ty) as i64);
        let mut sink = self.new_text(room);
        self.sink_json(&mut sink, ty, value);
        let text = self.sink_finish(sink);
        self.give(dest, text)
    }

    /// Appends `items` separated by `separator` from inside a loop over `index`.
    pub fn separate(&mut self, acc: LocalId, index: LocalId, separator: &str) {
        let (push, join) = (self.f.block(), self.f.block());
        let is_later = self.binary(BinaryOp::Ne, copy(index), int(0));
        self.f.branch(is_later, push, join);
        self.f.switch_to(push);
        let mut sink = TextSink::onto(copy(acc));
        sink.constant(separator);
        self.sink_store(sink, acc);
        self.f.goto(join);
        self.f.switch_to(join);
    }
}

fn flatten<'e>(expr: &'e Expr, parts: &mut Vec<Part<'e>>) {
    let constant = match &expr.kind {
        ExprKind::Concat(inner) => {
            for part in inner {
                flatten(part, parts);
            }
            return;
        }
        ExprKind::ToText(inner) => match &inner.kind {
            ExprKind::Concat(_) | ExprKind::String(_) => return flatten(inner, parts),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            _ => {
                parts.push(Part::Value(inner));
                return;
            }
        },
        ExprKind::String(text) => text.clone(),
        _ => {
            parts.push(Part::Value(expr));
            return;
        }
    };
    match parts.last_mut() {
        Some(Part::Constant(before)) => before.push_str(&constant),
        _ => parts.push(Part::Constant(constant)),
    }
}
