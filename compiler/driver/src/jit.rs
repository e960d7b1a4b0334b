//! Running a program inside this process.

use std::ffi::CString;

use fuse_codegen_cranelift::{JitProgram, Options};
use fuse_ir::pipeline::Prepared;
use fuse_runtime::{Rendering, RunOptions};

use crate::environment::Variables;
use crate::middle;
use crate::{Checked, DriverError, Timings, entry, identity};

/// How to start a program.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// App to run instead of the manifest's choice or the first.
    pub app: Option<String>,
    /// Flags of `fn main`. When there are any, `main` runs instead of an app.
    pub arguments: Vec<String>,
    /// Variables to add to the program's environment.
    pub variables: Variables,
    pub optimize: bool,
}

/// A program ready to run.
pub struct Runnable {
    program: JitProgram,
    options: RunOptions,
}

/// Compiles a program without errors.
///
/// # Errors
/// [`DriverError::NoApp`], [`DriverError::AppNotFound`] or [`DriverError::NoMain`] when there is nothing to start, and defects of
/// the compiler.
pub fn compile(
    checked: &Checked,
    request: &RunRequest,
    timings: &mut Timings,
) -> Result<Runnable, DriverError> {
    let app = if request.arguments.is_empty() {
        entry::chosen_app(checked, request.app.as_deref())?
    } else if checked.program.main.is_some() {
        None
    } else {
        return Err(DriverError::NoMain);
    };
    let prepared = middle::prepare(checked, timings)?;
    let program = translate(&prepared, request.optimize, timings)?;
    Ok(Runnable {
        program,
        options: RunOptions {
            rendering: Rendering::Launcher,
            arguments: c_strings(&request.arguments),
            variables: c_variables(&request.variables),
            app,
        },
    })
}

impl Runnable {
    /// Runs the program to its end: 0, 1 after a failure, which the runtime has reported, 2 for program flags that do not bind.
    pub fn run(self) -> i32 {
        let code = self.program.start(fuse_runtime::run, &self.options);
        // Threads the program left behind may be in its code until the process is gone.
        std::mem::forget(self.program);
        code
    }
}

/// Applies the pending migrations of a program checked for [`crate::Purpose::Migrate`]: 0, or 1 after a failure, which the runtime has
/// reported.
///
/// # Errors
/// Defects of the compiler.
pub fn migrate(
    checked: &Checked,
    variables: &Variables,
    timings: &mut Timings,
) -> Result<i32, DriverError> {
    let prepared = middle::prepare(checked, timings)?;
    let program = translate(&prepared, false, timings)?;
    let options = RunOptions {
        rendering: Rendering::Launcher,
        arguments: Vec::new(),
        variables: c_variables(variables),
        app: None,
    };
    let code = program.start(fuse_runtime::migrate, &options);
    // Threads the program left behind may be in its code until the process is gone.
    std::mem::forget(program);
    Ok(code)
}

/// Code in memory.
pub(crate) fn translate(
    prepared: &Prepared,
    optimize: bool,
    timings: &mut Timings,
) -> Result<JitProgram, DriverError> {
    let options = Options {
        optimize,
        build_info: identity::jit_build_info(),
        release: false,
    };
    let program = timings.measure("cranelift", || {
        fuse_codegen_cranelift::compile(
            &prepared.program,
            &prepared.layouts,
            &fuse_runtime::symbols(),
            &options,
        )
    })?;
    Ok(program)
}

pub(crate) fn c_variables(variables: &Variables) -> Vec<(CString, CString)> {
    variables
        .iter()
        .map(|(name, value)| (c_string(name), c_string(value)))
        .collect()
}

fn c_strings(texts: &[String]) -> Vec<CString> {
    texts.iter().map(|text| c_string(text)).collect()
}

/// Text from the command line has no NUL; text from a file ends at the first.
fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}
