//! One reference less to everything a value refers to directly, and freeing what nobody refers to any more.
//!
//! Long linked structures must not use up the stack: freeing a cell goes on with its last member of the same type in a loop.

use fuse_abi::RuntimeFn;

use super::Expander;
use super::body::{Body, copy, int};
use super::helpers::Helper;
use super::shape::Shape;
use crate::mir::*;

impl Expander<'_> {
    /// Gives up what the value at the place refers to; the place is dead afterwards.
    pub fn release(&mut self, body: &mut Body, place: &Place, ty: TypeId) {
        match self.shape(ty) {
            Shape::Plain => {}
            Shape::Text => body.runtime(RuntimeFn::DropText, vec![Operand::Copy(place.clone())]),
            Shape::Counted => {
                let (free, done) = (body.block(), body.block());
                self.branch_last(body, place, free, done);
                body.switch_to(free);
                let function = self.helper(Helper::Free, ty);
                body.call(function, vec![Operand::Move(place.clone())]);
                body.goto(done);
                body.switch_to(done);
            }
            Shape::Nullable => {
                let (some, done) = (body.block(), body.block());
                let start = self.switch_start(body, place, ty);
                start.finish(body, vec![(1, some)], done);
                body.switch_to(some);
                for (projection, member) in self.members(ty, 1) {
                    self.release(body, &place.project(projection), member);
                }
                body.goto(done);
                body.switch_to(done);
            }
            Shape::Record => {
                for (projection, member) in self.members(ty, 0) {
                    self.release(body, &place.project(projection), member);
                }
            }
            Shape::Cell | Shape::Composite => {
                let function = self.helper(Helper::Release, ty);
                body.call(function, vec![Operand::Move(place.clone())]);
            }
        }
    }

    /// Counts down the object at the place and branches on whether that was the last reference.
    fn branch_last(&mut self, body: &mut Body, place: &Place, last: BlockId, other: BlockId) {
        let args = vec![Operand::Copy(place.clone())];
        let is_last = body.runtime_value(self.basic.bool, RuntimeFn::RcDec, args);
        body.branch(is_last, last, other);
    }

    /// `release<T>(value)` for what is not counted in place.
    pub fn build_release(&mut self, body: &mut Body, ty: TypeId) {
        let param = Place::local(LocalId::from_u32(0));
        let done = body.block();
        if self.shape(ty) == Shape::Cell {
            let cell = body.value(ty, Rvalue::Use(Operand::Copy(param)));
            let head = body.block();
            body.goto(head);
            body.switch_to(head);
            self.release_cell(body, &Place::local(cell), ty, head, done);
        } else if let Some(partial) = self.program.types.partial(ty) {
            self.release_partial(body, &param, partial);
            body.goto(done);
        } else {
            let start = self.switch_start(body, &param, ty);
            let mut cases = Vec::new();
            for variant in 0..self.variant_count(ty) {
                let members = self.members(ty, variant);
                if !members.iter().any(|(_, member)| self.is_managed(*member)) {
                    continue;
                }
                let block = body.block();
                cases.push((i64::from(variant), block));
                body.switch_to(block);
                for (projection, member) in members {
                    self.release(body, &param.project(projection), member);
                }
                body.goto(done);
            }
            start.finish(body, cases, done);
        }
        body.switch_to(done);
        body.terminate(Terminator::Return(Operand::Const(Const::Unit)));
    }

    /// One reference less to the cell in a local; `head` is where the next cell of the same type is treated the same way.
    fn release_cell(
        &mut self,
        body: &mut Body,
        cell: &Place,
        ty: TypeId,
        head: BlockId,
        done: BlockId,
    ) {
        let start = self.switch_start(body, cell, ty);
        let mut cases = Vec::new();
        for variant in 0..self.variant_count(ty) {
            if self.members(ty, variant).is_empty() {
                continue;
            }
            let (block, free) = (body.block(), body.block());
            cases.push((i64::from(variant), block));
            body.switch_to(block);
            self.branch_last(body, cell, free, done);
            body.switch_to(free);
            self.free_cell(body, cell, ty, variant, head, done);
        }
        start.finish(body, cases, done);
    }

    /// `free<T>(object)`: the object has lost its last reference.
    pub fn build_free(&mut self, body: &mut Body, ty: TypeId) {
        let param = Place::local(LocalId::from_u32(0));
        let object = Operand::Copy(param.clone());
        let done = body.block();
        match self.program.types.get(ty) {
            Type::List(element) => {
                if self.is_managed(element) {
                    self.for_each(body, &param, |this, body, index| {
                        let place = param.project(Projection::Element(index));
                        this.release(body, &place, element);
                    });
                }
                let size = self.layouts.stride(element) as i64;
                body.runtime(RuntimeFn::ListFree, vec![object, int(size)]);
                body.goto(done);
            }
            Type::Map(value) => {
                let string = self.basic.string;
                self.for_each(body, &param, |this, body, index| {
                    this.release(body, &param.project(Projection::EntryKey(index)), string);
                    this.release(body, &param.project(Projection::EntryValue(index)), value);
                });
                let size = self.layouts.of(value).size as i64;
                body.runtime(RuntimeFn::MapFree, vec![object, int(size)]);
                body.goto(done);
            }
            _ => {
                let cell = Place::local(body.value(ty, Rvalue::Use(object)));
                let (head, free) = (body.block(), body.block());
                body.goto(free);
                body.switch_to(head);
                self.branch_last(body, &cell, free, done);
                body.switch_to(free);
                self.free_cell(body, &cell, ty, 0, head, done);
            }
        }
        body.switch_to(done);
        body.terminate(Terminator::Return(Operand::Const(Const::Unit)));
    }

    /// Releases the members of a cell that nobody refers to and frees it; ends every path at `head`, with the last member of the same
    /// type in the cell's local, or at `done`.
    fn free_cell(
        &mut self,
        body: &mut Body,
        cell: &Place,
        ty: TypeId,
        variant: u32,
        head: BlockId,
        done: BlockId,
    ) {
        let members = self.members(ty, variant);
        let tail = members
            .iter()
            .rposition(|(_, member)| self.is_managed(*member) && self.holds(*member, ty));
        for (at, (projection, member)) in members.iter().enumerate() {
            if Some(at) != tail {
                self.release(body, &cell.project(*projection), *member);
            }
        }
        let rest = tail.map(|at| {
            let (projection, member) = members[at];
            let value = Operand::Copy(cell.project(projection));
            (Place::local(body.value(member, Rvalue::Use(value))), member)
        });
        let size = self.layouts.cell_size(&self.program.types, ty, variant) as i64;
        body.runtime(
            RuntimeFn::Free,
            vec![Operand::Copy(cell.clone()), int(size)],
        );
        match rest {
            Some((place, member)) => self.continue_with(body, &place, member, cell, ty, head, done),
            None => body.goto(done),
        }
    }

    /// Releases a value that holds the next cell, which goes to the cell's local.
    #[allow(clippy::too_many_arguments)]
    fn continue_with(
        &mut self,
        body: &mut Body,
        place: &Place,
        ty: TypeId,
        cell: &Place,
        target: TypeId,
        head: BlockId,
        done: BlockId,
    ) {
        if ty == target {
            body.assign(cell, Rvalue::Use(Operand::Copy(place.clone())));
            body.goto(head);
            return;
        }
        let start = self.switch_start(body, place, ty);
        let mut cases = Vec::new();
        for variant in 0..self.variant_count(ty) {
            let members = self.members(ty, variant);
            let tail = members
                .iter()
                .rposition(|(_, member)| self.is_managed(*member) && self.holds(*member, target));
            if !members.iter().any(|(_, member)| self.is_managed(*member)) {
                continue;
            }
            let block = body.block();
            cases.push((i64::from(variant), block));
            body.switch_to(block);
            for (at, (projection, member)) in members.iter().enumerate() {
                if Some(at) != tail {
                    self.release(body, &place.project(*projection), *member);
                }
            }
            match tail {
                Some(at) => {
                    let (projection, member) = members[at];
                    let inner = place.project(projection);
                    self.continue_with(body, &inner, member, cell, target, head, done);
                }
                None => body.goto(done),
            }
        }
        start.finish(body, cases, done);
    }

    /// Emits a loop over the elements of a list or the entries of a map.
    pub fn for_each(
        &mut self,
        body: &mut Body,
        sequence: &Place,
        visit: impl FnOnce(&mut Self, &mut Body, Index),
    ) {
        let int_ty = self.basic.int;
        let len = body.value(int_ty, Rvalue::Len(sequence.clone()));
        let index = body.value(int_ty, Rvalue::Use(int(0)));
        let (head, step, done) = (body.block(), body.block(), body.block());
        body.goto(head);
        body.switch_to(head);
        let more = body.value(
            self.basic.bool,
            Rvalue::Binary(BinaryOp::Lt, copy(index), copy(len)),
        );
        body.branch(more, step, done);
        body.switch_to(step);
        visit(self, body, Index::Local(index));
        body.assign(
            &Place::local(index),
            Rvalue::Binary(BinaryOp::AddNowrap, copy(index), int(1)),
        );
        body.goto(head);
        body.switch_to(done);
    }
}
