//! Thin layer over inkwell's builder: what this crate emits often, with the metadata it always wants.

use fuse_ir::layout::Scalar;
use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder as LlvmBuilder, BuilderError};
use inkwell::context::Context;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{BasicValueEnum, InstructionValue, IntValue, MetadataValue, PointerValue};

use crate::alias::{AliasTags, Region};
use crate::attributes::OBJECT_ALIGN;
use crate::types::{PointerKind, Types};

/// Building fails only when the builder has no position or gets ill-typed values, which are defects of this crate.
pub(crate) trait Built<T> {
    fn built(self) -> T;
}

impl<T> Built<T> for Result<T, BuilderError> {
    fn built(self) -> T {
        self.expect("invariant: the builder has a position and well-typed values")
    }
}

pub(crate) struct Builder<'ctx> {
    pub raw: LlvmBuilder<'ctx>,
    pub llvm: Types<'ctx>,
    pub alias: AliasTags<'ctx>,
    kinds: Kinds,
    unlikely: MetadataValue<'ctx>,
    bool_range: MetadataValue<'ctx>,
    length_range: MetadataValue<'ctx>,
    object_align: MetadataValue<'ctx>,
    empty: MetadataValue<'ctx>,
}

struct Kinds {
    prof: u32,
    range: u32,
    nonnull: u32,
    align: u32,
}

/// How likely the taken side of a check is, against 1.
const LIKELY_WEIGHT: u64 = 1 << 20;

impl<'ctx> Builder<'ctx> {
    pub fn new(context: &'ctx Context) -> Builder<'ctx> {
        let llvm = Types::new(context);
        let i32 = |value| llvm.i32.const_int(value, false);
        Builder {
            raw: context.create_builder(),
            llvm,
            alias: AliasTags::new(context),
            kinds: Kinds {
                prof: context.get_kind_id("prof"),
                range: context.get_kind_id("range"),
                nonnull: context.get_kind_id("nonnull"),
                align: context.get_kind_id("align"),
            },
            unlikely: context.metadata_node(&[
                context.metadata_string("branch_weights").into(),
                i32(LIKELY_WEIGHT).into(),
                i32(1).into(),
            ]),
            bool_range: context.metadata_node(&[
                llvm.i8.const_zero().into(),
                llvm.i8.const_int(2, false).into(),
            ]),
            length_range: context.metadata_node(&[
                llvm.i64.const_zero().into(),
                llvm.i64
                    .const_int(fuse_abi::object::MAX_CAPACITY + 1, false)
                    .into(),
            ]),
            object_align: context.metadata_node(&[llvm.i64.const_int(OBJECT_ALIGN, false).into()]),
            empty: context.metadata_node(&[]),
        }
    }

    /// The address `offset` bytes into an object.
    pub fn offset(&self, base: PointerValue<'ctx>, offset: u64) -> PointerValue<'ctx> {
        if offset == 0 {
            return base;
        }
        let index = self.llvm.i64.const_int(offset, false);
        // SAFETY: the offset comes from the layout of the object `base` points to, so the result is inside it.
        unsafe {
            self.raw
                .build_in_bounds_gep(self.llvm.i8, base, &[index], "")
        }
        .built()
    }

    /// The address of the `index`-th of the items of `stride` bytes that start at `base`.
    pub fn indexed(
        &self,
        base: PointerValue<'ctx>,
        index: IntValue<'ctx>,
        stride: u64,
    ) -> PointerValue<'ctx> {
        let item = self.llvm.bytes(stride);
        // SAFETY: MIR says the index is in range, so the result is inside the object.
        unsafe { self.raw.build_in_bounds_gep(item, base, &[index], "") }.built()
    }

    pub fn load(
        &self,
        ty: impl BasicType<'ctx>,
        address: PointerValue<'ctx>,
        align: u64,
        region: Region,
    ) -> BasicValueEnum<'ctx> {
        let value = self.raw.build_load(ty, address, "").built();
        let instruction = instruction_of(value);
        instruction
            .set_alignment(align as u32)
            .expect("invariant: layouts have alignments that are powers of two");
        self.annotate(instruction, region);
        value
    }

    pub fn store(
        &self,
        value: BasicValueEnum<'ctx>,
        address: PointerValue<'ctx>,
        align: u64,
        region: Region,
    ) {
        let instruction = self.raw.build_store(address, value).built();
        instruction
            .set_alignment(align as u32)
            .expect("invariant: layouts have alignments that are powers of two");
        self.annotate(instruction, region);
    }

    /// Says what an access touches.
    pub fn annotate(&self, instruction: InstructionValue<'ctx>, region: Region) {
        if let Some(tag) = self.alias.tag(region) {
            set(instruction, tag, self.alias.kind);
        }
    }

    /// A truth value in memory, as a bit.
    pub fn load_bool(&self, address: PointerValue<'ctx>, region: Region) -> IntValue<'ctx> {
        let byte = self.load(self.llvm.i8, address, 1, region);
        set(instruction_of(byte), self.bool_range, self.kinds.range);
        self.raw
            .build_int_truncate(byte.into_int_value(), self.llvm.i1, "")
            .built()
    }

    /// A pointer in memory.
    pub fn load_pointer(
        &self,
        address: PointerValue<'ctx>,
        kind: PointerKind,
        region: Region,
    ) -> PointerValue<'ctx> {
        let value = self.load(self.llvm.ptr, address, 8, region);
        if kind != PointerKind::Unknown {
            set(instruction_of(value), self.empty, self.kinds.nonnull);
        }
        if kind == PointerKind::Object {
            set(instruction_of(value), self.object_align, self.kinds.align);
        }
        value.into_pointer_value()
    }

    /// Length of a list, text or map.
    pub fn load_length(&self, object: PointerValue<'ctx>) -> IntValue<'ctx> {
        let address = self.offset(object, fuse_abi::object::LEN_OFFSET);
        let value = self.load(self.llvm.i64, address, 8, Region::Length);
        set(instruction_of(value), self.length_range, self.kinds.range);
        value.into_int_value()
    }

    /// The second word of an object's header, as an `i64`.
    pub fn load_aux(&self, object: PointerValue<'ctx>) -> IntValue<'ctx> {
        let address = self.offset(object, fuse_abi::object::AUX_OFFSET);
        let value = self.load(self.llvm.i32, address, 4, Region::Aux);
        self.raw
            .build_int_z_extend(value.into_int_value(), self.llvm.i64, "")
            .built()
    }

    /// Branches where the first side is what nearly always happens.
    pub fn branch_likely(
        &self,
        condition: IntValue<'ctx>,
        likely: BasicBlock<'ctx>,
        unlikely: BasicBlock<'ctx>,
    ) {
        let branch = self
            .raw
            .build_conditional_branch(condition, likely, unlikely)
            .built();
        set(branch, self.unlikely, self.kinds.prof);
    }

    pub fn copy(&self, to: PointerValue<'ctx>, from: PointerValue<'ctx>, size: u64, align: u64) {
        let size = self.llvm.i64.const_int(size, false);
        self.raw
            .build_memcpy(to, align as u32, from, align as u32, size)
            .built();
    }

    pub fn scalar_type(&self, scalar: Scalar) -> BasicTypeEnum<'ctx> {
        self.llvm.memory(scalar)
    }

    pub fn int(&self, value: i64) -> IntValue<'ctx> {
        self.llvm.i64.const_int(value as u64, true)
    }
}

fn instruction_of(value: BasicValueEnum) -> InstructionValue {
    let instruction = match value {
        BasicValueEnum::IntValue(value) => value.as_instruction(),
        BasicValueEnum::FloatValue(value) => value.as_instruction(),
        BasicValueEnum::PointerValue(value) => value.as_instruction(),
        _ => None,
    };
    instruction.expect("invariant: a load of a scalar is an instruction")
}

fn set<'ctx>(instruction: InstructionValue<'ctx>, node: MetadataValue<'ctx>, kind: u32) {
    instruction
        .set_metadata(node, kind)
        .expect("invariant: the metadata is a node");
}
