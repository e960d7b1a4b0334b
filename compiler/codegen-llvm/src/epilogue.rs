//! The last change before machine code: cold ends join the function's return instead of being unreachable. LLVM sets up a stack frame late, on
//! the paths that call only, when all paths come together again; with ends of their own the checks of a recursive function would put the
//! frame of its deepest path in front of its shortest. Not done earlier, because before it helps to know that faults do not return.

use fuse_abi::{ReturnKind, RuntimeFn};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::builder::Builder;
use inkwell::module::Module;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{
    BasicValue, BasicValueEnum, CallSiteValue, FunctionValue, InstructionOpcode, InstructionValue,
    LLVMTailCallKind,
};

use crate::builder::Built;

pub(crate) fn join_cold_ends(module: &Module) {
    let noreturn = Attribute::get_named_enum_kind_id("noreturn");
    let at = AttributeLoc::Function;
    for function in module.get_functions() {
        if function.get_enum_attribute(at, noreturn).is_none() {
            join(module, function);
        }
    }
    for row in RuntimeFn::ALL {
        if row.ret() == ReturnKind::Never
            && let Some(function) = module.get_function(row.symbol())
        {
            function.remove_enum_attribute(at, noreturn);
        }
    }
}

fn join<'ctx>(module: &Module<'ctx>, function: FunctionValue<'ctx>) {
    let (mut returns, mut cold) = (Vec::new(), Vec::new());
    for block in function.get_basic_blocks() {
        let Some(end) = block.get_terminator() else {
            continue;
        };
        match end.get_opcode() {
            InstructionOpcode::Return => returns.push((block, end)),
            InstructionOpcode::Unreachable => cold.extend(cold_call_before(end).map(|call| {
                // A jump to the callee would be an end of its own again.
                call.set_tail_call_kind(LLVMTailCallKind::LLVMTailCallKindNoTail);
                (block, end)
            })),
            _ => {}
        }
    }
    if returns.is_empty() || cold.is_empty() {
        return;
    }
    let context = module.get_context();
    let builder = context.create_builder();
    let exit = context.append_basic_block(function, "exit");
    let mut values: Vec<(BasicValueEnum, BasicBlock)> = Vec::new();
    let result = function.get_type().get_return_type();
    for (block, end) in returns {
        let value = end.get_operand(0).and_then(|operand| operand.value());
        values.extend(value.map(|value| (value, block)));
        replace(&builder, end, exit);
    }
    for (block, end) in cold {
        values.extend(result.map(|ty| (poison(ty), block)));
        replace(&builder, end, exit);
    }
    builder.position_at_end(exit);
    let Some(ty) = result else {
        builder.build_return(None).built();
        return;
    };
    let phi = builder.build_phi(ty, "").built();
    for (value, block) in &values {
        phi.add_incoming(&[(value as &dyn BasicValue, *block)]);
    }
    builder.build_return(Some(&phi.as_basic_value())).built();
}

fn replace<'ctx>(builder: &Builder<'ctx>, end: InstructionValue<'ctx>, exit: BasicBlock<'ctx>) {
    builder.position_before(&end);
    builder.build_unconditional_branch(exit).built();
    end.erase_from_basic_block();
}

/// The call of a row that does not return just before the end of a block.
fn cold_call_before<'ctx>(end: InstructionValue<'ctx>) -> Option<CallSiteValue<'ctx>> {
    let call = CallSiteValue::try_from(end.get_previous_instruction()?).ok()?;
    let callee = call.get_called_fn_value()?;
    let row = RuntimeFn::from_symbol(&callee.get_name().to_string_lossy())?;
    (row.ret() == ReturnKind::Never).then_some(call)
}

fn poison<'ctx>(ty: BasicTypeEnum<'ctx>) -> BasicValueEnum<'ctx> {
    match ty {
        BasicTypeEnum::ArrayType(ty) => ty.get_poison().into(),
        BasicTypeEnum::FloatType(ty) => ty.get_poison().into(),
        BasicTypeEnum::IntType(ty) => ty.get_poison().into(),
        BasicTypeEnum::PointerType(ty) => ty.get_poison().into(),
        BasicTypeEnum::StructType(ty) => ty.get_poison().into(),
        BasicTypeEnum::VectorType(ty) => ty.get_poison().into(),
        BasicTypeEnum::ScalableVectorType(ty) => ty.get_poison().into(),
    }
}
