//! Running a program: configuration, then the app, or `main` behind program flags.

use core::sync::atomic::{AtomicU64, Ordering};
use std::ffi::CString;

use fuse_abi::FaultKind;
use fuse_abi::entry::{App, Program};

use crate::fault::guard::guarded_at_the_end;
use crate::fault::{Fault, constant_bytes};
use crate::memory::stack::Stack;
use crate::memory::thread;
use crate::process::environment::fill_standard_streams;
use crate::process::{output, report};

/// How failures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// The fatal envelope.
    Executable,
    /// `run error: TEXT`
    Launcher,
}

#[derive(Clone, Debug)]
pub struct RunOptions {
    pub rendering: Rendering,
    /// What the user wrote for the program, without the program's own name. With any of these and a `main`, `main` runs behind its
    /// flags; otherwise the app runs.
    pub arguments: Vec<CString>,
    /// The app to run; the first one by default.
    pub app: Option<String>,
    /// Added to the environment of this process, over what is there.
    pub variables: Vec<(CString, CString)>,
}

/// Runs the program to its end and gives its exit code: 0, 1 after a failure (which has been shown), 2 for wrong flags, or what `main`
/// chose. Frees what the program allocated on this thread. One program at a time in a process.
///
/// # Safety
/// The program and everything its tables refer to stay valid for the call, and do what the ABI says.
pub unsafe fn run(program: &Program, options: &RunOptions) -> i32 {
    let arguments: Vec<*const u8> = options
        .arguments
        .iter()
        .map(|a| a.as_ptr().cast())
        .collect();
    output::reset();
    set_variables(&options.variables);
    // SAFETY: the caller vouches for the program; the arguments are live C strings.
    let code = unsafe {
        let app = match &options.app {
            Some(name) => app_named(program, name.as_bytes()),
            None => first_app(program),
        };
        run_app(
            program,
            options.rendering,
            arguments.len(),
            arguments.as_ptr(),
            app,
        )
    };
    // SAFETY: the program has ended and no guard of it is active.
    unsafe { thread::release() };
    code
}

static RUNS: AtomicU64 = AtomicU64::new(0);

/// Which run of a program this process is in; what one run has read does not hold for the next.
pub fn number() -> u64 {
    RUNS.load(Ordering::Relaxed)
}

/// [`run`] without conveniences, for the entry of executables.
///
/// # Safety
/// As [`run`]; `arguments` holds `count` C strings.
pub unsafe fn run_app(
    program: &Program,
    rendering: Rendering,
    count: usize,
    arguments: *const *const u8,
    app: *const App,
) -> i32 {
    begin(program, rendering);
    let stack = if program.needs_stack != 0 {
        let stack = Stack::reserve();
        if stack.is_none() {
            return report::fault(&Fault::kind(FaultKind::OutOfMemory));
        }
        stack
    } else {
        None
    };
    let mut work = Work {
        program,
        app,
        count,
        arguments,
        code: 0,
    };
    // SAFETY: `work` outlives the guarded call; `start` holds nothing with a destructor.
    let result = unsafe { guarded_at_the_end(start, (&raw mut work).cast(), stack.as_ref()) };
    let code = match result {
        Ok(()) => {
            #[cfg(feature = "audit")]
            crate::memory::heap::check_in_use("the program");
            work.code as i32
        }
        Err(fault) if fault.quiet => 0,
        Err(fault) => {
            let code = report::fault(&fault);
            fault.release();
            code
        }
    };
    let code = finish(code);
    // SAFETY: this thread's own state; ends the process.
    unsafe {
        if !(*thread::current()).tasks.is_null() {
            // A fault left tasks that may run on, in code and on values that must stay until the process is gone.
            libc::_exit(code);
        }
    }
    code
}

/// Applies the pending migrations and gives the exit code: 0 also where there are none, 1 after a failure, which has been shown.
///
/// # Safety
/// As [`run`].
pub unsafe fn run_migrations(program: &Program, rendering: Rendering) -> i32 {
    begin(program, rendering);
    let code = match program.run_migrations {
        Some(run_migrations) => run_migrations(program) as i32,
        None => 0,
    };
    finish(code)
}

/// [`run_migrations`] for a toolchain's process; of the options, the variables count.
///
/// # Safety
/// As [`run`].
#[cfg(not(feature = "entry"))]
pub unsafe fn migrate(program: &Program, options: &RunOptions) -> i32 {
    output::reset();
    set_variables(&options.variables);
    // SAFETY: the caller's; no guard is active afterwards.
    unsafe {
        let code = run_migrations(program, Rendering::Launcher);
        thread::release();
        code
    }
}

/// Shows what has been printed, and gives the exit code: a program whose output did not get through has failed.
pub fn finish(code: i32) -> i32 {
    output::flush();
    if code == 0 && output::has_failed() {
        return report::fault(&Fault::constant(
            "cannot write standard output",
            "runtime_error",
        ));
    }
    code
}

/// Adds to the environment of this process, before a program starts.
pub(crate) fn set_variables(variables: &[(CString, CString)]) {
    for (name, value) in variables {
        // SAFETY: two C strings. Nothing else reads or changes the environment: the program and its threads have not started.
        unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
    }
}

/// What every run of a program begins with.
pub(crate) fn begin(program: &Program, rendering: Rendering) {
    report::set_program(program, rendering);
    RUNS.fetch_add(1, Ordering::Relaxed);
    fill_standard_streams();
    // A write to a closed pipe is an error code to us, not a signal.
    // SAFETY: changes how this process treats one signal.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

struct Work<'a> {
    program: &'a Program,
    app: *const App,
    count: usize,
    arguments: *const *const u8,
    code: i64,
}

extern "C" fn start(work: *mut u8) {
    // SAFETY: `run_app` passes its own `Work`; the tables are as the ABI says.
    unsafe {
        let work = &mut *work.cast::<Work<'_>>();
        let program = work.program;
        if let Some(configs) = program.configs {
            configs();
        }
        let wanted = work.count > 0 || work.app.is_null();
        match program.run_main {
            Some(run_main) if wanted && !program.main.is_null() => {
                work.code = run_main(program, work.count as i64, work.arguments);
            }
            None if work.count > 0 && !work.app.is_null() => {
                let message = "no root fn main found for CLI binding";
                crate::fault::leave(Fault::constant(message, "runtime_error"), 0)
            }
            _ if work.app.is_null() => {
                crate::fault::leave(Fault::constant("no app found", "runtime_error"), 0)
            }
            _ => ((*work.app).run)(),
        }
    }
}

/// The first app, or null.
pub fn first_app(program: &Program) -> *const App {
    if program.apps.len == 0 {
        core::ptr::null()
    } else {
        program.apps.data
    }
}

unsafe fn app_named(program: &Program, name: &[u8]) -> *const App {
    // SAFETY: the table's constants are live.
    unsafe {
        for index in 0..program.apps.len as usize {
            let app = program.apps.data.add(index);
            if constant_bytes(&(*app).name) == name {
                return app;
            }
        }
    }
    core::ptr::null()
}
