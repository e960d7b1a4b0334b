//! Chores of the build that are not the compiler's: the standard library for our targets, and the sysroots.
//!
//! `cargo xtask sysroot [--target gnu|musl|all]` makes `target/sysroot/TRIPLE/`: the runtime's archive and bitcode, start files and
//! libc pieces. `--variant audit` and `--variant address-sanitizer` make others beside it for `ci/memory`. What is up to date, judged by the contents of everything it is made from, is left alone.
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
mod variant;
mod wrapper;

use std::env;
use std::process::ExitCode;

use target::Target;
use variant::Variant;

/// What a chore fails with; the text is for the person who started it.
type Error = Box<dyn std::error::Error>;
type Result<T> = std::result::Result<T, Error>;

const USAGE: &str = "usage: cargo xtask sysroot [--target gnu|musl|all] [--variant ordinary|audit|address-sanitizer] | cargo xtask format [--check]";

fn main() -> ExitCode {
    if let Some(status) = wrapper::run_if_asked() {
        return status;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let wanted = match words[..] {
        ["format"] => return report(format::run(false)),
        ["format", "--check"] => return report(format::run(true)),
        ["sysroot", ref options @ ..] => sysroots(options),
        _ => None,
    };
    let Some((targets, variant)) = wanted else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    for &target in targets.iter().filter(|&&target| variant.supports(target)) {
        let built = sysroot::build(target, variant);
        if built.is_err() {
            return report(built);
        }
    }
    ExitCode::SUCCESS
}

/// Which sysroots the options ask for.
fn sysroots(options: &[&str]) -> Option<(&'static [Target], Variant)> {
    let (mut targets, mut variant): (&[Target], _) = (&Target::ALL, Variant::Ordinary);
    for option in options.chunks(2) {
        match *option {
            ["--target", "all"] => targets = &Target::ALL,
            ["--target", "gnu"] => targets = &[Target::Gnu],
            ["--target", "musl"] => targets = &[Target::Musl],
            ["--variant", name] => variant = Variant::named(name)?,
            _ => return None,
        }
    }
    Some((targets, variant))
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
