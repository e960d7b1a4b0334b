//! What `[dependencies]` of a manifest says, and everything wrong with how it says it.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One dependency as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    pub source: Source,
    /// Bytes of the manifest that name the source: the path, the address, or the whole declaration.
    pub range: Range<usize>,
}

impl Dependency {
    /// The directory of a path dependency, as written.
    pub fn path(&self) -> Option<&str> {
        match &self.source {
            Source::Path(path) => Some(path),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A directory, as written: relative to that of the manifest.
    Path(String),
    Git(GitSource),
    /// Already reported; what is imported through it must not be reported again.
    Invalid,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GitSource {
    pub url: String,
    pub reference: Reference,
    /// The package's directory in the repository.
    pub subdir: Option<String>,
}

/// Which commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// What the remote's `HEAD` is.
    Head,
    Rev(String),
    Tag(String),
    Branch(String),
    /// `1.2.0` is the tag `v1.2.0`, else the tag `1.2.0`.
    Version(String),
}

impl GitSource {
    /// What is asked for, in the form the lock keeps.
    pub(crate) fn request(&self) -> String {
        let reference = match &self.reference {
            Reference::Head => "head".to_string(),
            Reference::Rev(text) => format!("rev:{text}"),
            Reference::Tag(text) => format!("tag:{text}"),
            Reference::Branch(text) => format!("branch:{text}"),
            Reference::Version(text) => format!("version:{text}"),
        };
        let subdir = self.subdir.as_ref();
        let subdir = subdir.map_or(String::new(), |subdir| format!("|subdir:{subdir}"));
        format!("git:{}|{reference}{subdir}", self.url)
    }
}

/// A mistake in a manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct ManifestProblem {
    pub code: &'static str,
    pub range: Range<usize>,
    pub message: String,
    pub hint: Option<&'static str>,
}

const FORMS: &str = "write `Name = \"./path\"`, `Name = { path = \"..\" }` or `Name = { git = \"url\", rev = \"..\" }`";
const SELECTORS: [&str; 4] = ["rev", "tag", "branch", "version"];

/// Reads the table; every problem gives a dependency that is [`Source::Invalid`].
pub(crate) fn read(
    table: &DeTable,
    problems: &mut Vec<ManifestProblem>,
) -> BTreeMap<String, Dependency> {
    let mut dependencies = BTreeMap::new();
    for (name, value) in table {
        let mut reader = Reader {
            name: name.get_ref(),
            problems,
        };
        let whole = value.span();
        let read = if is_name(name.get_ref()) {
            reader.dependency(value)
        } else {
            let message = format!("`{}` cannot name a dependency", name.get_ref());
            let hint = "names have letters, digits, `_`, `-` and `.`, and begin with a letter, a digit or `_`";
            reader.report("FUSE_DEP_NAME", name.span(), message, Some(hint));
            None
        };
        let dependency = read.unwrap_or(Dependency {
            source: Source::Invalid,
            range: whole,
        });
        dependencies.insert(name.get_ref().to_string(), dependency);
    }
    dependencies
}

/// Names are parts of `dep:` paths and of checkout directories.
fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && name.chars().all(inner)
}

struct Reader<'a> {
    name: &'a str,
    problems: &'a mut Vec<ManifestProblem>,
}

/// A string and where it is, quotes included.
type Text<'a> = (&'a str, Range<usize>);

impl Reader<'_> {
    fn report(
        &mut self,
        code: &'static str,
        range: Range<usize>,
        message: String,
        hint: Option<&'static str>,
    ) {
        self.problems.push(ManifestProblem {
            code,
            range,
            message,
            hint,
        });
    }

    fn dependency(&mut self, value: &Spanned<DeValue>) -> Option<Dependency> {
        match value.get_ref() {
            DeValue::String(text) => self.short((text, value.span())),
            DeValue::Table(table) => self.table(table, value.span()),
            _ => {
                let message = format!("dependency `{}` is neither a text nor a table", self.name);
                self.report(
                    "FUSE_DEP_INVALID_SOURCE",
                    value.span(),
                    message,
                    Some(FORMS),
                );
                None
            }
        }
    }

    /// `Name = "text"`
    fn short(&mut self, text: Text) -> Option<Dependency> {
        if is_git_address(text.0) {
            return self.git(text, Reference::Head, None);
        }
        if text.0.starts_with('.') || text.0.contains(['/', '\\']) {
            return self.path(text);
        }
        let message = format!(
            "dependency `{}` is given by `{}`, which is neither a path nor a git address",
            self.name, text.0
        );
        self.report("FUSE_DEP_INVALID_SOURCE", text.1, message, Some(FORMS));
        None
    }

    fn path(&mut self, text: Text) -> Option<Dependency> {
        if text.0.trim().is_empty() {
            let message = format!("the path of dependency `{}` is empty", self.name);
            self.report("FUSE_DEP_PATH_EMPTY", text.1, message, None);
            return None;
        }
        Some(Dependency {
            source: Source::Path(text.0.replace('\\', "/")),
            range: text.1,
        })
    }

    fn git(
        &mut self,
        url: Text,
        reference: Reference,
        subdir: Option<String>,
    ) -> Option<Dependency> {
        if url.0.trim().is_empty() {
            let message = format!("the git address of dependency `{}` is empty", self.name);
            self.report("FUSE_DEP_GIT_EMPTY", url.1, message, None);
            return None;
        }
        Some(Dependency {
            source: Source::Git(GitSource {
                url: url.0.to_string(),
                reference,
                subdir,
            }),
            range: url.1,
        })
    }

    fn table(&mut self, table: &DeTable, whole: Range<usize>) -> Option<Dependency> {
        let path = self.text(table, "path")?;
        let git = self.text(table, "git")?;
        let subdir = self.text(table, "subdir")?;
        let mut selectors = Vec::new();
        for key in SELECTORS {
            if let Some(text) = self.text(table, key)? {
                selectors.push((key, text));
            }
        }
        selectors.sort_by_key(|(_, text)| text.1.start);
        match (path, git) {
            (Some(path), Some(git)) => {
                let message = format!(
                    "dependency `{}` has both a path and a git address",
                    self.name
                );
                let second = if path.1.start > git.1.start {
                    path
                } else {
                    git
                };
                self.report(
                    "FUSE_DEP_GIT_PATH_CONFLICT",
                    second.1,
                    message,
                    Some("keep one of them"),
                );
                None
            }
            (Some(path), None) => {
                let others = selectors
                    .into_iter()
                    .chain(subdir.map(|text| ("subdir", text)));
                if let Some((key, text)) = others.min_by_key(|(_, text)| text.1.start) {
                    let message = format!(
                        "`{key}` means nothing for dependency `{}`, which is a path",
                        self.name
                    );
                    self.report("FUSE_DEP_PATH_FIELDS_INVALID", text.1, message, None);
                    return None;
                }
                self.path(path)
            }
            (None, Some(git)) => {
                let reference = self.reference(&selectors)?;
                let subdir = match subdir {
                    Some(text) => Some(self.subdir(text)?),
                    None => None,
                };
                self.git(git, reference, subdir)
            }
            (None, None) => {
                let hint = Some(FORMS);
                if let Some((key, text)) = selectors.into_iter().next() {
                    let message = format!(
                        "`{key}` of dependency `{}` needs a `git` address beside it",
                        self.name
                    );
                    self.report("FUSE_DEP_GIT_REQUIRED_FOR_REFS", text.1, message, hint);
                } else {
                    let message =
                        format!("dependency `{}` has neither `path` nor `git`", self.name);
                    self.report("FUSE_DEP_SOURCE_REQUIRED", whole, message, hint);
                }
                None
            }
        }
    }

    fn reference(&mut self, selectors: &[(&'static str, Text)]) -> Option<Reference> {
        if let [(first, _), (second, text), ..] = selectors {
            let message = format!(
                "dependency `{}` is pinned by `{first}` and by `{second}`",
                self.name
            );
            self.report(
                "FUSE_DEP_GIT_REF_CONFLICT",
                text.1.clone(),
                message,
                Some("keep one of them"),
            );
            return None;
        }
        let Some((key, (text, range))) = selectors.first() else {
            return Some(Reference::Head);
        };
        // `git` would take it for an option.
        if text.trim().is_empty() || text.starts_with('-') || text.contains(char::is_whitespace) {
            let message = format!("`{text}` of dependency `{}` is no {key}", self.name);
            self.report("FUSE_DEP_INVALID_SOURCE", range.clone(), message, None);
            return None;
        }
        let text = (*text).to_string();
        Some(match *key {
            "rev" => Reference::Rev(text),
            "tag" => Reference::Tag(text),
            "branch" => Reference::Branch(text),
            _ => Reference::Version(text),
        })
    }

    fn subdir(&mut self, text: Text) -> Option<String> {
        if text.0.trim().is_empty() {
            let message = format!("the subdirectory of dependency `{}` is empty", self.name);
            self.report("FUSE_DEP_SUBDIR_EMPTY", text.1, message, None);
            return None;
        }
        match crate::paths::inside(&text.0.replace('\\', "/")) {
            Some(path) => Some(path.to_string_lossy().into_owned()),
            None => {
                let message = format!(
                    "the subdirectory of dependency `{}` leaves the repository",
                    self.name
                );
                self.report("FUSE_DEP_SUBDIR_NOT_FOUND", text.1, message, None);
                None
            }
        }
    }

    /// The text of a key; `Some(None)` when it is absent, `None` after a report.
    fn text<'t>(&mut self, table: &'t DeTable, key: &str) -> Option<Option<Text<'t>>> {
        let Some(value) = table.get(key) else {
            return Some(None);
        };
        match value.get_ref() {
            DeValue::String(text) => Some(Some((text, value.span()))),
            _ => {
                let message = format!("`{key}` of dependency `{}` is not a text", self.name);
                self.report("FUSE_DEP_INVALID_SOURCE", value.span(), message, None);
                None
            }
        }
    }
}

fn is_git_address(text: &str) -> bool {
    text.contains("://") || text.starts_with("git@") || text.ends_with(".git")
}
