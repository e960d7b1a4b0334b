//! Packs `target/sysroot` into the binary (feature `embed-sysroot`) and writes the table that `src/embedded.rs` includes.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::target::Target;
use crate::{fail, has_feature};

/// Overrides where the sysroots are, at build time as at run time.
const OVERRIDE: &str = "FUSE_SYSROOT";
/// The strongest level that unpacks as fast as the lower ones.
const LEVEL: i32 = 19;

pub fn write_table() {
    println!("cargo::rerun-if-env-changed={OVERRIDE}");
    let out = PathBuf::from(variable("OUT_DIR"));
    let checkout = Path::new(&variable("CARGO_MANIFEST_DIR")).join("../../target/sysroot");
    let mut entries = String::new();
    if has_feature("EMBED_SYSROOT") {
        let root = env::var_os(OVERRIDE).map_or_else(|| checkout.clone(), PathBuf::from);
        for target in Target::ALL {
            let triple = target.triple();
            entries.push_str(&pack(triple, &root.join(triple), &out));
        }
        // A binary that carries its sysroots knows nothing of the checkout.
        println!("cargo::rustc-env=FUSE_CHECKOUT_SYSROOT=");
    } else {
        println!(
            "cargo::rustc-env=FUSE_CHECKOUT_SYSROOT={}",
            checkout.display()
        );
    }
    let table = format!("static ARCHIVES: &[cache::Archive] = &[{entries}];\n");
    fs::write(out.join("embedded.rs"), table)
        .unwrap_or_else(|error| fail(&format!("cannot write the table of sysroots: {error}")));
}

/// Writes `TRIPLE.zst` and returns the table's row for it.
fn pack(triple: &str, directory: &Path, out: &Path) -> String {
    println!("cargo::rerun-if-changed={}", directory.display());
    let unusable = |error: std::io::Error| -> ! {
        fail(&format!(
            "cannot pack the sysroot `{}`: {error}\nhint: build it with `cargo xtask sysroot`",
            directory.display()
        ))
    };
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap_or_else(|error| unusable(error))
        .map(|entry| {
            let entry = entry.unwrap_or_else(|error| unusable(error));
            entry.file_name().to_string_lossy().into_owned()
        })
        // The note on which inputs it was made from is not linked.
        .filter(|name| name != "inputs.sha256")
        .collect();
    names.sort();

    let mut contents = Vec::new();
    let mut files = String::new();
    for name in &names {
        let path = directory.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        let bytes = fs::read(&path).unwrap_or_else(|error| unusable(error));
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        let size = bytes.len();
        write!(
            files,
            "cache::File {{ name: {name:?}, size: {size}, sha256: {hash:?} }}, "
        )
        .expect("a String takes any text");
        contents.extend_from_slice(&bytes);
    }
    let compressed = zstd::bulk::compress(&contents, LEVEL).unwrap_or_else(|error| unusable(error));
    let archive = out.join(format!("{triple}.zst"));
    fs::write(&archive, &compressed).unwrap_or_else(|error| unusable(error));
    let key = Sha256::digest(&compressed)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    format!(
        "cache::Archive {{ triple: {triple:?}, key: {key:?}, files: &[{files}], bytes: include_bytes!({archive:?}) }}, "
    )
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(&format!("cargo did not set `{name}`")))
}
