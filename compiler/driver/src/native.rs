//! Prepared MIR to an object through LLVM. The object depends on the level only: what else a profile means is for the linking stage.

use fuse_codegen_llvm::{Artifact, OptLevel, Options, Outputs, Target};
use fuse_ir::pipeline::Prepared;
use fuse_link::Sysroot;

use crate::{DriverError, Profile, Timings};

/// The runtime's hot primitives as bitcode, linked into the program before optimisation.
pub struct CoreCode {
    bitcode: Option<Vec<u8>>,
    /// The program is to be instrumented like the runtime is.
    pub address_sanitizer: bool,
}

/// How far LLVM goes for a profile.
pub fn level(profile: Profile) -> OptLevel {
    if profile.is_release() {
        OptLevel::O2
    } else {
        OptLevel::O0
    }
}

impl CoreCode {
    /// Reads the bitcode of a sysroot, which is the same in all of them. Unoptimised builds call these functions in the runtime archive
    /// instead.
    pub fn of(sysroot: &Sysroot, level: OptLevel) -> Result<CoreCode, DriverError> {
        let address_sanitizer = sysroot.sanitizer().is_some();
        if level == OptLevel::O0 {
            return Ok(CoreCode {
                bitcode: None,
                address_sanitizer,
            });
        }
        let path = sysroot.core_bitcode();
        let bitcode = std::fs::read(&path).map_err(|source| DriverError::Read { path, source })?;
        Ok(CoreCode {
            bitcode: Some(bitcode),
            address_sanitizer,
        })
    }

    /// For showing code: what a build with the profile would use.
    pub fn for_inspection(profile: Profile) -> Result<CoreCode, DriverError> {
        CoreCode::of(&Sysroot::locate(profile.target())?, level(profile))
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        self.bitcode.as_deref()
    }
}

pub fn compile(
    prepared: &Prepared,
    level: OptLevel,
    core: &CoreCode,
    outputs: Outputs,
    timings: &mut Timings,
) -> Result<Artifact, DriverError> {
    let options = Options {
        target: Target::X86_64Linux,
        cpu: None,
        opt: level,
        // Also where linking drops it: with the same object, a symbols file fits the code by construction. Texts for people go without.
        debug_info: level == OptLevel::O0 || outputs.object,
        core_bitcode: core.bytes(),
        address_sanitizer: core.address_sanitizer,
        release: level == OptLevel::O2,
        outputs,
    };
    let artifact = timings.measure("llvm", || {
        fuse_codegen_llvm::compile(&prepared.program, &prepared.layouts, &options)
    })?;
    Ok(artifact)
}
