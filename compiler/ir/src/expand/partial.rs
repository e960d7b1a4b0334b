//! Structs made field by field: words of bits beside the struct say what has been claimed and filled in, see `mir::Partial`.

use fuse_abi::RuntimeFn;

use super::Expander;
use super::body::{Body, copy, int};
use crate::layout::Class;
use crate::mir::*;

impl Expander<'_> {
    fn partial_of(&self, body: &Body, place: &Place) -> Partial {
        let ty = self.place_type(body, place);
        self.program
            .types
            .partial(ty)
            .expect("invariant: the verifier accepted this partial struct")
    }

    pub fn begin_partial(&mut self, body: &mut Body, dest: &Place) {
        let partial = self.partial_of(body, dest);
        for word in 0..partial.value() {
            let word = dest.project(Projection::Field(word));
            body.assign(&word, Rvalue::Use(int(0)));
        }
        if self.program.types.structs[partial.of].boxed {
            let value = dest.project(Projection::Field(partial.value()));
            let ty = self.place_type(body, &value);
            let size = self.layouts.cell_size(&self.program.types, ty, 0) as i64;
            let memory = body.runtime_value(self.basic.raw, RuntimeFn::Alloc, vec![int(size)]);
            body.assign(&value, Rvalue::Use(copy(memory)));
        }
    }

    pub fn claim(&mut self, body: &mut Body, dest: &Place, place: &Place, field: u32) {
        let bit = self.partial_of(body, place).bit(field);
        let word = place.project(Projection::Field(bit.claimed));
        let before = body.value(self.basic.int, Rvalue::Use(Operand::Copy(word.clone())));
        self.set_bit(body, &word, before, bit.mask);
        let found = Rvalue::Binary(BinaryOp::BitAnd, copy(before), int(bit.mask));
        let found = body.value(self.basic.int, found);
        body.assign(dest, Rvalue::Binary(BinaryOp::Eq, copy(found), int(0)));
    }

    pub fn fill_field(&mut self, body: &mut Body, place: &Place, field: u32, value: Operand) {
        let partial = self.partial_of(body, place);
        let stored = place
            .project(Projection::Field(partial.value()))
            .project(Projection::Field(field));
        let ty = self.place_type(body, &stored);
        if self.layouts.of(ty).class != Class::Zero {
            body.assign(&stored, Rvalue::Use(value));
        }
        let bit = partial.bit(field);
        let word = place.project(Projection::Field(bit.filled));
        let before = body.value(self.basic.int, Rvalue::Use(Operand::Copy(word.clone())));
        self.set_bit(body, &word, before, bit.mask);
    }

    fn set_bit(&self, body: &mut Body, word: &Place, before: LocalId, mask: i64) {
        let with = Rvalue::Binary(BinaryOp::BitOr, copy(before), int(mask));
        let with = body.value(self.basic.int, with);
        body.assign(word, Rvalue::Use(copy(with)));
    }

    pub fn all_claimed(&mut self, body: &mut Body, dest: &Place, place: &Place) {
        let partial = self.partial_of(body, place);
        let (all, some, done) = (body.block(), body.block(), body.block());
        self.branch_full(body, place, partial, 0, all, some);
        for (block, value) in [(all, true), (some, false)] {
            body.switch_to(block);
            let value = Operand::Const(Const::Bool(value));
            body.assign(dest, Rvalue::Use(value));
            body.goto(done);
        }
        body.switch_to(done);
    }

    /// Branches on whether as many words from `first` on as there are for all fields have all their bits.
    fn branch_full(
        &mut self,
        body: &mut Body,
        place: &Place,
        partial: Partial,
        first: u32,
        full: BlockId,
        other: BlockId,
    ) {
        for word in 0..partial.words() {
            let bits = Operand::Copy(place.project(Projection::Field(first + word)));
            let is_full = Rvalue::Binary(BinaryOp::Eq, bits, int(partial.full(word)));
            let is_full = body.value(self.basic.bool, is_full);
            let next = body.block();
            body.branch(is_full, next, other);
            body.switch_to(next);
        }
        body.goto(full);
    }

    pub fn finish(&mut self, body: &mut Body, dest: &Place, operand: &Operand) {
        let (Operand::Copy(place) | Operand::Move(place)) = operand else {
            unreachable!("the verifier accepts finish of places only")
        };
        let ty = self.place_type(body, place);
        let partial = self.partial_of(body, place);
        let (full, other, done) = (body.block(), body.block(), body.block());
        self.branch_full(body, place, partial, partial.words(), full, other);
        body.switch_to(full);
        let value = Operand::Move(place.project(Projection::Field(partial.value())));
        body.assign(&dest.project(Projection::Ok), Rvalue::Use(value));
        body.emit(StatementKind::SetTag(dest.clone(), 0));
        body.goto(done);
        body.switch_to(other);
        self.release(body, place, ty);
        body.emit(StatementKind::SetTag(dest.clone(), 1));
        body.goto(done);
        body.switch_to(done);
    }

    /// Releases the fields that have been filled in, and the object they are in.
    pub fn release_partial(&mut self, body: &mut Body, place: &Place, partial: Partial) {
        let value = place.project(Projection::Field(partial.value()));
        let ty = self.place_type(body, &value);
        for (projection, member) in self.members(ty, 0) {
            let Projection::Field(field) = projection else {
                continue;
            };
            if !self.is_managed(member) {
                continue;
            }
            let bit = partial.bit(field);
            let word = Operand::Copy(place.project(Projection::Field(bit.filled)));
            let found = Rvalue::Binary(BinaryOp::BitAnd, word, int(bit.mask));
            let found = body.value(self.basic.int, found);
            let absent = Rvalue::Binary(BinaryOp::Eq, copy(found), int(0));
            let absent = body.value(self.basic.bool, absent);
            let (there, next) = (body.block(), body.block());
            body.branch(absent, next, there);
            body.switch_to(there);
            self.release(body, &value.project(projection), member);
            body.goto(next);
            body.switch_to(next);
        }
        if self.program.types.structs[partial.of].boxed {
            let size = self.layouts.cell_size(&self.program.types, ty, 0) as i64;
            body.runtime(RuntimeFn::Free, vec![Operand::Copy(value), int(size)]);
        }
    }
}
