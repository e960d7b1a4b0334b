//! Imported Markdown and JSON files.

use std::path::Path;

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::{FileId, Span};
use serde::Deserialize;

use crate::filesystem::FileSystem;
use crate::graph::{Asset, AssetKind, SourceFiles};
use crate::loader::describe;

/// Deepest nesting of JSON; the same limit as at run time.
const MAX_JSON_DEPTH: usize = 128;

/// Reads and validates an asset. `span` is the import.
pub(crate) fn load(
    files: &dyn FileSystem,
    sources: &mut SourceFiles,
    kind: AssetKind,
    path: &Path,
    display: &str,
    span: Span,
) -> Result<Asset, Diagnostic> {
    let bytes = files.read(path).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => "FUSE_ASSET_MISSING",
            _ => "FUSE_ASSET_READ",
        };
        Diagnostic::error(
            code,
            span,
            format!("cannot read asset `{display}`: {}", describe(&error)),
        )
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let span = add_invalid(sources, display, &error);
        Diagnostic::error(
            "FUSE_ASSET_UTF8",
            span,
            format!("asset `{display}` is not valid UTF-8"),
        )
    })?;
    let invalid = if kind == AssetKind::Json {
        check_json(&text)
    } else {
        None
    };
    let file = sources.add(display, text);
    match invalid {
        None => Ok(Asset { file, kind }),
        Some((offset, message)) => {
            let message = format!("asset `{display}` is not valid JSON: {message}");
            Err(Diagnostic::error(
                "FUSE_ASSET_JSON_INVALID",
                at(file, offset, offset),
                message,
            ))
        }
    }
}

/// Adds a file that is not UTF-8, as far as it can be shown, and says where it stops being it.
pub(crate) fn add_invalid(
    sources: &mut SourceFiles,
    display: &str,
    error: &std::string::FromUtf8Error,
) -> Span {
    let valid = error.utf8_error().valid_up_to();
    let file = sources.add(display, String::from_utf8_lossy(error.as_bytes()));
    at(file, valid, valid)
}

pub(crate) fn at(file: FileId, start: usize, end: usize) -> Span {
    let clamp = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    Span::new(file, clamp(start), clamp(end))
}

/// Offset and text of what is wrong.
fn check_json(text: &str) -> Option<(usize, String)> {
    if let Some(offset) = too_deep(text) {
        return Some((
            offset,
            format!("nested deeper than {MAX_JSON_DEPTH} levels"),
        ));
    }
    // The nesting is bounded above, by a limit of our own.
    let mut decoder = serde_json::Deserializer::from_str(text);
    decoder.disable_recursion_limit();
    let error = match serde_json::Value::deserialize(&mut decoder) {
        Ok(_) => decoder.end().err()?,
        Err(error) => error,
    };
    let line_start: usize = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum();
    let offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Some((offset, message.to_string()))
}

fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (offset, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_JSON_DEPTH {
            return Some(offset);
        }
    }
    None
}
