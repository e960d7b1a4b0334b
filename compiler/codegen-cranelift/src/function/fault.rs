//! Checks and the ways out of a function that do not return.

use cranelift::prelude::*;
use fuse_abi::RuntimeFn;
use fuse_ir::mir::{Fault, FuncId, LocId};

use super::FunctionTranslator;
use super::place::access;
use crate::CodegenError;
use crate::signature::POINTER;

impl FunctionTranslator<'_, '_, '_> {
    /// Continues when the condition (a Bool) holds.
    pub(super) fn check(&mut self, condition: Value, fault: Fault, loc: LocId) {
        let site = self.site(loc);
        self.check_at(condition, fault, site);
    }

    fn check_at(&mut self, condition: Value, fault: Fault, site: u64) {
        let cold = self.fault_block(fault, site);
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, next, &[], cold, &[]);
        self.builder.switch_to_block(next);
    }

    /// Continues when the condition does not hold.
    pub(super) fn fault_if(&mut self, condition: Value, fault: Fault, loc: LocId) {
        let site = self.site(loc);
        let cold = self.fault_block(fault, site);
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, cold, &[], next, &[]);
        self.builder.switch_to_block(next);
    }

    pub(super) fn fault_block(&mut self, fault: Fault, site: u64) -> Block {
        if let Some(&block) = self.faults.get(&(fault, site)) {
            return block;
        }
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        self.faults.insert((fault, site), block);
        block
    }

    pub(super) fn fill_fault_blocks(&mut self) -> Result<(), CodegenError> {
        let faults = std::mem::take(&mut self.faults);
        for ((fault, site), block) in faults {
            self.builder.switch_to_block(block);
            let code = self.module.row(RuntimeFn::Fault)?;
            let callee = self.callee(code);
            let kind = self
                .builder
                .ins()
                .iconst(types::I64, i64::from(fault as u32));
            let site = self.builder.ins().iconst(types::I64, site as i64);
            self.builder.ins().call(callee, &[kind, site]);
            self.unreachable();
        }
        Ok(())
    }

    /// Faults, in the function given, when the stack pointer is below the thread's limit.
    pub(super) fn stack_check(&mut self, reported: FuncId) -> Result<(), CodegenError> {
        let code = self.module.row(RuntimeFn::Context)?;
        let callee = self.callee(code);
        let call = self.builder.ins().call(callee, &[]);
        let context = self.builder.inst_results(call)[0];
        let limit = self.builder.ins().load(
            types::I64,
            access(),
            context,
            fuse_abi::CONTEXT_STACK_LIMIT_OFFSET as i32,
        );
        let pointer = self.builder.ins().get_stack_pointer(POINTER);
        let room = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThanOrEqual, pointer, limit);
        let loc = self.module.program.functions[reported].loc;
        let site = self.module.sites.intern(loc, reported);
        self.check_at(room, Fault::StackOverflow, site);
        Ok(())
    }

    pub(super) fn site(&mut self, loc: LocId) -> u64 {
        self.module.sites.intern(loc, self.id)
    }

    /// Ends a block that control does not leave.
    pub(super) fn unreachable(&mut self) {
        self.builder.ins().trap(TrapCode::unwrap_user(1));
    }
}
