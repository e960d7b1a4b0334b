//! One hash over everything a result is made from.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::Result;

/// Collects inputs; equal digests mean equal inputs in equal order.
#[derive(Default)]
pub struct Inputs(Sha256);

impl Inputs {
    pub fn text(&mut self, text: &str) -> &mut Self {
        // The length in front keeps neighbours apart.
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
        self
    }

    /// The contents of the file at `path`, under the name `name`.
    pub fn file(&mut self, name: &str, path: &Path) -> Result<&mut Self> {
        let bytes =
            fs::read(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        self.text(name);
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(&bytes);
        Ok(self)
    }

    /// All files below `directory`, by their paths relative to it.
    pub fn tree(&mut self, directory: &Path) -> Result<&mut Self> {
        let mut pending = vec![directory.to_path_buf()];
        let mut files = Vec::new();
        while let Some(next) = pending.pop() {
            for entry in fs::read_dir(&next)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    pending.push(entry.path());
                } else {
                    files.push(entry.path());
                }
            }
        }
        files.sort();
        for file in files {
            let name = file.strip_prefix(directory).unwrap_or(&file);
            self.file(&name.to_string_lossy(), &file)?;
        }
        Ok(self)
    }

    /// The digest in hexadecimal.
    pub fn digest(&self) -> String {
        let digest = self.0.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_and_names_count_and_times_do_not() {
        let digest_of = |name: &str, text: &str| {
            let directory = tempfile::tempdir().expect("temporary directory");
            fs::write(directory.path().join(name), text).expect("writes");
            let mut inputs = Inputs::default();
            inputs.tree(directory.path()).expect("reads");
            inputs.digest()
        };
        assert_eq!(digest_of("a", "1"), digest_of("a", "1"));
        assert_ne!(digest_of("a", "1"), digest_of("a", "2"));
        assert_ne!(digest_of("a", "1"), digest_of("b", "1"));
    }

    #[test]
    fn neighbours_are_kept_apart() {
        let mut left = Inputs::default();
        left.text("ab").text("c");
        let mut right = Inputs::default();
        right.text("a").text("bc");
        assert_ne!(left.digest(), right.digest());
    }
}
