//! Discriminants of options, results and enums.

use fuse_abi::object;
use fuse_ir::layout::{Scalar, TagEncoding};
use fuse_ir::mir::{EnumId, Place, Type, TypeId};
use inkwell::IntPredicate;
use inkwell::values::{IntValue, PointerValue};

use crate::alias::Region;
use crate::builder::Built;
use crate::function::FunctionCx;
use crate::ops::places::{At, Spot};

/// The word that stands for a variant without payload.
fn immediate(variant: u32) -> u64 {
    u64::from(variant) * 2 + 1
}

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn tag(&self, place: &Place) -> IntValue<'ctx> {
        let spot = self.spot(place);
        let builder = &self.cx.builder;
        match self.encoding(spot.ty) {
            TagEncoding::Byte => {
                let byte = self.load_tag_byte(spot);
                builder
                    .raw
                    .build_int_z_extend(byte, self.cx.llvm().i64, "")
                    .built()
            }
            TagEncoding::NullPointer => {
                let pointer = self.load_object(spot);
                let some = builder.raw.build_is_not_null(pointer, "").built();
                builder
                    .raw
                    .build_int_z_extend(some, self.cx.llvm().i64, "")
                    .built()
            }
            TagEncoding::Cell => {
                let Type::Enum(id) = self.types().get(spot.ty) else {
                    panic!("invariant: only enums live in cells");
                };
                self.cell_tag(self.load_object(spot), id)
            }
        }
    }

    fn load_tag_byte(&self, spot: Spot<'ctx>) -> IntValue<'ctx> {
        match spot.at {
            // Enums without payload are their own tag.
            At::Value(_) | At::Register(_) => self.load_scalar(spot).into_int_value(),
            At::Memory(address) => self
                .cx
                .builder
                .load(self.cx.llvm().i8, address, 1, self.region(spot, Scalar::I8))
                .into_int_value(),
            At::Nowhere => self.cx.llvm().i8.const_zero(),
        }
    }

    /// Odd words are immediates, even ones point to cells. What only one variant can be is not read.
    fn cell_tag(&self, pointer: PointerValue<'ctx>, id: EnumId) -> IntValue<'ctx> {
        let builder = &self.cx.builder;
        let raw = &builder.raw;
        let llvm = self.cx.llvm();
        let (cells, immediates): (Vec<u32>, Vec<u32>) = (0..self.types().enums[id].variants.len()
            as u32)
            .partition(|&variant| self.has_cell(id, variant));
        if immediates.is_empty() {
            return match cells.as_slice() {
                [single] => builder.int(i64::from(*single)),
                _ => builder.load_aux(pointer),
            };
        }
        let word = raw.build_ptr_to_int(pointer, llvm.i64, "").built();
        let shifted = match immediates.as_slice() {
            [single] => builder.int(i64::from(*single)),
            _ => raw
                .build_right_shift(word, builder.int(1), false, "")
                .built(),
        };
        let low = raw.build_and(word, builder.int(1), "").built();
        let is_immediate = raw
            .build_int_compare(IntPredicate::NE, low, builder.int(0), "")
            .built();
        match cells.as_slice() {
            [] => shifted,
            [single] => raw
                .build_select(is_immediate, shifted, builder.int(i64::from(*single)), "")
                .built()
                .into_int_value(),
            _ => self.read_cell_or(is_immediate, pointer, shifted),
        }
    }

    fn read_cell_or(
        &self,
        is_immediate: IntValue<'ctx>,
        pointer: PointerValue<'ctx>,
        immediate: IntValue<'ctx>,
    ) -> IntValue<'ctx> {
        let builder = &self.cx.builder;
        let raw = &builder.raw;
        let here = raw
            .get_insert_block()
            .expect("invariant: the builder is in a block");
        let cell = self.new_block("cell");
        let join = self.new_block("tag");
        raw.build_conditional_branch(is_immediate, join, cell)
            .built();
        raw.position_at_end(cell);
        let variant = builder.load_aux(pointer);
        raw.build_unconditional_branch(join).built();
        raw.position_at_end(join);
        let phi = raw.build_phi(self.cx.llvm().i64, "").built();
        phi.add_incoming(&[(&immediate, here), (&variant, cell)]);
        phi.as_basic_value().into_int_value()
    }

    /// Variants with payload items, even of `Unit`, have a cell.
    fn has_cell(&self, id: EnumId, variant: u32) -> bool {
        !self.types().enums[id].variants[variant as usize]
            .payload
            .is_empty()
    }

    pub fn set_tag(&mut self, place: &Place, variant: u32) {
        let spot = self.spot(place);
        match self.encoding(spot.ty) {
            TagEncoding::Byte => self.store_tag_byte(spot, variant),
            TagEncoding::NullPointer => {
                if variant == 0 {
                    self.store_scalar(spot, self.cx.llvm().ptr.const_null().into());
                }
            }
            TagEncoding::Cell => self.set_cell_tag(spot, spot.ty, variant),
        }
    }

    fn store_tag_byte(&self, spot: Spot<'ctx>, variant: u32) {
        let tag = self.cx.llvm().i8.const_int(u64::from(variant), false);
        match spot.at {
            At::Memory(address) => {
                let region = self.region(spot, Scalar::I8);
                self.cx.builder.store(tag.into(), address, 1, region);
            }
            _ => self.store_scalar(spot, tag.into()),
        }
    }

    fn set_cell_tag(&self, spot: Spot<'ctx>, ty: TypeId, variant: u32) {
        let Type::Enum(id) = self.types().get(ty) else {
            panic!("invariant: only enums live in cells");
        };
        let builder = &self.cx.builder;
        let llvm = self.cx.llvm();
        if self.has_cell(id, variant) {
            let address = builder.offset(self.load_object(spot), object::AUX_OFFSET);
            let aux = llvm.i32.const_int(u64::from(variant), false);
            builder.store(aux.into(), address, 4, Region::Aux);
        } else {
            let word = llvm.i64.const_int(immediate(variant), false);
            self.store_scalar(spot, word.const_to_pointer(llvm.ptr).into());
        }
    }
}
