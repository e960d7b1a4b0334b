//! Running the tests of a program inside this process.

use fuse_codegen_cranelift::JitProgram;
use fuse_runtime::TestOptions;
pub use fuse_runtime::{TestFailure, TestPlace, TestResult};

use crate::environment::Variables;
use crate::{Checked, DriverError, Timings, jit, middle};

/// Which tests to run, and how.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    /// Only tests whose names contain this text.
    pub filter: Option<String>,
    /// Variables to add to the program's environment.
    pub variables: Variables,
}

/// Tests ready to run.
pub struct Tests {
    program: JitProgram,
    count: usize,
    variables: Variables,
}

/// Compiles the tests of a program checked for [`crate::Purpose::Test`].
///
/// # Errors
/// Defects of the compiler.
pub fn compile(
    checked: &Checked,
    request: &TestRequest,
    timings: &mut Timings,
) -> Result<Tests, DriverError> {
    let mut prepared = middle::prepare(checked, timings)?;
    let tests = &mut prepared.program.entry.tests;
    if let Some(filter) = &request.filter {
        tests.retain(|(name, _)| name.contains(filter.as_str()));
    }
    let count = tests.len();
    Ok(Tests {
        program: jit::translate(&prepared, false, timings)?,
        count,
        variables: request.variables.clone(),
    })
}

impl Tests {
    /// How many tests were chosen.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Resolves the configuration and runs the chosen tests by name, in byte order. `report` hears of each as it ends.
    ///
    /// # Errors
    /// Configuration that cannot be resolved; no test has run then.
    pub fn run(self, report: &mut dyn FnMut(TestResult)) -> Result<(), TestFailure> {
        let variables = jit::c_variables(&self.variables);
        let options = TestOptions {
            variables: &variables,
            report,
        };
        let result = self.program.start_tests(fuse_runtime::run_tests, options);
        // Threads the tests left behind may be in its code until the process is gone.
        std::mem::forget(self.program);
        result
    }
}
