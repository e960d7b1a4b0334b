//! Unary and binary operations on scalars.

use cranelift::prelude::*;
use fuse_abi::RuntimeFn;
use fuse_ir::mir::{BinaryOp, Fault, LocId, Operand, UnaryOp};

use super::FunctionTranslator;
use crate::CodegenError;

impl FunctionTranslator<'_, '_, '_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Operand, loc: LocId) -> Value {
        let value = self.scalar(operand);
        match op {
            UnaryOp::NegChecked => {
                let zero = self.builder.ins().iconst(types::I64, 0);
                let (result, overflow) = self.builder.ins().ssub_overflow(zero, value);
                self.fault_if(overflow, Fault::IntegerOverflow, loc);
                result
            }
            UnaryOp::NegFloat => self.builder.ins().fneg(value),
            UnaryOp::Not => self.builder.ins().bxor_imm_u(value, 1),
            UnaryOp::IntToFloat => self.builder.ins().fcvt_from_sint(types::F64, value),
            UnaryOp::FloatToInt => self.builder.ins().fcvt_to_sint_sat(types::I64, value),
            UnaryOp::FloatBits => {
                self.builder
                    .ins()
                    .bitcast(types::I64, MemFlagsData::new(), value)
            }
            UnaryOp::BoolToInt => self.builder.ins().uextend(types::I64, value),
            UnaryOp::Sqrt => self.builder.ins().sqrt(value),
            UnaryOp::Floor => self.builder.ins().floor(value),
            UnaryOp::Ceil => self.builder.ins().ceil(value),
            UnaryOp::Round => self.round(value),
            UnaryOp::AbsFloat => self.builder.ins().fabs(value),
        }
    }

    /// Half away from zero: truncating `x + copysign(p, x)`, where `p` is the largest float below one half, so that sums which
    /// only round up to the next integer do not count.
    fn round(&mut self, value: Value) -> Value {
        let nearly_half = self.builder.ins().f64const(0.5_f64.next_down());
        let signed = self.builder.ins().fcopysign(nearly_half, value);
        let sum = self.builder.ins().fadd(value, signed);
        self.builder.ins().trunc(sum)
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &Operand,
        right: &Operand,
        loc: LocId,
    ) -> Result<Value, CodegenError> {
        let (x, y) = (self.scalar(left), self.scalar(right));
        let value = match op {
            BinaryOp::AddChecked => {
                let (result, overflow) = self.builder.ins().sadd_overflow(x, y);
                self.fault_if(overflow, Fault::IntegerOverflow, loc);
                result
            }
            BinaryOp::SubChecked => {
                let (result, overflow) = self.builder.ins().ssub_overflow(x, y);
                self.fault_if(overflow, Fault::IntegerOverflow, loc);
                result
            }
            BinaryOp::MulChecked => {
                let (result, overflow) = self.builder.ins().smul_overflow(x, y);
                self.fault_if(overflow, Fault::IntegerOverflow, loc);
                result
            }
            BinaryOp::AddNowrap => self.builder.ins().iadd(x, y),
            BinaryOp::SubNowrap => self.builder.ins().isub(x, y),
            BinaryOp::MulNowrap => self.builder.ins().imul(x, y),
            BinaryOp::Div => self.builder.ins().sdiv(x, y),
            BinaryOp::Rem => self.builder.ins().srem(x, y),
            BinaryOp::BitAnd => self.builder.ins().band(x, y),
            BinaryOp::BitOr => self.builder.ins().bor(x, y),
            BinaryOp::AddFloat => self.builder.ins().fadd(x, y),
            BinaryOp::SubFloat => self.builder.ins().fsub(x, y),
            BinaryOp::MulFloat => self.builder.ins().fmul(x, y),
            BinaryOp::DivFloat => self.builder.ins().fdiv(x, y),
            BinaryOp::RemFloat => {
                let code = self.module.row(RuntimeFn::FloatRem)?;
                let callee = self.callee(code);
                let call = self.builder.ins().call(callee, &[x, y]);
                self.builder.inst_results(call)[0]
            }
            BinaryOp::Eq => self.builder.ins().icmp(IntCC::Equal, x, y),
            BinaryOp::Ne => self.builder.ins().icmp(IntCC::NotEqual, x, y),
            BinaryOp::Lt => self.builder.ins().icmp(IntCC::SignedLessThan, x, y),
            BinaryOp::Le => self.builder.ins().icmp(IntCC::SignedLessThanOrEqual, x, y),
            BinaryOp::Gt => self.builder.ins().icmp(IntCC::SignedGreaterThan, x, y),
            BinaryOp::Ge => self
                .builder
                .ins()
                .icmp(IntCC::SignedGreaterThanOrEqual, x, y),
            BinaryOp::LtUnsigned => self.builder.ins().icmp(IntCC::UnsignedLessThan, x, y),
            BinaryOp::EqFloat => self.builder.ins().fcmp(FloatCC::Equal, x, y),
            BinaryOp::NeFloat => self.builder.ins().fcmp(FloatCC::NotEqual, x, y),
            BinaryOp::LtFloat => self.builder.ins().fcmp(FloatCC::LessThan, x, y),
            BinaryOp::LeFloat => self.builder.ins().fcmp(FloatCC::LessThanOrEqual, x, y),
            BinaryOp::GtFloat => self.builder.ins().fcmp(FloatCC::GreaterThan, x, y),
            BinaryOp::GeFloat => self.builder.ins().fcmp(FloatCC::GreaterThanOrEqual, x, y),
            BinaryOp::EqBool | BinaryOp::EqPointer => self.builder.ins().icmp(IntCC::Equal, x, y),
        };
        Ok(value)
    }
}
