//! The targets with a sysroot, and what building for them takes.

use std::path::{Path, PathBuf};

/// A target of `fuse build --aot`; `Target` in `compiler/link` is the same list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Gnu,
    Musl,
}

impl Target {
    pub const ALL: [Target; 2] = [Target::Gnu, Target::Musl];

    pub const fn triple(self) -> &'static str {
        match self {
            Target::Gnu => "x86_64-unknown-linux-gnu",
            Target::Musl => "x86_64-unknown-linux-musl",
        }
    }

    /// Files taken over from the libc package, stripped of debug information.
    pub fn libc_files(self) -> Vec<PathBuf> {
        let (directory, names): (&str, &[&str]) = match self {
            Target::Gnu => ("/usr/lib/x86_64-linux-gnu", &["Scrt1.o"]),
            Target::Musl => (
                "/usr/lib/x86_64-linux-musl",
                &["rcrt1.o", "crti.o", "crtn.o", "libc.a"],
            ),
        };
        let path = |name: &&str| Path::new(directory).join(name);
        names.iter().map(path).collect()
    }

    /// Shared libraries that code-free stand-ins are made of.
    pub fn shared_libraries(self) -> Vec<PathBuf> {
        let names: &[&str] = match self {
            Target::Gnu => &["libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"],
            Target::Musl => &[],
        };
        let path = |name: &&str| Path::new("/lib/x86_64-linux-gnu").join(name);
        names.iter().map(path).collect()
    }

    /// Flags for rustc beyond the profile's.
    pub const fn rust_flags(self) -> &'static [&'static str] {
        match self {
            // Executables are position independent, also without a loader.
            Target::Gnu | Target::Musl => &["-Crelocation-model=pic"],
        }
    }

    /// Flags for clang, for C code that crates bring along.
    pub fn c_flags(self, resource_directory: &str) -> String {
        match self {
            Target::Gnu => "--target=x86_64-linux-gnu".to_owned(),
            Target::Musl => format!(
                "--target=x86_64-linux-musl -nostdinc -isystem {resource_directory}/include -isystem /usr/include/x86_64-linux-musl"
            ),
        }
    }
}
