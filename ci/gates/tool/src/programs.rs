//! What gates are run on: the fixtures, and the programs of the conformance suite.

use std::fs;
use std::path::Path;

use crate::compiler::root;
use crate::literate;

/// A program as files of a directory of its own.
pub struct Program {
    pub name: String,
    /// Path and content.
    pub files: Vec<(String, Vec<u8>)>,
    /// What is given to `fuse build`.
    pub entry: &'static str,
}

impl Program {
    pub fn write(&self, directory: &Path) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
        for (path, content) in &self.files {
            let path = directory.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            fs::write(&path, content).map_err(failed)?;
        }
        Ok(())
    }
}

/// The packages under `benches/fixtures`, by name.
pub fn fixtures() -> Result<Vec<Program>, String> {
    let directory = root().join("benches/fixtures");
    let mut programs = Vec::new();
    for name in entries(&directory)? {
        let package = directory.join(&name);
        if !package.join("fuse.toml").is_file() {
            continue;
        }
        let mut files = Vec::new();
        collect(&package, "", &mut files)?;
        programs.push(Program {
            name,
            files,
            entry: ".",
        });
    }
    Ok(programs)
}

/// The programs of `spec/conformance` that run.
pub fn conformance() -> Result<Vec<Program>, String> {
    let mut files = Vec::new();
    collect(&root().join("spec/conformance"), "", &mut files)?;
    let mut programs = Vec::new();
    for (path, content) in files {
        let Some(name) = path.strip_suffix(".md").filter(|name| *name != "README") else {
            continue;
        };
        let text = String::from_utf8_lossy(&content);
        for example in literate::examples(name, &text).map_err(|what| format!("{path}: {what}"))? {
            if example.is_single() {
                continue;
            }
            let texts = example.files.into_iter();
            programs.push(Program {
                name: example.name,
                files: texts
                    .map(|(path, text)| (path, text.into_bytes()))
                    .chain(example.binary_files)
                    .collect(),
                entry: "main.fuse",
            });
        }
    }
    Ok(programs)
}

/// All files below a directory with their paths, sorted; build products are not part of a package.
fn collect(
    directory: &Path,
    prefix: &str,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), String> {
    for name in entries(directory)? {
        let path = directory.join(&name);
        let shown = format!("{prefix}{name}");
        if path.is_dir() {
            if name != ".fuse" {
                collect(&path, &format!("{shown}/"), files)?;
            }
        } else {
            let content =
                fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            files.push((shown, content));
        }
    }
    Ok(())
}

fn entries(directory: &Path) -> Result<Vec<String>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        names.push(
            entry
                .map_err(failed)?
                .file_name()
                .to_string_lossy()
                .into_owned(),
        );
    }
    names.sort();
    Ok(names)
}
