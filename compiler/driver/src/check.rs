//! The front half of every command: sources to canonical program and lowered MIR, with everything that is wrong.

use std::path::PathBuf;

use fuse_ir::mir;
use fuse_package::{
    LoadRequest, LockMode, LockUpdate, Manifest, ModuleGraph, OsFileSystem, SourceFiles,
};
use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::span::Span;

use crate::{DriverError, Timings};

/// Which program.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The working directory; relative paths start here.
    pub directory: PathBuf,
    /// A manifest, or a directory that has one.
    pub manifest_path: Option<PathBuf>,
    /// The entry file, or a directory with a manifest.
    pub entry: Option<PathBuf>,
    /// Check the rules of the strict architecture too.
    pub strict_architecture: bool,
    /// What may happen to `fuse.lock`.
    pub lock: LockMode,
}

/// What a program is checked for. Only what that needs is lowered besides functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only to find out whether it is right.
    Check,
    Run,
    Build,
    Test,
    Migrate,
}

/// What checking found.
pub struct Findings {
    /// In the order of files and positions. Errors are why `checked` is absent; warnings may accompany a result.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts diagnostics refer to.
    pub files: SourceFiles,
    pub checked: Option<Checked>,
}

/// A program without errors.
pub struct Checked {
    /// Directory of the package, or of the entry file.
    pub root: PathBuf,
    pub manifest: Option<Manifest>,
    pub graph: ModuleGraph,
    pub program: fuse_sema::program::Program,
    /// The program as MIR, ownership still implicit.
    pub lowered: mir::Program,
}

/// Loads, checks and lowers a program. All errors of a stage are reported; the next stage runs only when there are none.
pub fn check(source: &Source, purpose: Purpose, timings: &mut Timings) -> Findings {
    let loaded = timings.measure("load", || {
        fuse_package::load(&OsFileSystem, &request(source))
    });
    let mut diagnostics = loaded.diagnostics;
    let mut files = loaded.graph.files.clone();
    diagnostics.extend(write_lock(loaded.lock.as_ref(), &mut files));
    if has_errors(&diagnostics) {
        return Findings {
            diagnostics,
            files,
            checked: None,
        };
    }
    let (program, found) = timings.measure("check", || {
        let options = fuse_sema::Options {
            strict_architecture: source.strict_architecture,
        };
        fuse_sema::check_with(&loaded.graph, options)
    });
    diagnostics.extend(found);
    let program = program.filter(|_| !has_errors(&diagnostics));
    let lowered = program.and_then(|mut program| {
        if purpose != Purpose::Test {
            program.tests.clear();
        }
        if !matches!(purpose, Purpose::Build | Purpose::Migrate) {
            program.migrations.clear();
        }
        match timings.measure("lower", || fuse_ir::lower::lower(&program, &files)) {
            Ok(lowered) => Some((program, lowered)),
            Err(unsupported) => {
                diagnostics.extend(unsupported);
                None
            }
        }
    });
    let checked = lowered.map(|(program, lowered)| Checked {
        root: loaded.root_directory,
        manifest: loaded.manifest,
        graph: loaded.graph,
        program,
        lowered,
    });
    Findings {
        diagnostics,
        files,
        checked,
    }
}

/// Resolves the dependencies of the package a source names and writes the lock, as far as the source lets it. Gives what is wrong,
/// and the texts that refers to.
pub fn lock(source: &Source) -> (Vec<Diagnostic>, SourceFiles) {
    let locking = fuse_package::lock_dependencies(&OsFileSystem, &request(source));
    let (mut diagnostics, mut files) = (locking.diagnostics, locking.files);
    diagnostics.extend(write_lock(locking.lock.as_ref(), &mut files));
    (diagnostics, files)
}

/// Directory of the package a request names, without checking anything.
///
/// # Errors
/// [`DriverError::WorkingDirectory`] when the directory cannot be found.
pub fn package_root(source: &Source) -> Result<PathBuf, DriverError> {
    let root = fuse_package::load(&OsFileSystem, &request(source)).root_directory;
    root.canonicalize().map_err(DriverError::WorkingDirectory)
}

/// Writes the lock if there is one to be written.
fn write_lock(lock: Option<&LockUpdate>, files: &mut SourceFiles) -> Option<Diagnostic> {
    let lock = lock?;
    let error = crate::files::write_atomic(&lock.path, lock.text.as_bytes()).err()?;
    let name = lock.path.file_name().unwrap_or_default().to_string_lossy();
    let span = Span::new(files.add(name, ""), 0, 0);
    let message = format!("cannot write the lock: {error}");
    let found = Diagnostic::error("FUSE_LOCK_WRITE_FAILED", span, message);
    Some(found.with_hint("it keeps which dependencies are used; make its directory writable"))
}

fn request(source: &Source) -> LoadRequest {
    LoadRequest {
        directory: source.directory.clone(),
        manifest_path: source.manifest_path.clone(),
        entry: source.entry.clone(),
        lock: source.lock,
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}
