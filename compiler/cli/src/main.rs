//! The `fuse` binary: arguments, messages, progress, exit codes. What commands do is in `fuse-driver`.
//!
//! **Architecture Invariant:** nothing here is worth testing without a terminal. Standard output carries data only (a program's own
//! output, an emitted stage, help); every message goes to standard error; no Rust panic message reaches a user.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod console;
mod failure;
mod usage;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use console::Console;
use failure::Failure;
use usage::Request;

/// LLVM makes and frees many small objects: this was measured to take a seventh of the time off optimised builds of large modules.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A defect of the compiler.
const EXIT_INTERNAL: i32 = 101;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let console = Console::guess(&arguments);
    report_panics(console);
    match usage::parse(&arguments) {
        Ok(Request::Show(text)) => {
            // A reader that went away is not our failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Request::Command(cli)) => ExitCode::from(commands::run(&cli)),
        Err(failure) => {
            console.failure(&failure);
            ExitCode::FAILURE
        }
    }
}

/// A panic is a defect of the compiler: one line in the usual form, and an exit code of its own.
fn report_panics(console: Console) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map(|at| format!(" at {}:{}", at.file(), at.line()))
            .unwrap_or_default();
        let reason = panic.payload_as_str().unwrap_or("unknown reason");
        let reason = reason.lines().next().unwrap_or_default();
        console.failure(
            &Failure::new(format!("internal compiler error: {reason}{place}"))
                .with_code("internal_compiler_error")
                .with_hint("this is a defect of the compiler; please report it with the program"),
        );
        std::process::exit(EXIT_INTERNAL);
    }));
}
