//! Why a command ends without success, as the user sees it.

use fuse_driver::DriverError;
use fuse_syntax::diagnostic::Diagnostic;

/// One line, an optional stable code for JSON, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub code: Option<&'static str>,
    pub hints: Vec<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Failure {
        Failure {
            message: message.into(),
            code: None,
            hints: Vec::new(),
        }
    }

    pub fn with_code(mut self, code: &'static str) -> Failure {
        self.code = Some(code);
        self
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }
}

/// Is this about finding the program, rather than about the program?
pub fn is_about_input(diagnostic: &Diagnostic) -> bool {
    diagnostic.code.starts_with("FUSE_MANIFEST_")
}

/// What to do about a program that was not found, unless the finding says so itself.
pub fn with_remedy(mut diagnostic: Diagnostic) -> Diagnostic {
    if !is_about_input(&diagnostic) || !diagnostic.hints.is_empty() {
        return diagnostic;
    }
    let remedy = match diagnostic.code {
        "FUSE_MANIFEST_ENTRY_MISSING" => "name a file, as in `fuse run main.fuse`",
        "FUSE_MANIFEST_ENTRY_NOT_FOUND" => {
            "entry files are relative to the working directory, `package.entry` to its manifest"
        }
        "FUSE_MANIFEST_READ_FAILED" => {
            "name a directory with a `fuse.toml`, or an entry file instead"
        }
        _ => "the manifest is a TOML file with a `[package]` section",
    };
    diagnostic.hints.push(remedy.to_owned());
    diagnostic
}

/// A finding without source text to show: one line and a hint.
impl From<&Diagnostic> for Failure {
    fn from(diagnostic: &Diagnostic) -> Failure {
        let diagnostic = with_remedy(diagnostic.clone());
        Failure {
            message: diagnostic.message,
            code: Some(diagnostic.code),
            hints: diagnostic.hints,
        }
    }
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Failure {
        Failure {
            code: Some(error.code()),
            hints: error.hint().into_iter().collect(),
            message: error.to_string(),
        }
    }
}
