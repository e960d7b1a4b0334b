//! Places: from a local or global along projections to a register or an address.

use cranelift::prelude::*;
use fuse_abi::object;
use fuse_ir::layout::{Class, Offset};
use fuse_ir::mir::{Index, Place, PlaceBase, TypeId};

use super::{FunctionTranslator, Home};
use crate::signature::{POINTER, scalar_type};

#[derive(Clone, Copy)]
pub(super) enum Location {
    /// A value without bits.
    Nothing,
    Register(Variable),
    Memory(Address),
}

#[derive(Clone, Copy)]
pub(super) struct Address {
    pub base: Value,
    pub offset: i32,
}

/// A location and the type of what is there.
#[derive(Clone, Copy)]
pub(super) struct Resolved {
    pub location: Location,
    pub ty: TypeId,
}

/// Our accesses never trap and may be less aligned than their width (copies move eight bytes at a time).
pub(super) fn access() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

impl FunctionTranslator<'_, '_, '_> {
    pub(super) fn place(&mut self, place: &Place) -> Resolved {
        let (mut location, mut ty) = match place.base {
            PlaceBase::Local(local) => {
                let home = self.homes[local].expect("invariant: every local has a home");
                let location = match home {
                    Home::Nothing => Location::Nothing,
                    Home::Register(variable) => Location::Register(variable),
                    Home::Slot(slot) => at(self.stack_address(slot)),
                    Home::Borrowed(base) => at(base),
                };
                (location, self.function.locals[local].ty)
            }
            PlaceBase::Global(global) => {
                let ty = self.module.program.globals[global].ty;
                let address = self.module.data.global(global);
                let base = self.builder.ins().iconst(POINTER, address);
                (at(base), ty)
            }
        };
        for &projection in &place.projections {
            let step = self
                .module
                .layouts
                .step(&self.module.program.types, ty, projection);
            if step.deref {
                location = at(self.load_location(location, POINTER));
            }
            location = self.advance(location, step.offset);
            ty = step.ty;
        }
        if self.layout(ty).class == Class::Zero {
            location = Location::Nothing;
        }
        Resolved { location, ty }
    }

    fn advance(&mut self, location: Location, offset: Offset) -> Location {
        match (location, offset) {
            // The payload of an option that is a pointer has the same bits as the option.
            (Location::Register(_), Offset::Fixed(0)) => location,
            // Whatever else is projected out of a register has no bits.
            (Location::Nothing | Location::Register(_), _) => Location::Nothing,
            (Location::Memory(address), Offset::Fixed(bytes)) => {
                Location::Memory(self.add_constant(address, bytes))
            }
            (
                Location::Memory(address),
                Offset::Indexed {
                    base,
                    index,
                    stride,
                },
            ) => Location::Memory(self.add_index(address, base, index, stride)),
            (
                Location::Memory(address),
                Offset::Entry {
                    base,
                    index,
                    stride,
                },
            ) => {
                let field = self.add_constant(address, object::MAP_ENTRIES_OFFSET);
                let entries = self.load(field, POINTER);
                let entries = Address {
                    base: entries,
                    offset: 0,
                };
                Location::Memory(self.add_index(entries, base, index, stride))
            }
        }
    }

    fn add_index(&mut self, address: Address, base: u64, index: Index, stride: u64) -> Address {
        match index {
            Index::Const(index) => self.add_constant(address, base + index * stride),
            Index::Local(local) => {
                let Some(Home::Register(variable)) = self.homes[local] else {
                    panic!("invariant: an index local is an Int")
                };
                let index = self.builder.use_var(variable);
                let bytes = if stride == 1 {
                    index
                } else if stride.is_power_of_two() {
                    let shift = i64::from(stride.trailing_zeros());
                    self.builder.ins().ishl_imm_u(index, shift)
                } else {
                    self.builder.ins().imul_imm_u(index, stride as i64)
                };
                let moved = Address {
                    base: self.builder.ins().iadd(address.base, bytes),
                    offset: address.offset,
                };
                self.add_constant(moved, base)
            }
        }
    }

    pub(super) fn add_constant(&mut self, address: Address, bytes: u64) -> Address {
        let total = i64::from(address.offset) + bytes as i64;
        match i32::try_from(total) {
            Ok(offset) => Address { offset, ..address },
            Err(_) => Address {
                base: self.builder.ins().iadd_imm_s(address.base, total),
                offset: 0,
            },
        }
    }

    pub(super) fn load(&mut self, address: Address, ty: Type) -> Value {
        self.builder
            .ins()
            .load(ty, access(), address.base, address.offset)
    }

    pub(super) fn store(&mut self, address: Address, value: Value) {
        self.builder
            .ins()
            .store(access(), value, address.base, address.offset);
    }

    /// The scalar in a register or in memory.
    fn load_location(&mut self, location: Location, ty: Type) -> Value {
        match location {
            Location::Register(variable) => self.builder.use_var(variable),
            Location::Memory(address) => self.load(address, ty),
            Location::Nothing => panic!("invariant: values without bits are not loaded"),
        }
    }

    pub(super) fn load_scalar(&mut self, resolved: Resolved) -> Value {
        let Class::Scalar(scalar) = self.layout(resolved.ty).class else {
            panic!("invariant: only scalars travel in registers")
        };
        self.load_location(resolved.location, scalar_type(scalar))
    }

    pub(super) fn load_scalar_at(&mut self, place: &Place) -> Value {
        let resolved = self.place(place);
        self.load_scalar(resolved)
    }

    pub(super) fn store_scalar(&mut self, location: Location, value: Value) {
        match location {
            Location::Nothing => {}
            Location::Register(variable) => self.builder.def_var(variable, value),
            Location::Memory(address) => self.store(address, value),
        }
    }

    /// The address as one value, to hand out.
    pub(super) fn materialize(&mut self, address: Address) -> Value {
        if address.offset == 0 {
            return address.base;
        }
        self.builder
            .ins()
            .iadd_imm_s(address.base, i64::from(address.offset))
    }

    /// Copies a value's bytes. The two may be the same place, but do not overlap otherwise.
    pub(super) fn copy(&mut self, to: Address, from: Address, size: u64) {
        let mut done = 0;
        while done < size {
            let (width, ty) = match size - done {
                8.. => (8, types::I64),
                4.. => (4, types::I32),
                2.. => (2, types::I16),
                _ => (1, types::I8),
            };
            let source = self.add_constant(from, done);
            let word = self.load(source, ty);
            let target = self.add_constant(to, done);
            self.store(target, word);
            done += width;
        }
    }
}

pub(super) fn at(base: Value) -> Location {
    Location::Memory(Address { base, offset: 0 })
}
