//! Which package owns a file, and what each package depends on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::{FileId, Span};

use crate::dependency::{Dependency, GitSource, ManifestProblem, Source};
use crate::filesystem::FileSystem;
use crate::git::GitError;
use crate::graph::{Package, PackageId, SourceFiles};
use crate::loader::describe;
use crate::lock::{LOCK, Lock, LockMode, LockUpdate, Locked, LockedSource};
use crate::manifest::Manifest;
use crate::paths::{normalize, relative};

/// File name of the manifest.
pub(crate) const MANIFEST: &str = "fuse.toml";

/// Where git dependencies are checked out: `NAME/COMMIT` under here.
const CHECKOUTS: &str = ".fuse/deps";

/// Packages found so far, by their canonical root directory.
pub(crate) struct Packages<'a> {
    files: &'a dyn FileSystem,
    root: PathBuf,
    entries: Vec<Entry>,
    by_directory: BTreeMap<PathBuf, PackageId>,
    /// What each name of a dependency was asked to be, and by whom first.
    names: BTreeMap<String, (String, Span)>,
    mode: LockMode,
    /// The lock as it is; absent without one, and after it has been reported as unreadable.
    old_lock: Option<Lock>,
    new_lock: Lock,
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
        mode: LockMode,
    ) -> Self {
        let mut packages = Packages {
            files,
            root: root.clone(),
            entries: Vec::new(),
            by_directory: BTreeMap::new(),
            names: BTreeMap::new(),
            mode,
            old_lock: None,
            new_lock: Lock::default(),
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
        self.read_lock(report);
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
        let span = self.place(package, &declared.range, report.sources);
        let entry = &self.entries[package.0 as usize];
        let found = match &declared.source {
            Source::Invalid => return None,
            Source::Path(path) => {
                let directory = normalize(&entry.directory.join(path));
                self.path_directory(name, &directory).and_then(|found| {
                    let path = relative(&self.root, &found);
                    let requested = format!("path:{path}");
                    self.claim(name, &requested, span)?;
                    let locked = Locked {
                        source: LockedSource::Path(path),
                        subdir: None,
                        requested,
                    };
                    Ok(Some((found, locked)))
                })
            }
            Source::Git(git) => {
                let from = entry.directory.clone();
                self.claim(name, &git.request(), span)
                    .and_then(|()| self.git_directory(name, git, &from))
            }
        };
        match found {
            Ok(Some((directory, locked))) => {
                self.new_lock.entries.insert(name.to_string(), locked);
                Some(directory)
            }
            Ok(None) => None,
            Err(problem) => {
                let mut found = Diagnostic::error(problem.code, span, problem.message);
                found.related.extend(problem.related);
                found.hints.extend(problem.hint.map(str::to_string));
                report.diagnostics.push(found);
                None
            }
        }
    }

    fn path_directory(&self, name: &str, directory: &Path) -> Result<PathBuf, Problem> {
        match self.files.canonicalize(directory) {
            Ok(found) if self.files.is_dir(&found) => Ok(found),
            _ => {
                let path = relative(&self.root, directory);
                let message = format!("dependency `{name}` has no directory at `{path}`");
                Err(Problem::new("FUSE_DEP_PATH_NOT_FOUND", message))
            }
        }
    }

    /// A name means one thing in the whole program.
    fn claim(&mut self, name: &str, requested: &str, span: Span) -> Result<(), Problem> {
        match self.names.get(name) {
            Some((known, first)) if known != requested => {
                let message =
                    format!("dependency `{name}` is `{requested}` here and `{known}` elsewhere");
                let mut problem = Problem::new("FUSE_DEP_CONFLICTING_SPECS", message);
                problem.related = Some((*first, "also declared here".to_string()));
                problem.hint =
                    Some("a name means one package in the whole program; rename one of them");
                Err(problem)
            }
            Some(_) => Ok(()),
            None => {
                let claim = (requested.to_string(), span);
                self.names.insert(name.to_string(), claim);
                Ok(())
            }
        }
    }

    /// The directory of a git dependency in its checkout, which is made if it is not there. `None`: the lock does not say which
    /// commit, and is not to be changed; that is reported with the lock.
    fn git_directory(
        &self,
        name: &str,
        git: &GitSource,
        from: &Path,
    ) -> Result<Option<(PathBuf, Locked)>, Problem> {
        let Some(repositories) = self.files.git() else {
            let message = "there is no access to git repositories here";
            return Err(Problem::new("FUSE_DEP_GIT_COMMAND_START_FAILED", message));
        };
        let requested = git.request();
        let commit = match self.locked_commit(name, &requested) {
            Some(commit) => commit,
            None if self.mode.is_fixed() => return Ok(None),
            None => repositories.resolve(&git.url, &git.reference, from)?,
        };
        let checkout = self.root.join(CHECKOUTS).join(name).join(&commit);
        if self.files.exists(&checkout) {
            if !self.files.exists(&checkout.join(".git")) {
                let path = relative(&self.root, &checkout);
                let message = format!("`{path}` is not a checkout of dependency `{name}`");
                let mut problem = Problem::new("FUSE_DEP_CHECKOUT_NOT_GIT", message);
                problem.hint = Some("remove it; it is made again when it is needed");
                return Err(problem);
            }
        } else if self.mode == LockMode::Frozen {
            let message = format!("dependency `{name}` is not checked out");
            let mut problem = Problem::new("FUSE_LOCK_FROZEN", message);
            problem.hint = Some("`fuse check` without `--frozen` fetches what is missing");
            return Err(problem);
        } else {
            repositories.check_out(&git.url, &commit, from, &checkout)?;
        }
        let directory = match &git.subdir {
            Some(subdir) => checkout.join(subdir),
            None => checkout.clone(),
        };
        let directory = match self.files.canonicalize(&directory) {
            Ok(found) if self.files.is_dir(&found) => found,
            _ => {
                let subdir = git.subdir.as_deref().unwrap_or_default();
                let message =
                    format!("dependency `{name}` has no directory `{subdir}` at {commit}");
                return Err(Problem::new("FUSE_DEP_SUBDIR_NOT_FOUND", message));
            }
        };
        let locked = Locked {
            source: LockedSource::Git {
                url: git.url.clone(),
                rev: commit,
            },
            subdir: git.subdir.clone(),
            requested,
        };
        Ok(Some((directory, locked)))
    }

    /// The commit the lock has for what is asked.
    fn locked_commit(&self, name: &str, requested: &str) -> Option<String> {
        if self.mode == LockMode::Refresh {
            return None;
        }
        let entry = self.old_lock.as_ref()?.entries.get(name)?;
        match &entry.source {
            LockedSource::Git { rev, .. } if entry.requested == requested => Some(rev.clone()),
            _ => None,
        }
    }

    fn read_lock(&mut self, report: &mut Report) {
        let path = self.root.join(LOCK);
        if !self.files.exists(&path) {
            return;
        }
        let (text, lock) = match self.files.read_to_string(&path) {
            Ok(text) => {
                let lock = Lock::parse(&text);
                (text, lock)
            }
            Err(error) => {
                let message = format!("cannot read the lock: {}", describe(&error));
                let problem = ManifestProblem {
                    code: "FUSE_LOCK_READ_FAILED",
                    range: 0..0,
                    message,
                    hint: None,
                };
                (String::new(), Err(problem))
            }
        };
        match lock {
            Ok(lock) => self.old_lock = Some(lock),
            Err(problem) => {
                let file = report.sources.add(LOCK, text);
                let span = crate::assets::at(file, problem.range.start, problem.range.end);
                let mut found = Diagnostic::error(problem.code, span, problem.message);
                found.hints.extend(problem.hint.map(str::to_string));
                report.diagnostics.push(found);
            }
        }
    }

    /// The lock that is to be written, or a report that it may not be. Only for programs without errors so far.
    pub fn finish_lock(&mut self, report: &mut Report) -> Option<LockUpdate> {
        let old = self.old_lock.clone().unwrap_or_default();
        let mut drift = old.drift(&self.new_lock);
        // What a fixed lock lacks has not been resolved, so it is no part of the new one.
        let lacking: Vec<&String> = self
            .names
            .keys()
            .filter(|name| !self.new_lock.entries.contains_key(*name))
            .collect();
        if !lacking.is_empty() {
            drift.retain(|change| {
                lacking
                    .iter()
                    .all(|name| *change != format!("remove {name}"))
            });
            drift.extend(lacking.iter().map(|name| match old.entries.get(*name) {
                Some(_) => format!("update {name}"),
                None => format!("add {name}"),
            }));
        }
        if drift.is_empty() {
            return None;
        }
        let path = self.root.join(LOCK);
        if !self.mode.is_fixed() {
            let text = self.new_lock.text();
            return Some(LockUpdate { path, text });
        }
        let changed = |name: &&String| {
            drift
                .iter()
                .any(|change| change.split(' ').nth(1) == Some(name.as_str()))
        };
        let span = match self.names.keys().find(changed) {
            Some(name) => self.names[name].1,
            None => {
                let text = self.files.read_to_string(&path).unwrap_or_default();
                Span::new(report.sources.add(LOCK, text), 0, 0)
            }
        };
        let (code, hint) = match self.mode {
            LockMode::Frozen => (
                "FUSE_LOCK_FROZEN",
                "run without `--frozen`, or `fuse deps lock`, to update it",
            ),
            _ => ("FUSE_LOCK_OUT_OF_DATE", "`fuse deps lock` updates it"),
        };
        let message = format!("lockfile drift detected in {LOCK}: {}", drift.join("; "));
        let found = Diagnostic::error(code, span, message).with_hint(hint);
        report.diagnostics.push(found);
        None
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

/// Why a declaration leads nowhere, to be reported where it is written.
struct Problem {
    code: &'static str,
    message: String,
    related: Option<(Span, String)>,
    hint: Option<&'static str>,
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            code,
            message: message.into(),
            related: None,
            hint: None,
        }
    }
}

impl From<GitError> for Problem {
    fn from(error: GitError) -> Problem {
        Problem::new(error.code, error.message)
    }
}

/// Why a `dep:` name leads nowhere.
pub(crate) enum DependencyError {
    Unknown {
        available: Vec<String>,
    },
    /// The declaration is at fault, and has been reported.
    Reported,
}
