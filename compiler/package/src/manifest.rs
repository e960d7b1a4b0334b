//! `fuse.toml`: the parts of the manifest this toolchain reads. Unknown sections and keys are ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A decoded manifest. Paths are as written, relative to the directory of the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Manifest {
    pub package: PackageSection,
    #[serde(default)]
    pub build: BuildSection,
    #[serde(default)]
    pub serve: ServeSection,
    #[serde(default)]
    pub dependencies: BTreeMap<String, Dependency>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct PackageSection {
    #[serde(default)]
    pub name: String,
    /// The entry file.
    #[serde(alias = "main")]
    pub entry: Option<String>,
    /// The app block to run; the first one when absent.
    pub app: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct BuildSection {
    /// Output path of the executable; its presence makes every build an ahead-of-time build.
    pub native_bin: Option<String>,
    /// Output path of the OpenAPI document.
    pub openapi: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct ServeSection {
    pub static_dir: Option<String>,
    pub static_index: Option<String>,
    pub openapi_ui: Option<bool>,
    pub openapi_path: Option<String>,
}

/// A dependency: a path as a bare string, or a table of which only `path` is understood today.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Dependency {
    Text(String),
    Table { path: Option<String> },
}

impl Dependency {
    /// The directory of a path dependency, as written.
    pub fn path(&self) -> Option<&str> {
        match self {
            Dependency::Text(text) => {
                (text.starts_with('.') || text.starts_with('/')).then_some(text.as_str())
            }
            Dependency::Table { path } => path.as_deref(),
        }
    }
}

/// Why a manifest could not be decoded.
#[derive(Clone, Debug)]
pub struct ManifestError {
    pub message: String,
    /// Byte range in the text, when the decoder knows it.
    pub range: Option<std::ops::Range<usize>>,
}

impl Manifest {
    /// Decodes the text of a `fuse.toml`.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        toml::from_str(text).map_err(|error| ManifestError {
            message: error.message().replace('\n', " "),
            range: error.span(),
        })
    }
}
