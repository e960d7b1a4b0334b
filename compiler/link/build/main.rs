//! Builds the C++ shim over LLD, names the libraries it needs, and packs the sysroots into the binary.

mod embed;
mod llvm;
#[path = "../src/target.rs"]
#[expect(dead_code, reason = "the build script needs the list of targets only")]
mod target;

fn main() {
    llvm::build();
    embed::write_table();
}

/// Whether the crate's feature `name` (upper case, underscores) is on.
fn has_feature(name: &str) -> bool {
    std::env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}

/// Ends the build with a message that a person can act on.
fn fail(message: &str) -> ! {
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    std::process::exit(1)
}
