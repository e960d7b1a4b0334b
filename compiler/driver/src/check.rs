//! The front half of every command: sources to canonical program and lowered MIR, with everything that is wrong.

use std::path::PathBuf;

use fuse_ir::mir;
use fuse_package::{LoadRequest, Manifest, ModuleGraph, OsFileSystem, SourceFiles};
use fuse_syntax::diagnostic::{Diagnostic, Severity};

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
}

/// What a program is checked for. Only what that needs is lowered besides functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Only to find out whether it is right.
    Check,
    Run,
    Build,
    Test,
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
    let files = loaded.graph.files.clone();
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
        // They are a part of executables; nothing else runs them.
        if purpose != Purpose::Build {
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

/// Directory of the package a request names, without checking anything.
///
/// # Errors
/// [`DriverError::WorkingDirectory`] when the directory cannot be found.
pub fn package_root(source: &Source) -> Result<PathBuf, DriverError> {
    let root = fuse_package::load(&OsFileSystem, &request(source)).root_directory;
    root.canonicalize().map_err(DriverError::WorkingDirectory)
}

fn request(source: &Source) -> LoadRequest {
    LoadRequest {
        directory: source.directory.clone(),
        manifest_path: source.manifest_path.clone(),
        entry: source.entry.clone(),
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}
