//! Operands and plain assignment.

use cranelift::prelude::*;
use cranelift_module::Module;
use fuse_ir::layout::Class;
use fuse_ir::mir::{Const, Operand, Place};

use super::FunctionTranslator;
use super::place::{Address, Location};
use crate::signature::POINTER;

impl FunctionTranslator<'_, '_, '_> {
    /// An operand of a scalar type.
    pub(super) fn scalar(&mut self, operand: &Operand) -> Value {
        match operand {
            Operand::Const(constant) => self.constant(*constant),
            Operand::Copy(place) | Operand::Move(place) => self.load_scalar_at(place),
        }
    }

    fn constant(&mut self, constant: Const) -> Value {
        match constant {
            Const::Unit => panic!("invariant: unit has no bits"),
            Const::Bool(value) => self.builder.ins().iconst(types::I8, i64::from(value)),
            Const::Int(value) => self.builder.ins().iconst(types::I64, value),
            Const::Float(value) => self.builder.ins().f64const(value),
            Const::Str(id) => {
                let address = self.module.data.string(id);
                self.builder.ins().iconst(POINTER, address)
            }
            Const::Object(id) => {
                let address = self.module.data.object(id);
                self.builder.ins().iconst(POINTER, address)
            }
            Const::Null => self.builder.ins().iconst(POINTER, 0),
            Const::Function(id) => {
                let code = self.module.function(id);
                let code = self
                    .module
                    .module
                    .declare_func_in_func(code, self.builder.func);
                self.builder.ins().func_addr(POINTER, code)
            }
        }
    }

    /// The address of an operand: its place, or, for a scalar that lives in no place, a stack slot made for it.
    pub(super) fn address(&mut self, operand: &Operand) -> Address {
        if let Operand::Copy(place) | Operand::Move(place) = operand {
            let resolved = self.place(place);
            if let Location::Memory(address) = resolved.location {
                return address;
            }
        }
        let value = self.scalar(operand);
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
        let slot = self.builder.create_sized_stack_slot(data);
        let address = Address {
            base: self.stack_address(slot),
            offset: 0,
        };
        self.store(address, value);
        address
    }

    /// `place = operand`, as a plain store of its bits.
    pub(super) fn assign_operand(&mut self, place: &Place, operand: &Operand) {
        let target = self.place(place);
        match target.location {
            Location::Nothing => {}
            Location::Register(variable) => {
                let value = self.scalar(operand);
                self.builder.def_var(variable, value);
            }
            Location::Memory(to) => {
                let layout = self.layout(target.ty);
                match layout.class {
                    Class::Zero => {}
                    Class::Scalar(_) => {
                        let value = self.scalar(operand);
                        self.store(to, value);
                    }
                    Class::Memory => {
                        let from = self.address(operand);
                        self.copy(to, from, layout.size);
                    }
                }
            }
        }
    }
}
