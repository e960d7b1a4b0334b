//! Messages on standard error: text, or one JSON object per line. Standard output belongs to the program and to data.

use std::io::{IsTerminal, Write};

use fuse_driver::environment::Variables;
use fuse_syntax::diagnostic::{Diagnostic, Severity};
use fuse_syntax::render;
use fuse_syntax::source::SourceMap;
use serde_json::json;

use crate::args::{Color, Form, OutputArgs};
use crate::failure::{self, Failure};

/// The text form shows this many errors, and as many warnings; one mistake can be made in thousands of places.
const SHOWN: usize = 100;

const RED: &str = "31;1";
const YELLOW: &str = "33;1";
const CYAN: &str = "36;1";

#[derive(Clone, Copy)]
pub struct Console {
    json: bool,
    color: bool,
    choice: Color,
    /// The form named on the command line, which also holds for programs started by us, whatever the environment says.
    form: Option<Form>,
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
            json: match output.diagnostics {
                Some(form) => form == Form::Json,
                None => std::env::var_os("FUSE_DIAGNOSTICS").is_some_and(|v| v == "json"),
            },
            color,
            choice: output.color,
            form: output.diagnostics,
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
            Some(Form::Json)
        } else if has("--diagnostics", "text") {
            Some(Form::Text)
        } else {
            None
        };
        Console::new(OutputArgs { diagnostics, color })
    }

    /// What a program started by us is told about messages, unless its environment already says.
    pub fn variables(&self) -> Variables {
        let color = match self.choice {
            Color::Auto => "auto",
            Color::Always => "always",
            Color::Never => "never",
        };
        let mut variables = vec![("FUSE_COLOR".to_owned(), color.to_owned())];
        variables.retain(|(name, _)| std::env::var_os(name).is_none());
        variables
    }

    /// What a program started by us is told whatever its environment says: the command line goes first.
    pub fn overriding_variables(&self) -> Variables {
        let form = self.form.map(|form| match form {
            Form::Json => "json",
            Form::Text => "text",
        });
        let variable = form.map(|form| ("FUSE_DIAGNOSTICS".to_owned(), form.to_owned()));
        variable.into_iter().collect()
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
        let (shown, hidden) = first_of_each(shown);
        let shown: Vec<Diagnostic> = shown.into_iter().map(failure::with_remedy).collect();
        let color = if self.color {
            render::Color::Always
        } else {
            render::Color::Never
        };
        self.write(&render::text(&shown, sources, color));
        self.hidden(hidden);
    }

    /// Says how many findings the text form leaves out, by severity.
    fn hidden(&self, (errors, warnings): (usize, usize)) {
        let hint = ["`--diagnostics json` shows them all".to_owned()];
        for (level, style, count) in [("warning", YELLOW, warnings), ("error", RED, errors)] {
            let plural = if count == 1 { "" } else { "s" };
            if count > 0 {
                let text = format!("{count} more {level}{plural} not shown");
                self.message(level, style, &text, None, &hint);
            }
        }
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

/// The findings the text form shows, in their order, and how many further errors and warnings there are.
fn first_of_each(found: Vec<Diagnostic>) -> (Vec<Diagnostic>, (usize, usize)) {
    let (mut errors, mut warnings) = (0, 0);
    let mut shown = found;
    shown.retain(|diagnostic| {
        let count = match diagnostic.severity {
            Severity::Error => &mut errors,
            Severity::Warning => &mut warnings,
        };
        *count += 1;
        *count <= SHOWN
    });
    let beyond = |count: usize| count.saturating_sub(SHOWN);
    (shown, (beyond(errors), beyond(warnings)))
}
