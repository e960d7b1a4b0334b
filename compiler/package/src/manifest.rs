//! `fuse.toml`: the parts of the manifest this toolchain reads. Unknown sections and keys are ignored.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::dependency;
pub use crate::dependency::{Dependency, GitSource, ManifestProblem, Reference, Source};

/// A decoded manifest. Paths are as written, relative to the directory of the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Manifest {
    pub package: PackageSection,
    #[serde(default)]
    pub build: BuildSection,
    #[serde(default)]
    pub serve: ServeSection,
    #[serde(skip)]
    pub dependencies: BTreeMap<String, Dependency>,
    /// What is wrong with the dependencies.
    #[serde(skip)]
    pub problems: Vec<ManifestProblem>,
    #[serde(skip)]
    pub places: Places,
}

/// Byte ranges in the text of the manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// The name of the section `[package]`.
    pub package: Range<usize>,
    /// The value of `package.entry`; that of its section without one.
    pub entry: Range<usize>,
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

/// Why a manifest could not be decoded.
#[derive(Clone, Debug)]
pub struct ManifestError {
    pub message: String,
    /// Byte range in the text, when the decoder knows it.
    pub range: Option<Range<usize>>,
}

impl From<toml::de::Error> for ManifestError {
    fn from(error: toml::de::Error) -> ManifestError {
        ManifestError {
            message: error.message().replace('\n', " "),
            range: error.span(),
        }
    }
}

impl Manifest {
    /// Decodes the text of a `fuse.toml`. Mistakes in single dependencies are [`Manifest::problems`].
    ///
    /// # Errors
    /// Text that is not TOML, has no `[package]`, or has a value of the wrong kind.
    pub fn parse(text: &str) -> Result<Manifest, ManifestError> {
        let mut manifest: Manifest = toml::from_str(text)?;
        let document = DeTable::parse(text)?;
        let table = document.get_ref();
        if let Some((key, package)) = table.get_key_value("package") {
            manifest.places.package = key.span();
            let entry = package.get_ref().as_table().and_then(|package| {
                let value = package.get("entry").or_else(|| package.get("main"))?;
                Some(value.span())
            });
            manifest.places.entry = entry.unwrap_or_else(|| key.span());
        }
        if let Some(value) = table.get("dependencies") {
            let DeValue::Table(dependencies) = value.get_ref() else {
                return Err(ManifestError {
                    message: "`dependencies` is not a table".to_string(),
                    range: Some(value.span()),
                });
            };
            manifest.dependencies = dependency::read(dependencies, &mut manifest.problems);
        }
        Ok(manifest)
    }
}
