//! A compiled program and everything its code refers to.

use cranelift_jit::JITModule;
use fuse_abi::entry;
use fuse_ir::mir;

use crate::data::StaticData;
use crate::descriptor::Descriptor;
use crate::module::CompiledModule;
use crate::{CodegenError, Options};

/// Code, constants and entry tables of one program. Dropping it unmaps the code: nothing the descriptor pointed to may run or be
/// read any more, so a holder whose threads may still be inside the program keeps it for the life of the process.
pub struct JitProgram {
    /// Only absent while dropping.
    module: Option<JITModule>,
    descriptor: Descriptor,
    _data: StaticData,
}

impl JitProgram {
    pub(crate) fn new(
        program: &mir::Program,
        compiled: CompiledModule,
        options: &Options,
    ) -> Result<JitProgram, CodegenError> {
        let descriptor = Descriptor::new(program, &compiled, options)?;
        Ok(JitProgram {
            module: Some(compiled.module),
            descriptor,
            _data: compiled.data,
        })
    }

    /// Hands the program to `run`, which may require of it what the runtime does: that the descriptor and everything it refers to stay
    /// valid for the call and do what the ABI says.
    pub fn start<O>(&self, run: unsafe fn(&entry::Program, &O) -> i32, options: &O) -> i32 {
        // SAFETY: `self` is borrowed for the call and owns code and tables; both were made by the ABI's rules from verified MIR.
        unsafe { run(self.descriptor.program(), options) }
    }

    /// Like [`JitProgram::start`], for a `run` that starts the program's tests.
    pub fn start_tests<O, R>(
        &self,
        run: unsafe fn(&entry::Program, &[entry::App], O) -> R,
        options: O,
    ) -> R {
        // SAFETY: as for `start`; the tests are part of the tables.
        unsafe { run(self.descriptor.program(), self.descriptor.tests(), options) }
    }

    /// What the runtime starts. Function pointers in it are valid as long as this program.
    pub fn descriptor(&self) -> &entry::Program {
        self.descriptor.program()
    }
}

impl Drop for JitProgram {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: the documented contract of this type: no thread is inside the program and nobody kept a function pointer.
            unsafe { module.free_memory() }
        }
    }
}
