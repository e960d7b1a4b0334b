//! One program and what must be seen.

use crate::serve::Exchange;

/// A diagnostic that must be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedDiagnostic {
    pub code: String,
    /// `LINE:COL`, or `PATH:LINE:COL` outside of the root module.
    pub position: String,
    /// Text the message contains.
    pub message: String,
    /// Each is the whole text of one of the hints.
    pub hints: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// `area/file: heading`
    pub name: String,
    /// Line of the heading in the file.
    pub line: usize,
    /// Path and text; the program itself is `main.fuse`.
    pub files: Vec<(String, String)>,
    /// Files that are not text.
    pub binary_files: Vec<(String, Vec<u8>)>,
    pub stdout: String,
    pub stderr: String,
    pub exit: i32,
    /// Arguments of `fuse`, instead of checking or running `main.fuse`.
    pub command: Option<Vec<String>>,
    /// Present: the program is only checked.
    pub diagnostics: Option<Vec<ExpectedDiagnostic>>,
    /// Present: the program is only formatted, and this is the result.
    pub formatted: Option<String>,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub stdin: String,
    /// The program serves, and these exchanges are made with it.
    pub http: Vec<Exchange>,
    /// What another server answers, whose URL is in `ORIGIN`.
    pub origin: String,
}

impl Example {
    /// Runs the compiler once, rather than the program on every back end.
    pub fn is_single(&self) -> bool {
        self.diagnostics.is_some() || self.command.is_some() || self.formatted.is_some()
    }

    /// The folder under `spec/conformance`.
    pub fn area(&self) -> &str {
        self.name.split(['/', ':']).next().unwrap_or_default()
    }
}
