//! `fuse fmt`

use std::io::Write;

use fuse_driver::DriverError;
use fuse_driver::format::{self, FormatRequest, Formatted};

use crate::args::FmtArgs;
use crate::console::Console;
use crate::failure::Failure;

/// False: with `--check`, when something would change.
pub fn run(console: Console, args: &FmtArgs) -> Result<bool, Failure> {
    if args.stdin {
        return standard_input(console, args.check);
    }
    let request = FormatRequest {
        directory: std::env::current_dir().map_err(DriverError::WorkingDirectory)?,
        paths: args.paths.clone(),
        check: args.check,
    };
    let formatted = format::format(&request)?;
    if args.check {
        let mut list = String::new();
        for path in &formatted.changed {
            list.push_str(path);
            list.push('\n');
        }
        show(&list);
    }
    if !formatted.diagnostics.is_empty() {
        return Err(refused(console, &formatted));
    }
    Ok(!args.check || formatted.changed.is_empty())
}

fn standard_input(console: Console, check: bool) -> Result<bool, Failure> {
    let text = format::read_stream("standard input", std::io::stdin().lock())?;
    match format::format_text("<stdin>", &text) {
        Ok(formatted) if check => Ok(formatted == text),
        Ok(formatted) => {
            show(&formatted);
            Ok(true)
        }
        Err(found) => Err(refused(console, &found)),
    }
}

/// Shows the syntax errors.
fn refused(console: Console, formatted: &Formatted) -> Failure {
    console.diagnostics(&formatted.diagnostics, &formatted.sources);
    Failure::new("files with syntax errors are not formatted")
        .with_code("wrapper_format_aborted")
        .with_hint("correct the errors above; all other files are formatted")
}

/// A reader that went away is not our failure.
fn show(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
