//! `fuse.lock`: what every dependency was resolved to, so that the next build takes the same.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use crate::dependency::ManifestProblem;

/// File name of the lock, beside the manifest of the root package.
pub(crate) const LOCK: &str = "fuse.lock";

/// The version that is written; 0 has the same form.
const VERSION: i64 = 1;

const REMEDY: &str = "delete `fuse.lock` and run `fuse check` to write it anew";

/// What may happen to the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LockMode {
    /// Locked dependencies stay where they are; the lock follows the manifests.
    #[default]
    Update,
    /// As `Update`, but everything is resolved anew.
    Refresh,
    /// A lock that does not fit the manifests is an error.
    Check,
    /// As `Check`, and nothing is fetched.
    Frozen,
}

impl LockMode {
    /// The lock is not changed, and what it does not say is not looked for.
    pub(crate) fn is_fixed(self) -> bool {
        matches!(self, LockMode::Check | LockMode::Frozen)
    }
}

/// A lock that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockUpdate {
    pub path: PathBuf,
    pub text: String,
}

/// The packages of a program by their names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lock {
    pub version: i64,
    pub entries: BTreeMap<String, Locked>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Locked {
    pub source: LockedSource,
    pub subdir: Option<String>,
    /// What the manifest asked for; while it asks for the same, the entry holds.
    pub requested: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LockedSource {
    /// As seen from the root package.
    Path(String),
    Git {
        url: String,
        rev: String,
    },
}

impl Default for Lock {
    fn default() -> Self {
        Lock {
            version: VERSION,
            entries: BTreeMap::new(),
        }
    }
}

impl Lock {
    pub fn parse(text: &str) -> Result<Lock, ManifestProblem> {
        let document = DeTable::parse(text).map_err(|error| {
            let range = error.span().unwrap_or(0..0);
            let message = error.message().replace('\n', " ");
            problem(
                "FUSE_LOCK_PARSE_FAILED",
                range,
                format!("cannot decode the lock: {message}"),
            )
        })?;
        let table = document.get_ref();
        let version = match table.get("version") {
            None => 0,
            Some(value) => {
                let number = match value.get_ref() {
                    DeValue::Integer(number) => number.as_str().parse().unwrap_or(-1),
                    _ => -1,
                };
                if !(0..=VERSION).contains(&number) {
                    let message =
                        format!("this version of the lock is not supported; expected {VERSION}");
                    return Err(problem(
                        "FUSE_LOCK_UNSUPPORTED_VERSION",
                        value.span(),
                        message,
                    ));
                }
                number
            }
        };
        let mut entries = BTreeMap::new();
        if let Some(dependencies) = table.get("dependencies") {
            let DeValue::Table(dependencies) = dependencies.get_ref() else {
                return Err(not_a_table("dependencies", dependencies.span()));
            };
            for (name, value) in dependencies {
                let DeValue::Table(entry) = value.get_ref() else {
                    return Err(not_a_table(name.get_ref(), value.span()));
                };
                let entry = Reader {
                    name: name.get_ref(),
                    place: name.span(),
                    table: entry,
                };
                entries.insert(name.get_ref().to_string(), entry.read()?);
            }
        }
        Ok(Lock { version, entries })
    }

    pub fn text(&self) -> String {
        let mut text = format!("version = {VERSION}\n");
        for (name, entry) in &self.entries {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n[dependencies.{}]", key(name));
            let mut row = |key: &str, value: &str| {
                let _ = writeln!(text, "{key} = {}", toml::Value::String(value.to_string()));
            };
            match &entry.source {
                LockedSource::Path(path) => {
                    row("source", "path");
                    row("path", path);
                }
                LockedSource::Git { url, rev } => {
                    row("source", "git");
                    row("git", url);
                    row("rev", rev);
                }
            }
            if let Some(subdir) = &entry.subdir {
                row("subdir", subdir);
            }
            row("requested", &entry.requested);
        }
        text
    }

    /// What would have to change for this lock to become `new`; empty when they say the same.
    pub fn drift(&self, new: &Lock) -> Vec<String> {
        let mut changes = Vec::new();
        if self.version != new.version {
            changes.push(format!("version {} -> {}", self.version, new.version));
        }
        for name in new
            .entries
            .keys()
            .filter(|name| !self.entries.contains_key(*name))
        {
            changes.push(format!("add {name}"));
        }
        for (name, entry) in &self.entries {
            match new.entries.get(name) {
                None => changes.push(format!("remove {name}")),
                Some(other) if other != entry => changes.push(format!("update {name}")),
                Some(_) => {}
            }
        }
        changes
    }
}

/// A name as a TOML key; names have nothing in them that would need an escape.
fn key(name: &str) -> String {
    if name.contains('.') {
        format!("\"{name}\"")
    } else {
        name.to_string()
    }
}

fn problem(code: &'static str, range: Range<usize>, message: String) -> ManifestProblem {
    ManifestProblem {
        code,
        range,
        message,
        hint: Some(REMEDY),
    }
}

fn not_a_table(name: &str, range: Range<usize>) -> ManifestProblem {
    problem(
        "FUSE_LOCK_PARSE_FAILED",
        range,
        format!("`{name}` is not a table"),
    )
}

struct Reader<'t> {
    name: &'t str,
    place: Range<usize>,
    table: &'t DeTable<'t>,
}

impl Reader<'_> {
    fn read(&self) -> Result<Locked, ManifestProblem> {
        let source = match self.text("source")?.as_deref() {
            Some("path") => {
                LockedSource::Path(self.required("path", "FUSE_LOCK_ENTRY_MISSING_PATH")?)
            }
            Some("git") => LockedSource::Git {
                url: self.required("git", "FUSE_LOCK_ENTRY_MISSING_GIT")?,
                rev: self.rev()?,
            },
            found => {
                let found = found.unwrap_or("nothing");
                let message = format!("`{}` is locked to a source that is {found}", self.name);
                return Err(problem(
                    "FUSE_LOCK_ENTRY_UNKNOWN_SOURCE",
                    self.place.clone(),
                    message,
                ));
            }
        };
        Ok(Locked {
            source,
            subdir: self.text("subdir")?,
            requested: self.text("requested")?.unwrap_or_default(),
        })
    }

    /// A whole commit id: it becomes the name of a directory, and anything shorter would not pin anything.
    fn rev(&self) -> Result<String, ManifestProblem> {
        const MISSING: &str = "FUSE_LOCK_ENTRY_MISSING_REV";
        let rev = self.required("rev", MISSING)?;
        if is_commit(&rev) {
            return Ok(rev);
        }
        let message = format!("the `rev` of `{}` is not a whole commit id", self.name);
        Err(problem(MISSING, self.place.clone(), message))
    }

    fn required(&self, key: &str, code: &'static str) -> Result<String, ManifestProblem> {
        self.text(key)?.ok_or_else(|| {
            let message = format!("the locked `{}` has no `{key}`", self.name);
            problem(code, self.place.clone(), message)
        })
    }

    fn text(&self, key: &str) -> Result<Option<String>, ManifestProblem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(text.to_string())),
            _ => {
                let message = format!("`{key}` of `{}` is not a text", self.name);
                Err(problem("FUSE_LOCK_PARSE_FAILED", value.span(), message))
            }
        }
    }
}

/// A whole commit id, of either length that git has.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
