//! Configuration: environment first, then the file. Defaults are generated code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fuse_abi::entry::{ConfigName, Program};

use crate::fault::{Fault, constant_bytes};
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text, string};
use crate::process::environment::variable;
use crate::process::{output, panics, report, run};

/// (section, key) -> value
pub type Table = BTreeMap<(String, String), String>;

/// The file as one run of a program reads it.
struct Loaded {
    run: u64,
    table: Table,
}

/// A file that is larger is none that somebody wrote.
const MAX_FILE: u64 = 16 * 1024 * 1024;

static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

/// (config name, field name, environment name) -> text or null.
unsafe fn config_text(
    config: *mut u8,
    field: *mut u8,
    variable_name: *mut u8,
) -> Result<*mut u8, Fault> {
    panics::arm();
    // SAFETY: contract of the crate.
    let (config, field, variable_name) =
        unsafe { (string(config), string(field), bytes(variable_name)) };
    let from_file = {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let run = run::number();
        if loaded.as_ref().is_none_or(|loaded| loaded.run != run) {
            if let Some(program) = report::program() {
                // SAFETY: the running program's tables.
                unsafe { show_hints(program) };
            }
            *loaded = Some(Loaded {
                run,
                table: load()?,
            });
        }
        let key = (config.to_owned(), field.to_owned());
        loaded
            .as_ref()
            .and_then(|loaded| loaded.table.get(&key).cloned())
    };
    if let Some(text) = variable(variable_name) {
        let Ok(text) = core::str::from_utf8(text) else {
            let path = format!("{config}.{field}");
            let message = format!(
                "environment variable {} is not valid UTF-8",
                String::from_utf8_lossy(variable_name)
            );
            return Err(Fault::validation(
                path.as_bytes(),
                b"invalid_value",
                message.as_bytes(),
            ));
        };
        return Ok(new_text(text.trim().as_bytes()));
    }
    Ok(match from_file {
        Some(text) => new_text(text.as_bytes()),
        None => core::ptr::null_mut(),
    })
}

faulting! {
    /// What environment or file say about a field, without blanks around it that are not quoted, or null.
    fn fuse_config_text(config: *mut u8, field: *mut u8, variable_name: *mut u8) -> *mut u8 = config_text;
}

fn load() -> Result<Table, Fault> {
    let path = match variable(b"FUSE_CONFIG") {
        Some(path) => {
            use std::os::unix::ffi::OsStrExt;
            std::path::PathBuf::from(std::ffi::OsStr::from_bytes(path))
        }
        None => "config.toml".into(),
    };
    match read(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Table::new()),
        Err(error) => {
            let mut message = Buffer::new();
            message.push(b"failed to read config file: ");
            message.push(error.to_string().as_bytes());
            Err(Fault::from_buffer(message, "runtime_error"))
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(MAX_FILE + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        let message = format!("larger than {MAX_FILE} bytes");
        return Err(io::Error::new(ErrorKind::InvalidData, message));
    }
    Ok(text)
}

/// Lines of `[Section]` and `key = value`; anything else is ignored. Later duplicates win.
pub fn parse(text: &str) -> Table {
    let mut table = Table::new();
    let mut section = String::new();
    // Some editors begin files with a byte order mark.
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).lines() {
        let line = without_comment(line).trim();
        if line.starts_with('[') && line.ends_with(']') {
            line.trim_start_matches('[')
                .trim_end_matches(']')
                .trim()
                .clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once('=') {
            table.insert(
                (section.clone(), key.trim().to_owned()),
                unquoted(value.trim()),
            );
        }
    }
    table
}

/// The line up to a `#` outside of double quotes.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

fn unquoted(value: &str) -> String {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

/// Says which variables look like misspelt ones.
unsafe fn show_hints(program: &Program) {
    if program.config_names.len == 0 {
        return;
    }
    // SAFETY: the table is the program's.
    let names: &[ConfigName] = unsafe {
        core::slice::from_raw_parts(program.config_names.data, program.config_names.len as usize)
    };
    let text = |text| {
        // SAFETY: the program's constants.
        String::from_utf8_lossy(unsafe { constant_bytes(text) })
    };
    let variables: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    let expected: BTreeSet<String> = names
        .iter()
        .map(|name| text(&name.env).into_owned())
        .collect();
    let mut hints = BTreeSet::new();
    for name in names {
        let (prefix, env, field) = (text(&name.prefix), text(&name.env), text(&name.field));
        let plain = squeezed(&env);
        for variable in &variables {
            if variable.starts_with(prefix.as_ref())
                && !expected.contains(variable)
                && squeezed(variable) == plain
            {
                hints.insert(format!(
                    "config hint: env var {variable} is ignored; did you mean {env} for {field}?\n"
                ));
            }
        }
    }
    for hint in hints {
        output::error(hint.as_bytes());
    }
}

/// Upper case, without underscores.
fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|&character| character != '_')
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, section: &str, key: &str) -> Option<String> {
        parse(text)
            .get(&(section.to_owned(), key.to_owned()))
            .cloned()
    }

    #[test]
    fn sections_comments_and_quotes() {
        let text = "a = 1\n[[App]] # c\nport = 80 # web\nname = \"x # \\\"y\\\"\\n\"\nraw = 'q'\nport = 81\nnonsense\n";
        assert_eq!(value(text, "", "a").as_deref(), Some("1"));
        assert_eq!(value(text, "App", "port").as_deref(), Some("81"));
        assert_eq!(value(text, "App", "name").as_deref(), Some("x # \"y\"\n"));
        assert_eq!(value(text, "App", "raw").as_deref(), Some("'q'"));
        assert_eq!(value(text, "App", "nonsense"), None);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = "\u{feff}[A]\r\nk = 1\r\n";
        assert_eq!(value(text, "A", "k").as_deref(), Some("1"));
    }

    #[test]
    fn a_lone_quote_is_text() {
        assert_eq!(value("[A]\nk = \"\n", "A", "k").as_deref(), Some("\""));
    }
}
