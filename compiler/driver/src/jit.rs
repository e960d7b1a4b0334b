//! Running a program inside this process.

use std::ffi::CString;

use fuse_codegen_cranelift::{JitProgram, Options};
use fuse_runtime::{Rendering, RunOptions};

use crate::environment::Variables;
use crate::middle;
use crate::{Checked, DriverError, Timings, identity};

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
    let app = chosen_app(checked, request)?;
    let prepared = middle::prepare(checked, timings)?;
    let options = Options {
        optimize: request.optimize,
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
    Ok(Runnable {
        program,
        options: RunOptions {
            rendering: Rendering::Launcher,
            arguments: c_strings(&request.arguments),
            variables: request
                .variables
                .iter()
                .map(|(name, value)| (c_string(name), c_string(value)))
                .collect(),
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

/// The app to name to the runtime; `None` is the first, or `main`.
fn chosen_app(checked: &Checked, request: &RunRequest) -> Result<Option<String>, DriverError> {
    let program = &checked.program;
    if !request.arguments.is_empty() {
        return match program.main {
            Some(_) => Ok(None),
            None => Err(DriverError::NoMain),
        };
    }
    let configured = || {
        checked
            .manifest
            .as_ref()
            .and_then(|m| m.package.app.clone())
    };
    match request.app.clone().or_else(configured) {
        Some(name) if program.apps.iter().any(|app| app.name == name) => Ok(Some(name)),
        Some(name) => Err(DriverError::AppNotFound {
            name,
            known: program.apps.iter().map(|app| app.name.clone()).collect(),
        }),
        None if program.apps.is_empty() && program.main.is_none() => Err(DriverError::NoApp),
        None => Ok(None),
    }
}

fn c_strings(texts: &[String]) -> Vec<CString> {
    texts.iter().map(|text| c_string(text)).collect()
}

/// Text from the command line has no NUL; text from a file ends at the first.
fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}
