//! What can be said about a finished executable: what it is, what it is made of, what its addresses mean.

use std::fmt::Write;
use std::path::Path;

use fuse_link::{BuildId, ExecutableKind, Inspection, Relro, Symbols};

use crate::DriverError;

/// What is said of an executable, as lines of text.
///
/// # Errors
/// The file cannot be read or is no executable.
pub fn describe(path: &Path) -> Result<String, DriverError> {
    let found = fuse_link::inspect(path)?;
    let mut text = String::new();
    for (subject, what) in rows(path, &found) {
        line(&mut text, &subject, &what);
    }
    for section in &found.sections {
        let flags: String = [
            (section.loaded, 'r'),
            (section.writable, 'w'),
            (section.executable, 'x'),
        ]
        .map(|(set, letter)| if set { letter } else { '-' })
        .iter()
        .collect();
        line(
            &mut text,
            "section",
            &format!(
                "{flags} {:>9} {:#010x} {}",
                section.size, section.address, section.name
            ),
        );
    }
    Ok(text)
}

fn rows(path: &Path, found: &Inspection) -> Vec<(String, String)> {
    let facts = &found.facts;
    let mut rows = vec![
        ("file".to_owned(), path.display().to_string()),
        ("size".to_owned(), format!("{} bytes", facts.size)),
    ];
    let mut row = |subject: &str, what: String| rows.push((subject.to_owned(), what));
    match &found.metadata {
        Some(metadata) => {
            for pair in metadata.build_info.split(' ') {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                row(key, value.to_owned());
            }
            row("features", or_none(&metadata.features));
        }
        None => row("mode", "not built by fuse".to_owned()),
    }
    row(
        "build_id",
        found
            .build_id
            .map_or_else(|| "none".to_owned(), |id| id.to_string()),
    );
    let kind = match facts.kind {
        ExecutableKind::Static => "static, fixed address",
        ExecutableKind::StaticPie => "static, any address",
        ExecutableKind::Dynamic => "dynamic, fixed address",
        ExecutableKind::DynamicPie => "dynamic, any address",
    };
    row("kind", kind.to_owned());
    if let Some(interpreter) = &facts.interpreter {
        row("loader", interpreter.clone());
    }
    row("needed", or_none(&facts.needed));
    let relro = match facts.relro {
        Relro::None => "no RELRO",
        Relro::Partial => "partial RELRO",
        Relro::Full => "full RELRO",
    };
    let binding = match facts.kind {
        ExecutableKind::Static | ExecutableKind::StaticPie => "nothing to bind",
        _ if facts.bind_now => "bound at start",
        _ => "bound lazily",
    };
    let stack = if facts.nx_stack {
        "no executable stack"
    } else {
        "executable stack"
    };
    let memory = match facts.writable_executable_segments {
        0 => "no writable code",
        _ => "writable code",
    };
    row("hardening", [relro, binding, stack, memory].join(", "));
    let symbols = if facts.stripped { "none" } else { "inside" };
    row("symbols", symbols.to_owned());
    rows
}

fn or_none(items: &[String]) -> String {
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(" ")
    }
}

fn line(text: &mut String, subject: &str, what: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{subject:<14} {what}");
}

/// Checks what every executable of ours promises.
///
/// # Errors
/// Everything that is off, in one failure.
pub fn verify(path: &Path) -> Result<(), DriverError> {
    Ok(fuse_link::inspect(path)?.require(path)?)
}

/// Bytes of machine code by part, by source file of the program, and by function, largest first.
///
/// # Errors
/// There are no symbols.
pub fn sizes(path: &Path) -> Result<String, DriverError> {
    let sizes = fuse_link::sizes(path)?;
    let mut text = String::new();
    for (title, rows) in [
        ("part", &sizes.parts),
        ("module", &sizes.modules),
        ("function", &sizes.functions),
    ] {
        for (name, size) in rows {
            line(&mut text, title, &format!("{size:>9} {name}"));
        }
    }
    Ok(text)
}

/// What addresses of an executable's file mean: each, then its functions, innermost first.
///
/// # Errors
/// There are no symbols, or a text is not a hexadecimal number.
pub fn symbolize(path: &Path, addresses: &[String]) -> Result<String, DriverError> {
    let numbers = addresses
        .iter()
        .map(|text| address(text).ok_or_else(|| DriverError::NotAnAddress(text.clone())))
        .collect::<Result<Vec<_>, _>>()?;
    let symbols = Symbols::of(path)?;
    let mut text = String::new();
    for number in numbers {
        let _ = writeln!(text, "{number:#x}");
        push_frames(&mut text, &symbols, number);
    }
    Ok(text)
}

fn address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16).ok()
}

fn push_frames(text: &mut String, symbols: &Symbols, address: u64) {
    let frames = symbols.frames(address);
    if frames.is_empty() {
        text.push_str("  at no known function\n");
    }
    for frame in frames {
        text.push_str("  at ");
        // Code that the compiler made has no line.
        if let (Some(file), Some(line)) = (frame.file, frame.line.filter(|&line| line > 0)) {
            let _ = write!(text, "{file}:{line}");
            if let Some(column) = frame.column {
                let _ = write!(text, ":{column}");
            }
            text.push_str(" in ");
        }
        text.push_str(&frame.function);
        text.push('\n');
    }
}

/// A report of an executable's end, with the functions of every address in it. Lines without one are kept as they are.
///
/// # Errors
/// The report has addresses and there are no symbols, or it is of an executable with another build id.
pub fn symbolize_report(path: &Path, report: &str) -> Result<String, DriverError> {
    let own = fuse_link::inspect(path)?.build_id;
    // A fault says its place itself, and needs none.
    let mut symbols: Option<Symbols> = None;
    let mut text = String::new();
    for row in report.lines() {
        text.push_str(row);
        text.push('\n');
        let Some(address) = value(row, "pc=").and_then(address) else {
            continue;
        };
        let symbols = match &mut symbols {
            Some(symbols) => symbols,
            none => none.insert(Symbols::of(path)?),
        };
        let id = value(row, "build_id=").unwrap_or_default();
        if own.as_ref().map(BuildId::to_string).as_deref() != Some(id) {
            return Err(DriverError::ForeignReport {
                path: path.to_owned(),
                build_id: id.to_owned(),
            });
        }
        push_frames(&mut text, symbols, address);
    }
    Ok(text)
}

fn value<'a>(row: &'a str, key: &str) -> Option<&'a str> {
    row.split(' ').find_map(|word| word.strip_prefix(key))
}
