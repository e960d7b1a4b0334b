//! Discriminants, lengths and capacities.

use cranelift::prelude::*;
use fuse_abi::object;
use fuse_ir::layout::TagEncoding;
use fuse_ir::mir::{Place, Type as MirType, TypeId};

use super::FunctionTranslator;
use super::place::{Address, Location, Resolved, access};
use crate::signature::POINTER;

impl FunctionTranslator<'_, '_, '_> {
    pub(super) fn tag(&mut self, place: &Place) -> Value {
        let resolved = self.place(place);
        match self.tag_encoding(resolved.ty) {
            TagEncoding::Byte => match resolved.location {
                Location::Memory(address) => {
                    self.builder
                        .ins()
                        .uload8(types::I64, access(), address.base, address.offset)
                }
                _ => {
                    let byte = self.load_scalar(resolved);
                    self.builder.ins().uextend(types::I64, byte)
                }
            },
            TagEncoding::NullPointer => {
                let pointer = self.load_scalar(resolved);
                let present = self.builder.ins().icmp_imm_u(IntCC::NotEqual, pointer, 0);
                self.builder.ins().uextend(types::I64, present)
            }
            TagEncoding::Cell => self.cell_tag(resolved),
        }
    }

    /// Odd words hold the variant themselves, even ones point to a cell that does.
    fn cell_tag(&mut self, resolved: Resolved) -> Value {
        let word = self.load_scalar(resolved);
        let immediate = self.builder.create_block();
        let cell = self.builder.create_block();
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let odd = self.builder.ins().band_imm_u(word, 1);
        self.builder.ins().brif(odd, immediate, &[], cell, &[]);

        self.builder.switch_to_block(immediate);
        let variant = self.builder.ins().ushr_imm_u(word, 1);
        self.builder.ins().jump(done, &[variant.into()]);

        self.builder.switch_to_block(cell);
        let variant = self.load_aux(word);
        self.builder.ins().jump(done, &[variant.into()]);

        self.builder.switch_to_block(done);
        result
    }

    pub(super) fn set_tag(&mut self, place: &Place, tag: u32) {
        let resolved = self.place(place);
        match self.tag_encoding(resolved.ty) {
            TagEncoding::Byte => {
                let tag = self.builder.ins().iconst(types::I8, i64::from(tag));
                self.store_scalar(resolved.location, tag);
            }
            // The payload, stored before, is the tag.
            TagEncoding::NullPointer if tag == 1 => {}
            TagEncoding::NullPointer => {
                let null = self.builder.ins().iconst(POINTER, 0);
                self.store_scalar(resolved.location, null);
            }
            TagEncoding::Cell if self.has_payload(resolved.ty, tag) => {
                let cell = self.load_scalar(resolved);
                let variant = self.builder.ins().iconst(types::I32, i64::from(tag));
                self.store(
                    Address {
                        base: cell,
                        offset: object::AUX_OFFSET as i32,
                    },
                    variant,
                );
            }
            TagEncoding::Cell => {
                let word = self.builder.ins().iconst(POINTER, i64::from(tag) * 2 + 1);
                self.store_scalar(resolved.location, word);
            }
        }
    }

    pub(super) fn len(&mut self, place: &Place) -> Value {
        let pointer = self.load_scalar_at(place);
        self.load(len_of(pointer), types::I64)
    }

    pub(super) fn set_len(&mut self, place: &Place, len: Value) {
        let pointer = self.load_scalar_at(place);
        self.store(len_of(pointer), len);
    }

    pub(super) fn capacity(&mut self, place: &Place) -> Value {
        let pointer = self.load_scalar_at(place);
        self.load_aux(pointer)
    }

    fn load_aux(&mut self, pointer: Value) -> Value {
        self.builder
            .ins()
            .uload32(access(), pointer, object::AUX_OFFSET as i32)
    }

    fn tag_encoding(&self, ty: TypeId) -> TagEncoding {
        self.module
            .layouts
            .tag_encoding(&self.module.program.types, ty)
    }

    fn has_payload(&self, ty: TypeId, variant: u32) -> bool {
        let types = &self.module.program.types;
        match types.get(ty) {
            MirType::Enum(id) => !types.enums[id].variants[variant as usize]
                .payload
                .is_empty(),
            other => panic!("invariant: {other:?} has no cells"),
        }
    }
}

fn len_of(pointer: Value) -> Address {
    Address {
        base: pointer,
        offset: object::LEN_OFFSET as i32,
    }
}
