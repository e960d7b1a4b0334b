//! Short forms for tables of cases.

use std::path::PathBuf;

use fuse_package::{ImportTarget, LoadRequest, Loaded, MemoryFileSystem, ModuleId, load};
use fuse_syntax::source::{Lines, SourceMap};

/// Loads `entry` (or the manifest's) from files in memory, with `/app` as working directory.
pub fn load_files(files: &[(&str, &str)], entry: Option<&str>) -> Loaded {
    let mut memory = MemoryFileSystem::default();
    for (path, text) in files {
        memory.insert(path, *text);
    }
    load_from(&memory, entry)
}

pub fn load_from(memory: &MemoryFileSystem, entry: Option<&str>) -> Loaded {
    let request = LoadRequest {
        directory: PathBuf::from("/app"),
        entry: entry.map(PathBuf::from),
        ..LoadRequest::default()
    };
    load(memory, &request)
}

/// The diagnostics as `path:line:column CODE message`.
pub fn errors(loaded: &Loaded) -> Vec<String> {
    let files = &loaded.graph.files;
    let show = |diagnostic: &fuse_syntax::diagnostic::Diagnostic| {
        let span = diagnostic.span;
        let (line, column) = Lines::new(files.text(span.file)).position(span.start);
        let code = diagnostic.code.trim_start_matches("FUSE_");
        format!(
            "{}:{line}:{column} {code} {}",
            files.path(span.file),
            diagnostic.message
        )
    };
    loaded.diagnostics.iter().map(show).collect()
}

/// The paths of the modules in the order of their ids.
pub fn paths(loaded: &Loaded) -> Vec<&str> {
    loaded
        .graph
        .iter()
        .map(|(_, module)| loaded.graph.files.path(module.file))
        .collect()
}

/// Where the imports of the root lead: module paths, asset paths, `std.Error` or `failed`.
pub fn targets(loaded: &Loaded) -> Vec<&str> {
    let graph = &loaded.graph;
    let show = |import: &fuse_package::ResolvedImport| match import.target {
        ImportTarget::Module(id) => graph.files.path(graph.module(id).file),
        ImportTarget::Asset(id) => graph.files.path(graph.asset(id).file),
        ImportTarget::StdError => "std.Error",
        ImportTarget::Failed => "failed",
    };
    graph.module(ModuleId(0)).imports.iter().map(show).collect()
}
