//! Builds the contestants into one scratch directory.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Repository root, found from this crate's own place.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("a crate of the repository")
        .to_owned()
}

/// The compiler under test: `$FUSE`, or the release build.
pub fn fuse() -> PathBuf {
    std::env::var_os("FUSE").map_or_else(|| root().join("target/release/fuse"), PathBuf::from)
}

pub fn scratch() -> Result<PathBuf, String> {
    let dir = root().join("target/compare");
    std::fs::create_dir_all(&dir)
        .map_err(|e| format!("failed to create {}: {e}", dir.display()))?;
    Ok(dir)
}

pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .map_err(|e| format!("failed to start {shown}: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{shown} failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// `clang-22 -O2`, dynamic.
pub fn c(source: &str, output: &Path) -> Result<(), String> {
    run(Command::new("clang-22")
        .arg("-O2")
        .arg(root().join(source))
        .arg("-lm")
        .arg("-o")
        .arg(output))
}

/// `clang-22 -O2` linked statically with musl, nothing else.
pub fn c_musl_static(source: &str, output: &Path) -> Result<(), String> {
    let object = output.with_extension("o");
    let musl = "/usr/lib/x86_64-linux-musl";
    run(Command::new("clang-22")
        .args([
            "-O2",
            "-nostdinc",
            "-isystem",
            "/usr/include/x86_64-linux-musl",
            "-c",
        ])
        .arg(root().join(source))
        .arg("-o")
        .arg(&object))?;
    run(Command::new("ld.lld-22")
        .args(["-static", "-s", "--gc-sections", "-o"])
        .arg(output)
        .args([format!("{musl}/crt1.o"), format!("{musl}/crti.o")])
        .arg(&object)
        .args([format!("{musl}/libc.a"), format!("{musl}/crtn.o")]))
}

/// `rustc -O` with overflow checks, which FUSE has too.
pub fn rust(source: &str, output: &Path) -> Result<(), String> {
    run(Command::new("rustc")
        .args(["-O", "-C", "overflow-checks=on", "--edition", "2024"])
        .arg(root().join(source))
        .arg("-o")
        .arg(output))
}

/// The Rust contestants that need libraries, with the versions of their lock file; the executable.
pub fn rust_contestants() -> Result<PathBuf, String> {
    let target = scratch()?.join("rust");
    let manifest = root().join("benches/compare/rust/contestants/Cargo.toml");
    run(Command::new("cargo")
        .args([
            "build",
            "--quiet",
            "--release",
            "--locked",
            "--manifest-path",
        ])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target))?;
    Ok(target.join("release/fuse-contestants"))
}

/// `fuse build --aot --profile PROFILE` of a package or file.
pub fn fuse_aot(source: &Path, profile: &str, output: &Path) -> Result<(), String> {
    run(Command::new(fuse())
        .args(["build", "--aot", "--profile", profile, "--output"])
        .arg(output)
        .arg(source))
}

/// Where a tool is, if it is installed.
pub fn tool(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

/// The Go contestants (`go build`, as it comes), where Go is installed.
pub fn go() -> Result<Option<PathBuf>, String> {
    let Some(go) = tool("go") else {
        return Ok(None);
    };
    let output = scratch()?.join("contestants-go");
    run(Command::new(go)
        .current_dir(root().join("benches/compare/go"))
        .env("GOCACHE", scratch()?.join("go-cache"))
        .env("GOFLAGS", "-mod=readonly")
        .args(["build", "-o"])
        .arg(&output)
        .arg("."))?;
    Ok(Some(output))
}

/// A script of `benches/compare/node`, as the first argument of `tool("node")`.
pub fn script(name: &str) -> String {
    root()
        .join("benches/compare/node")
        .join(name)
        .display()
        .to_string()
}
