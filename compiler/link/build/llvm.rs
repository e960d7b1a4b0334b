//! The one place that names LLD's and LLVM's libraries. With the shared libLLVM, llvm-sys names it once more for its own users.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{fail, has_feature};

/// The major version of LLVM that everything here is built against.
const LLVM_MAJOR: u32 = 22;
const PREFIX: &str = "LLVM_SYS_221_PREFIX";
const SHIM: &str = "shim/lld_shim.cpp";

/// In this order, ahead of LLVM's own archives.
const LLD: [&str; 5] = ["lldMinGW", "lldCOFF", "lldELF", "lldMachO", "lldCommon"];

/// LLVM components of the static link. `dtlto` is needed by LLD's LTO, `interpreter` by inkwell's execution engine.
const COMPONENTS: [&str; 27] = [
    "x86",
    "aarch64",
    "lto",
    "dtlto",
    "objcopy",
    "passes",
    "bitwriter",
    "bitreader",
    "libdriver",
    "debuginfopdb",
    "debuginfodwarf",
    "option",
    "linker",
    "ipo",
    "target",
    "asmparser",
    "irreader",
    "orcjit",
    "symbolize",
    "windowsdriver",
    "objcarcopts",
    "executionengine",
    "mcjit",
    "interpreter",
    "support",
    "core",
    "mc",
];

pub fn build() {
    println!("cargo::rerun-if-changed={SHIM}");
    println!("cargo::rerun-if-env-changed={PREFIX}");
    let prefix = env::var(PREFIX).unwrap_or_else(|_| format!("/usr/lib/llvm-{LLVM_MAJOR}"));
    let prefix = Path::new(&prefix);
    if !prefix.join("include/lld/Common/Driver.h").is_file() {
        fail(&format!(
            "no LLD {LLVM_MAJOR} headers below `{}`\nhint: run `ci/bootstrap`, or set `{PREFIX}`",
            prefix.display()
        ));
    }
    check_bitcode_version();
    let is_static = has_feature("STATIC_LLVM");

    let mut shim = cc::Build::new();
    shim.cpp(true)
        .std("c++17")
        .file(SHIM)
        .include(prefix.join("include"))
        .flag("-fno-exceptions")
        // LLVM's headers are not ours to fix.
        .flag("-w")
        .define("__STDC_CONSTANT_MACROS", None)
        .define("__STDC_FORMAT_MACROS", None)
        .define("__STDC_LIMIT_MACROS", None);
    if is_static {
        shim.define("STATIC_LLVM", None).cpp_link_stdlib(None);
    }
    shim.compile("fuse_lld_shim");

    println!(
        "cargo::rustc-link-search=native={}",
        prefix.join("lib").display()
    );
    LLD.iter().for_each(|library| link_static(library));
    if is_static {
        static_libraries(prefix);
    } else {
        for library in [&format!("LLVM-{LLVM_MAJOR}"), "z", "zstd"] {
            println!("cargo::rustc-link-lib=dylib={library}");
        }
    }
}

fn static_libraries(prefix: &Path) {
    let config = prefix.join("bin/llvm-config");
    let names = output_of(
        Command::new(config)
            .args(["--link-static", "--libnames"])
            .args(COMPONENTS),
    );
    let ours = |name: &&str| !name.starts_with("libPolly");
    for name in names.split_whitespace().filter(ours) {
        link_static(name.trim_start_matches("lib").trim_end_matches(".a"));
    }
    for library in ["stdc++", "z", "zstd", "ffi"] {
        let archive =
            output_of(Command::new("g++").arg(format!("-print-file-name=lib{library}.a")));
        let archive = PathBuf::from(archive.trim());
        match archive.parent() {
            Some(directory) if archive.is_absolute() => {
                println!("cargo::rustc-link-search=native={}", directory.display());
            }
            _ => fail(&format!(
                "no static lib{library} on this machine\nhint: run `ci/bootstrap`"
            )),
        }
        link_static(library);
    }
}

/// `-bundle` leaves the archive where it is instead of copying hundreds of megabytes into the rlib.
fn link_static(library: &str) {
    println!("cargo::rustc-link-lib=static:-bundle={library}");
}

/// The runtime's hot primitives reach LLVM as bitcode that rustc wrote; LLVM reads bitcode of its own age and older.
fn check_bitcode_version() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = output_of(Command::new(rustc).arg("-vV"));
    let major = version
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))
        .and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match major {
        Some(major) if major <= LLVM_MAJOR => {}
        Some(major) => fail(&format!(
            "this rustc writes LLVM {major} bitcode, which LLVM {LLVM_MAJOR} cannot read\n\
             hint: use the toolchain `rust-toolchain.toml` asks for, or a rustc built on LLVM {LLVM_MAJOR} or older"
        )),
        None => fail("`rustc -vV` does not say which LLVM it is built on"),
    }
}

fn output_of(command: &mut Command) -> String {
    match command.output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into(),
        Ok(output) => fail(&format!(
            "{command:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
        Err(error) => fail(&format!("cannot run {command:?}: {error}")),
    }
}
