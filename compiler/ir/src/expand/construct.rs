//! Building values: aggregates, lists, appending, map entries.

use fuse_abi::RuntimeFn;

use super::Expander;
use super::body::{Body, copy, int};
use super::helpers::Helper;
use super::shape::Shape;
use crate::layout::Class;
use crate::mir::*;

impl Expander<'_> {
    pub fn aggregate(&mut self, body: &mut Body, dest: Place, variant: u32, fields: Vec<Operand>) {
        let ty = self.place_type(body, &dest);
        let types = &self.program.types;
        let boxed = match types.get(ty) {
            Type::Box(_) => true,
            Type::Struct(id) => types.structs[id].boxed,
            Type::Enum(id) => types.enums[id].boxed && !fields.is_empty(),
            _ => false,
        };
        if boxed {
            let size = self.layouts.cell_size(&self.program.types, ty, variant) as i64;
            let memory = body.runtime_value(self.basic.raw, RuntimeFn::Alloc, vec![int(size)]);
            let object = Place::local(body.value(ty, Rvalue::Use(copy(memory))));
            self.fill(body, &object, ty, variant, fields);
            body.assign(&dest, Rvalue::Use(Operand::Move(object)));
            return;
        }
        // Parts are stored one by one, so none may be read from where they go.
        let overlaps = fields
            .iter()
            .filter_map(Operand::place)
            .any(|place| place.base == dest.base);
        if overlaps {
            let temp = Place::local(body.local(ty));
            self.fill(body, &temp, ty, variant, fields);
            body.assign(&dest, Rvalue::Use(Operand::Move(temp)));
        } else {
            self.fill(body, &dest, ty, variant, fields);
        }
    }

    fn fill(
        &mut self,
        body: &mut Body,
        place: &Place,
        ty: TypeId,
        variant: u32,
        fields: Vec<Operand>,
    ) {
        for ((projection, member), field) in self.members(ty, variant).into_iter().zip(fields) {
            if self.layouts.of(member).class != Class::Zero {
                body.assign(&place.project(projection), Rvalue::Use(field));
            }
        }
        if matches!(
            self.program.types.get(ty),
            Type::Option(_) | Type::Result(..) | Type::Enum(_)
        ) {
            body.emit(StatementKind::SetTag(place.clone(), variant));
        }
    }

    pub fn list(
        &mut self,
        body: &mut Body,
        dest: &Place,
        elements: Vec<Operand>,
        capacity: Operand,
    ) {
        let ty = self.place_type(body, dest);
        let raw = self.basic.raw;
        let element = match self.program.types.get(ty) {
            Type::List(element) => element,
            Type::Map(value) => {
                let size = int(self.layouts.of(value).size as i64);
                let map = body.runtime_value(raw, RuntimeFn::MapNew, vec![size, capacity]);
                return body.assign(dest, Rvalue::Use(copy(map)));
            }
            other => unreachable!("the verifier accepts no list of type {other:?}"),
        };
        let count = elements.len() as i64;
        let capacity = match capacity {
            Operand::Const(Const::Int(hint)) => int(hint.max(count)),
            hint if count == 0 => hint,
            _ => int(count),
        };
        let size = int(self.layouts.stride(element) as i64);
        let list = body.runtime_value(raw, RuntimeFn::ListNew, vec![size, capacity]);
        let list = Place::local(body.value(ty, Rvalue::Use(copy(list))));
        let stored = self.layouts.of(element).class != Class::Zero;
        for (at, value) in elements.into_iter().enumerate() {
            if stored {
                let place = list.project(Projection::Element(Index::Const(at as u64)));
                body.assign(&place, Rvalue::Use(value));
            }
        }
        if count > 0 {
            body.emit(StatementKind::SetLen(list.clone(), int(count)));
        }
        body.assign(dest, Rvalue::Use(Operand::Move(list)));
    }

    /// Appends in place when the list is not shared and has room; everything else is `reserve`.
    pub fn push(&mut self, body: &mut Body, dest: &Place, list: Operand, value: Operand) {
        let ty = self.place_type(body, dest);
        let Type::List(element) = self.program.types.get(ty) else {
            unreachable!("the verifier accepts push to lists only")
        };
        let (bool_ty, int_ty) = (self.basic.bool, self.basic.int);
        let work = Place::local(body.value(ty, Rvalue::Use(list)));
        let (room, reserve, store) = (body.block(), body.block(), body.block());
        // Read once: reserving keeps the length, and a loop of pushes keeps it in a register.
        let len = body.value(int_ty, Rvalue::Len(work.clone()));
        let args = vec![Operand::Copy(work.clone())];
        let unique = body.runtime_value(bool_ty, RuntimeFn::RcUnique, args);
        body.branch(unique, room, reserve);

        body.switch_to(room);
        let capacity = body.value(int_ty, Rvalue::Capacity(work.clone()));
        let fits = body.value(
            bool_ty,
            Rvalue::Binary(BinaryOp::LtUnsigned, copy(len), copy(capacity)),
        );
        body.branch(fits, store, reserve);

        body.switch_to(reserve);
        let function = self.helper(Helper::Reserve, ty);
        let args = vec![Operand::Move(work.clone())];
        let reserved = body.call_value(ty, function, args);
        body.assign(&work, Rvalue::Use(Operand::Move(Place::local(reserved))));
        body.goto(store);

        body.switch_to(store);
        if self.layouts.of(element).class != Class::Zero {
            let place = work.project(Projection::Element(Index::Local(len)));
            body.assign(&place, Rvalue::Use(value));
        }
        let longer = body.value(
            int_ty,
            Rvalue::Binary(BinaryOp::AddNowrap, copy(len), int(1)),
        );
        body.emit(StatementKind::SetLen(work.clone(), copy(longer)));
        body.assign(dest, Rvalue::Use(Operand::Move(work)));
    }

    /// A `map_set` whose key has been looked up before.
    pub fn map_set_found(&mut self, body: &mut Body, kind: StatementKind, index: LocalId) {
        if let StatementKind::MapSet { map, key, value } = kind {
            self.map_set(body, &map, key, value, Some(index));
        }
    }

    /// Overwrites the entry or adds one. `found` is where the key is, or negative, when that is known.
    pub fn map_set(
        &mut self,
        body: &mut Body,
        map: &Place,
        key: Operand,
        value: Operand,
        found: Option<LocalId>,
    ) {
        let ty = self.place_type(body, map);
        let Type::Map(inner) = self.program.types.get(ty) else {
            unreachable!("the verifier accepts map_set of maps only")
        };
        let (bool_ty, int_ty, raw) = (self.basic.bool, self.basic.int, self.basic.raw);
        let size = int(self.layouts.of(inner).size as i64);
        let constant = matches!(key, Operand::Const(_));
        let key = Place::local(body.value(self.basic.string, Rvalue::Use(key)));
        let index = found.unwrap_or_else(|| {
            let args = vec![
                Operand::Copy(map.clone()),
                Operand::Copy(key.clone()),
                size.clone(),
            ];
            body.runtime_value(int_ty, RuntimeFn::MapFind, args)
        });
        let is_there = body.value(bool_ty, Rvalue::Binary(BinaryOp::Ge, copy(index), int(0)));
        let (present, absent, store) = (body.block(), body.block(), body.block());
        let at = body.local(int_ty);
        let entry = map.project(Projection::EntryValue(Index::Local(at)));
        body.branch(is_there, present, absent);

        body.switch_to(present);
        body.assign(&Place::local(at), Rvalue::Use(copy(index)));
        if !constant {
            self.release(body, &key, self.basic.string);
        }
        if self.shape(inner) != Shape::Plain {
            self.release(body, &entry, inner);
        }
        body.goto(store);

        body.switch_to(absent);
        let args = vec![Operand::Copy(map.clone()), Operand::Move(key), size];
        let inserted = body.runtime_value(raw, RuntimeFn::MapInsert, args);
        body.assign(map, Rvalue::Use(copy(inserted)));
        let len = body.value(int_ty, Rvalue::Len(map.clone()));
        body.assign(
            &Place::local(at),
            Rvalue::Binary(BinaryOp::SubNowrap, copy(len), int(1)),
        );
        body.goto(store);

        body.switch_to(store);
        if self.layouts.of(inner).class != Class::Zero {
            body.assign(&entry, Rvalue::Use(value));
        }
    }
}
