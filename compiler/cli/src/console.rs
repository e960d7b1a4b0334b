//! Messages on standard error: text, or one JSON object per line. Standard output belongs to the program and to data.

use std::io::{IsTerminal, Write};

use fuse_driver::environment::Variables;
use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::render;
use fuse_syntax::source::SourceMap;
use serde_json::json;

use crate::args::{Color, Form, OutputArgs};
use crate::failure::{self, Failure};

const RED: &str = "31;1";
const YELLOW: &str = "33;1";
const CYAN: &str = "36;1";

#[derive(Clone, Copy)]
pub struct Console {
    json: bool,
    color: bool,
    choice: Color,
    /// Errors only.
    quiet: bool,
}

impl Console {
    pub fn new(output: OutputArgs) -> Console {
        let color = match output.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::env::var_os("NO_COLOR").is_none()
                    && (std::io::stderr().is_terminal()
                        || std::env::var_os("FUSE_COLOR_FORCE_TTY").is_some_and(|v| v == "1"))
            }
        };
        Console {
            json: output.diagnostics == Form::Json,
            color,
            choice: output.color,
            quiet: false,
        }
    }

    pub fn quiet(self, quiet: bool) -> Console {
        Console { quiet, ..self }
    }

    /// For failures before the command line is understood: looks for `--diagnostics` and `--color` before a `--`.
    pub fn guess(arguments: &[std::ffi::OsString]) -> Console {
        let words: Vec<&str> = arguments
            .iter()
            .take_while(|word| *word != "--")
            .filter_map(|word| word.to_str())
            .collect();
        let has = |option: &str, value: &str| {
            words
                .iter()
                .any(|word| *word == format!("{option}={value}"))
                || words.windows(2).any(|pair| pair == [option, value])
        };
        let color = if has("--color", "always") {
            Color::Always
        } else if has("--color", "never") {
            Color::Never
        } else {
            Color::Auto
        };
        let diagnostics = if has("--diagnostics", "json") {
            Form::Json
        } else {
            Form::Text
        };
        Console::new(OutputArgs { diagnostics, color })
    }

    /// What a program started by us is told about the form of messages, unless its environment already says.
    pub fn variables(&self) -> Variables {
        let color = match self.choice {
            Color::Auto => "auto",
            Color::Always => "always",
            Color::Never => "never",
        };
        let mut variables = vec![("FUSE_COLOR".to_owned(), color.to_owned())];
        if self.json {
            variables.push(("FUSE_DIAGNOSTICS".to_owned(), "json".to_owned()));
        }
        variables.retain(|(name, _)| std::env::var_os(name).is_none());
        variables
    }

    /// `[check] start`
    pub fn step(&self, command: &str, message: &str) {
        if self.quiet {
            return;
        }
        if self.json {
            self.line(
                &json!({"kind": "command_step", "command": command, "message": message})
                    .to_string(),
            );
        } else {
            let tag = self.paint(CYAN, &format!("[{command}]"));
            self.line(&format!("{tag} {message}"));
        }
    }

    pub fn failure(&self, failure: &Failure) {
        self.message("error", RED, &failure.message, failure.code, &failure.hints);
    }

    pub fn warning(&self, message: &str) {
        if self.quiet {
            return;
        }
        self.message("warning", YELLOW, message, None, &[]);
    }

    /// Findings about a program, with their source lines where there are any.
    pub fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &dyn SourceMap) {
        let shown = diagnostics
            .iter()
            .filter(|diagnostic| !self.quiet || diagnostic.severity == Severity::Error);
        if self.json {
            let shown: Vec<Diagnostic> = shown.cloned().map(failure::with_remedy).collect();
            self.write(&render::json_lines(&shown, sources));
            return;
        }
        let (bare, shown): (Vec<Diagnostic>, Vec<Diagnostic>) = shown.cloned().partition(|found| {
            failure::is_about_input(found) && sources.text(found.span.file).is_empty()
        });
        for diagnostic in &bare {
            self.failure(&Failure::from(diagnostic));
        }
        let shown: Vec<Diagnostic> = shown.into_iter().map(failure::with_remedy).collect();
        let color = if self.color {
            render::Color::Always
        } else {
            render::Color::Never
        };
        self.write(&render::text(&shown, sources, color));
    }

    fn message(
        &self,
        level: &str,
        style: &str,
        message: &str,
        code: Option<&str>,
        hints: &[String],
    ) {
        if self.json {
            let mut object = json!({"kind": "cli_message", "level": level, "message": message});
            if let Some(code) = code {
                object["code"] = code.into();
            }
            if !hints.is_empty() {
                object["hints"] = hints.into();
            }
            self.line(&object.to_string());
        } else {
            let head = self.paint(style, &format!("{level}:"));
            self.line(&format!("{head} {message}"));
            for hint in hints {
                self.line(&format!("{} {hint}", self.paint(CYAN, "hint:")));
            }
        }
    }

    /// What came of a test: as data, or for people where it failed. What standard output has is not repeated to people.
    pub fn test_result(&self, place: Option<&str>, data: &serde_json::Value) {
        if self.json {
            self.line(&data.to_string());
        } else if let Some(place) = place {
            self.line(place);
        }
    }

    /// `test error: TEXT`: nothing could be tested.
    pub fn test_error(&self, text: &str) {
        if self.json {
            let message = format!("test error: {text}");
            self.message("error", RED, &message, Some("wrapper_test_error"), &[]);
        } else {
            self.line(&format!("{} {text}", self.paint(RED, "test error:")));
        }
    }

    /// Further text for people, or the same as data.
    pub fn note(&self, text: &str, data: &serde_json::Value) {
        if self.quiet {
            return;
        }
        if self.json {
            self.line(&data.to_string());
        } else {
            self.line(text);
        }
    }

    fn paint(&self, style: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn line(&self, text: &str) {
        self.write(&format!("{text}\n"));
    }

    /// Nothing can be reported when standard error is closed.
    fn write(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
