//! Running tests one after another, each in a guard and with a heap of its own. Only for programs inside a toolchain's process.

use std::ffi::CString;
use std::time::{Duration, Instant};

use fuse_abi::FaultKind;
use fuse_abi::entry::{App, Program};

use crate::fault::guard::guarded;
use crate::fault::{Fault, constant_bytes};
use crate::memory::heap::Scratch;
use crate::memory::stack::Stack;
use crate::memory::thread;
use crate::process::run::{self, Rendering};
use crate::process::{output, report};

/// What came of one test.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub name: String,
    pub failure: Option<TestFailure>,
    pub duration: Duration,
}

/// Why a test, or what comes before all tests, failed.
#[derive(Clone, Debug)]
pub struct TestFailure {
    /// The text of the fault; for a fault that carries an error value, its JSON.
    pub message: String,
    /// Where the fault happened, if that is known.
    pub place: Option<TestPlace>,
}

#[derive(Clone, Debug)]
pub struct TestPlace {
    /// Relative to the root of the package.
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub function: String,
}

/// How to run tests.
pub struct TestOptions<'a> {
    /// Added to the environment of this process, over what is there.
    pub variables: &'a [(CString, CString)],
    /// Hears of each test as it ends, with everything printed before it written.
    pub report: &'a mut dyn FnMut(TestResult),
}

/// Resolves the configuration, then runs the tests in order. Frees what the tests allocated on this thread. One program at a time in a
/// process.
///
/// # Errors
/// Configuration that cannot be resolved, or no memory for a stack; no test has run then.
///
/// # Safety
/// As for [`run::run`]; the tests belong to the program.
pub unsafe fn run_tests(
    program: &Program,
    tests: &[App],
    options: TestOptions<'_>,
) -> Result<(), TestFailure> {
    output::reset();
    run::set_variables(options.variables);
    run::begin(program, Rendering::Launcher);
    // Without a reader the tests still say whether they hold.
    output::set_serving(true);
    // SAFETY: the caller vouches for the program and the tests.
    let result = unsafe { run_all(program, tests, options.report) };
    output::set_serving(false);
    // SAFETY: every guard has been left.
    unsafe { thread::release() };
    result
}

unsafe fn run_all(
    program: &Program,
    tests: &[App],
    report: &mut dyn FnMut(TestResult),
) -> Result<(), TestFailure> {
    let stack = if program.needs_stack != 0 {
        let stack = Stack::reserve();
        if stack.is_none() {
            return Err(failure(program, Fault::kind(FaultKind::OutOfMemory)));
        }
        stack
    } else {
        None
    };
    if let Some(configs) = program.configs {
        // SAFETY: `call` gets a procedure of the program, as it wants, and holds nothing with a destructor.
        let result = unsafe { guarded(call, configs as *mut u8, stack.as_ref()) };
        output::flush();
        result.map_err(|fault| failure(program, fault))?;
    }
    let mut heap = Scratch::new();
    for test in tests {
        let start = Instant::now();
        // SAFETY: as above. A fault owns its message, so nothing in the heap is used afterwards.
        let result = heap.using(|| unsafe { guarded(call, test.run as *mut u8, stack.as_ref()) });
        let duration = start.elapsed();
        output::flush();
        report(TestResult {
            // SAFETY: the program's constants are live.
            name: text(unsafe { constant_bytes(&test.name) }),
            failure: result.err().map(|fault| failure(program, fault)),
            duration,
        });
    }
    Ok(())
}

extern "C" fn call(procedure: *mut u8) {
    // SAFETY: `run_all` passes a procedure of the program, as an address.
    let procedure = unsafe { core::mem::transmute::<*mut u8, extern "C" fn()>(procedure) };
    procedure();
}

fn failure(program: &Program, fault: Fault) -> TestFailure {
    let site = report::site(program, fault.site);
    // SAFETY: the texts of sites are constants of the program.
    let place = site.map(|site| unsafe {
        TestPlace {
            path: text(constant_bytes(&site.file)),
            line: site.line,
            column: site.column,
            function: text(constant_bytes(&site.function)),
        }
    });
    let message = text(fault.text());
    fault.release();
    TestFailure { message, place }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
