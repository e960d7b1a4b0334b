//! Arithmetic and comparisons of Ints and Bools.

use fuse_abi::FaultKind;
use fuse_ir::mir::{BinaryOp, Operand, UnaryOp};
use inkwell::IntPredicate;
use inkwell::intrinsics::Intrinsic;
use inkwell::values::{BasicValueEnum, IntValue};

use crate::builder::Built;
use crate::function::FunctionCx;

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn unary(&mut self, op: UnaryOp, operand: &Operand) -> BasicValueEnum<'ctx> {
        let value = self.scalar_operand(operand);
        let llvm = self.cx.llvm();
        match op {
            UnaryOp::NegChecked => {
                let zero = self.cx.builder.int(0);
                self.overflowing("llvm.ssub.with.overflow", zero, value.into_int_value())
                    .into()
            }
            UnaryOp::Not => {
                let bit = self.coerce(value, llvm.i1.into()).into_int_value();
                self.cx.builder.raw.build_not(bit, "").built().into()
            }
            UnaryOp::BoolToInt => self.coerce(value, llvm.i64.into()),
            UnaryOp::IntToFloat => self
                .cx
                .builder
                .raw
                .build_signed_int_to_float(value.into_int_value(), llvm.f64, "")
                .built()
                .into(),
            UnaryOp::NegFloat
            | UnaryOp::FloatToInt
            | UnaryOp::FloatBits
            | UnaryOp::Sqrt
            | UnaryOp::Floor
            | UnaryOp::Ceil
            | UnaryOp::Round
            | UnaryOp::AbsFloat => self.float_unary(op, value.into_float_value()),
        }
    }

    pub fn binary(
        &mut self,
        op: BinaryOp,
        left: &Operand,
        right: &Operand,
    ) -> BasicValueEnum<'ctx> {
        let left = self.scalar_operand(left);
        let right = self.scalar_operand(right);
        if left.is_float_value() {
            return self.float_binary(op, left.into_float_value(), right.into_float_value());
        }
        if op == BinaryOp::EqPointer {
            return self
                .cx
                .builder
                .raw
                .build_int_compare(
                    IntPredicate::EQ,
                    left.into_pointer_value(),
                    right.into_pointer_value(),
                    "",
                )
                .built()
                .into();
        }
        // Discriminants and truth values may come as bytes or bits on either side.
        let left = left.into_int_value();
        let right = self.coerce(right, left.get_type().into()).into_int_value();
        self.int_binary(op, left, right).into()
    }

    fn int_binary(
        &mut self,
        op: BinaryOp,
        left: IntValue<'ctx>,
        right: IntValue<'ctx>,
    ) -> IntValue<'ctx> {
        let raw = &self.cx.builder.raw;
        match op {
            BinaryOp::AddChecked => self.overflowing("llvm.sadd.with.overflow", left, right),
            BinaryOp::SubChecked => self.overflowing("llvm.ssub.with.overflow", left, right),
            BinaryOp::MulChecked => self.overflowing("llvm.smul.with.overflow", left, right),
            BinaryOp::AddNowrap => raw.build_int_nsw_add(left, right, "").built(),
            BinaryOp::SubNowrap => raw.build_int_nsw_sub(left, right, "").built(),
            BinaryOp::MulNowrap => raw.build_int_nsw_mul(left, right, "").built(),
            BinaryOp::Div => raw.build_int_signed_div(left, right, "").built(),
            BinaryOp::Rem => raw.build_int_signed_rem(left, right, "").built(),
            BinaryOp::BitAnd => raw.build_and(left, right, "").built(),
            BinaryOp::BitOr => raw.build_or(left, right, "").built(),
            _ => raw
                .build_int_compare(predicate(op), left, right, "")
                .built(),
        }
    }

    /// The result of a with-overflow intrinsic; overflow leaves for the cold side.
    fn overflowing(
        &mut self,
        intrinsic: &str,
        left: IntValue<'ctx>,
        right: IntValue<'ctx>,
    ) -> IntValue<'ctx> {
        let function = Intrinsic::find(intrinsic)
            .and_then(|found| found.get_declaration(self.cx.module, &[left.get_type().into()]))
            .expect("invariant: LLVM has the overflow intrinsics");
        let raw = &self.cx.builder.raw;
        let pair = raw
            .build_call(function, &[left.into(), right.into()], "")
            .built()
            .try_as_basic_value()
            .unwrap_basic()
            .into_struct_value();
        let result = raw.build_extract_value(pair, 0, "").built();
        let overflow = raw.build_extract_value(pair, 1, "").built();
        let fits = raw.build_not(overflow.into_int_value(), "").built();
        self.require(fits, FaultKind::IntegerOverflow);
        result.into_int_value()
    }
}

fn predicate(op: BinaryOp) -> IntPredicate {
    match op {
        BinaryOp::Eq | BinaryOp::EqBool => IntPredicate::EQ,
        BinaryOp::Ne => IntPredicate::NE,
        BinaryOp::Lt => IntPredicate::SLT,
        BinaryOp::Le => IntPredicate::SLE,
        BinaryOp::Gt => IntPredicate::SGT,
        BinaryOp::Ge => IntPredicate::SGE,
        BinaryOp::LtUnsigned => IntPredicate::ULT,
        _ => panic!("invariant: {op:?} is not a comparison of Ints"),
    }
}
