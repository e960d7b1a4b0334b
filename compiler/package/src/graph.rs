//! The result of loading: files, modules, assets and how imports connect them.

use fuse_syntax::ast;
use fuse_syntax::source::SourceMap;
use fuse_syntax::span::FileId;

/// Index into [`ModuleGraph::modules`]; the root is 0, the others follow depth first in source order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// Index into [`ModuleGraph::assets`], in order of first import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(pub u32);

/// Index into [`ModuleGraph::packages`]; the package of the entry is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub u32);

/// Text that spans can refer to: modules, JSON and Markdown assets, manifests.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the root of the entry's package, with `/`; dependencies outside it begin with `..`.
    pub path: String,
    pub text: String,
}

/// All source files, indexed by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct SourceFiles {
    files: Vec<SourceFile>,
}

impl SourceFiles {
    /// Adds a file and returns its id.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile {
            path: path.into(),
            text: text.into(),
        });
        id
    }

    /// The file with this id, if it exists.
    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// All files in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }
}

impl SourceMap for SourceFiles {
    fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.path)
    }

    fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| &file.text)
    }
}

/// Everything reachable from the entry file.
#[derive(Clone, Debug)]
pub struct ModuleGraph {
    pub files: SourceFiles,
    pub modules: Vec<LoadedModule>,
    pub assets: Vec<Asset>,
    pub packages: Vec<Package>,
    pub root: ModuleId,
}

impl ModuleGraph {
    /// The module with this id.
    ///
    /// # Panics
    /// If the id is not from this graph.
    pub fn module(&self, id: ModuleId) -> &LoadedModule {
        &self.modules[id.0 as usize]
    }

    /// The asset with this id.
    ///
    /// # Panics
    /// If the id is not from this graph.
    pub fn asset(&self, id: AssetId) -> &Asset {
        &self.assets[id.0 as usize]
    }

    /// Modules with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (ModuleId, &LoadedModule)> {
        (0..).map(ModuleId).zip(&self.modules)
    }
}

/// One parsed module. Its identity is the canonical path, so each file is loaded once however it is imported.
#[derive(Clone, Debug)]
pub struct LoadedModule {
    pub file: FileId,
    /// The package that owns the file: nearest ancestor directory with a manifest, else the file's directory.
    pub package: PackageId,
    pub ast: ast::Module,
    /// One entry for every import item, in source order.
    pub imports: Vec<ResolvedImport>,
}

/// Where an import item leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolvedImport {
    /// Index into the items of the module's AST; that item is an import.
    pub item: usize,
    pub target: ImportTarget,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportTarget {
    Module(ModuleId),
    /// The built-in module `std.Error`.
    StdError,
    Asset(AssetId),
    /// Already diagnosed. Names it would have brought in must not be diagnosed again.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetKind {
    /// A `String` with exactly the file's contents.
    Markdown,
    /// A dynamic value; the text is valid JSON.
    Json,
}

/// An imported `.md` or `.json` file. The text is that of [`Asset::file`].
#[derive(Clone, Debug)]
pub struct Asset {
    pub file: FileId,
    pub kind: AssetKind,
}

/// A package that owns at least one loaded module.
#[derive(Clone, Debug)]
pub struct Package {
    /// `package.name` of its manifest; empty without one.
    pub name: String,
    /// Directory relative to the root package; empty for the root package itself.
    pub path: String,
}
