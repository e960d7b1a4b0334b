//! `fuse fmt`: which files belong to a package, and putting them into the house style.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fuse_package::filesystem::MAX_FILE_SIZE;
use fuse_package::{FileSystem, Manifest, OsFileSystem, SourceFiles};
use fuse_syntax::diagnostic::Diagnostic;

use crate::{DriverError, files};

const MANIFEST: &str = "fuse.toml";
const EXTENSION: &str = "fuse";

/// What to format.
#[derive(Clone, Debug, Default)]
pub struct FormatRequest {
    /// The working directory; relative paths start here and shown paths lead from here.
    pub directory: PathBuf,
    /// Files, and directories to search. Empty: the package around the working directory, or that directory.
    pub paths: Vec<PathBuf>,
    /// Only say what would change.
    pub check: bool,
}

/// What came of it.
#[derive(Default)]
pub struct Formatted {
    /// Files that changed or would change, as shown to people, in order.
    pub changed: Vec<String>,
    /// Syntax errors, by file and position. Files with errors are left alone.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts the diagnostics refer to.
    pub sources: SourceFiles,
}

/// Formats files in place. All files are read and formatted before the first one is written.
///
/// # Errors
/// What cannot be read or written.
pub fn format(request: &FormatRequest) -> Result<Formatted, DriverError> {
    let mut result = Formatted::default();
    let mut rewritten = Vec::new();
    for path in wanted(request)? {
        let text = read(&path)?;
        let shown = shown(&request.directory, &path);
        let file = result.sources.add(shown.clone(), text.as_str());
        match fuse_syntax::format(file, &text) {
            Ok(formatted) if formatted == text => {}
            Ok(formatted) => {
                result.changed.push(shown);
                rewritten.push((path, formatted));
            }
            Err(diagnostics) => result.diagnostics.extend(diagnostics),
        }
    }
    if !request.check {
        for (path, text) in rewritten {
            files::rewrite(&path, text.as_bytes())?;
        }
    }
    Ok(result)
}

/// Formats one text that belongs to no package, such as standard input.
///
/// # Errors
/// Its syntax errors, with the text under the given name.
pub fn format_text(name: &str, text: &str) -> Result<String, Box<Formatted>> {
    let mut result = Formatted::default();
    let file = result.sources.add(name, text);
    fuse_syntax::format(file, text).map_err(|diagnostics| {
        Box::new(Formatted {
            diagnostics,
            ..result
        })
    })
}

/// The text of a stream, which is called `name` when it cannot be read, within the limit of source files.
///
/// # Errors
/// [`DriverError::Read`].
pub fn read_stream(name: &str, stream: impl Read) -> Result<String, DriverError> {
    let mut bytes = Vec::new();
    let text = stream
        .take(MAX_FILE_SIZE + 1)
        .read_to_end(&mut bytes)
        .and_then(|_| {
            if bytes.len() as u64 > MAX_FILE_SIZE {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            let invalid = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not valid UTF-8");
            String::from_utf8(bytes).map_err(invalid)
        });
    text.map_err(|source| DriverError::Read {
        path: name.into(),
        source,
    })
}

/// Every file to format, once, in order.
fn wanted(request: &FormatRequest) -> Result<BTreeSet<PathBuf>, DriverError> {
    let mut wanted = BTreeSet::new();
    let around = [package_around(&request.directory)];
    let paths = if request.paths.is_empty() {
        &around[..]
    } else {
        &request.paths
    };
    for path in paths {
        let path = canonical(&request.directory.join(path))?;
        if path.is_dir() {
            search(path, &mut wanted)?;
        } else {
            wanted.insert(path);
        }
    }
    Ok(wanted)
}

/// The nearest directory upward with a manifest, else the directory itself.
fn package_around(directory: &Path) -> PathBuf {
    let owner = directory
        .ancestors()
        .find(|directory| directory.join(MANIFEST).exists());
    owner.unwrap_or(directory).to_owned()
}

/// The sources below a directory that belong to its package. Packages inside it, dependencies, hidden directories and those of
/// build outputs are others' business, and symbolic links may lead anywhere.
fn search(root: PathBuf, found: &mut BTreeSet<PathBuf>) -> Result<(), DriverError> {
    let dependencies = dependencies(&root)?;
    let mut open = vec![root];
    while let Some(directory) = open.pop() {
        let failed = |source| DriverError::Read {
            path: directory.clone(),
            source,
        };
        for entry in std::fs::read_dir(&directory).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if kind.is_dir() {
                let foreign = name.starts_with('.')
                    || name == "target"
                    || name == "node_modules"
                    || path.join(MANIFEST).exists()
                    || dependencies.contains(&path);
                if !foreign {
                    open.push(path);
                }
            } else if kind.is_file()
                && path.extension().is_some_and(|found| found == EXTENSION)
                && !name.starts_with('.')
            {
                found.insert(path);
            }
        }
    }
    Ok(())
}

/// Directories of the path dependencies of the package at `root`.
fn dependencies(root: &Path) -> Result<BTreeSet<PathBuf>, DriverError> {
    let manifest = root.join(MANIFEST);
    if !manifest.exists() {
        return Ok(BTreeSet::new());
    }
    // A manifest that does not decode is no reason to leave sources unformatted; the other commands report it.
    let manifest = Manifest::parse(&read(&manifest)?).unwrap_or_default();
    let paths = manifest.dependencies.values().filter_map(|d| d.path());
    Ok(paths
        .filter_map(|path| root.join(path).canonicalize().ok())
        .collect())
}

fn canonical(path: &Path) -> Result<PathBuf, DriverError> {
    path.canonicalize().map_err(|source| DriverError::Read {
        path: path.to_owned(),
        source,
    })
}

fn read(path: &Path) -> Result<String, DriverError> {
    OsFileSystem
        .read_to_string(path)
        .map_err(|source| DriverError::Read {
            path: path.to_owned(),
            source,
        })
}

/// The path from the working directory, with `/` between its parts.
fn shown(directory: &Path, path: &Path) -> String {
    let from = directory.canonicalize().unwrap_or_default();
    let common = from
        .components()
        .zip(path.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = path
        .components()
        .skip(common)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<String>>().join("/")
}
