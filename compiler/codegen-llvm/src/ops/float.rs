//! Arithmetic and comparisons of Floats: IEEE 754 without any relaxation.

use fuse_abi::RuntimeFn;
use fuse_ir::mir::{BinaryOp, UnaryOp};
use inkwell::FloatPredicate;
use inkwell::intrinsics::Intrinsic;
use inkwell::values::{BasicValueEnum, FloatValue};

use crate::builder::Built;
use crate::function::FunctionCx;

/// From this magnitude on every Float is a whole number.
const WHOLE: f64 = (1u64 << 52) as f64;

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn float_unary(&self, op: UnaryOp, value: FloatValue<'ctx>) -> BasicValueEnum<'ctx> {
        let raw = &self.cx.builder.raw;
        let llvm = self.cx.llvm();
        match op {
            UnaryOp::NegFloat => raw.build_float_neg(value, "").built().into(),
            UnaryOp::FloatToInt => raw
                .build_float_to_signed_int(value, llvm.i64, "")
                .built()
                .into(),
            UnaryOp::FloatBits => raw.build_bit_cast(value, llvm.i64, "").built(),
            UnaryOp::Sqrt => self.float_intrinsic("llvm.sqrt", &[value]).into(),
            UnaryOp::AbsFloat => self.float_intrinsic("llvm.fabs", &[value]).into(),
            UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Round => self.whole(op, value).into(),
            _ => panic!("invariant: {op:?} is not an operation on Floats"),
        }
    }

    /// Rounding to whole numbers without the C library: the oldest x86-64 has no instruction for it, and a call would cost more
    /// than going through an Int.
    fn whole(&self, op: UnaryOp, value: FloatValue<'ctx>) -> FloatValue<'ctx> {
        let raw = &self.cx.builder.raw;
        let llvm = self.cx.llvm();
        let float = |value| llvm.f64.const_float(value);
        let compare =
            |predicate, left, right| raw.build_float_compare(predicate, left, right, "").built();
        let choose = |condition, yes: FloatValue<'ctx>, no: FloatValue<'ctx>| {
            raw.build_select(condition, yes, no, "")
                .built()
                .into_float_value()
        };
        let int = raw.build_float_to_signed_int(value, llvm.i64, "").built();
        let toward_zero = raw.build_signed_int_to_float(int, llvm.f64, "").built();
        let up = raw.build_float_add(toward_zero, float(1.0), "").built();
        let down = raw.build_float_sub(toward_zero, float(1.0), "").built();
        let rounded = match op {
            UnaryOp::Floor => {
                let too_big = compare(FloatPredicate::OGT, toward_zero, value);
                choose(too_big, down, toward_zero)
            }
            UnaryOp::Ceil => {
                let too_small = compare(FloatPredicate::OLT, toward_zero, value);
                choose(too_small, up, toward_zero)
            }
            _ => {
                // The rest is exact, and has the sign of the value.
                let rest = raw.build_float_sub(value, toward_zero, "").built();
                let at_least = compare(FloatPredicate::OGE, rest, float(0.5));
                let at_most = compare(FloatPredicate::OLE, rest, float(-0.5));
                choose(at_least, up, choose(at_most, down, toward_zero))
            }
        };
        // Zeros keep the sign of the value.
        let signed = self.float_intrinsic("llvm.copysign", &[rounded, value]);
        let magnitude = self.float_intrinsic("llvm.fabs", &[value]);
        let has_fraction = compare(FloatPredicate::OLT, magnitude, float(WHOLE));
        choose(has_fraction, signed, value)
    }

    pub fn float_binary(
        &self,
        op: BinaryOp,
        left: FloatValue<'ctx>,
        right: FloatValue<'ctx>,
    ) -> BasicValueEnum<'ctx> {
        let raw = &self.cx.builder.raw;
        let compare = |predicate| -> BasicValueEnum<'ctx> {
            raw.build_float_compare(predicate, left, right, "")
                .built()
                .into()
        };
        match op {
            BinaryOp::AddFloat => raw.build_float_add(left, right, "").built().into(),
            BinaryOp::SubFloat => raw.build_float_sub(left, right, "").built().into(),
            BinaryOp::MulFloat => raw.build_float_mul(left, right, "").built().into(),
            BinaryOp::DivFloat => raw.build_float_div(left, right, "").built().into(),
            BinaryOp::RemFloat => raw
                .build_call(
                    self.cx.row(RuntimeFn::FloatRem),
                    &[left.into(), right.into()],
                    "",
                )
                .built()
                .try_as_basic_value()
                .unwrap_basic(),
            BinaryOp::EqFloat => compare(FloatPredicate::OEQ),
            BinaryOp::NeFloat => compare(FloatPredicate::UNE),
            BinaryOp::LtFloat => compare(FloatPredicate::OLT),
            BinaryOp::LeFloat => compare(FloatPredicate::OLE),
            BinaryOp::GtFloat => compare(FloatPredicate::OGT),
            BinaryOp::GeFloat => compare(FloatPredicate::OGE),
            _ => panic!("invariant: {op:?} is not an operation on Floats"),
        }
    }

    fn float_intrinsic(&self, name: &str, arguments: &[FloatValue<'ctx>]) -> FloatValue<'ctx> {
        let function = Intrinsic::find(name)
            .and_then(|found| found.get_declaration(self.cx.module, &[self.cx.llvm().f64.into()]))
            .expect("invariant: LLVM has the intrinsics for Floats");
        let arguments: Vec<_> = arguments.iter().map(|&value| value.into()).collect();
        self.cx
            .builder
            .raw
            .build_call(function, &arguments, "")
            .built()
            .try_as_basic_value()
            .unwrap_basic()
            .into_float_value()
    }
}
