//! Which package owns a file, and what each package depends on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::{FileId, Span};

use crate::filesystem::FileSystem;
use crate::graph::{Package, PackageId, SourceFiles};
use crate::manifest::{Dependency, Manifest};
use crate::paths::{normalize, relative};

/// File name of the manifest.
pub(crate) const MANIFEST: &str = "fuse.toml";

/// Longest chain of packages that is followed; a real one is shorter by orders of magnitude.
const MAX_CHAIN: usize = 64;

/// Packages found so far, by their canonical root directory.
pub(crate) struct Packages<'a> {
    files: &'a dyn FileSystem,
    root: PathBuf,
    entries: Vec<Entry>,
    by_directory: BTreeMap<PathBuf, PackageId>,
}

struct Entry {
    directory: PathBuf,
    name: String,
    dependencies: BTreeMap<String, Dependency>,
}

impl<'a> Packages<'a> {
    /// Starts with the package of the entry.
    pub fn new(files: &'a dyn FileSystem, root: PathBuf, manifest: Option<&Manifest>) -> Self {
        let mut packages = Packages {
            files,
            root: root.clone(),
            entries: Vec::new(),
            by_directory: BTreeMap::new(),
        };
        packages.add(root, manifest);
        packages
    }

    fn add(&mut self, directory: PathBuf, manifest: Option<&Manifest>) -> PackageId {
        let id = PackageId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.by_directory.insert(directory.clone(), id);
        self.entries.push(Entry {
            directory,
            name: manifest
                .map(|manifest| manifest.package.name.clone())
                .unwrap_or_default(),
            dependencies: manifest
                .map(|manifest| manifest.dependencies.clone())
                .unwrap_or_default(),
        });
        id
    }

    /// Registers the packages that the root package reaches through path dependencies, and reports cycles.
    pub fn add_dependencies(
        &mut self,
        sources: &mut SourceFiles,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        self.follow(
            PackageId(0),
            &mut vec![(PackageId(0), String::new())],
            sources,
            diagnostics,
        );
    }

    fn follow(
        &mut self,
        package: PackageId,
        chain: &mut Vec<(PackageId, String)>,
        sources: &mut SourceFiles,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        if chain.len() > MAX_CHAIN {
            return;
        }
        let names: Vec<String> = self.entries[package.0 as usize]
            .dependencies
            .keys()
            .cloned()
            .collect();
        for name in names {
            // What is missing or unsupported is reported where it is imported.
            let Ok(directory) = self.dependency(package, &name) else {
                continue;
            };
            if let Some(id) = self.by_directory.get(&directory) {
                if let Some(start) = chain.iter().position(|(on_chain, _)| on_chain == id) {
                    let mut names: Vec<&str> = chain[start + 1..]
                        .iter()
                        .map(|(_, name)| name.as_str())
                        .collect();
                    names.push(&name);
                    names.insert(0, names[names.len() - 1]);
                    let message = format!("packages depend on each other: {}", names.join(" → "));
                    let file =
                        self.manifest_file(&self.entries[package.0 as usize].directory, sources);
                    let span = Span::new(file, 0, 0);
                    diagnostics.push(Diagnostic::error("FUSE_DEP_CYCLE", span, message));
                }
                continue;
            }
            let manifest = self.read_manifest(&directory, sources, diagnostics);
            let id = self.add(directory, manifest.as_ref());
            chain.push((id, name));
            self.follow(id, chain, sources, diagnostics);
            chain.pop();
        }
    }

    fn manifest_file(&self, directory: &Path, sources: &mut SourceFiles) -> FileId {
        let path = directory.join(MANIFEST);
        let text = self.files.read_to_string(&path).unwrap_or_default();
        sources.add(relative(&self.root, &path), text)
    }

    fn read_manifest(
        &self,
        directory: &Path,
        sources: &mut SourceFiles,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Manifest> {
        let path = directory.join(MANIFEST);
        if !self.files.exists(&path) {
            return None;
        }
        let error = match self.files.read_to_string(&path) {
            Ok(text) => match Manifest::parse(&text) {
                Ok(manifest) => return Some(manifest),
                Err(error) => error.message,
            },
            Err(error) => crate::loader::describe(&error),
        };
        let file = self.manifest_file(directory, sources);
        let message = format!("cannot load the manifest of a dependency: {error}");
        diagnostics.push(Diagnostic::error(
            "FUSE_DEP_MANIFEST_LOAD_FAILED",
            Span::new(file, 0, 0),
            message,
        ));
        None
    }

    /// The canonical directory of a dependency, or why there is none.
    pub fn dependency(&self, package: PackageId, name: &str) -> Result<PathBuf, DependencyError> {
        let entry = &self.entries[package.0 as usize];
        let dependency = entry
            .dependencies
            .get(name)
            .ok_or_else(|| DependencyError::Unknown {
                available: entry.dependencies.keys().cloned().collect(),
            })?;
        let path = dependency.path().ok_or(DependencyError::Unsupported)?;
        let directory = normalize(&entry.directory.join(path));
        match self.files.canonicalize(&directory) {
            Ok(directory) if self.files.is_dir(&directory) => Ok(directory),
            _ => Err(DependencyError::NotFound {
                path: relative(&self.root, &directory),
            }),
        }
    }

    /// The root directory of a package.
    pub fn directory(&self, package: PackageId) -> &Path {
        &self.entries[package.0 as usize].directory
    }

    /// The package that owns a file: its nearest ancestor that is a package, else its directory. Below the root package
    /// no manifest is needed.
    pub fn owner(&mut self, file: &Path) -> PackageId {
        for directory in file.ancestors().skip(1) {
            if let Some(id) = self.by_directory.get(directory) {
                return *id;
            }
            let path = directory.join(MANIFEST);
            if self.files.exists(&path) {
                let manifest = self
                    .files
                    .read_to_string(&path)
                    .ok()
                    .and_then(|text| Manifest::parse(&text).ok());
                return self.add(directory.to_path_buf(), manifest.as_ref());
            }
        }
        let directory = file.parent().unwrap_or(file).to_path_buf();
        self.add(directory, None)
    }

    /// What the graph says about the packages.
    pub fn finish(self) -> Vec<Package> {
        let root = &self.root;
        let package = |entry: Entry| Package {
            path: relative(root, &entry.directory),
            name: entry.name,
        };
        self.entries.into_iter().map(package).collect()
    }
}

/// Why a `dep:` name leads nowhere.
pub(crate) enum DependencyError {
    Unknown { available: Vec<String> },
    Unsupported,
    NotFound { path: String },
}
