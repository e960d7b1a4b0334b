//! Why a command ends without success, as the user sees it.

use fuse_driver::DriverError;

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

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Failure {
        Failure {
            code: Some(error.code()),
            hints: error.hint().into_iter().collect(),
            message: error.to_string(),
        }
    }
}
