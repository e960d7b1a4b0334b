//! The uniqueness test in front of every update in place. Its usual answer is in the count itself.

use fuse_abi::{RuntimeFn, object};
use fuse_ir::mir::Operand;
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::values::IntValue;

use crate::alias::Region;
use crate::attributes::MEMORY_ARGUMENTS_READ;
use crate::builder::Built;
use crate::function::FunctionCx;

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    /// Is the count 1? Only shared counts are looked at further, out of line: so a loop that updates in place reads nothing again
    /// because of the test.
    pub fn is_unique(&self, operand: &Operand) -> IntValue<'ctx> {
        let builder = &self.cx.builder;
        let raw = &builder.raw;
        let llvm = self.cx.llvm();
        let pointer = self.scalar_operand(operand).into_pointer_value();
        let address = builder.offset(pointer, object::COUNT_OFFSET);
        let count = builder
            .load(llvm.i32, address, 4, Region::Count)
            .into_int_value();
        let single = raw
            .build_int_compare(IntPredicate::EQ, count, llvm.i32.const_int(1, false), "")
            .built();
        let here = raw
            .get_insert_block()
            .expect("invariant: the builder is in a block");
        let (shared, join) = (self.new_block("shared"), self.new_block("unique"));
        builder.branch_likely(single, join, shared);
        raw.position_at_end(shared);
        let call = raw
            .build_call(self.cx.row(RuntimeFn::RcUnique), &[pointer.into()], "")
            .built();
        let attributes = self.cx.attributes;
        for attribute in [
            attributes.flag("cold"),
            attributes.flag("noinline"),
            attributes.value("memory", MEMORY_ARGUMENTS_READ),
        ] {
            call.add_attribute(AttributeLoc::Function, attribute);
        }
        let unique = call.try_as_basic_value().unwrap_basic();
        raw.build_unconditional_branch(join).built();
        raw.position_at_end(join);
        let phi = raw.build_phi(llvm.i1, "").built();
        phi.add_incoming(&[
            (&llvm.i1.const_int(1, false), here),
            (&unique.into_int_value(), shared),
        ]);
        phi.as_basic_value().into_int_value()
    }
}
