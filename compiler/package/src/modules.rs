//! Follows imports from the entry module.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use fuse_syntax::ast::{self, ImportKind, ItemKind};
use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::span::Span;

use crate::assets;
use crate::filesystem::FileSystem;
use crate::graph::{
    Asset, AssetId, AssetKind, ImportTarget, LoadedModule, ModuleGraph, ModuleId, PackageId,
    ResolvedImport, SourceFiles,
};
use crate::loader::describe;
use crate::lock::LockUpdate;
use crate::packages::{Packages, Report};
use crate::paths::relative;
use crate::resolve::{Importer, Location, Place, resolve};

/// The graph while it grows. Modules are numbered when they are first reached, depth first.
pub(crate) struct Modules<'a> {
    files: &'a dyn FileSystem,
    pub sources: SourceFiles,
    pub diagnostics: Vec<Diagnostic>,
    packages: Packages<'a>,
    root: PathBuf,
    modules: Vec<LoadedModule>,
    assets: Vec<Asset>,
    by_path: BTreeMap<PathBuf, ModuleId>,
    assets_by_path: BTreeMap<PathBuf, Option<AssetId>>,
    /// Modules whose imports are being followed, each with its path and the next item to look at. A list instead of
    /// recursion, because chains of imports have no limit.
    stack: Vec<(ModuleId, PathBuf, usize)>,
}

impl<'a> Modules<'a> {
    pub fn new(
        files: &'a dyn FileSystem,
        root: PathBuf,
        packages: Packages<'a>,
        sources: SourceFiles,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        Modules {
            files,
            sources,
            diagnostics,
            packages,
            root,
            modules: Vec::new(),
            assets: Vec::new(),
            by_path: BTreeMap::new(),
            assets_by_path: BTreeMap::new(),
            stack: Vec::new(),
        }
    }

    /// Loads the entry and everything it reaches. `path` is canonical.
    pub fn load_entry(&mut self, path: PathBuf, bytes: Vec<u8>) {
        self.add_module(path, bytes);
        while let Some((module, path, next)) = self.stack.pop() {
            let items = &self.modules[module.0 as usize].ast.items;
            let import = items[next..]
                .iter()
                .position(|item| matches!(item.kind, ItemKind::Import(_)));
            let Some(index) = import.map(|offset| next + offset) else {
                continue;
            };
            let ItemKind::Import(import) = &items[index].kind else {
                continue;
            };
            let import = import.clone();
            self.stack.push((module, path.clone(), index + 1));
            let package = self.modules[module.0 as usize].package;
            let target = self
                .follow(
                    &Importer {
                        path: &path,
                        package,
                    },
                    &import,
                )
                .unwrap_or_else(|diagnostic| {
                    self.diagnostics.extend(diagnostic);
                    ImportTarget::Failed
                });
            self.modules[module.0 as usize]
                .imports
                .push(ResolvedImport {
                    item: index,
                    target,
                });
        }
    }

    /// A module that is not UTF-8 is reported and empty.
    fn add_module(&mut self, path: PathBuf, bytes: Vec<u8>) -> ModuleId {
        let id = ModuleId(u32::try_from(self.modules.len()).unwrap_or(u32::MAX));
        let display = relative(&self.root, &path);
        let (file, ast) = match String::from_utf8(bytes) {
            Ok(text) => {
                let file = self.sources.add(display, text);
                let text = self.sources.get(file).map_or("", |source| &source.text);
                let (ast, diagnostics) = fuse_syntax::parse(file, text);
                self.diagnostics.extend(diagnostics);
                (file, ast)
            }
            Err(error) => {
                let span = assets::add_invalid(&mut self.sources, &display, &error);
                let message = format!("module `{display}` is not valid UTF-8");
                let found = Diagnostic::error("FUSE_SOURCE_UTF8", span, message);
                self.diagnostics.push(found);
                (span.file, ast::Module::default())
            }
        };
        let mut report = Report {
            sources: &mut self.sources,
            diagnostics: &mut self.diagnostics,
        };
        let package = self.packages.owner(&path, &mut report);
        self.modules.push(LoadedModule {
            file,
            package,
            ast,
            imports: Vec::new(),
        });
        self.by_path.insert(path.clone(), id);
        self.stack.push((id, path, 0));
        id
    }

    /// Where an import leads. The error is absent when it has been reported for an earlier import of the same file.
    fn follow(
        &mut self,
        importer: &Importer,
        import: &ast::Import,
    ) -> Result<ImportTarget, Option<Diagnostic>> {
        let (text, span) = match &import.kind {
            ImportKind::Module { name } => (format!("{}.fuse", name.text), name.span),
            ImportKind::From { path, .. }
            | ImportKind::Alias { path, .. }
            | ImportKind::Named { path, .. } => (path.value.clone(), path.span),
        };
        match resolve(&self.packages, importer, &text, span)? {
            Location::StdError => Ok(ImportTarget::StdError),
            Location::Module(place) => self.follow_module(place, span),
            Location::Asset(kind, place) => {
                if !matches!(import.kind, ImportKind::From { .. }) {
                    let message = "an asset is imported as a whole, under one name";
                    return Err(Some(
                        Diagnostic::error("FUSE_IMPORT_ASSET_FORM", import.span, message)
                            .with_hint("write `import Name from \"path\"`"),
                    ));
                }
                self.follow_asset(kind, place, span)
            }
        }
    }

    fn follow_module(
        &mut self,
        place: Place,
        span: Span,
    ) -> Result<ImportTarget, Option<Diagnostic>> {
        let display = relative(&self.root, &place.path);
        let unreadable = |error: &std::io::Error| {
            let message = format!("cannot read module `{display}`: {}", describe(error));
            Diagnostic::error("FUSE_IMPORT_MODULE_READ", span, message)
        };
        let path = self
            .files
            .canonicalize(&place.path)
            .map_err(|error| unreadable(&error))?;
        check_containment(&place, &path, span)?;
        if let Some(id) = self.by_path.get(&path) {
            return Ok(ImportTarget::Module(*id));
        }
        let bytes = self.files.read(&path).map_err(|error| unreadable(&error))?;
        Ok(ImportTarget::Module(self.add_module(path, bytes)))
    }

    fn follow_asset(
        &mut self,
        kind: AssetKind,
        place: Place,
        span: Span,
    ) -> Result<ImportTarget, Option<Diagnostic>> {
        // A missing file has no canonical path; reading it gives the error.
        let path = self
            .files
            .canonicalize(&place.path)
            .unwrap_or_else(|_| place.path.clone());
        check_containment(&place, &path, span)?;
        if let Some(known) = self.assets_by_path.get(&path) {
            return known.map(ImportTarget::Asset).ok_or(None);
        }
        let display = relative(&self.root, &path);
        let loaded = assets::load(self.files, &mut self.sources, kind, &path, &display, span);
        let id = AssetId(u32::try_from(self.assets.len()).unwrap_or(u32::MAX));
        self.assets_by_path
            .insert(path, loaded.is_ok().then_some(id));
        self.assets.push(loaded?);
        Ok(ImportTarget::Asset(id))
    }

    /// The lock that is to be written. Programs without a manifest have none, and those with errors keep what they have.
    pub fn finish_lock(&mut self, has_manifest: bool) -> Option<LockUpdate> {
        let failed = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        if !has_manifest || self.diagnostics.iter().any(failed) {
            return None;
        }
        let mut report = Report {
            sources: &mut self.sources,
            diagnostics: &mut self.diagnostics,
        };
        self.packages.finish_lock(&mut report)
    }

    /// The finished graph and all diagnostics, ordered by file and position.
    pub fn finish(self) -> (ModuleGraph, Vec<Diagnostic>) {
        let mut diagnostics = self.diagnostics;
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span.file, diagnostic.span.start));
        let graph = ModuleGraph {
            files: self.sources,
            modules: self.modules,
            assets: self.assets,
            packages: self.packages.finish(),
            root: ModuleId(0),
        };
        (graph, diagnostics)
    }

    /// Reports an entry that cannot be read: where the manifest names it (its path and a range in it), else at the file.
    pub fn report_entry(
        &mut self,
        display: &str,
        declared: Option<(&PathBuf, Range<usize>)>,
        error: &std::io::Error,
    ) {
        let span = match declared {
            Some((path, range)) => {
                let text = self.files.read_to_string(path).unwrap_or_default();
                let file = self.sources.add(relative(&self.root, path), text);
                assets::at(file, range.start, range.end)
            }
            None => Span::new(self.sources.add(display, ""), 0, 0),
        };
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => "FUSE_MANIFEST_ENTRY_NOT_FOUND",
            _ => "FUSE_MANIFEST_ENTRY_READ",
        };
        let reason = describe(error);
        let message = format!("cannot read the entry file `{display}`: {reason}");
        self.diagnostics
            .push(Diagnostic::error(code, span, message));
    }

    /// Makes the graph well formed when the entry could not be loaded: an empty root module.
    pub fn add_empty_root(&mut self, path: &str) {
        let file = self.sources.add(path, "");
        let ast = ast::Module::default();
        self.modules.push(LoadedModule {
            file,
            package: PackageId(0),
            ast,
            imports: Vec::new(),
        });
    }
}

/// A link may lead out of the directory that the text of the path stays in.
fn check_containment(place: &Place, canonical: &Path, span: Span) -> Result<(), Diagnostic> {
    match &place.within {
        Some((directory, code)) if !canonical.starts_with(directory) => {
            let message = match *code {
                "FUSE_IMPORT_ROOT_ESCAPE" => "the path leaves the package",
                _ => "the path leaves the dependency",
            };
            Err(Diagnostic::error(code, span, message))
        }
        _ => Ok(()),
    }
}
