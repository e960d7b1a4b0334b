//! This program as cargo's rustc wrapper: code for a target sees the standard library built for it, code for the host does not.
//!
//! A wrapper rather than `--sysroot` in `RUSTFLAGS`, because cargo hashes those flags into symbol names, and the path differs from
//! machine to machine.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Set to the sysroot for target code while this program is used as the wrapper.
const SYSROOT: &str = "FUSE_XTASK_RUSTC_SYSROOT";

/// Makes `cargo` use this program as its rustc wrapper, with `sysroot` for target code.
pub fn install(cargo: &mut Command, sysroot: &Path) -> crate::Result<()> {
    cargo.env("RUSTC_WRAPPER", env::current_exe()?);
    cargo.env(SYSROOT, sysroot);
    Ok(())
}

/// Makes `cargo` call rustc itself, whatever wrapper the caller's environment names.
pub fn remove(cargo: &mut Command) {
    cargo.env("RUSTC_WRAPPER", "");
    cargo.env_remove(SYSROOT);
}

/// Runs rustc and returns its status, if that is what this process was started for.
pub fn run_if_asked() -> Option<ExitCode> {
    let sysroot = env::var_os(SYSROOT)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    let mut command = Command::new(rustc);
    command.args(&arguments);
    // Cargo names the target only for target code, and when it asks about the target.
    if arguments.iter().any(|argument| argument == "--target") {
        command.arg("--sysroot").arg(sysroot);
    }
    let code = match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()),
        Err(error) => {
            eprintln!("error: cannot run rustc: {error}");
            None
        }
    };
    Some(ExitCode::from(code.unwrap_or(101)))
}
