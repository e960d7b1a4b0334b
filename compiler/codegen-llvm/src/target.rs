//! Target machines and what they write.

use std::ffi::c_int;
use std::ptr;
use std::sync::Once;

use inkwell::OptimizationLevel;
use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;
use inkwell::module::Module;
use inkwell::targets::{
    CodeModel, FileType, InitializationConfig, RelocMode, Target as LlvmTarget, TargetMachine,
    TargetTriple,
};

use crate::options::{CodegenError, OptLevel, Options, Target};

static INITIALISED: Once = Once::new();

pub(crate) fn machine(options: &Options) -> Result<TargetMachine, CodegenError> {
    INITIALISED.call_once(|| {
        LlvmTarget::initialize_x86(&InitializationConfig::default());
        set_options();
    });
    let triple = TargetTriple::create(options.target.triple());
    let target = LlvmTarget::from_triple(&triple)
        .map_err(|message| CodegenError::Target(message.to_string()))?;
    let level = match options.opt {
        OptLevel::O0 => OptimizationLevel::None,
        OptLevel::O2 => OptimizationLevel::Default,
    };
    let cpu = options.cpu.unwrap_or(options.target.baseline_cpu());
    target
        .create_target_machine(
            &triple,
            cpu,
            "",
            level,
            relocation(options.target),
            CodeModel::Small,
        )
        .ok_or_else(|| CodegenError::Target(format!("no code for processor `{cpu}`")))
}

/// LLVM's own options, which have no other way in. Programs have line tables and no variables, whose places LLVM would look for in every
/// function: 7 % of code generation, for nothing.
fn set_options() {
    let options = [
        c"fuse".as_ptr(),
        c"-experimental-debug-variable-locations=false".as_ptr(),
    ];
    // SAFETY: the arguments are as many strings that end in zero as the first says; called once, before LLVM compiles anything.
    unsafe {
        LLVMParseCommandLineOptions(options.len() as c_int, options.as_ptr(), ptr::null());
    }
}

fn relocation(target: Target) -> RelocMode {
    match target {
        Target::X86_64Linux => RelocMode::PIC,
    }
}

/// Level for the module flags `PIC Level` and `PIE Level`; `None` for code at a fixed address.
pub(crate) fn pic_level(target: Target) -> Option<u64> {
    match relocation(target) {
        RelocMode::PIC => Some(2),
        _ => None,
    }
}

pub(crate) fn object(machine: &TargetMachine, module: &Module) -> Result<Vec<u8>, CodegenError> {
    write(machine, module, FileType::Object)
}

pub(crate) fn assembly(machine: &TargetMachine, module: &Module) -> Result<String, CodegenError> {
    let bytes = write(machine, module, FileType::Assembly)?;
    Ok(String::from_utf8_lossy(&bytes)
        .trim_end_matches('\0')
        .to_string())
}

fn write(
    machine: &TargetMachine,
    module: &Module,
    file_type: FileType,
) -> Result<Vec<u8>, CodegenError> {
    machine
        .write_to_memory_buffer(module, file_type)
        .map(|buffer| buffer.as_slice().to_vec())
        .map_err(|message| CodegenError::Emit(message.to_string()))
}
