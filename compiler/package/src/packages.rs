//! Which package owns a file, and what each package depends on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::{FileId, Span};

use crate::dependency::{Dependency, ManifestProblem, Source};
use crate::filesystem::FileSystem;
use crate::graph::{Package, PackageId, SourceFiles};
use crate::loader::describe;
use crate::manifest::Manifest;
use crate::paths::{normalize, relative};

/// File name of the manifest.
pub(crate) const MANIFEST: &str = "fuse.toml";

/// Packages found so far, by their canonical root directory.
pub(crate) struct Packages<'a> {
    files: &'a dyn FileSystem,
    root: PathBuf,
    entries: Vec<Entry>,
    by_directory: BTreeMap<PathBuf, PackageId>,
    /// Where each name of a dependency leads, and who said so first.
    names: BTreeMap<String, (PathBuf, Span)>,
}

struct Entry {
    directory: PathBuf,
    manifest_path: PathBuf,
    name: String,
    declared: BTreeMap<String, Dependency>,
    /// Canonical directories; absent for what could not be resolved, which has been reported.
    resolved: BTreeMap<String, Option<PathBuf>>,
    /// The manifest as a text that spans refer to, once something had to be said about it.
    manifest: Option<FileId>,
}

/// One package on the way from the root to where dependencies are being followed.
struct Step {
    package: PackageId,
    /// The name its dependent gives it, and where; nothing for the first.
    name: String,
    declared: Option<Span>,
    /// Names of its dependencies that are still to be followed, the next one last.
    rest: Vec<String>,
}

/// What following dependencies may report to.
pub(crate) struct Report<'r> {
    pub sources: &'r mut SourceFiles,
    pub diagnostics: &'r mut Vec<Diagnostic>,
}

impl<'a> Packages<'a> {
    /// Starts with the package of the entry.
    pub fn new(
        files: &'a dyn FileSystem,
        root: PathBuf,
        manifest_path: Option<&Path>,
        manifest: Option<&Manifest>,
    ) -> Self {
        let mut packages = Packages {
            files,
            root: root.clone(),
            entries: Vec::new(),
            by_directory: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        let id = packages.add(root, manifest);
        if let Some(path) = manifest_path {
            packages.entries[id.0 as usize].manifest_path = path.to_path_buf();
        }
        packages
    }

    fn add(&mut self, directory: PathBuf, manifest: Option<&Manifest>) -> PackageId {
        let id = PackageId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        self.by_directory.insert(directory.clone(), id);
        let (name, declared) = match manifest {
            Some(manifest) => (manifest.package.name.clone(), manifest.dependencies.clone()),
            None => Default::default(),
        };
        self.entries.push(Entry {
            manifest_path: directory.join(MANIFEST),
            directory,
            name,
            declared,
            resolved: BTreeMap::new(),
            manifest: None,
        });
        id
    }

    /// Registers the packages that the root package reaches through its dependencies. Reports what is wrong with their
    /// declarations, and cycles.
    pub fn add_dependencies(&mut self, manifest: Option<&Manifest>, report: &mut Report) {
        let root = PackageId(0);
        if let Some(manifest) = manifest {
            self.report_problems(root, &manifest.problems, report);
        }
        self.follow(root, report);
    }

    /// Resolves the dependencies of a package and of everything behind them.
    fn follow(&mut self, package: PackageId, report: &mut Report) {
        let mut chain = vec![self.step(package, String::new(), None)];
        while let Some(step) = chain.last_mut() {
            let package = step.package;
            let Some(name) = step.rest.pop() else {
                chain.pop();
                continue;
            };
            let declared = self.entries[package.0 as usize].declared.get(&name);
            let Some(declared) = declared.cloned() else {
                continue;
            };
            let directory = self.resolve(package, &name, &declared, report);
            let resolved = &mut self.entries[package.0 as usize].resolved;
            resolved.insert(name.clone(), directory.clone());
            let Some(directory) = directory else { continue };
            let span = self.place(package, &declared.range, report.sources);
            match self.by_directory.get(&directory) {
                Some(id) => {
                    if let Some(start) = chain.iter().position(|step| step.package == *id) {
                        let found = cycle(&chain[start + 1..], &name, span);
                        report.diagnostics.push(found);
                    }
                }
                None => {
                    let id = self.add_dependency(directory, report);
                    chain.push(self.step(id, name, Some(span)));
                }
            }
        }
    }

    fn step(&self, package: PackageId, name: String, declared: Option<Span>) -> Step {
        let names = self.entries[package.0 as usize].declared.keys();
        Step {
            package,
            name,
            declared,
            rest: names.rev().cloned().collect(),
        }
    }

    fn add_dependency(&mut self, directory: PathBuf, report: &mut Report) -> PackageId {
        let path = directory.join(MANIFEST);
        if !self.files.exists(&path) {
            return self.add(directory, None);
        }
        let manifest = match self.files.read_to_string(&path) {
            Ok(text) => Manifest::parse(&text).map_err(|e| (e.message, e.range.unwrap_or(0..0))),
            Err(error) => Err((describe(&error), 0..0)),
        };
        let id = self.add(directory, manifest.as_ref().ok());
        match manifest {
            Ok(manifest) => self.report_problems(id, &manifest.problems, report),
            Err((message, range)) => {
                let span = self.place(id, &range, report.sources);
                let message = format!("cannot load the manifest of a dependency: {message}");
                let code = "FUSE_DEP_MANIFEST_LOAD_FAILED";
                report
                    .diagnostics
                    .push(Diagnostic::error(code, span, message));
            }
        }
        id
    }

    fn report_problems(
        &mut self,
        package: PackageId,
        problems: &[ManifestProblem],
        report: &mut Report,
    ) {
        for problem in problems {
            let span = self.place(package, &problem.range, report.sources);
            let mut found = Diagnostic::error(problem.code, span, &problem.message);
            found.hints.extend(problem.hint.map(str::to_string));
            report.diagnostics.push(found);
        }
    }

    /// A range of a package's manifest as a span.
    fn place(
        &mut self,
        package: PackageId,
        range: &Range<usize>,
        sources: &mut SourceFiles,
    ) -> Span {
        let entry = &mut self.entries[package.0 as usize];
        let file = *entry.manifest.get_or_insert_with(|| {
            let path = &entry.manifest_path;
            let text = self.files.read_to_string(path).unwrap_or_default();
            sources.add(relative(&self.root, path), text)
        });
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Span::new(file, clamp(range.start), clamp(range.end))
    }

    /// The canonical directory a declaration leads to.
    fn resolve(
        &mut self,
        package: PackageId,
        name: &str,
        declared: &Dependency,
        report: &mut Report,
    ) -> Option<PathBuf> {
        let span = |packages: &mut Self, report: &mut Report| {
            packages.place(package, &declared.range, report.sources)
        };
        let directory = match &declared.source {
            Source::Invalid => return None,
            Source::Git(_) => {
                let span = span(self, report);
                let message = "dependencies from git are not supported yet";
                report
                    .diagnostics
                    .push(Diagnostic::error("FUSE_UNSUPPORTED", span, message));
                return None;
            }
            Source::Path(path) => normalize(&self.entries[package.0 as usize].directory.join(path)),
        };
        let directory = match self.files.canonicalize(&directory) {
            Ok(found) if self.files.is_dir(&found) => found,
            _ => {
                let path = relative(&self.root, &directory);
                let message = format!("dependency `{name}` has no directory at `{path}`");
                let span = span(self, report);
                let code = "FUSE_DEP_PATH_NOT_FOUND";
                report
                    .diagnostics
                    .push(Diagnostic::error(code, span, message));
                return None;
            }
        };
        match self.names.get(name) {
            Some((known, first)) if *known != directory => {
                let (known, first) = (relative(&self.root, known), *first);
                let message = format!(
                    "dependency `{name}` leads to `{}` here and to `{known}` elsewhere",
                    relative(&self.root, &directory)
                );
                let span = span(self, report);
                let found = Diagnostic::error("FUSE_DEP_CONFLICTING_SPECS", span, message)
                    .with_related(first, "also declared here")
                    .with_hint("a name means one package in the whole program; rename one of them");
                report.diagnostics.push(found);
                None
            }
            Some(_) => Some(directory),
            None => {
                let span = span(self, report);
                self.names
                    .insert(name.to_string(), (directory.clone(), span));
                Some(directory)
            }
        }
    }

    /// The canonical directory of a dependency, or why there is none.
    pub fn dependency(&self, package: PackageId, name: &str) -> Result<PathBuf, DependencyError> {
        let entry = &self.entries[package.0 as usize];
        match entry.resolved.get(name) {
            Some(Some(directory)) => Ok(directory.clone()),
            Some(None) => Err(DependencyError::Reported),
            None => Err(DependencyError::Unknown {
                available: entry.declared.keys().cloned().collect(),
            }),
        }
    }

    /// The root directory of a package.
    pub fn directory(&self, package: PackageId) -> &Path {
        &self.entries[package.0 as usize].directory
    }

    /// The package that owns a file: its nearest ancestor that is a package, else its directory. A package that is found like
    /// this, rather than as a dependency, brings its own dependencies in.
    pub fn owner(&mut self, file: &Path, report: &mut Report) -> PackageId {
        for directory in file.ancestors().skip(1) {
            if let Some(id) = self.by_directory.get(directory) {
                return *id;
            }
            if self.files.exists(&directory.join(MANIFEST)) {
                let id = self.add_dependency(directory.to_path_buf(), report);
                self.follow(id, report);
                return id;
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

/// `chain` leads from the package that the cycle begins with to the one that closes it by depending on `last`.
fn cycle(chain: &[Step], last: &str, span: Span) -> Diagnostic {
    let names = std::iter::once(last)
        .chain(chain.iter().map(|step| step.name.as_str()))
        .chain(std::iter::once(last));
    let names: Vec<&str> = names.collect();
    let message = format!("packages depend on each other: {}", names.join(" → "));
    chain.iter().fold(
        Diagnostic::error("FUSE_DEP_CYCLE", span, message),
        |found, step| match step.declared {
            Some(span) => found.with_related(span, format!("`{}` is declared here", step.name)),
            None => found,
        },
    )
}

/// Why a `dep:` name leads nowhere.
pub(crate) enum DependencyError {
    Unknown {
        available: Vec<String>,
    },
    /// The declaration is at fault, and has been reported.
    Reported,
}
