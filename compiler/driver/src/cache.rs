//! Build products kept in `.fuse/build`, found by content and never by time.
//!
//! | file | content |
//! | --- | --- |
//! | `program-LEVEL.mir` | the program as the back end got it |
//! | `program-LEVEL.o` | its object |
//! | `program-LEVEL.meta` | key and digest of the object; written last |
//!
//! LEVEL is how far LLVM went: `o0` for the profile `debug`, `o2` for all others, which share the object. What tells their executables
//! apart, the C library and the build information, is for the linking stage.
//!
//! A file that does not match its digest, or belongs to another key, is rebuilt. Writing is atomic, so builds at the same time do not
//! harm each other: whoever reads an object of one build with the record of another sees the mismatch.

use std::path::{Path, PathBuf};

use fuse_codegen_llvm::OptLevel;
use fuse_ir::mir;
use sha2::{Digest, Sha256};

use crate::native::CoreCode;
use crate::{Checked, DriverError, files, identity};

/// Digest over everything an object depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheKey(String);

impl CacheKey {
    pub fn new(checked: &Checked, app: Option<&str>, level: OptLevel, core: &CoreCode) -> CacheKey {
        let mut digest = Sha256::new();
        // Each part goes in with its length, so that no two lists of parts look the same.
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        part(identity::VERSION.as_bytes());
        part(identity::COMPILER_DIGEST.as_bytes());
        part(identity::RUSTC_VERSION.as_bytes());
        part(name(level).as_bytes());
        part(core.bytes().unwrap_or_default());
        part(&[u8::from(core.address_sanitizer)]);
        part(app.unwrap_or_default().as_bytes());
        // What the manifest and the lock say about the package and where its parts come from.
        for name in ["fuse.toml", "fuse.lock"] {
            match std::fs::read(checked.root.join(name)) {
                Ok(bytes) => {
                    part(name.as_bytes());
                    part(&bytes);
                }
                Err(_) => part(b""),
            }
        }
        let entry = checked.graph.module(checked.graph.root).file;
        let entry = checked.graph.files.get(entry);
        part(entry.map_or(&[], |file| file.path.as_bytes()));
        // Modules and assets.
        for (_, file) in checked.graph.files.iter() {
            part(file.path.as_bytes());
            part(file.text.as_bytes());
        }
        CacheKey(files::hex(&digest.finalize()))
    }
}

/// The build directory of one package.
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    pub fn open(directory: &Path) -> Cache {
        Cache {
            directory: directory.to_owned(),
        }
    }

    /// The object of this key, if it is there and whole. Its bytes, because another build may replace the file at any time.
    pub fn object(&self, level: OptLevel, key: &CacheKey) -> Option<Vec<u8>> {
        let meta = std::fs::read_to_string(self.path(level, "meta")).ok()?;
        let bytes = std::fs::read(self.path(level, "o")).ok()?;
        (meta == record(key, &bytes)).then_some(bytes)
    }

    pub fn store_program(
        &self,
        level: OptLevel,
        key: &CacheKey,
        program: &mir::Program,
    ) -> Result<(), DriverError> {
        let text = format!("// key {}\n{}", key.0, mir::text::print(program));
        files::write_atomic(&self.path(level, "mir"), text.as_bytes())
    }

    pub fn store_object(
        &self,
        level: OptLevel,
        key: &CacheKey,
        object: &[u8],
    ) -> Result<(), DriverError> {
        files::write_atomic(&self.path(level, "o"), object)?;
        files::write_atomic(&self.path(level, "meta"), record(key, object).as_bytes())
    }

    fn path(&self, level: OptLevel, extension: &str) -> PathBuf {
        let level = name(level);
        self.directory.join(format!("program-{level}.{extension}"))
    }
}

fn name(level: OptLevel) -> &'static str {
    match level {
        OptLevel::O0 => "o0",
        OptLevel::O2 => "o2",
    }
}

fn record(key: &CacheKey, object: &[u8]) -> String {
    format!(
        "runtime_cache={}\nkey={}\nobject={}\n",
        identity::RUNTIME_CACHE,
        key.0,
        files::sha256_hex(object)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_objects_of_the_same_key_are_reused() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let cache = Cache::open(directory.path());
        let key = CacheKey("one".to_owned());
        assert_eq!(cache.object(OptLevel::O0, &key), None);
        cache
            .store_object(OptLevel::O0, &key, b"object")
            .expect("a writable directory");
        assert_eq!(cache.object(OptLevel::O0, &key), Some(b"object".to_vec()));
        assert_eq!(cache.object(OptLevel::O2, &key), None);
        assert_eq!(
            cache.object(OptLevel::O0, &CacheKey("two".to_owned())),
            None
        );
        std::fs::write(cache.path(OptLevel::O0, "o"), b"objec").expect("a writable file");
        assert_eq!(cache.object(OptLevel::O0, &key), None);
    }
}
