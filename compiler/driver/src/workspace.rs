//! The packages under a directory.

use std::path::{Path, PathBuf};

use fuse_package::Manifest;

/// Directories that hold no packages of their own.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// Every directory under `root` with a `fuse.toml` that names an entry or cannot be understood, sorted. Links are not followed,
/// and what cannot be read holds nothing.
pub fn packages(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        if is_package(&directory) {
            found.push(directory.clone());
        }
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let hidden = name.to_string_lossy().starts_with('.');
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory && !hidden && SKIPPED.iter().all(|skipped| name != *skipped) {
                waiting.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn is_package(directory: &Path) -> bool {
    let path = directory.join("fuse.toml");
    if !path.is_file() {
        return false;
    }
    // What is wrong with a manifest is found when the package is checked.
    std::fs::read_to_string(path)
        .ok()
        .and_then(|text| Manifest::parse(&text).ok())
        .is_none_or(|manifest| manifest.package.entry.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_below_and_sorted() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let write = |path: &str, text: &str| {
            let directory = root.path().join(path);
            std::fs::create_dir_all(&directory).expect("a writable directory");
            std::fs::write(directory.join("fuse.toml"), text).expect("a writable directory");
        };
        let entry = "[package]\nentry = \"main.fuse\"\n";
        for path in ["b", "a/deep", ".hidden", "target/x", "b/node_modules/y"] {
            write(path, entry);
        }
        write("library", "[package]\n");
        write("broken", "[");
        let found: Vec<String> = packages(root.path())
            .iter()
            .filter_map(|path| path.strip_prefix(root.path()).ok())
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(found, ["a/deep", "b", "broken"]);
    }
}
