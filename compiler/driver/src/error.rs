//! Everything that can end a command besides diagnostics about the program.

use std::fmt;
use std::io;
use std::path::PathBuf;

use fuse_link::LinkError;
use fuse_syntax::diagnostic::Diagnostic;

use crate::{Emit, Profile};

/// A failure with a stable code, one line of text and, where there is one, a remedy.
#[derive(Debug)]
pub enum DriverError {
    /// The working directory does not exist or cannot be read.
    WorkingDirectory(io::Error),
    Read {
        path: PathBuf,
        source: io::Error,
    },
    Write {
        path: PathBuf,
        source: io::Error,
    },
    UnknownProfile(String),
    /// The profile does not exist for the host.
    ProfileUnsupported {
        profile: Profile,
        host: String,
    },
    UnknownEmit(String),
    /// There is nothing to start: no `app` and no `fn main`. A finding about the root module.
    NoApp(Box<Diagnostic>),
    AppNotFound {
        name: String,
        known: Vec<String>,
    },
    /// Program flags were given to a program without `fn main`.
    NoMain,
    /// The passes of the middle produced something that does not hold together. A defect of the compiler.
    Middle(String),
    Llvm(fuse_codegen_llvm::CodegenError),
    Cranelift(fuse_codegen_cranelift::CodegenError),
    /// A back end did not produce what it was asked for.
    MissingOutput(Emit),
    Link(LinkError),
    /// An address that is not hexadecimal.
    NotAnAddress(String),
    /// A report of another executable than the one given.
    ForeignReport {
        path: PathBuf,
        build_id: String,
    },
}

impl DriverError {
    /// Stable, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            DriverError::WorkingDirectory(_) => "wrapper_cwd",
            DriverError::Read { .. } => "wrapper_file_read",
            DriverError::Write { .. } => "wrapper_file_write",
            DriverError::UnknownProfile(_) => "wrapper_unknown_profile",
            DriverError::ProfileUnsupported { .. } => "wrapper_unsupported_profile",
            DriverError::UnknownEmit(_) => "wrapper_unknown_emit",
            DriverError::NoApp(_) | DriverError::AppNotFound { .. } => "wrapper_run_error",
            DriverError::NoMain => "wrapper_runtime_setup",
            DriverError::Middle(_) => "internal_mir",
            DriverError::Llvm(error) => error.code(),
            DriverError::Cranelift(_) => "internal_jit",
            DriverError::MissingOutput(_) => "internal_output",
            DriverError::Link(error) => error.code(),
            DriverError::NotAnAddress(_) => "wrapper_address",
            DriverError::ForeignReport { .. } => "wrapper_foreign_report",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            DriverError::WorkingDirectory(_) => {
                Some("change to a directory that exists".to_owned())
            }
            DriverError::Read { source, .. } => Some(match source.kind() {
                io::ErrorKind::NotFound => {
                    "check the path; entry files are relative to the working directory".to_owned()
                }
                io::ErrorKind::PermissionDenied => "check the permissions of the file".to_owned(),
                _ => "check that it is a readable UTF-8 text file".to_owned(),
            }),
            DriverError::Write { source, .. }
            | DriverError::Link(LinkError::Output { source, .. }) => Some(match source.kind() {
                io::ErrorKind::IsADirectory => "name a file, not a directory".to_owned(),
                _ => "choose a writable place with `--output`".to_owned(),
            }),
            DriverError::UnknownProfile(_) => {
                let known: Vec<&str> = Profile::ALL.iter().map(|p| p.name()).collect();
                Some(format!("known profiles: {}", known.join(", ")))
            }
            DriverError::ProfileUnsupported { .. } => {
                Some("it exists for linux-x64; use `release` here".to_owned())
            }
            DriverError::UnknownEmit(_) => {
                let known: Vec<&str> = Emit::ALL.iter().map(|e| e.name()).collect();
                Some(format!("stages that can be shown: {}", known.join(", ")))
            }
            DriverError::NoApp(found) => found.hints.first().cloned(),
            DriverError::AppNotFound { known, .. } if known.is_empty() => {
                Some("the program declares no app".to_owned())
            }
            DriverError::AppNotFound { known, .. } => {
                Some(format!("declared apps: {}", known.join(", ")))
            }
            DriverError::NoMain => {
                Some("declare `fn main` in the root module, or pass no arguments".to_owned())
            }
            DriverError::Middle(_)
            | DriverError::Llvm(_)
            | DriverError::Cranelift(_)
            | DriverError::MissingOutput(_) => Some(
                "this is a defect of the compiler; please report it with the program".to_owned(),
            ),
            DriverError::Link(error) => error.hint().map(str::to_owned),
            DriverError::NotAnAddress(_) => {
                Some("addresses are hexadecimal, as in a report's `pc=`".to_owned())
            }
            DriverError::ForeignReport { .. } => {
                Some("name the executable that ended; `fuse inspect` shows build ids".to_owned())
            }
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DriverError::WorkingDirectory(source) => write!(f, "cwd error: {}", cause(source)),
            DriverError::Read { path, source } => {
                write!(f, "failed to read {}: {}", path.display(), cause(source))
            }
            DriverError::Write { path, source } => {
                write!(f, "failed to write {}: {}", path.display(), cause(source))
            }
            DriverError::UnknownProfile(name) => write!(f, "unknown profile: {name}"),
            DriverError::ProfileUnsupported { profile, host } => {
                write!(f, "profile `{profile}` is not available on {host}")
            }
            DriverError::UnknownEmit(name) => write!(f, "unknown stage: {name}"),
            DriverError::NoApp(found) => f.write_str(&found.message),
            DriverError::AppNotFound { name, .. } => write!(f, "app not found: {name}"),
            DriverError::NoMain => f.write_str("no root fn main found for CLI binding"),
            DriverError::Middle(problems) => write!(f, "internal error: {problems}"),
            DriverError::Llvm(error) => write!(f, "internal error: {error}"),
            DriverError::Cranelift(error) => write!(f, "internal error: {error}"),
            DriverError::MissingOutput(emit) => {
                write!(f, "internal error: the back end made no {}", emit.name())
            }
            DriverError::Link(error) => write!(f, "{error}"),
            DriverError::NotAnAddress(text) => write!(f, "not an address: {text}"),
            DriverError::ForeignReport { path, build_id } => write!(
                f,
                "the report is of build id {build_id}, not of {}",
                path.display()
            ),
        }
    }
}

/// The reason without the number that Rust appends.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl std::error::Error for DriverError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DriverError::WorkingDirectory(source)
            | DriverError::Read { source, .. }
            | DriverError::Write { source, .. } => Some(source),
            DriverError::Llvm(error) => Some(error),
            DriverError::Cranelift(error) => Some(error),
            DriverError::Link(error) => Some(error),
            _ => None,
        }
    }
}

impl From<LinkError> for DriverError {
    fn from(error: LinkError) -> DriverError {
        DriverError::Link(error)
    }
}

impl From<fuse_codegen_llvm::CodegenError> for DriverError {
    fn from(error: fuse_codegen_llvm::CodegenError) -> DriverError {
        DriverError::Llvm(error)
    }
}

impl From<fuse_codegen_cranelift::CodegenError> for DriverError {
    fn from(error: fuse_codegen_cranelift::CodegenError) -> DriverError {
        DriverError::Cranelift(error)
    }
}
