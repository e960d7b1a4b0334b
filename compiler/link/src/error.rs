//! What can go wrong between an object and an executable.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Target;

/// How serious the linker finds a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// One message of the linker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkerMessage {
    pub severity: Severity,
    /// One line, without the linker's name.
    pub text: String,
    /// Where the linker found it: its `>>>` lines, without the mark.
    pub notes: Vec<String>,
}

/// A failed link, sysroot lookup or inspection.
#[derive(Debug)]
pub enum LinkError {
    /// There is no sysroot for the target at the place looked at.
    SysrootMissing { target: Target, directory: PathBuf },
    /// The sysroot lacks a file that the target's recipe needs.
    SysrootIncomplete { target: Target, missing: PathBuf },
    /// The embedded sysroot could not be unpacked.
    SysrootUnpack { target: Target, source: io::Error },
    /// A path given to the linker is not UTF-8 free of NUL, which LLD's command line needs.
    UnusablePath { path: PathBuf },
    /// The executable could not be written.
    Output { path: PathBuf, source: io::Error },
    /// LLD refused; at least one message is an error.
    Linker { messages: Vec<LinkerMessage> },
    /// LLD could not clean up after an earlier failure in this process, so it must not be called again.
    LinkerSpent,
    /// The executable could not be read back.
    Unreadable { path: PathBuf, source: io::Error },
    /// The file is not an executable of a format we write.
    Malformed { path: PathBuf, reason: String },
    /// The executable is well formed, but not what the target promises.
    Unsound { path: PathBuf, reasons: Vec<String> },
    /// Neither the executable nor a file beside it has symbols.
    NoSymbols { path: PathBuf },
    /// The symbols beside the executable are another executable's.
    ForeignSymbols { path: PathBuf, symbols: PathBuf },
}

impl LinkError {
    /// A stable code for the kind of failure.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            LinkError::SysrootMissing { .. } => "link.sysroot_missing",
            LinkError::SysrootIncomplete { .. } => "link.sysroot_incomplete",
            LinkError::SysrootUnpack { .. } => "link.sysroot_unpack",
            LinkError::UnusablePath { .. } => "link.path",
            LinkError::Output { .. } => "link.output",
            LinkError::Linker { .. } => "link.linker",
            LinkError::LinkerSpent => "link.linker_spent",
            LinkError::Unreadable { .. } => "link.unreadable",
            LinkError::Malformed { .. } => "link.malformed",
            LinkError::Unsound { .. } => "link.unsound",
            LinkError::NoSymbols { .. } => "link.no_symbols",
            LinkError::ForeignSymbols { .. } => "link.foreign_symbols",
        }
    }

    /// What to do about it, where there is something to do.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            LinkError::SysrootMissing { .. } | LinkError::SysrootIncomplete { .. } => {
                Some("build it with `cargo xtask sysroot`, or point `FUSE_SYSROOT` at one")
            }
            LinkError::SysrootUnpack { .. } => {
                Some("set `FUSE_CACHE_DIR` to a writable directory with space")
            }
            LinkError::NoSymbols { .. } => {
                Some("build with `--profile release-with-symbols`: the same code, and its symbols")
            }
            LinkError::ForeignSymbols { .. } => {
                Some("keep the symbols that were made with the executable beside it")
            }
            _ => None,
        }
    }

    pub(crate) fn output(path: &Path, source: io::Error) -> LinkError {
        LinkError::Output {
            path: path.to_owned(),
            source,
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::SysrootMissing { target, directory } => write!(
                formatter,
                "no sysroot for `{target}` in `{}`",
                directory.display()
            ),
            LinkError::SysrootIncomplete { target, missing } => write!(
                formatter,
                "the sysroot for `{target}` has no `{}`",
                missing.display()
            ),
            LinkError::SysrootUnpack { target, source } => {
                write!(
                    formatter,
                    "cannot unpack the sysroot for `{target}`: {source}"
                )
            }
            LinkError::UnusablePath { path } => {
                write!(
                    formatter,
                    "the linker cannot use the path `{}`",
                    path.display()
                )
            }
            LinkError::Output { path, source } => {
                write!(formatter, "cannot write `{}`: {source}", path.display())
            }
            LinkError::Linker { messages } => {
                let errors = || {
                    messages
                        .iter()
                        .filter(|message| message.severity == Severity::Error)
                };
                match errors().next() {
                    Some(first) => {
                        write!(formatter, "{}", first.text)?;
                        if let Some(note) = first.notes.first() {
                            write!(formatter, " ({note})")?;
                        }
                        match errors().count() - 1 {
                            0 => Ok(()),
                            more => write!(formatter, " and {more} more"),
                        }
                    }
                    None => formatter.write_str("the linker failed without a message"),
                }
            }
            LinkError::LinkerSpent => {
                formatter.write_str("the linker cannot run again in this process")
            }
            LinkError::Unreadable { path, source } => {
                write!(formatter, "cannot read `{}`: {source}", path.display())
            }
            LinkError::Malformed { path, reason } => {
                write!(
                    formatter,
                    "`{}` is not an executable: {reason}",
                    path.display()
                )
            }
            LinkError::Unsound { path, reasons } => {
                write!(formatter, "`{}`: {}", path.display(), reasons.join(", "))
            }
            LinkError::NoSymbols { path } => {
                write!(formatter, "`{}` has no symbols", path.display())
            }
            LinkError::ForeignSymbols { path, symbols } => write!(
                formatter,
                "`{}` has another build id than `{}`",
                symbols.display(),
                path.display()
            ),
        }
    }
}

impl std::error::Error for LinkError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            LinkError::SysrootUnpack { source, .. }
            | LinkError::Output { source, .. }
            | LinkError::Unreadable { source, .. } => Some(source),
            _ => None,
        }
    }
}
