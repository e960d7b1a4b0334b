//! From a package on disk to the graph of parsed modules: `fuse.toml`, module loading, asset imports.
//!
//! **Architecture Invariant:** this crate knows paths and imports, never names or types. All input goes through
//! [`FileSystem`] and the repositories it knows, the order of modules depends only on the sources, and no absolute path appears in its output.
//!
//! **API Boundary:** [`load`] never fails; what went wrong is in [`Loaded::diagnostics`], and the graph is always
//! well formed (a root module exists even if it could not be read).

#![forbid(unsafe_code)]

mod assets;
mod dependency;
pub mod filesystem;
pub mod git;
pub mod graph;
mod loader;
mod lock;
pub mod manifest;
mod modules;
mod packages;
mod paths;
mod resolve;

pub use filesystem::{FileSystem, MemoryFileSystem, OsFileSystem};
pub use graph::{
    Asset, AssetId, AssetKind, ImportTarget, LoadedModule, ModuleGraph, ModuleId, Package,
    PackageId, ResolvedImport, SourceFile, SourceFiles,
};
pub use loader::{LoadRequest, Loaded, Locking, load, load_memory, lock_dependencies};
pub use lock::{LockMode, LockUpdate};
pub use manifest::Manifest;
