//! Rust's standard library for executables that `fuse` links: no backtrace machinery, no unwinding, bitcode inside for link-time
//! optimisation. A hello program on it is a tenth of the size of one on the library that rustup installs.
//!
//! Built once per rustc and recipe, kept in the cache, and used as an ordinary sysroot.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inputs::Inputs;
use crate::target::Target;
use crate::{Result, std_source, tools, wrapper};

/// A package whose only purpose is that cargo builds the standard library for it.
const SEED_MANIFEST: &str = r#"[package]
name = "seed"
version = "0.0.0"
edition = "2024"

[workspace]
exclude = ["library"]

[profile.release]
opt-level = 3
panic = "abort"
codegen-units = 1
debug = 0
"#;
const SEED_SOURCE: &str = "#![no_std]\n";

/// A built standard library.
pub struct StdLibrary {
    /// What it was made from, in hexadecimal.
    pub key: String,
    /// For rustc's `--sysroot`.
    pub sysroot: PathBuf,
}

/// The standard library for `target`, built if the cache does not have it.
pub fn provide(target: Target) -> Result<StdLibrary> {
    let version = tools::output(tools::rustc().arg("-vV"))?;
    let mut inputs = Inputs::default();
    inputs
        .text(&version)
        .text(target.triple())
        .text(SEED_MANIFEST)
        .text(&flags(Path::new("/")).join(" "));
    let key = inputs.digest();
    let sysroot = tools::cache()?.join("rust-std").join(&key[..16]);
    if !sysroot.is_dir() {
        let release = version
            .lines()
            .find_map(|line| line.strip_prefix("release: "))
            .ok_or("`rustc -vV` names no release")?;
        build(target, release, &key[..16], &sysroot)?;
    }
    Ok(StdLibrary { key, sysroot })
}

fn flags(library: &Path) -> Vec<String> {
    vec![
        // Cargo leaves bitcode out where the profile asks for no LTO; our own LTO comes later.
        "-Cembed-bitcode=yes".to_owned(),
        "-Cforce-unwind-tables=no".to_owned(),
        format!("--remap-path-prefix={}=/rust/library", library.display()),
        remap_registry(),
    ]
}

/// Keeps cargo's registry, which is below somebody's home directory, out of panic messages.
pub fn remap_registry() -> String {
    let home = env::var_os("CARGO_HOME").map_or_else(
        || Path::new(&env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    );
    format!(
        "--remap-path-prefix={}=/rust/deps",
        home.join("registry/src").display()
    )
}

/// A directory under the same name on every machine, because cargo hashes where the library's source is into its symbol names.
/// Removed when dropped.
struct Workplace {
    directory: PathBuf,
    /// Keeps other builds of the same library out.
    _lock: fs::File,
}

impl Workplace {
    fn enter(key: &str) -> Result<Workplace> {
        let directory = Path::new("/tmp").join(format!("fuse-rust-std-{key}"));
        let lock = fs::File::create(directory.with_extension("lock"))?;
        lock.lock()?;
        // An interrupted build left it.
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir(&directory)?;
        Ok(Workplace {
            directory,
            _lock: lock,
        })
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // Left over at worst; the next build starts by removing it.
        fs::remove_dir_all(&self.directory).unwrap_or_default();
    }
}

fn build(target: Target, release: &str, key: &str, sysroot: &Path) -> Result<()> {
    let triple = target.triple();
    let workplace = Workplace::enter(key)?;
    if sysroot.is_dir() {
        return Ok(());
    }
    eprintln!("[std] building Rust's standard library {release} for {triple} (about a minute)");
    let seed = workplace.directory.join("seed");
    std_source::provide(release, &seed)?;
    let library = seed.join("library");
    fs::create_dir_all(seed.join("src"))?;
    fs::write(seed.join("Cargo.toml"), SEED_MANIFEST)?;
    fs::write(seed.join("src/lib.rs"), SEED_SOURCE)?;

    let mut cargo = tools::cargo();
    cargo
        .current_dir(&seed)
        .args(["build", "--quiet", "--release", "--target", triple])
        // No features: neither `backtrace` nor `panic-unwind`.
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features="])
        // Building the library is not a stable feature; what it builds is the stable library.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", &library)
        .env("CARGO_TARGET_DIR", workplace.directory.join("target"))
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags(&library).join("\x1f"));
    wrapper::remove(&mut cargo);
    tools::run(&mut cargo)?;

    let parent = sysroot.parent().ok_or("the cache has no directory")?;
    fs::create_dir_all(parent)?;
    let scratch = tempfile::Builder::new()
        .prefix(".std-")
        .tempdir_in(parent)?;
    let finished = scratch.path().join("sysroot");
    let libraries = finished.join(format!("lib/rustlib/{triple}/lib"));
    fs::create_dir_all(&libraries)?;
    let built = workplace
        .directory
        .join(format!("target/{triple}/release/deps"));
    for entry in fs::read_dir(&built)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.starts_with("libseed") {
            fs::copy(&path, libraries.join(&*name))?;
        }
    }
    fs::rename(&finished, sysroot)?;
    Ok(())
}
