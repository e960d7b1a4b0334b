//! Linking the core bitcode and running LLVM's pipeline.

use fuse_abi::{Attribute as RowAttribute, RuntimeFn};
use inkwell::AtomicOrdering;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use inkwell::module::{Linkage, Module};
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::TargetMachine;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{CallSiteValue, FunctionValue, InstructionOpcode, InstructionValue};

use crate::alias::{AliasTags, Region};
use crate::attributes::{Attributes, MEMORY_ARGUMENTS};
use crate::builder::Built;
use crate::epilogue;
use crate::module::CONTEXT_ACCESSOR;
use crate::options::{CodegenError, OptLevel, Options};

/// Target attributes rustc writes; without them the code counts as made for the module's own target, so that it inlines.
const FOREIGN_ATTRIBUTES: [&str; 3] = ["target-cpu", "target-features", "probe-stack"];

/// Rows whose bodies touch nothing but the count of their argument.
const COUNTING_ROWS: [RuntimeFn; 3] = [RuntimeFn::RcInc, RuntimeFn::RcDec, RuntimeFn::RcUnique];

/// Rows that give memory back. The next object there may have another layout.
const FREEING_ROWS: [RuntimeFn; 4] = [
    RuntimeFn::Free,
    RuntimeFn::ListFree,
    RuntimeFn::MapFree,
    RuntimeFn::DropText,
];

/// Brings the core primitives into the module as internal functions.
pub(crate) fn link_core<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    options: &Options,
) -> Result<(), CodegenError> {
    let Some(bitcode) = options.core_bitcode else {
        return Ok(());
    };
    let core = parse(context, module, bitcode)?;
    let defined: Vec<String> = core
        .get_functions()
        .filter(|function| function.count_basic_blocks() > 0)
        .map(|function| function.get_name().to_string_lossy().into_owned())
        .collect();
    let globals: Vec<String> = core
        .get_globals()
        .filter(|global| !global.is_declaration())
        .map(|global| global.get_name().to_string_lossy().into_owned())
        .collect();
    // Core takes the context from the module's own copy, as the program does.
    if let Some(function) = core.get_function(RuntimeFn::Context.symbol()) {
        function.as_global_value().set_name(CONTEXT_ACCESSOR);
    }
    let accessor = module.get_function(CONTEXT_ACCESSOR);
    if let Some(accessor) = accessor {
        accessor.set_linkage(Linkage::External);
    }
    module
        .link_in_module(core)
        .map_err(|message| CodegenError::Core(message.to_string()))?;
    if let Some(accessor) = accessor {
        accessor.set_linkage(Linkage::Internal);
    }
    for name in &globals {
        if let Some(global) = module.get_global(name) {
            global.set_linkage(Linkage::Internal);
        }
    }
    let attributes = Attributes::new(context);
    let alias = AliasTags::new(context);
    for name in &defined {
        if let Some(function) = module.get_function(name) {
            adopt(context, function, attributes, &alias);
        }
    }
    describe_externals(module, attributes);
    Ok(())
}

/// What is left in the runtime archive: faults leave for the guard, nothing unwinds.
fn describe_externals<'ctx>(module: &Module<'ctx>, attributes: Attributes<'ctx>) {
    for function in module.get_functions() {
        let is_intrinsic = function.get_intrinsic_id() != 0;
        if function.count_basic_blocks() > 0 || is_intrinsic {
            continue;
        }
        function.add_attribute(AttributeLoc::Function, attributes.flag("nounwind"));
        // Direct calls: the archive is in the same executable.
        let nonlazybind = Attribute::get_named_enum_kind_id("nonlazybind");
        function.remove_enum_attribute(AttributeLoc::Function, nonlazybind);
        if let Some(row) = RuntimeFn::from_symbol(&function.get_name().to_string_lossy()) {
            attributes.describe_row(function, row);
        }
    }
}

fn parse<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    bitcode: &[u8],
) -> Result<Module<'ctx>, CodegenError> {
    let buffer = MemoryBuffer::create_from_memory_range_copy(bitcode, "fuse_core");
    let core = Module::parse_bitcode_from_buffer(&buffer, context)
        .map_err(|message| CodegenError::Core(message.to_string()))?;
    core.strip_debug_info();
    core.set_triple(&module.get_triple());
    core.set_data_layout(&module.get_data_layout());
    Ok(core)
}

/// Makes a core function one of the module's own.
fn adopt<'ctx>(
    context: &'ctx Context,
    function: FunctionValue<'ctx>,
    attributes: Attributes<'ctx>,
    alias: &AliasTags<'ctx>,
) {
    function.set_linkage(Linkage::Internal);
    for key in FOREIGN_ATTRIBUTES {
        function.remove_string_attribute(AttributeLoc::Function, key);
    }
    // Nothing unwinds, so no tables either.
    let uwtable = Attribute::get_named_enum_kind_id("uwtable");
    function.remove_enum_attribute(AttributeLoc::Function, uwtable);
    function.add_attribute(AttributeLoc::Function, attributes.flag("nounwind"));
    let Some(row) = RuntimeFn::from_symbol(&function.get_name().to_string_lossy()) else {
        return;
    };
    if row.has(RowAttribute::Core) {
        attributes.describe_row(function, row);
    }
    if row.has(RowAttribute::Inline) {
        function.add_attribute(AttributeLoc::Function, attributes.flag("alwaysinline"));
    }
    if COUNTING_ROWS.contains(&row) {
        mark_counts(function, attributes, alias);
    }
    if FREEING_ROWS.contains(&row) {
        separate_lives(context, function);
    }
}

/// Keeps accesses to an object before those to the next one in its memory: alias metadata speaks of one life only, and after inlining nothing
/// else may stand between them. Costs no instruction.
fn separate_lives<'ctx>(context: &'ctx Context, function: FunctionValue<'ctx>) {
    let Some(first) = function
        .get_first_basic_block()
        .and_then(|block| block.get_first_instruction())
    else {
        return;
    };
    let builder = context.create_builder();
    builder.position_before(&first);
    builder
        .build_fence(AtomicOrdering::SequentiallyConsistent, true, "")
        .built();
}

/// Says that the function's accesses are to counts, so that elements and lengths keep their known values across it.
fn mark_counts<'ctx>(
    function: FunctionValue<'ctx>,
    attributes: Attributes<'ctx>,
    alias: &AliasTags<'ctx>,
) {
    let Some(tag) = alias.tag(Region::Count) else {
        return;
    };
    for block in function.get_basic_blocks() {
        for instruction in block.get_instructions() {
            let calls = instruction.get_opcode() == InstructionOpcode::Call;
            if calls {
                // Counts shared between threads are changed out of line.
                let Ok(call) = CallSiteValue::try_from(instruction) else {
                    continue;
                };
                let memory = attributes.value("memory", MEMORY_ARGUMENTS);
                call.add_attribute(AttributeLoc::Function, memory);
            }
            if calls || touches_i32(instruction) {
                instruction
                    .set_metadata(tag, alias.kind)
                    .expect("invariant: the metadata is a node");
            }
        }
    }
}

fn touches_i32(instruction: InstructionValue) -> bool {
    let is_i32 = |ty: BasicTypeEnum| ty.is_int_type() && ty.into_int_type().get_bit_width() == 32;
    match instruction.get_opcode() {
        InstructionOpcode::Load => {
            BasicTypeEnum::try_from(instruction.get_type()).is_ok_and(is_i32)
        }
        InstructionOpcode::Store => instruction
            .get_operand(0)
            .and_then(|operand| operand.value())
            .is_some_and(|value| is_i32(value.get_type())),
        _ => false,
    }
}

/// Runs LLVM's own pipeline for the level. Functions nothing refers to go away at every level, so that what a program does not use is not
/// linked.
pub(crate) fn optimise(
    context: &Context,
    module: &Module,
    machine: &TargetMachine,
    options: &Options,
) -> Result<(), CodegenError> {
    let pipeline = match options.opt {
        OptLevel::O0 => "default<O0>,globaldce",
        OptLevel::O2 => "globaldce,default<O2>",
    };
    let settings = PassBuilderOptions::create();
    settings.set_loop_vectorization(true);
    settings.set_loop_interleaving(true);
    settings.set_loop_slp_vectorization(true);
    settings.set_loop_unrolling(true);
    module
        .run_passes(pipeline, machine, settings)
        .map_err(|message| CodegenError::Passes(message.to_string()))?;
    if options.address_sanitizer {
        instrument(context, module, machine)?;
    }
    if options.opt == OptLevel::O2 {
        epilogue::join_cold_ends(module);
    }
    Ok(())
}

/// Checks every access that is left after optimisation, the ones of core among them.
fn instrument(
    context: &Context,
    module: &Module,
    machine: &TargetMachine,
) -> Result<(), CodegenError> {
    let attributes = Attributes::new(context);
    let defined = |function: &FunctionValue| function.count_basic_blocks() > 0;
    for function in module.get_functions().filter(defined) {
        let checked = attributes.flag("sanitize_address");
        function.add_attribute(AttributeLoc::Function, checked);
    }
    module
        .run_passes("asan", machine, PassBuilderOptions::create())
        .map_err(|message| CodegenError::Passes(message.to_string()))
}
