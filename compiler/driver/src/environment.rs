//! What the launcher adds to a program's environment: `.env` and defaults from the package. Nothing here changes the
//! environment of this process; the result is handed to whoever starts the program.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Variables to add, in order; names are unique.
pub type Variables = Vec<(String, String)>;

/// Reads `.env` text: `KEY=VALUE` lines, `#` comments, optional `export `, one pair of matching quotes removed. The first
/// definition of a name wins; a line without `=` defines an empty value.
pub fn parse_env(text: &str) -> Variables {
    let mut variables = Variables::new();
    // Some editors begin files with a byte order mark.
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let key = key.trim();
        if key.is_empty() || variables.iter().any(|(known, _)| known == key) {
            continue;
        }
        variables.push((key.to_owned(), unquote(value.trim()).to_owned()));
    }
    variables
}

fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

/// Variables for a program of the package at `root`: its `.env`, then `FUSE_CONFIG` when the package has a `config.toml`. What the
/// process already has is never overridden. The second part is a warning about an unreadable `.env`.
pub fn for_package(root: &Path, is_set: impl Fn(&str) -> bool) -> (Variables, Option<String>) {
    let path = root.join(".env");
    let (mut variables, warning) = match read(&path) {
        Ok(text) => (parse_env(&text), None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Variables::new(), None),
        Err(error) => (
            Variables::new(),
            Some(format!("failed to read {}: {error}", path.display())),
        ),
    };
    variables.retain(|(key, _)| !is_set(key));
    let config = root.join("config.toml");
    let defined = |key: &str| is_set(key) || variables.iter().any(|(known, _)| known == key);
    if !defined("FUSE_CONFIG") && config.is_file() {
        variables.push(("FUSE_CONFIG".to_owned(), config.display().to_string()));
    }
    (variables, warning)
}

/// A file that is larger is none that somebody wrote.
const MAX_FILE: u64 = 16 * 1024 * 1024;

fn read(path: &Path) -> io::Result<String> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut text = String::new();
    File::open(path)?
        .take(MAX_FILE + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE {
        return Err(invalid(format!("larger than {MAX_FILE} bytes")));
    }
    if text.contains('\0') {
        return Err(invalid("a variable cannot hold a NUL".to_owned()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(String, String)> {
        parse_env(text)
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn quotes_comments_and_export() {
        let text = "# note\nA=1\nexport B = 'two words' \nC=\"x\" # kept\n\nD=\"\"\n=nothing\nE\n";
        assert_eq!(
            parsed(text),
            [
                pair("A", "1"),
                pair("B", "two words"),
                pair("C", "\"x\" # kept"),
                pair("D", ""),
                pair("E", ""),
            ]
        );
    }

    #[test]
    fn the_first_definition_wins() {
        assert_eq!(parsed("A=1\nA=2"), [pair("A", "1")]);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(
            parsed("\u{feff}A=1\r\nB=2\r\n"),
            [pair("A", "1"), pair("B", "2")]
        );
    }

    #[test]
    fn what_cannot_be_read_is_a_warning() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join(".env");
        for (content, detail) in [
            (&b"A=\xff"[..], "UTF-8"),
            (b"A=1\0", "NUL"),
            (&vec![b'#'; MAX_FILE as usize + 1], "larger"),
        ] {
            std::fs::write(&path, content).expect("a writable directory");
            let (variables, warning) = for_package(directory.path(), |_| false);
            assert!(variables.is_empty());
            assert!(
                warning.is_some_and(|text| text.contains(detail)),
                "{detail}"
            );
        }
    }

    #[test]
    fn a_lone_quote_stays() {
        assert_eq!(parsed("A=\""), [pair("A", "\"")]);
    }

    #[test]
    fn the_process_environment_wins() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(directory.path().join(".env"), "A=1\nB=2").expect("a writable directory");
        std::fs::write(directory.path().join("config.toml"), "").expect("a writable directory");
        let (variables, warning) = for_package(directory.path(), |key| key == "A");
        assert_eq!(warning, None);
        let names: Vec<&str> = variables.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(names, ["B", "FUSE_CONFIG"]);
    }
}
