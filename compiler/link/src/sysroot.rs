//! Where a target's link inputs are: embedded in the binary, or in the checkout's `target/sysroot`.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::{LinkError, Target, cache, embedded, recipe};

/// Overrides where sysroots are: a directory with one directory per triple.
const OVERRIDE: &str = "FUSE_SYSROOT";
/// Where `cargo xtask sysroot` puts them; empty in builds that carry their own.
const CHECKOUT: &str = env!("FUSE_CHECKOUT_SYSROOT");

/// The link inputs of one target: runtime archive, its bitcode, start files, libc pieces.
#[derive(Clone, Debug)]
pub struct Sysroot {
    target: Target,
    directory: PathBuf,
    /// Keeps the directory alive when no cache directory was writable.
    temporary: Option<Arc<TempDir>>,
}

impl Sysroot {
    /// Finds the sysroot of `target`: `$FUSE_SYSROOT` if set, else the one this binary carries (unpacked into the cache on
    /// first use), else, in development builds, the one `cargo xtask sysroot` made.
    ///
    /// # Errors
    /// [`LinkError::SysrootMissing`] or [`LinkError::SysrootIncomplete`] when it has not been built,
    /// [`LinkError::SysrootUnpack`] when it cannot be unpacked.
    pub fn locate(target: Target) -> Result<Sysroot, LinkError> {
        if let Some(root) = env::var_os(OVERRIDE).filter(|root| !root.is_empty()) {
            return Sysroot::open(target, &Path::new(&root).join(target.triple()));
        }
        let Some(archive) = embedded::archive(target) else {
            return Sysroot::open(target, &Path::new(CHECKOUT).join(target.triple()));
        };
        let unpacked = cache::unpack(archive, &cache::candidates())
            .map_err(|source| LinkError::SysrootUnpack { target, source })?;
        let mut sysroot = Sysroot::open(target, &unpacked.directory)?;
        sysroot.temporary = unpacked.temporary.map(Arc::new);
        Ok(sysroot)
    }

    /// Uses `directory` as the sysroot of `target`.
    ///
    /// # Errors
    /// [`LinkError::SysrootMissing`] or [`LinkError::SysrootIncomplete`] when it lacks what the target's links need.
    pub fn open(target: Target, directory: &Path) -> Result<Sysroot, LinkError> {
        if !directory.is_dir() {
            return Err(LinkError::SysrootMissing {
                target,
                directory: directory.to_owned(),
            });
        }
        if let Some(missing) = recipe::required_files(target)
            .map(|name| directory.join(name))
            .find(|file| !file.is_file())
        {
            return Err(LinkError::SysrootIncomplete { target, missing });
        }
        Ok(Sysroot {
            target,
            directory: directory.to_owned(),
            temporary: None,
        })
    }

    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The runtime's archive, `libfuse_runtime.a`.
    #[must_use]
    pub fn runtime_archive(&self) -> PathBuf {
        self.directory.join(recipe::RUNTIME_ARCHIVE)
    }

    /// LLVM bitcode of `fuse-core`, to be linked into the program's module before optimisation.
    #[must_use]
    pub fn core_bitcode(&self) -> PathBuf {
        self.directory.join(recipe::CORE_BITCODE)
    }

    /// AddressSanitizer's library, if this sysroot is made for checks of memory: then programs are instrumented as well. No released
    /// sysroot has it.
    #[must_use]
    pub fn sanitizer(&self) -> Option<PathBuf> {
        let directory = self.directory.join(recipe::SANITIZER_DIRECTORY);
        let library = directory.join(recipe::SANITIZER_LIBRARY);
        library.is_file().then_some(library)
    }
}
