//! Reading operands, copying values, lengths.

use fuse_abi::object;
use fuse_ir::layout::Class;
use fuse_ir::mir::{Const, Operand, Place, Rvalue, TypeId};
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};

use crate::alias::Region;
use crate::builder::Built;
use crate::function::FunctionCx;
use crate::ops::places::{At, Spot};
use crate::types::{Part, parts};

/// Values of up to this many scalars are copied one by one, which keeps what is known about each.
const MAX_COPIED_PARTS: usize = 8;

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn assign(&mut self, place: &Place, rvalue: &Rvalue) {
        if let Rvalue::Use(operand) = rvalue {
            return self.assign_operand(place, operand);
        }
        let value = self.rvalue(rvalue);
        self.store_scalar(self.spot(place), value);
    }

    fn assign_operand(&mut self, place: &Place, operand: &Operand) {
        let dest = self.spot(place);
        match self.layouts().of(dest.ty).class {
            Class::Zero => {}
            Class::Scalar(_) => {
                let value = self.scalar_operand(operand);
                self.store_scalar(dest, value);
            }
            Class::Memory => {
                let (Operand::Copy(from) | Operand::Move(from)) = operand else {
                    panic!("invariant: values in memory have no constants");
                };
                let from = self.spot(from);
                self.copy(dest, from);
            }
        }
    }

    fn rvalue(&mut self, rvalue: &Rvalue) -> BasicValueEnum<'ctx> {
        match rvalue {
            Rvalue::Use(operand) => self.scalar_operand(operand),
            Rvalue::Unary(op, operand) => self.unary(*op, operand),
            Rvalue::Binary(op, left, right) => self.binary(*op, left, right),
            Rvalue::Tag(place) => self.tag(place).into(),
            Rvalue::Len(place) => {
                let object = self.load_object(self.spot(place));
                self.cx.builder.load_length(object).into()
            }
            Rvalue::Capacity(place) => {
                let object = self.load_object(self.spot(place));
                self.cx.builder.load_aux(object).into()
            }
            Rvalue::Address(place) => self.load_object(self.spot(place)).into(),
            Rvalue::Clone(_)
            | Rvalue::Aggregate { .. }
            | Rvalue::Partial
            | Rvalue::AllClaimed(_)
            | Rvalue::Finish(_)
            | Rvalue::List { .. }
            | Rvalue::ListPush { .. } => panic!("invariant: expansion leaves no {rvalue:?}"),
        }
    }

    pub fn set_length(&mut self, place: &Place, length: &Operand) {
        let length = self.scalar_operand(length);
        let sequence = self.load_object(self.spot(place));
        let builder = &self.cx.builder;
        let address = builder.offset(sequence, object::LEN_OFFSET);
        builder.store(length, address, 8, Region::Length);
    }

    /// A scalar operand in a register.
    pub fn scalar_operand(&self, operand: &Operand) -> BasicValueEnum<'ctx> {
        let llvm = self.cx.llvm();
        match operand {
            Operand::Const(constant) => match *constant {
                Const::Unit => panic!("invariant: Unit has no register"),
                Const::Bool(value) => llvm.i1.const_int(value.into(), false).into(),
                Const::Int(value) => self.cx.builder.int(value).into(),
                Const::Float(value) => llvm.f64.const_float(value).into(),
                Const::Str(id) => self.cx.text(id).into(),
                Const::Object(id) => self.cx.object(id).into(),
                Const::Null => llvm.ptr.const_null().into(),
                Const::Function(id) => {
                    let entry = self.cx.function(id).value;
                    entry.as_global_value().as_pointer_value().into()
                }
            },
            Operand::Copy(place) | Operand::Move(place) => self.load_scalar(self.spot(place)),
        }
    }

    pub fn bool_operand(&self, operand: &Operand) -> IntValue<'ctx> {
        let value = self.scalar_operand(operand);
        self.coerce(value, self.cx.llvm().i1.into())
            .into_int_value()
    }

    /// Where a value in memory is.
    pub fn operand_address(&self, operand: &Operand) -> PointerValue<'ctx> {
        let (Operand::Copy(place) | Operand::Move(place)) = operand else {
            panic!("invariant: values in memory have no constants");
        };
        match self.spot(place).at {
            At::Memory(address) => address,
            at => panic!("invariant: a value in memory is not at {at:?}"),
        }
    }

    /// Type of what an operand reads; `None` for constants.
    pub fn operand_type(&self, operand: &Operand) -> Option<TypeId> {
        match operand {
            Operand::Const(_) => None,
            Operand::Copy(place) | Operand::Move(place) => Some(self.spot(place).ty),
        }
    }

    /// Copies a value in memory.
    fn copy(&self, to: Spot<'ctx>, from: Spot<'ctx>) {
        let (At::Memory(to_address), At::Memory(from_address)) = (to.at, from.at) else {
            panic!("invariant: a value in memory has addresses");
        };
        let scalars = parts(self.types(), self.layouts(), to.ty)
            .filter(|parts| parts.len() <= MAX_COPIED_PARTS && parts.iter().all(|part| part.typed));
        let Some(mut scalars) = scalars else {
            let layout = self.layouts().of(to.ty);
            self.cx
                .builder
                .copy(to_address, from_address, layout.size, layout.align);
            return;
        };
        let overlaid = |spot: Spot, scalars: &mut Vec<Part>| {
            for part in scalars {
                part.typed = !spot.overlaid;
            }
        };
        overlaid(from, &mut scalars);
        let values = self.load_parts(from_address, &scalars);
        overlaid(to, &mut scalars);
        self.store_parts(to_address, &scalars, &values);
    }

    pub fn load_parts(
        &self,
        address: PointerValue<'ctx>,
        parts: &[Part],
    ) -> Vec<BasicValueEnum<'ctx>> {
        let builder = &self.cx.builder;
        parts
            .iter()
            .map(|part| {
                builder.load(
                    builder.scalar_type(part.scalar),
                    builder.offset(address, part.offset),
                    align(part),
                    part_region(part),
                )
            })
            .collect()
    }

    pub fn store_parts(
        &self,
        address: PointerValue<'ctx>,
        parts: &[Part],
        values: &[BasicValueEnum<'ctx>],
    ) {
        let builder = &self.cx.builder;
        for (part, &value) in parts.iter().zip(values) {
            let address = builder.offset(address, part.offset);
            builder.store(value, address, align(part), part_region(part));
        }
    }

    /// The parts of a call's result.
    pub fn split_result(
        &self,
        result: BasicValueEnum<'ctx>,
        parts: &[Part],
    ) -> Vec<BasicValueEnum<'ctx>> {
        if parts.len() == 1 {
            return vec![result];
        }
        let pair = result.into_struct_value();
        (0..parts.len() as u32)
            .map(|index| {
                self.cx
                    .builder
                    .raw
                    .build_extract_value(pair, index, "")
                    .built()
            })
            .collect()
    }
}

fn align(part: &Part) -> u64 {
    match part.scalar {
        fuse_ir::layout::Scalar::I8 => 1,
        _ => 8,
    }
}

fn part_region(part: &Part) -> Region {
    if part.typed {
        Region::Data(part.scalar)
    } else {
        Region::Unknown
    }
}
