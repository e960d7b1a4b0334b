//! Finds manifest and entry of a program and loads it.

use std::io;
use std::path::{Path, PathBuf};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::filesystem::{FileSystem, MemoryFileSystem};
use crate::graph::{ModuleGraph, SourceFiles};
use crate::lock::{LockMode, LockUpdate};
use crate::manifest::Manifest;
use crate::modules::Modules;
use crate::packages::{MANIFEST, Packages, Report};
use crate::paths::{normalize, relative};

/// What to load.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// Where to start looking upward for a manifest when neither a manifest nor an entry is named; usually the working
    /// directory. Relative paths of the request start here.
    pub directory: PathBuf,
    /// A manifest file or a directory that has one.
    pub manifest_path: Option<PathBuf>,
    /// The entry file, or a directory with a manifest; `package.entry` of the manifest when absent.
    pub entry: Option<PathBuf>,
    /// What may happen to `fuse.lock`.
    pub lock: LockMode,
}

/// A loaded program.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Directory of the manifest, else of the entry file; canonical when it exists.
    pub root_directory: PathBuf,
    /// The manifest of the entry's package, when there is one and it could be decoded.
    pub manifest: Option<Manifest>,
    pub graph: ModuleGraph,
    /// The lock of the dependencies where it is to be written; nothing when it is up to date, or there are errors.
    pub lock: Option<LockUpdate>,
    /// Manifest, import and syntax errors, ordered by file and position.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads the program a request names.
pub fn load(files: &dyn FileSystem, request: &LoadRequest) -> Loaded {
    let mut start = Start {
        files,
        request,
        sources: SourceFiles::default(),
        diagnostics: Vec::new(),
    };
    let (named, manifest_path) = start.locate();
    let manifest = manifest_path
        .as_deref()
        .and_then(|path| start.read_manifest(path));
    let entry = match &named {
        Some(entry) => Some(entry.clone()),
        None => start.manifest_entry(manifest_path.as_deref(), manifest.as_ref()),
    };
    let root = manifest_path
        .as_deref()
        .or(entry.as_deref())
        .and_then(Path::parent)
        .unwrap_or(&request.directory);
    let root = files.canonicalize(root).unwrap_or_else(|_| normalize(root));

    let mut packages = Packages::new(
        files,
        root.clone(),
        manifest_path.as_deref(),
        manifest.as_ref(),
        request.lock,
    );
    let mut report = Report {
        sources: &mut start.sources,
        diagnostics: &mut start.diagnostics,
    };
    packages.add_dependencies(manifest.as_ref(), &mut report);
    let mut modules = Modules::new(
        files,
        root.clone(),
        packages,
        start.sources,
        start.diagnostics,
    );
    let display = entry
        .as_deref()
        .map(|entry| relative(&root, entry))
        .unwrap_or_default();
    let read = entry.as_deref().map(|entry| {
        let path = files.canonicalize(entry)?;
        let bytes = files.read(&path)?;
        Ok::<_, io::Error>((path, bytes))
    });
    match read {
        Some(Ok((path, bytes))) => modules.load_entry(path, bytes),
        Some(Err(error)) => {
            let declared = match (&named, &manifest_path, &manifest) {
                (None, Some(path), Some(manifest)) => Some((path, manifest.places.entry.clone())),
                _ => None,
            };
            modules.report_entry(&display, declared, &error);
            modules.add_empty_root(&display);
        }
        None => modules.add_empty_root(&display),
    }
    let lock = modules.finish_lock(manifest.is_some());
    let (graph, diagnostics) = modules.finish();
    Loaded {
        root_directory: root,
        manifest,
        graph,
        lock,
        diagnostics,
    }
}

/// What resolving the dependencies of a package gave.
#[derive(Clone, Debug)]
pub struct Locking {
    pub diagnostics: Vec<Diagnostic>,
    /// The texts diagnostics refer to.
    pub files: SourceFiles,
    pub lock: Option<LockUpdate>,
}

/// Resolves the dependencies of the package a request names, without loading its modules.
pub fn lock_dependencies(files: &dyn FileSystem, request: &LoadRequest) -> Locking {
    let mut start = Start {
        files,
        request,
        sources: SourceFiles::default(),
        diagnostics: Vec::new(),
    };
    let (_, manifest_path) = start.locate();
    let mut lock = None;
    match manifest_path {
        None => {
            let message = "dependencies require a manifest directory".to_string();
            let code = "FUSE_DEP_MANIFEST_DIR_REQUIRED";
            start.manifest_error(code, Path::new(MANIFEST), String::new(), 0..0, message);
        }
        Some(path) => {
            if let Some(manifest) = start.read_manifest(&path) {
                let root = path.parent().unwrap_or(&request.directory);
                let root = files.canonicalize(root).unwrap_or_else(|_| normalize(root));
                let mut packages =
                    Packages::new(files, root, Some(&path), Some(&manifest), request.lock);
                let mut report = Report {
                    sources: &mut start.sources,
                    diagnostics: &mut start.diagnostics,
                };
                packages.add_dependencies(Some(&manifest), &mut report);
                if report.diagnostics.is_empty() {
                    lock = packages.finish_lock(&mut report);
                }
            }
        }
    }
    let mut diagnostics = start.diagnostics;
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start));
    Locking {
        diagnostics,
        files: start.sources,
        lock,
    }
}

struct Start<'a> {
    files: &'a dyn FileSystem,
    request: &'a LoadRequest,
    sources: SourceFiles,
    diagnostics: Vec<Diagnostic>,
}

impl Start<'_> {
    /// The entry file as far as the request names it, and the manifest. Both absolute if the request's directory is.
    fn locate(&self) -> (Option<PathBuf>, Option<PathBuf>) {
        let directory = &self.request.directory;
        let named = self
            .request
            .manifest_path
            .as_ref()
            .map(|path| self.manifest_in(normalize(&directory.join(path))));
        let Some(entry) = &self.request.entry else {
            return (None, named.or_else(|| self.find_manifest(directory)));
        };
        let path = normalize(&directory.join(entry));
        if self.files.is_dir(&path) {
            return (None, named.or(Some(path.join(MANIFEST))));
        }
        // A path that does not exist from here may be meant from the manifest.
        let from_manifest = named
            .as_deref()
            .and_then(Path::parent)
            .map(|root| normalize(&root.join(entry)));
        let path = from_manifest
            .filter(|other| !self.files.exists(&path) && self.files.exists(other))
            .unwrap_or(path);
        let manifest = named.or_else(|| {
            path.parent()
                .and_then(|directory| self.find_manifest(directory))
        });
        (Some(path), manifest)
    }

    fn manifest_in(&self, path: PathBuf) -> PathBuf {
        if self.files.is_dir(&path) {
            path.join(MANIFEST)
        } else {
            path
        }
    }

    fn find_manifest(&self, directory: &Path) -> Option<PathBuf> {
        let directory = self.files.canonicalize(directory).ok()?;
        directory
            .ancestors()
            .map(|directory| directory.join(MANIFEST))
            .find(|path| self.files.exists(path))
    }

    fn read_manifest(&mut self, path: &Path) -> Option<Manifest> {
        let text = match self.files.read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("cannot read the manifest: {}", describe(&error));
                self.manifest_error(
                    "FUSE_MANIFEST_READ_FAILED",
                    path,
                    String::new(),
                    0..0,
                    message,
                );
                return None;
            }
        };
        Manifest::parse(&text)
            .map_err(|error| {
                let message = format!("cannot decode the manifest: {}", error.message);
                let range = error.range.unwrap_or(0..0);
                self.manifest_error("FUSE_MANIFEST_PARSE_FAILED", path, text, range, message);
            })
            .ok()
    }

    fn manifest_entry(
        &mut self,
        path: Option<&Path>,
        manifest: Option<&Manifest>,
    ) -> Option<PathBuf> {
        let entry = manifest.and_then(|manifest| manifest.package.entry.as_deref());
        if let (Some(path), Some(entry)) = (path, entry) {
            return Some(normalize(&path.parent().unwrap_or(path).join(entry)));
        }
        // An unreadable manifest has been reported.
        if self.diagnostics.is_empty() {
            let message =
                "missing entry: pass a file path or set package.entry in fuse.toml".to_string();
            let text = path
                .and_then(|path| self.files.read_to_string(path).ok())
                .unwrap_or_default();
            let range = manifest.map_or(0..0, |manifest| manifest.places.package.clone());
            self.manifest_error(
                "FUSE_MANIFEST_ENTRY_MISSING",
                path.unwrap_or(Path::new(MANIFEST)),
                text,
                range,
                message,
            );
        }
        None
    }

    fn manifest_error(
        &mut self,
        code: &'static str,
        path: &Path,
        text: String,
        range: std::ops::Range<usize>,
        message: String,
    ) {
        let name = path.file_name().map_or(MANIFEST.to_string(), |name| {
            name.to_string_lossy().into_owned()
        });
        let file = self.sources.add(name, text);
        let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        let span = Span::new(file, clamp(range.start), clamp(range.end));
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }
}

/// An I/O error in words that do not depend on the platform.
pub(crate) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        io::ErrorKind::IsADirectory => "it is a directory".to_string(),
        io::ErrorKind::InvalidData => "it is not valid UTF-8".to_string(),
        io::ErrorKind::FileTooLarge => "it is larger than 64 MiB".to_string(),
        kind => kind.to_string(),
    }
}

/// Loads a program from `(path, text)` pairs, the first of which is the entry. For tests and tools.
pub fn load_memory(sources: &[(&str, &str)]) -> Loaded {
    let mut files = MemoryFileSystem::default();
    for (path, text) in sources {
        files.insert(path, *text);
    }
    let entry = sources.first().map(|(path, _)| PathBuf::from(path));
    load(
        &files,
        &LoadRequest {
            directory: PathBuf::from("/"),
            entry,
            ..LoadRequest::default()
        },
    )
}
