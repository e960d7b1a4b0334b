//! Who compiled a program: the build-info line and the compiler's part of cache keys.

use crate::Profile;

/// Version of this toolchain.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Version of the Rust compiler that built it.
pub const RUSTC_VERSION: &str = env!("FUSE_RUSTC_VERSION");
/// Digest over the sources this toolchain was built from.
pub const COMPILER_DIGEST: &str = env!("FUSE_COMPILER_DIGEST");
/// Version of the cache layout in `.fuse/build`.
pub const RUNTIME_CACHE: u32 = 1;
/// Version of the contract executables keep.
pub const CONTRACT: &str = "aot-v1";

/// The line an executable prints with `FUSE_AOT_BUILD_INFO=1` and appends to traces and fatal reports. No value has spaces.
pub fn build_info(profile: Profile) -> String {
    line("aot", profile)
}

/// The same line for a program that runs inside the launcher.
pub fn jit_build_info() -> String {
    line("jit", Profile::Debug)
}

fn line(mode: &str, profile: Profile) -> String {
    format!(
        "mode={mode} profile={profile} target={} rustc={RUSTC_VERSION} cli={VERSION} runtime_cache={RUNTIME_CACHE} contract={CONTRACT}",
        profile.target(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_room_in_its_note() {
        for profile in Profile::ALL {
            let line = build_info(profile);
            assert!(line.len() < fuse_abi::note::ROOM, "{line}");
        }
    }

    #[test]
    fn the_line_has_the_contract_keys_in_order() {
        let line = build_info(Profile::Static);
        let keys: Vec<&str> = line
            .split(' ')
            .filter_map(|pair| pair.split_once('=').map(|(key, _)| key))
            .collect();
        assert_eq!(
            keys,
            [
                "mode",
                "profile",
                "target",
                "rustc",
                "cli",
                "runtime_cache",
                "contract"
            ]
        );
        assert!(line.starts_with("mode=aot profile=static target=x86_64-unknown-linux-musl "));
    }
}
