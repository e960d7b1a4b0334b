//! Chores of the build that are not the compiler's: the standard library for our targets, and the sysroots.
//!
//! `cargo xtask sysroot [--target gnu|musl|all]` makes `target/sysroot/TRIPLE/`: the runtime's archive and bitcode, start files and
//! libc pieces. What is up to date, judged by the contents of everything it is made from, is left alone.
//!
//! `cargo xtask format [--check]` puts the FUSE programs of the repository into the house style.
//!
//! **Architecture Invariant:** a sysroot's bytes depend on the checkout's contents, the toolchain and the libc packages only,
//! not on where the checkout or the caches are.

#![forbid(unsafe_code)]

mod bitcode;
mod format;
mod inputs;
mod std_library;
mod std_source;
mod stubs;
mod sysroot;
mod target;
mod tools;
mod wrapper;

use std::env;
use std::process::ExitCode;

use target::Target;

/// What a chore fails with; the text is for the person who started it.
type Error = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Error>;

const USAGE: &str =
    "usage: cargo xtask sysroot [--target gnu|musl|all] | cargo xtask format [--check]";

fn main() -> ExitCode {
    if let Some(status) = wrapper::run_if_asked() {
        return status;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let targets: &[Target] = match words[..] {
        ["format"] => return report(format::run(false)),
        ["format", "--check"] => return report(format::run(true)),
        ["sysroot"] | ["sysroot", "--target", "all"] => &Target::ALL,
        ["sysroot", "--target", "gnu"] => &[Target::Gnu],
        ["sysroot", "--target", "musl"] => &[Target::Musl],
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    for &target in targets {
        let built = sysroot::build(target);
        if built.is_err() {
            return report(built);
        }
    }
    ExitCode::SUCCESS
}

fn report(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
