//! Makes `target/sysroot/TRIPLE/`: what LLD needs beside a program's object.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::inputs::Inputs;
use crate::std_library::{self, StdLibrary};
use crate::target::Target;
use crate::variant::Variant;
use crate::{Result, bitcode, stubs, tools, wrapper};

/// Names that `compiler/link` looks for.
const RUNTIME_ARCHIVE: &str = "libfuse_runtime.a";
const CORE_BITCODE: &str = "fuse_core.bc";
/// Notes what a sysroot was made from.
const INPUTS: &str = "inputs.sha256";

/// The target whose bitcode all sysroots have: what it says is the same for every C library, and an object made with it serves them all.
const CORE_TARGET: Target = Target::Gnu;

/// The cargo profile of the runtime, in the workspace's `Cargo.toml`.
const PROFILE: &str = "runtime";

/// Brings the sysroot of `target` up to date.
pub fn build(target: Target, variant: Variant) -> Result<()> {
    let triple = target.triple();
    let library = std_library::provide(target)?;
    let digest = inputs(target, variant, &library)?;
    let parent = variant.parent();
    let finished = parent.join(triple);
    if fs::read_to_string(finished.join(INPUTS)).is_ok_and(|noted| noted == digest) {
        eprintln!("[sysroot] {triple} is up to date");
        return Ok(());
    }
    eprintln!("[sysroot] building {triple}");
    fs::create_dir_all(&parent)?;
    let scratch = tempfile::Builder::new()
        .prefix(".sysroot-")
        .tempdir_in(&parent)?;
    let directory = scratch.path().join("fresh");
    fs::create_dir(&directory)?;
    for file in target.libc_files() {
        strip(&file, &directory.join(file.file_name().unwrap_or_default()))?;
    }
    for shared in target.shared_libraries() {
        let stub = directory.join(shared.file_name().unwrap_or_default());
        stubs::write(&shared, &stub)?;
    }
    runtime_archive(target, variant, &library, &directory.join(RUNTIME_ARCHIVE))?;
    let core = directory.join(CORE_BITCODE);
    match CORE_TARGET {
        own if own == target => core_bitcode(target, variant, &library, &core)?,
        other => {
            build(other, variant)?;
            fs::copy(parent.join(other.triple()).join(CORE_BITCODE), &core)?;
        }
    }

    let providers: Vec<PathBuf> = fs::read_dir(&directory)?
        .filter_map(std::result::Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".a") || name.contains(".so")
        })
        .collect();
    let providers: Vec<&Path> = providers.iter().map(PathBuf::as_path).collect();
    bitcode::check(&directory.join(CORE_BITCODE), &providers)?;

    if let Some((from, name)) = variant.library()? {
        let to = directory.join(name);
        fs::create_dir_all(to.parent().unwrap_or(&directory))?;
        fs::copy(from, to)?;
    }
    fs::write(directory.join(INPUTS), digest)?;
    if finished.exists() {
        fs::rename(&finished, scratch.path().join("old"))?;
    }
    fs::rename(&directory, &finished)?;
    eprintln!("[sysroot] {triple} is in {}", finished.display());
    Ok(())
}

/// Everything a sysroot is made from.
fn inputs(target: Target, variant: Variant, library: &StdLibrary) -> Result<String> {
    let root = tools::root();
    let mut inputs = Inputs::default();
    inputs.text(target.triple()).text(&library.key);
    inputs.text(&std_library::provide(CORE_TARGET)?.key);
    if let Some((library, _)) = variant.library()? {
        inputs.file("library", &library)?;
    }
    for tree in ["runtime-c-abi", "ci/xtask"] {
        inputs.text(tree).tree(&root.join(tree))?;
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        inputs.file(file, &root.join(file))?;
    }
    let libc = target.libc_files().into_iter();
    for file in libc.chain(target.shared_libraries()) {
        inputs.file(&file.to_string_lossy(), &file)?;
    }
    inputs.text(&tools::output(
        Command::new(tools::llvm("clang")).arg("--version"),
    )?);
    Ok(inputs.digest())
}

/// Copies an object or archive without debug information and unwind tables: nothing unwinds, and a static executable would carry them.
fn strip(from: &Path, to: &Path) -> Result<()> {
    tools::run(
        Command::new(tools::llvm("llvm-objcopy"))
            .args(["--strip-debug", "--enable-deterministic-archives"])
            .args([
                "--remove-section=.eh_frame",
                "--remove-section=.rela.eh_frame",
            ])
            .args(["--remove-section=.comment"])
            .args([from, to]),
    )
}

fn runtime_archive(
    target: Target,
    variant: Variant,
    library: &StdLibrary,
    archive: &Path,
) -> Result<()> {
    let mut cargo = cargo(target, library, variant.is_instrumented())?;
    cargo.args(["--package", "fuse-runtime", "--lib"]);
    // `main`, which the library form must not have.
    let features = [&["entry"], variant.runtime_features()].concat();
    cargo.args(["--features", &features.join(",")]);
    cargo.args(["--crate-type", "staticlib"]);
    tools::run(&mut cargo)?;
    let built = target_directory(library)
        .join(target.triple())
        .join(PROFILE)
        .join(RUNTIME_ARCHIVE);
    strip(&built, archive)
}

/// Not instrumented whatever the variant: the program instruments what it takes in.
fn core_bitcode(
    target: Target,
    variant: Variant,
    library: &StdLibrary,
    bitcode: &Path,
) -> Result<()> {
    let mut cargo = cargo(target, library, false)?;
    cargo
        .args(["--package", "fuse-core", "--lib"])
        .args(["--features", &variant.core_features().join(",")])
        // Bitcode that has been through the pipeline, for a library that is compiled by itself.
        .args(["--config", "profile.runtime.lto='off'", "--"]);
    cargo.arg(format!("--emit=llvm-bc={}", bitcode.display()));
    tools::run(&mut cargo)
}

/// `cargo rustc` for code of `target`, instrumented for AddressSanitizer or not.
fn cargo(target: Target, library: &StdLibrary, instrumented: bool) -> Result<Command> {
    let root = tools::root();
    let clang = tools::llvm("clang");
    let resources = tools::output(Command::new(&clang).arg("-print-resource-dir"))?;
    let mut flags: Vec<String> = target
        .rust_flags()
        .iter()
        .map(ToString::to_string)
        .collect();
    flags.extend([
        "-Cforce-unwind-tables=no".to_owned(),
        format!("--remap-path-prefix={}=/fuse", root.display()),
        std_library::remap_registry(),
    ]);
    let mut c_flags = target.c_flags(resources.trim());
    let mut cargo = tools::cargo();
    if instrumented {
        // Sanitizers are not a stable feature; the library under the runtime is not instrumented, and takes and gives the same values.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        flags.extend([
            "-Zsanitizer=address".to_owned(),
            "-Cunsafe-allow-abi-mismatch=sanitizer".to_owned(),
        ]);
        c_flags.push_str(" -fsanitize=address");
    }
    cargo
        .current_dir(&root)
        .args(["rustc", "--quiet", "--target", target.triple()])
        .args(["--profile", PROFILE])
        .env("CARGO_TARGET_DIR", target_directory(library))
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    let suffix = target.triple().replace('-', "_");
    cargo
        .env(format!("CC_{suffix}"), &clang)
        .env(format!("AR_{suffix}"), tools::llvm("llvm-ar"))
        .env(format!("CFLAGS_{suffix}"), c_flags);
    wrapper::install(&mut cargo, &library.sysroot)?;
    Ok(cargo)
}

/// Cargo does not notice a changed standard library, so each gets a target directory of its own.
fn target_directory(library: &StdLibrary) -> PathBuf {
    tools::root()
        .join("target/runtime")
        .join(&library.key[..16])
}
