//! Places: from a base step by step to the storage of a part, as the layouts say.

use fuse_abi::object;
use fuse_ir::layout::{Class, Offset, Scalar, TagEncoding};
use fuse_ir::mir::{Index, Place, PlaceBase, Projection, Type, TypeId};
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};

use crate::alias::Region;
use crate::builder::Built;
use crate::function::{FunctionCx, Storage};
use crate::types::{PointerKind, pointer_kind};

/// Where a place is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'ctx> {
    Nowhere,
    Value(BasicValueEnum<'ctx>),
    /// A slot of the register type.
    Register(PointerValue<'ctx>),
    /// Memory at the type's own layout.
    Memory(PointerValue<'ctx>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'ctx> {
    pub at: At<'ctx>,
    pub ty: TypeId,
    /// Other variants keep other things in the same bytes.
    pub overlaid: bool,
}

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn spot(&self, place: &Place) -> Spot<'ctx> {
        let mut spot = match place.base {
            PlaceBase::Local(local) => Spot {
                at: match self.locals[local.as_u32() as usize] {
                    Storage::Zero => At::Nowhere,
                    Storage::Value(value) => At::Value(value),
                    Storage::Register(slot) => At::Register(slot),
                    Storage::Memory(address) => At::Memory(address),
                },
                ty: self.local_type(local),
                overlaid: false,
            },
            PlaceBase::Global(global) => Spot {
                at: At::Memory(self.cx.global(global)),
                ty: self.cx.program.globals[global].ty,
                overlaid: false,
            },
        };
        for &projection in &place.projections {
            spot = self.project(spot, projection);
        }
        spot
    }

    fn project(&self, spot: Spot<'ctx>, projection: Projection) -> Spot<'ctx> {
        let step = self.layouts().step(self.types(), spot.ty, projection);
        let overlaid = !step.deref && (spot.overlaid || overlays(projection));
        let base = if step.deref {
            self.load_object(spot)
        } else if step.offset == Offset::Fixed(0) && !matches!(spot.at, At::Memory(_)) {
            // A scalar inside a scalar: the payload of an option whose none is null.
            return Spot {
                ty: step.ty,
                ..spot
            };
        } else {
            match spot.at {
                At::Memory(address) => address,
                _ => {
                    // Only parts without bits are left of what lives in registers.
                    return Spot {
                        at: At::Nowhere,
                        ty: step.ty,
                        overlaid,
                    };
                }
            }
        };
        let builder = &self.cx.builder;
        let address = match step.offset {
            Offset::Fixed(offset) => builder.offset(base, offset),
            Offset::Indexed {
                base: start,
                index,
                stride,
            } => self.element(base, start, index, stride),
            Offset::Entry {
                base: part,
                index,
                stride,
            } => {
                let entries = builder.load_pointer(
                    builder.offset(base, object::MAP_ENTRIES_OFFSET),
                    PointerKind::Object,
                    Region::Entries,
                );
                let entry = self.element(entries, 0, index, stride);
                builder.offset(entry, part)
            }
        };
        Spot {
            at: At::Memory(address),
            ty: step.ty,
            overlaid,
        }
    }

    fn element(
        &self,
        object: PointerValue<'ctx>,
        start: u64,
        index: Index,
        stride: u64,
    ) -> PointerValue<'ctx> {
        let builder = &self.cx.builder;
        match index {
            Index::Const(index) => builder.offset(object, start + index * stride),
            Index::Local(_) => {
                let items = builder.offset(object, start);
                builder.indexed(items, self.index(index), stride)
            }
        }
    }

    fn index(&self, index: Index) -> IntValue<'ctx> {
        match index {
            Index::Const(value) => self.cx.builder.int(value as i64),
            Index::Local(local) => self
                .load_scalar(self.spot(&Place::local(local)))
                .into_int_value(),
        }
    }

    /// The pointer a place holds.
    pub fn load_object(&self, spot: Spot<'ctx>) -> PointerValue<'ctx> {
        self.load_scalar(spot).into_pointer_value()
    }

    /// What an access to data of the scalar at the place can touch.
    pub fn region(&self, spot: Spot<'ctx>, scalar: Scalar) -> Region {
        if spot.overlaid {
            Region::Unknown
        } else {
            Region::Data(scalar)
        }
    }

    fn scalar_of(&self, ty: TypeId) -> Scalar {
        match self.layouts().of(ty).class {
            Class::Scalar(scalar) => scalar,
            class => panic!("invariant: {class:?} is not a scalar"),
        }
    }

    /// Reads a scalar into a register.
    pub fn load_scalar(&self, spot: Spot<'ctx>) -> BasicValueEnum<'ctx> {
        let builder = &self.cx.builder;
        let align = self.layouts().of(spot.ty).align;
        match spot.at {
            At::Nowhere => panic!("invariant: a scalar is somewhere"),
            At::Value(value) => value,
            At::Register(slot) => {
                builder.load(self.register(spot.ty), slot, align, Region::Unknown)
            }
            At::Memory(address) => {
                let scalar = self.scalar_of(spot.ty);
                let region = self.region(spot, scalar);
                match (self.types().get(spot.ty), scalar) {
                    (Type::Bool, _) => builder.load_bool(address, region).into(),
                    (_, Scalar::Pointer) => {
                        let kind = pointer_kind(self.types(), spot.ty);
                        builder.load_pointer(address, kind, region).into()
                    }
                    (_, scalar) => {
                        builder.load(builder.scalar_type(scalar), address, align, region)
                    }
                }
            }
        }
    }

    /// Writes a scalar from a register.
    pub fn store_scalar(&self, spot: Spot<'ctx>, value: BasicValueEnum<'ctx>) {
        let builder = &self.cx.builder;
        let align = self.layouts().of(spot.ty).align;
        match spot.at {
            At::Nowhere => {}
            At::Value(_) => panic!("invariant: written parameters have storage"),
            At::Register(slot) => {
                let value = self.coerce(value, self.register(spot.ty));
                builder.store(value, slot, align, Region::Unknown);
            }
            At::Memory(address) => {
                let scalar = self.scalar_of(spot.ty);
                let value = self.coerce(value, builder.scalar_type(scalar));
                let region = self.region(spot, scalar);
                builder.store(value, address, align, region);
            }
        }
    }

    /// The value as the register or memory type wanted: truth values are bits in registers and bytes in memory.
    pub fn coerce(
        &self,
        value: BasicValueEnum<'ctx>,
        wanted: inkwell::types::BasicTypeEnum<'ctx>,
    ) -> BasicValueEnum<'ctx> {
        if !value.is_int_value() || !wanted.is_int_type() {
            return value;
        }
        let (value, wanted) = (value.into_int_value(), wanted.into_int_type());
        let (from, to) = (value.get_type().get_bit_width(), wanted.get_bit_width());
        let builder = &self.cx.builder.raw;
        if from < to {
            builder.build_int_z_extend(value, wanted, "").built().into()
        } else if from > to {
            builder.build_int_truncate(value, wanted, "").built().into()
        } else {
            value.into()
        }
    }

    /// How the discriminant of the place's type is stored.
    pub fn encoding(&self, ty: TypeId) -> TagEncoding {
        self.layouts().tag_encoding(self.types(), ty)
    }
}

/// Does the step lead into bytes that variants share?
fn overlays(projection: Projection) -> bool {
    matches!(
        projection,
        Projection::Variant { .. } | Projection::Some | Projection::Ok | Projection::Err
    )
}
