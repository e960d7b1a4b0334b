//! The only door to files. Paths are passed through as given; the loader keeps them canonical.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::git::{GitProgram, GitRepositories};

/// Largest source, manifest or asset, in bytes. What is larger, or never ends, is an error of kind [`io::ErrorKind::FileTooLarge`].
pub const MAX_FILE_SIZE: u64 = 64 << 20;

/// What loading needs from a file system.
pub trait FileSystem {
    /// The raw contents. UTF-8 is checked by the caller, who knows what the file is for.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The one absolute path that identifies an existing file or directory.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;
    /// Whether a file or directory exists.
    fn exists(&self, path: &Path) -> bool;
    /// Whether the path is an existing directory.
    fn is_dir(&self, path: &Path) -> bool;

    /// Where git dependencies come from, if there is such a place.
    fn git(&self) -> Option<&dyn GitRepositories> {
        None
    }

    /// The contents as text; invalid UTF-8 is an error of kind [`io::ErrorKind::InvalidData`].
    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not valid UTF-8"))
    }
}

/// The file system of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsFileSystem;

impl FileSystem for OsFileSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut contents = Vec::new();
        File::open(path)?
            .take(MAX_FILE_SIZE + 1)
            .read_to_end(&mut contents)?;
        if contents.len() as u64 > MAX_FILE_SIZE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(contents)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn git(&self) -> Option<&dyn GitRepositories> {
        Some(&GitProgram)
    }
}

/// Files in memory, for tests and for editors with unsaved text. Absolute paths begin with `/`; relative ones are
/// taken from `/`.
#[derive(Clone, Debug, Default)]
pub struct MemoryFileSystem {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryFileSystem {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl AsRef<Path>, contents: impl Into<Vec<u8>>) {
        self.files.insert(normalize(path.as_ref()), contents.into());
    }
}

impl FileSystem for MemoryFileSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files
            .get(&normalize(path))
            .cloned()
            .ok_or_else(not_found)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let path = normalize(path);
        if self.exists(&path) {
            Ok(path)
        } else {
            Err(not_found())
        }
    }

    fn exists(&self, path: &Path) -> bool {
        let path = normalize(path);
        self.files.contains_key(&path) || self.is_dir(&path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        let path = normalize(path);
        self.files
            .keys()
            .any(|file| *file != path && file.starts_with(&path))
    }
}

fn not_found() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such file")
}

/// Absolute path below `/` without `.` and `..`.
fn normalize(path: &Path) -> PathBuf {
    let mut result = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::Normal(part) => result.push(part),
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    result
}
