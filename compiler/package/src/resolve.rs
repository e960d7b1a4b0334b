//! From the text of an import path to a place in the file system.

use std::path::{Path, PathBuf};

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::graph::{AssetKind, PackageId};
use crate::packages::{DependencyError, Packages};
use crate::paths::{inside, normalize};

/// What an import path names.
pub(crate) enum Location {
    StdError,
    Module(Place),
    Asset(AssetKind, Place),
}

/// A file, and the directory it must lie in.
pub(crate) struct Place {
    pub path: PathBuf,
    /// The directory and the code of the error for leaving it.
    pub within: Option<(PathBuf, &'static str)>,
}

/// The importing module.
pub(crate) struct Importer<'a> {
    pub path: &'a Path,
    pub package: PackageId,
}

/// Resolves the text after `from`, or the file name of `import Foo`. The error is absent when a manifest is at fault, which has
/// been reported.
pub(crate) fn resolve(
    packages: &Packages,
    importer: &Importer,
    text: &str,
    span: Span,
) -> Result<Location, Option<Diagnostic>> {
    if text == "std.Error" || text == "<std.Error>" {
        return Ok(Location::StdError);
    }
    let extension = Path::new(text)
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    let kind = match extension.as_deref() {
        None | Some("fuse") => None,
        Some("md") => Some(AssetKind::Markdown),
        Some("json") => Some(AssetKind::Json),
        Some(other) => {
            let message = format!("cannot import a file with extension `.{other}`");
            let found = Diagnostic::error("FUSE_IMPORT_UNSUPPORTED_EXTENSION", span, message)
                .with_hint("modules are `.fuse` files, assets `.md` or `.json`");
            return Err(Some(found));
        }
    };
    let mut place = if let Some(rest) = text.strip_prefix("dep:") {
        dependency_place(packages, importer, rest, span)?
    } else if let Some(rest) = text.strip_prefix("root:") {
        root_place(packages, importer, rest, span)?
    } else {
        relative_place(packages, importer, text)
    };
    if extension.is_none() {
        place.path.as_mut_os_string().push(".fuse");
    }
    Ok(match kind {
        Some(kind) => Location::Asset(kind, place),
        None => Location::Module(place),
    })
}

fn dependency_place(
    packages: &Packages,
    importer: &Importer,
    rest: &str,
    span: Span,
) -> Result<Place, Option<Diagnostic>> {
    let (name, file) = rest.split_once('/').unwrap_or((rest, ""));
    if name.is_empty() || file.is_empty() {
        let message = "a `dep:` path needs a dependency and a module";
        let found = Diagnostic::error("FUSE_IMPORT_DEP_PATH", span, message);
        return Err(Some(found.with_hint("write `dep:name/module`")));
    }
    let directory = match packages.dependency(importer.package, name) {
        Ok(directory) => directory,
        Err(DependencyError::Reported) => return Err(None),
        Err(DependencyError::Unknown { available }) => {
            let hint = if available.is_empty() {
                "no dependencies are declared in `fuse.toml`".to_string()
            } else {
                format!("declared dependencies: {}", available.join(", "))
            };
            let message = format!("unknown dependency `{name}`");
            let found = Diagnostic::error("FUSE_IMPORT_UNKNOWN_DEPENDENCY", span, message);
            return Err(Some(found.with_hint(hint)));
        }
    };
    match inside(file) {
        Some(file) => Ok(Place {
            path: directory.join(file),
            within: Some((directory, "FUSE_IMPORT_ESCAPE")),
        }),
        None => Err(Some(Diagnostic::error(
            "FUSE_IMPORT_ESCAPE",
            span,
            "the path leaves the dependency",
        ))),
    }
}

fn root_place(
    packages: &Packages,
    importer: &Importer,
    rest: &str,
    span: Span,
) -> Result<Place, Diagnostic> {
    if rest.is_empty() {
        return Err(Diagnostic::error(
            "FUSE_IMPORT_ROOT_PATH",
            span,
            "a `root:` path needs a module",
        )
        .with_hint("write `root:folder/module`"));
    }
    let root = packages.directory(importer.package).to_path_buf();
    match inside(rest) {
        Some(file) => Ok(Place {
            path: root.join(file),
            within: Some((root, "FUSE_IMPORT_ROOT_ESCAPE")),
        }),
        None => Err(Diagnostic::error(
            "FUSE_IMPORT_ROOT_ESCAPE",
            span,
            "the path leaves the package",
        )),
    }
}

/// Paths of the root package may lead anywhere; those of a dependency stay in it.
fn relative_place(packages: &Packages, importer: &Importer, text: &str) -> Place {
    let directory = importer.path.parent().unwrap_or(importer.path);
    let within = (importer.package != PackageId(0)).then(|| {
        (
            packages.directory(importer.package).to_path_buf(),
            "FUSE_IMPORT_ESCAPE",
        )
    });
    Place {
        path: normalize(&directory.join(text)),
        within,
    }
}
