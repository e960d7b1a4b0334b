//! Cranelift signatures of FUSE functions and runtime rows.

use cranelift::codegen::isa::CallConv;
use cranelift::prelude::*;
use fuse_abi::{Attribute, ParamKind, ReturnKind, RuntimeFn};
use fuse_ir::layout::{Class, Layouts, Scalar};
use fuse_ir::mir::{Function, LocalId};

/// All targets are 64-bit.
pub const POINTER: Type = types::I64;

pub fn scalar_type(scalar: Scalar) -> Type {
    match scalar {
        Scalar::I8 => types::I8,
        Scalar::I64 => types::I64,
        Scalar::F64 => types::F64,
        Scalar::Pointer => POINTER,
    }
}

/// Parameters in order, `Zero` ones dropped, `Memory` ones by address; a `Memory` result through a hidden first pointer.
pub fn of_function(function: &Function, layouts: &Layouts, call_conv: CallConv) -> Signature {
    let mut signature = Signature::new(call_conv);
    match layouts.of(function.ret).class {
        Class::Zero => {}
        Class::Scalar(scalar) => signature.returns.push(abi_param(scalar_type(scalar))),
        Class::Memory => signature.params.push(AbiParam::new(POINTER)),
    }
    for index in 0..function.params.len() {
        let local = LocalId::from_u32(index as u32);
        match layouts.of(function.locals[local].ty).class {
            Class::Zero => {}
            Class::Scalar(scalar) => signature.params.push(abi_param(scalar_type(scalar))),
            Class::Memory => signature.params.push(AbiParam::new(POINTER)),
        }
    }
    signature
}

/// The C signature of a row.
pub fn of_row(row: RuntimeFn, call_conv: CallConv) -> Signature {
    let mut signature = Signature::new(call_conv);
    let result = match row.ret() {
        ReturnKind::Unit | ReturnKind::Never => None,
        ReturnKind::I64 => Some(types::I64),
        ReturnKind::F64 => Some(types::F64),
        ReturnKind::Bool => Some(types::I8),
        ReturnKind::Raw | ReturnKind::Own => Some(POINTER),
        ReturnKind::Out => {
            signature.params.push(AbiParam::new(POINTER));
            None
        }
    };
    signature.returns.extend(result.map(abi_param));
    for param in row.params() {
        signature.params.push(abi_param(match param {
            ParamKind::I64 => types::I64,
            ParamKind::F64 => types::F64,
            ParamKind::Bool => types::I8,
            ParamKind::Raw | ParamKind::Obj | ParamKind::Own | ParamKind::Slot => POINTER,
        }));
    }
    if row.has(Attribute::Faults) {
        signature.params.push(AbiParam::new(types::I64));
    }
    signature
}

/// C compilers expect the caller to have extended narrow integers.
fn abi_param(ty: Type) -> AbiParam {
    if ty == types::I8 {
        AbiParam::new(ty).uext()
    } else {
        AbiParam::new(ty)
    }
}
