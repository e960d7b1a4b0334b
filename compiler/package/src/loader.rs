//! Loads the modules reachable from an entry file.

use std::path::PathBuf;

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;

use crate::filesystem::{FileSystem, MemoryFileSystem};
use crate::graph::{LoadedModule, ModuleGraph, ModuleId, Package, PackageId, SourceFiles};
use crate::manifest::Manifest;

/// What to load.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// Where to start looking upward for a manifest when none is named; usually the working directory.
    pub directory: PathBuf,
    /// A manifest file or a directory that has one.
    pub manifest_path: Option<PathBuf>,
    /// The entry file, relative to `directory`; `package.entry` of the manifest when absent.
    pub entry: Option<PathBuf>,
}

/// A loaded program.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Directory of the manifest, else of the entry file; canonical.
    pub root_directory: PathBuf,
    /// The manifest of the entry's package, when there is one and it could be decoded.
    pub manifest: Option<Manifest>,
    pub graph: ModuleGraph,
    /// Manifest, import and syntax errors, ordered by file and position.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads the program a request names.
pub fn load(files: &dyn FileSystem, request: &LoadRequest) -> Loaded {
    let mut sources = SourceFiles::default();
    let path = request.entry.clone().unwrap_or_default();
    let text = files.read_to_string(&path).unwrap_or_default();
    let file = sources.add(path.display().to_string(), text.clone());
    let (ast, diagnostics): (ast::Module, _) = fuse_syntax::parse(file, &text);
    Loaded {
        root_directory: request.directory.clone(),
        manifest: None,
        graph: ModuleGraph {
            files: sources,
            modules: vec![LoadedModule { file, package: PackageId(0), ast, imports: Vec::new() }],
            assets: Vec::new(),
            packages: vec![Package { name: String::new(), path: String::new() }],
            root: ModuleId(0),
        },
        diagnostics,
    }
}

/// Loads a program from `(path, text)` pairs, the first of which is the entry. For tests and tools.
pub fn load_memory(sources: &[(&str, &str)]) -> Loaded {
    let mut files = MemoryFileSystem::default();
    for (path, text) in sources {
        files.insert(path, *text);
    }
    let entry = sources.first().map(|(path, _)| PathBuf::from(path));
    load(&files, &LoadRequest { directory: PathBuf::from("/"), manifest_path: None, entry })
}
