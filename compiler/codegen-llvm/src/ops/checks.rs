//! Checks and faults. What fails is cold: the good path falls through.

use fuse_abi::{CONTEXT_STACK_LIMIT_OFFSET, FaultKind, RuntimeFn};
use fuse_ir::mir::{FuncId, Operand};
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::intrinsics::Intrinsic;
use inkwell::values::IntValue;

use crate::alias::Region;
use crate::builder::Built;
use crate::function::FunctionCx;

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn check(&mut self, condition: &Operand, fault: FaultKind) {
        let condition = self.bool_operand(condition);
        self.require(condition, fault);
    }

    /// Goes on in a new block when the condition holds.
    pub fn require(&mut self, condition: IntValue<'ctx>, fault: FaultKind) {
        self.require_in(self.id, condition, fault);
    }

    fn require_in(&mut self, function: FuncId, condition: IntValue<'ctx>, fault: FaultKind) {
        let cold = self.fault_block(fault, function);
        let next = self.new_block("");
        self.cx.builder.branch_likely(condition, next, cold);
        self.cx.builder.raw.position_at_end(next);
    }

    /// Faults, in the function given, when the stack pointer is below the thread's limit.
    pub fn stack_check(&mut self, reported: FuncId) {
        self.at(self.cx.program.functions[reported].loc);
        let cx = self.cx;
        let stack_address = Intrinsic::find("llvm.stackaddress")
            .and_then(|found| found.get_declaration(cx.module, &[cx.llvm().ptr.into()]))
            .expect("invariant: LLVM has the stack address intrinsic");
        let call = cx.builder.raw.build_call(stack_address, &[], "").built();
        // Not touching memory, so loads may move across the check.
        call.add_attribute(AttributeLoc::Function, cx.attributes.memory_none());
        let stack = cx
            .builder
            .raw
            .build_ptr_to_int(
                call.try_as_basic_value()
                    .unwrap_basic()
                    .into_pointer_value(),
                cx.llvm().i64,
                "",
            )
            .built();
        let address = cx
            .builder
            .offset(cx.thread_context(), CONTEXT_STACK_LIMIT_OFFSET);
        let limit = cx
            .builder
            .load(cx.llvm().i64, address, 8, Region::StackLimit)
            .into_int_value();
        let enough = cx
            .builder
            .raw
            .build_int_compare(IntPredicate::UGE, stack, limit, "")
            .built();
        self.require_in(reported, enough, FaultKind::StackOverflow);
    }

    /// Ends the block by leaving for the guard.
    pub fn report_fault(&self, fault: FaultKind, function: FuncId) {
        let builder = &self.cx.builder;
        let kind = builder.int(i64::from(fault as u32));
        let site = builder.int(self.cx.site(self.loc, function) as i64);
        builder
            .raw
            .build_call(
                self.cx.row(RuntimeFn::Fault),
                &[kind.into(), site.into()],
                "",
            )
            .built();
        builder.raw.build_unreachable().built();
    }
}
