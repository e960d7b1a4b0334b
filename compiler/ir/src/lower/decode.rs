//! Reading a whole text: the decoder of its type, then what its problems become.

use fuse_abi::RuntimeFn;
use fuse_sema::program::Expr;
use fuse_sema::types as sema;

use super::body::{Body, copy, int};
use crate::mir::{BlockId, LocalId, Operand, Place, Projection, Rvalue, Type};

/// What a text that is no JSON is called.
#[derive(Clone, Copy)]
pub(super) enum SyntaxForm {
    /// Code `invalid_json`.
    Document = 0,
    /// Code `invalid_value`: one value among others is JSON.
    Value = 1,
}

/// A text that is being read.
pub(super) struct Reading {
    pub cursor: Operand,
    /// The value, to be read in `good` and what only it leads to.
    pub value: Place,
    pub good: BlockId,
    /// There are problems.
    pub bad: BlockId,
}

impl Body<'_, '_> {
    /// Reads a value of a type from a text. `root` is the path of the whole. The cursor is given back in neither block.
    pub fn decode_text(
        &mut self,
        text: Operand,
        ty: sema::TypeId,
        root: &str,
        form: SyntaxForm,
    ) -> Reading {
        let known = self.cx.known;
        let cursor = self.row(RuntimeFn::JsonBegin, vec![text], known.raw);
        let decoded = self.cx.decoded(ty);
        let dest = self.f.temp(decoded);
        self.decode_into(dest, cursor.clone(), ty);
        let root = self.text_const(root);
        let args = vec![cursor.clone(), root, int(form as i64)];
        let is_good = self.row(RuntimeFn::JsonFinish, args, known.bool);
        let (good, bad) = (self.f.block(), self.f.block());
        self.f.branch(is_good, good, bad);
        Reading {
            cursor,
            value: Place::local(dest).project(Projection::Ok),
            good,
            bad,
        }
    }

    pub fn end_reading(&mut self, cursor: Operand) {
        let unit_type = self.cx.known.unit;
        self.row(RuntimeFn::JsonEnd, vec![cursor], unit_type);
    }

    /// `json.decode(text)`, with or without a type.
    pub fn json_decode(&mut self, expr: &Expr, text: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let text = self.operand(text);
        let sema::Type::Result(value, _) = *self.cx.program.types.get(expr.ty) else {
            return self.row_into(dest, RuntimeFn::JsonDecode, vec![text], ty);
        };
        let Type::Result(_, error_type) = self.cx.shape(ty) else {
            unreachable!("invariant: results stay results")
        };
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let join = self.f.block();
        let reading = self.decode_text(text, value, "$", SyntaxForm::Document);
        self.f.switch_to(reading.bad);
        let error = self.f.temp(error_type);
        self.problems_into(error, reading.cursor.clone());
        self.aggregate(Some(result), ty, 1, vec![copy(error)]);
        self.f.goto(join);
        self.f.switch_to(reading.good);
        self.end_reading(reading.cursor);
        let value = self.read(None, reading.value);
        self.aggregate(Some(result), ty, 0, vec![value]);
        self.f.goto(join);
        self.f.switch_to(join);
        copy(result)
    }

    /// Stores the value that a text stands for, or faults with a validation error.
    pub fn decode_or_fault(
        &mut self,
        dest: LocalId,
        text: Operand,
        ty: sema::TypeId,
        root: &str,
        form: SyntaxForm,
    ) {
        let reading = self.decode_text(text, ty, root, form);
        self.f.switch_to(reading.bad);
        self.diverge(RuntimeFn::JsonFault, vec![reading.cursor.clone()]);
        self.f.switch_to(reading.good);
        self.end_reading(reading.cursor);
        self.store_value(dest, reading.value);
    }

    fn store_value(&mut self, dest: LocalId, value: Place) {
        if self.f.local_type(dest) != self.cx.known.unit {
            self.f.assign(dest, Rvalue::Use(Operand::Copy(value)));
        }
    }

    /// Stores a `std.Error.Validation` with all problems of a text.
    pub fn problems_into(&mut self, dest: LocalId, cursor: Operand) {
        let ty = self.f.local_type(dest);
        let list_type = self.named_field_type(ty, "fields");
        let Type::List(field_type) = self.cx.shape(list_type) else {
            unreachable!("invariant: `std.Error.Validation.fields` is a list")
        };
        let known = self.cx.known;
        let fields = self.f.local("fields", list_type);
        let count = self.row(RuntimeFn::JsonProblems, vec![cursor.clone()], known.int);
        self.empty_list(Some(fields), list_type, count.clone());
        self.counted(count, |body, index| {
            let mut part = |number| {
                let args = vec![cursor.clone(), copy(index), int(number)];
                body.row(RuntimeFn::JsonProblem, args, known.string)
            };
            let parts = [("path", part(0)), ("code", part(1)), ("message", part(2))];
            let field = body.struct_of(None, field_type, &parts);
            body.push_to(fields, field);
        });
        self.end_reading(cursor);
        let message = self.text_const("validation failed");
        let parts = [("message", message), ("fields", copy(fields))];
        self.struct_of(Some(dest), ty, &parts);
    }
}
