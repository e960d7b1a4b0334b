//! Making objects unshared before they are changed, and growing lists.

use fuse_abi::RuntimeFn;

use super::Expander;
use super::body::{Body, copy, int};
use super::helpers::Helper;
use crate::mir::*;

impl Expander<'_> {
    /// The object at the place, which may be shared, becomes one that is not.
    pub fn make_unique(&mut self, body: &mut Body, place: &Place) {
        let ty = self.place_type(body, place);
        let (shared, done) = (body.block(), body.block());
        let args = vec![Operand::Copy(place.clone())];
        let unique = body.runtime_value(self.basic.bool, RuntimeFn::RcUnique, args);
        body.branch(unique, done, shared);
        body.switch_to(shared);
        let function = self.helper(Helper::Copy, ty);
        let copied = body.call_value(ty, function, vec![Operand::Move(place.clone())]);
        body.assign(place, Rvalue::Use(Operand::Move(Place::local(copied))));
        body.goto(done);
        body.switch_to(done);
    }

    /// `copy<T>(object) -> object`: a new object with the same content; takes over the reference to the old one.
    pub fn build_copy(&mut self, body: &mut Body, ty: TypeId) {
        let old = Place::local(LocalId::from_u32(0));
        let (raw, int_ty) = (self.basic.raw, self.basic.int);
        let object = Operand::Copy(old.clone());
        let new = match self.program.types.get(ty) {
            Type::List(element) => {
                let len = body.value(int_ty, Rvalue::Len(old.clone()));
                let size = int(self.layouts.stride(element) as i64);
                let args = vec![object, size, int(0), copy(len)];
                let new = body.runtime_value(raw, RuntimeFn::ListCopy, args);
                let new = Place::local(body.value(ty, Rvalue::Use(copy(new))));
                if self.is_managed(element) {
                    self.for_each(body, &new, |this, body, index| {
                        let place = new.project(Projection::Element(index));
                        this.retain(body, &place, element);
                    });
                }
                new
            }
            Type::Map(value) => {
                let size = int(self.layouts.of(value).size as i64);
                let new = body.runtime_value(raw, RuntimeFn::MapCopy, vec![object, size]);
                let new = Place::local(body.value(ty, Rvalue::Use(copy(new))));
                if self.is_managed(value) {
                    self.for_each(body, &new, |this, body, index| {
                        let place = new.project(Projection::EntryValue(index));
                        this.retain(body, &place, value);
                    });
                }
                new
            }
            _ => {
                let size = self.layouts.cell_size(&self.program.types, ty, 0) as i64;
                let new = body.runtime_value(raw, RuntimeFn::Alloc, vec![int(size)]);
                let new = Place::local(body.value(ty, Rvalue::Use(copy(new))));
                for (projection, member) in self.members(ty, 0) {
                    let (from, to) = (old.project(projection), new.project(projection));
                    body.assign(&to, Rvalue::Use(Operand::Copy(from)));
                    self.retain(body, &to, member);
                }
                new
            }
        };
        self.release(body, &old, ty);
        body.terminate(Terminator::Return(Operand::Move(new)));
    }

    /// `reserve<List>(list) -> list`: not shared, with room for one more element.
    pub fn build_reserve(&mut self, body: &mut Body, ty: TypeId) {
        let Type::List(element) = self.program.types.get(ty) else {
            return body.terminate(Terminator::Unreachable);
        };
        let param = Place::local(LocalId::from_u32(0));
        let list = Place::local(body.value(ty, Rvalue::Use(Operand::Move(param))));
        self.make_unique(body, &list);
        let int_ty = self.basic.int;
        let len = body.value(int_ty, Rvalue::Len(list.clone()));
        let least = body.value(
            int_ty,
            Rvalue::Binary(BinaryOp::AddNowrap, copy(len), int(1)),
        );
        let size = int(self.layouts.stride(element) as i64);
        let args = vec![Operand::Copy(list), size, copy(least)];
        let grown = body.runtime_value(self.basic.raw, RuntimeFn::ListGrow, args);
        let grown = body.value(ty, Rvalue::Use(copy(grown)));
        body.terminate(Terminator::Return(Operand::Move(Place::local(grown))));
    }
}
