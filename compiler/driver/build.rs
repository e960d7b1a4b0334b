//! Identifies this compiler: the version of the Rust compiler that built it, and a digest over the sources it was built from,
//! which is part of every cache key (two builds of one version may differ).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

fn main() {
    println!("cargo::rustc-env=FUSE_RUSTC_VERSION={}", rustc_version());
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let mut files = Vec::new();
    for part in ["compiler", "runtime-c-abi", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
        collect(&root.join(part), &mut files);
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file);
        digest.update(name.to_string_lossy().as_bytes());
        digest.update([0]);
        digest.update(Sha256::digest(fs::read(&file).unwrap_or_default()));
    }
    let hex: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    println!("cargo::rustc-env=FUSE_COMPILER_DIGEST={hex}");
    embed_explanations();
}

/// The table of `src/explain.rs`: code and text of every file of `explain/`, sorted.
fn embed_explanations() {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&root).join("explain");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort_by_key(|path| path.file_stem().map(ToOwned::to_owned));
    let mut table = String::from("&[\n");
    for path in &paths {
        let code = path.file_stem().unwrap_or_default().to_string_lossy();
        table += &format!(
            "    ({code:?}, include_str!({:?})),\n",
            path.display().to_string()
        );
    }
    table += "]\n";
    let output = env::var("OUT_DIR").unwrap_or_default();
    if let Err(error) = fs::write(Path::new(&output).join("explanations.rs"), table) {
        println!("cargo::error=cannot write the explanations: {error}");
    }
}

/// `1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn rustc_version() -> String {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    Command::new(rustc)
        .arg("--version")
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .and_then(|text| text.split_whitespace().nth(1).map(str::to_owned))
        .unwrap_or_else(|| "unknown".to_owned())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(path) else {
        files.push(path.to_owned());
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|e| e == "rs" || e == "cpp" || e == "toml" || e == "s" || e == "S")
        {
            files.push(path);
        }
    }
}
