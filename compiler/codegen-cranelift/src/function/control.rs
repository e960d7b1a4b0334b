//! Terminators.

use cranelift::codegen::ir::BlockArg;
use cranelift::frontend::Switch;
use cranelift::prelude::*;
use fuse_ir::layout::Class;
use fuse_ir::mir::{Operand, Terminator};

use super::FunctionTranslator;
use super::place::Address;
use crate::CodegenError;

const NO_ARGS: &[BlockArg] = &[];

impl FunctionTranslator<'_, '_, '_> {
    pub(super) fn terminator(&mut self, terminator: &Terminator) -> Result<(), CodegenError> {
        match terminator {
            Terminator::Goto(target) => {
                let target = self.block(*target);
                self.builder.ins().jump(target, NO_ARGS);
            }
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.scalar(condition);
                let (then, otherwise) = (self.block(*then), self.block(*otherwise));
                self.builder
                    .ins()
                    .brif(condition, then, NO_ARGS, otherwise, NO_ARGS);
            }
            Terminator::Switch {
                value,
                cases,
                default,
            } => {
                let value = self.scalar(value);
                let mut switch = Switch::new();
                for &(case, target) in cases {
                    switch.set_entry(u128::from(case as u64), self.block(target));
                }
                let default = self.block(*default);
                switch.emit(&mut self.builder, value, default);
            }
            Terminator::Return(operand) => self.return_value(operand),
            Terminator::Fault(fault, loc) => {
                let site = self.site(*loc);
                let block = self.fault_block(*fault, site);
                self.builder.ins().jump(block, NO_ARGS);
            }
            Terminator::Unreachable => self.unreachable(),
        }
        Ok(())
    }

    fn return_value(&mut self, operand: &Operand) {
        let layout = self.layout(self.function.ret);
        match layout.class {
            Class::Zero => {
                self.builder.ins().return_(&[]);
            }
            Class::Scalar(_) => {
                let value = self.scalar(operand);
                self.builder.ins().return_(&[value]);
            }
            Class::Memory => {
                let base = self
                    .result
                    .expect("invariant: memory results have a destination");
                let from = self.address(operand);
                self.copy(Address { base, offset: 0 }, from, layout.size);
                self.builder.ins().return_(&[]);
            }
        }
    }
}
