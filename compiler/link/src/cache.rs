//! Unpacks an embedded sysroot into the user's cache: once, atomically, checked at every use.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ruzstd::decoding::StreamingDecoder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A compressed sysroot.
pub struct Archive {
    pub triple: &'static str,
    /// SHA-256 of `bytes`, in hexadecimal; names the directory in the cache.
    pub key: &'static str,
    pub files: &'static [File],
    /// The contents of `files`, one after the other, compressed with zstd.
    pub bytes: &'static [u8],
}

/// One file of an [`Archive`].
pub struct File {
    pub name: &'static str,
    pub size: u64,
    pub sha256: [u8; 32],
}

/// An unpacked archive.
#[derive(Debug)]
pub struct Unpacked {
    pub directory: PathBuf,
    /// Set when no cache directory could be used: the directory lives as long as this.
    pub temporary: Option<TempDir>,
}

/// Cache directories worth trying, best first: `$FUSE_CACHE_DIR`, `$XDG_CACHE_HOME/fuse`, `~/.cache/fuse`.
pub fn candidates() -> Vec<PathBuf> {
    candidates_from(|name| env::var_os(name))
}

fn candidates_from(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let directory = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if let Some(chosen) = variable("FUSE_CACHE_DIR").filter(|chosen| !chosen.is_empty()) {
        return vec![chosen.into()];
    }
    directory("XDG_CACHE_HOME")
        .map(|base| base.join("fuse"))
        .into_iter()
        .chain(directory("HOME").map(|home| home.join(".cache/fuse")))
        .collect()
}

/// The unpacked `archive` in the first of `caches` that has it whole or can take it, else in a temporary directory.
///
/// # Errors
/// Only when the temporary directory cannot be used either.
pub fn unpack(archive: &Archive, caches: &[PathBuf]) -> io::Result<Unpacked> {
    for cache in caches {
        if let Ok(directory) = unpack_into(archive, &cache.join("sysroot")) {
            return Ok(Unpacked {
                directory,
                temporary: None,
            });
        }
    }
    let temporary = tempfile::Builder::new().prefix("fuse-sysroot-").tempdir()?;
    write_files(archive, temporary.path())?;
    Ok(Unpacked {
        directory: temporary.path().to_owned(),
        temporary: Some(temporary),
    })
}

/// Processes racing here each unpack beside the final place; the first rename wins, and the others find its result whole.
fn unpack_into(archive: &Archive, parent: &Path) -> io::Result<PathBuf> {
    let directory = parent.join(format!("{}-{}", archive.triple, archive.key));
    if is_whole(archive, &directory) {
        return Ok(directory);
    }
    fs::create_dir_all(parent)?;
    let scratch = tempfile::Builder::new()
        .prefix(".unpack-")
        .tempdir_in(parent)?;
    let fresh = scratch.path().join("fresh");
    fs::create_dir(&fresh)?;
    write_files(archive, &fresh)?;
    if fs::rename(&fresh, &directory).is_err() {
        if is_whole(archive, &directory) {
            return Ok(directory);
        }
        // Something damaged is in the way: move it aside, where the scratch directory's removal takes it along.
        fs::rename(&directory, scratch.path().join("damaged")).or_else(ignore_missing)?;
        if let Err(error) = fs::rename(&fresh, &directory)
            && !is_whole(archive, &directory)
        {
            return Err(error);
        }
    }
    Ok(directory)
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}

/// Cache contents are never trusted by name: sizes and hashes must match.
fn is_whole(archive: &Archive, directory: &Path) -> bool {
    archive.files.iter().all(|file| {
        fs::read(directory.join(file.name)).is_ok_and(|bytes| {
            bytes.len() as u64 == file.size && Sha256::digest(&bytes)[..] == file.sha256
        })
    })
}

fn write_files(archive: &Archive, directory: &Path) -> io::Result<()> {
    let mut contents = Vec::new();
    StreamingDecoder::new(archive.bytes)
        .map_err(io::Error::other)?
        .read_to_end(&mut contents)?;
    let mut rest = &contents[..];
    for file in archive.files {
        let size = usize::try_from(file.size).map_err(io::Error::other)?;
        let (bytes, after) = rest
            .split_at_checked(size)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        fs::write(directory.join(file.name), bytes)?;
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    /// An archive with two small files; leaked because archives are constants of the binary.
    fn archive() -> &'static Archive {
        let file = |name: &'static str, bytes: &[u8]| File {
            name,
            size: bytes.len() as u64,
            sha256: Sha256::digest(bytes).into(),
        };
        let bytes = compress_to_vec(&b"onetwo"[..], CompressionLevel::Fastest);
        Box::leak(Box::new(Archive {
            triple: "test",
            key: "0123",
            files: Vec::leak(vec![file("a", b"one"), file("b", b"two")]),
            bytes: Vec::leak(bytes),
        }))
    }

    #[test]
    fn unpacks_once_and_repairs_damage() {
        let cache = tempfile::tempdir().expect("temporary directory");
        let caches = [cache.path().to_owned()];
        let first = unpack(archive(), &caches).expect("unpacks");
        assert!(first.temporary.is_none());
        assert_eq!(fs::read(first.directory.join("b")).expect("file"), b"two");

        let before = fs::metadata(&first.directory)
            .expect("directory")
            .modified();
        let second = unpack(archive(), &caches).expect("is there");
        let after = fs::metadata(&second.directory)
            .expect("directory")
            .modified();
        assert_eq!(before.expect("time"), after.expect("time"));

        fs::write(first.directory.join("b"), b"twO").expect("writes");
        let third = unpack(archive(), &caches).expect("repairs");
        assert_eq!(third.directory, first.directory);
        assert_eq!(fs::read(third.directory.join("b")).expect("file"), b"two");
        let entries = fs::read_dir(cache.path().join("sysroot")).expect("listing");
        assert_eq!(entries.count(), 1, "scratch directories are gone");
    }

    #[test]
    fn concurrent_first_uses_agree() {
        let cache = tempfile::tempdir().expect("temporary directory");
        let caches = [cache.path().to_owned()];
        std::thread::scope(|scope| {
            let users: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| unpack(archive(), &caches).expect("unpacks").directory))
                .collect();
            for user in users {
                let directory = user.join().expect("thread");
                assert_eq!(fs::read(directory.join("a")).expect("file"), b"one");
            }
        });
    }

    #[test]
    fn falls_back_to_a_temporary_directory() {
        let blocked = tempfile::NamedTempFile::new().expect("temporary file");
        let unpacked = unpack(archive(), &[blocked.path().to_owned()]).expect("unpacks");
        assert!(unpacked.temporary.is_some());
        assert_eq!(
            fs::read(unpacked.directory.join("a")).expect("file"),
            b"one"
        );
    }

    #[test]
    fn the_override_wins_and_relative_bases_are_ignored() {
        let variables = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                pairs
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            }
        };
        let all = variables(&[("FUSE_CACHE_DIR", "x"), ("HOME", "/h")]);
        assert_eq!(candidates_from(all), [PathBuf::from("x")]);
        let usual = variables(&[("XDG_CACHE_HOME", "rel"), ("HOME", "/h")]);
        assert_eq!(candidates_from(usual), [PathBuf::from("/h/.cache/fuse")]);
    }
}
