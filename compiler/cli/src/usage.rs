//! Command lines that cannot be understood: clap's findings in our words.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::args::Cli;
use crate::failure::Failure;

/// What the command line asks for.
pub enum Request {
    Command(Box<Cli>),
    /// Text for standard output: help or the version.
    Show(String),
}

/// Reads a command line, program name first.
pub fn parse(arguments: &[OsString]) -> Result<Request, Failure> {
    let terminated = arguments.iter().any(|word| word == "--");
    if terminated && command_word(arguments).is_some_and(|name| name != "run") {
        return Err(
            usage("unexpected --".to_owned()).with_hint("only `fuse run` passes arguments on")
        );
    }
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Ok(Request::Command(Box::new(cli))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Request::Show(error.render().to_string()))
            }
            _ => Err(explain(&error, arguments)),
        },
    }
}

fn explain(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    let option = argument.split([' ', '=']).next().unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let failure = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            if command_word(arguments) == Some("deps") {
                usage(format!("unknown deps subcommand: {word}"))
                    .with_code("wrapper_unknown_subcommand")
            } else {
                usage(format!("unknown command: {word}")).with_code("wrapper_unknown_command")
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if command_word(arguments) == Some("deps") {
                usage("missing deps subcommand".to_owned()).with_code("wrapper_missing_subcommand")
            } else {
                usage("missing command".to_owned())
            }
        }
        ErrorKind::UnknownArgument if option.starts_with('-') => usage(unknown_option(option)),
        ErrorKind::UnknownArgument => usage(format!("unexpected argument: {argument}")),
        ErrorKind::InvalidValue if value.is_empty() => {
            usage(format!("{option} expects {}", expectation(option)))
        }
        ErrorKind::InvalidValue => usage(format!(
            "invalid {option} value: {value} (expected {})",
            expectation(option).replace(", or ", "|").replace(", ", "|")
        )),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            usage(format!("{option} takes no value"))
        }
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg).unwrap_or_default();
            if other == argument || other.is_empty() {
                usage(format!("{option} is given twice"))
            } else {
                usage(format!("`{argument}` and `{other}` exclude each other"))
            }
        }
        ErrorKind::MissingRequiredArgument => usage(format!("missing argument: {argument}")),
        ErrorKind::InvalidUtf8 => usage("arguments must be UTF-8".to_owned()),
        _ => usage(first_line(&error.render().to_string())),
    };
    failure.with_hint(match command_word(arguments) {
        Some(name) => format!("`fuse {name} --help` lists what it accepts"),
        None => format!(
            "commands are {}; see `fuse --help`",
            command_names().join(", ")
        ),
    })
}

/// Options that exist, but for other commands only, are told apart from those that do not exist.
fn unknown_option(option: &str) -> String {
    let owners: Vec<String> = Cli::command()
        .get_subcommands()
        .filter(|command| {
            command.get_arguments().any(|arg| {
                arg.get_long()
                    .is_some_and(|long| option == format!("--{long}"))
            })
        })
        .map(|command| command.get_name().to_owned())
        .collect();
    if owners.is_empty() {
        format!("unknown option: {option}")
    } else {
        format!("{option} is only supported for fuse {}", owners.join("|"))
    }
}

fn expectation(option: &str) -> &'static str {
    match option {
        "--diagnostics" => "json|text",
        "--color" => "auto, always, or never",
        "--app" | "--profile" | "--explain-profile" => "a name",
        "--emit" => "a stage",
        "--filter" => "a pattern",
        _ => "a path",
    }
}

/// The first word that is a command.
fn command_word(arguments: &[OsString]) -> Option<&str> {
    let names = command_names();
    arguments
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .filter_map(|word| word.to_str())
        .find(|word| names.iter().any(|name| name == word))
}

fn command_names() -> Vec<String> {
    Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}

fn usage(message: String) -> Failure {
    Failure::new(message)
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(words: &[&str]) -> String {
        let arguments: Vec<OsString> = ["fuse"].iter().chain(words).map(OsString::from).collect();
        match parse(&arguments) {
            Ok(_) => panic!("{words:?} is accepted"),
            Err(failure) => failure.message,
        }
    }

    #[test]
    fn messages_of_wrong_command_lines() {
        let cases: &[(&[&str], &str)] = &[
            (&["frobnicate"], "unknown command: frobnicate"),
            (&["check", "--frob"], "unknown option: --frob"),
            (
                &["check", "--aot"],
                "--aot is only supported for fuse build",
            ),
            (
                &["check", "a.fuse", "b.fuse"],
                "unexpected argument: b.fuse",
            ),
            (
                &["check", "--manifest-path"],
                "--manifest-path expects a path",
            ),
            (&["check", "--file"], "--file expects a path"),
            (&["run", "--app"], "--app expects a name"),
            (
                &["check", "--diagnostics"],
                "--diagnostics expects json|text",
            ),
            (
                &["check", "--diagnostics", "xml"],
                "invalid --diagnostics value: xml (expected json|text)",
            ),
            (
                &["check", "--color=pink"],
                "invalid --color value: pink (expected auto|always|never)",
            ),
            (&["check", "--", "x"], "unexpected --"),
            (&[], "missing command"),
            (&["deps"], "missing deps subcommand"),
            (&["deps", "look"], "unknown deps subcommand: look"),
            (&["deps", "lock", "--frob"], "unknown option: --frob"),
        ];
        for (words, expected) in cases {
            assert_eq!(message(words), *expected, "{words:?}");
        }
    }

    #[test]
    fn help_and_version_are_not_errors() {
        for words in [
            &["fuse", "--help"][..],
            &["fuse", "--version"],
            &["fuse", "run", "--help"],
        ] {
            let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
            assert!(
                matches!(parse(&arguments), Ok(Request::Show(_))),
                "{words:?}"
            );
        }
    }

    #[test]
    fn the_command_table_is_consistent() {
        Cli::command().debug_assert();
    }
}
