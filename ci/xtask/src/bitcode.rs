//! Checks on the bitcode of `fuse-core`, which becomes part of every program's module.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::{Result, tools};

/// What LLVM calls up itself; code generation expands or the runtime's compiler support defines it.
const LLVM_PREFIX: &str = "llvm.";

/// Checks that LLVM can read `bitcode`, that everything it refers to is defined in one of `providers`, and that it keeps no state: the
/// runtime's archive holds a second copy of `fuse-core`, and the two would not share it.
pub fn check(bitcode: &Path, providers: &[&Path]) -> Result<()> {
    let symbols = listing(Command::new(tools::llvm("llvm-nm")).arg(bitcode)).map_err(|error| {
        format!(
            "LLVM cannot read the bitcode that this rustc writes ({error}); rustc must be built on the same major version of LLVM or an older one"
        )
    })?;
    let assembly = tools::output(
        Command::new(tools::llvm("llvm-dis"))
            .args(["-o", "-"])
            .arg(bitcode),
    )?;
    let state: Vec<&str> = assembly.lines().filter_map(mutable_static).collect();
    if !state.is_empty() {
        return Err(format!(
            "`fuse-core` has mutable statics, which programs and the runtime would each have a copy of: {}\n\
             hint: keep them in `fuse-runtime` and declare them `extern` in `fuse-core`",
            state.join(", ")
        )
        .into());
    }

    let mut defined = BTreeSet::new();
    for provider in providers {
        let mut command = Command::new(tools::llvm("llvm-nm"));
        command.args(["--defined-only", "--extern-only"]);
        if provider.to_string_lossy().contains(".so") {
            command.arg("--dynamic");
        }
        defined.extend(
            listing(command.arg(provider))?
                .into_iter()
                // `memcpy@@GLIBC_2.14`
                .filter_map(|symbol| Some(symbol.name.split('@').next()?.to_owned())),
        );
    }
    let missing: Vec<&str> = symbols
        .iter()
        .filter(|symbol| symbol.kind == 'U')
        .map(|symbol| symbol.name.as_str())
        .filter(|name| !name.starts_with(LLVM_PREFIX) && !defined.contains(*name))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "`fuse-core` refers to what neither the runtime nor libc defines: {}\n\
             hint: a mangled name is usually a panic of Rust's core library; the hot primitives must not panic",
            missing.join(", ")
        )
        .into())
    }
}

/// The name of the variable that `line` of LLVM's assembly defines, unless it is a constant: `@NAME = LINKAGE ... global TYPE VALUE`.
fn mutable_static(line: &str) -> Option<&str> {
    let (name, definition) = line.strip_prefix('@')?.split_once(" = ")?;
    let kind = definition
        .split_whitespace()
        .find(|word| ["external", "extern_weak", "global", "constant"].contains(word))?;
    (kind == "global").then_some(name)
}

/// A line of llvm-nm's output.
struct Symbol {
    kind: char,
    name: String,
}

fn listing(command: &mut Command) -> Result<Vec<Symbol>> {
    let text = tools::output(command)?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace().rev();
            let name = words.next()?.to_owned();
            let kind = words.next()?;
            let mut letters = kind.chars();
            match (letters.next(), letters.next()) {
                (Some(kind), None) => Some(Symbol { kind, name }),
                _ => None,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_defined_variables_are_state() {
        let state = |line| mutable_static(line);
        assert_eq!(
            state("@a = internal unnamed_addr constant [2 x i8] c\"global \""),
            None
        );
        assert_eq!(state("@a = external thread_local global ptr"), None);
        assert_eq!(state("define void @f() {"), None);
        assert_eq!(
            state("@a = internal thread_local global i64 0, align 8"),
            Some("a")
        );
        assert_eq!(state("@b = global i64 0"), Some("b"));
    }
}
