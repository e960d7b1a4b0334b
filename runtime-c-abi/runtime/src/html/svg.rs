//! `svg.inline`: the markup of a file.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;
use crate::memory::buffer::Buffer;
use crate::object::{new_text, string};
use crate::process::environment::text_variable;
use crate::process::panics;

/// Where files are when `FUSE_SVG_DIR` does not say.
const DIRECTORY: &str = "assets/svg";

/// Files that have been read. Not used while developing, when they change.
static CACHE: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

fn refused(message: &'static str) -> Fault {
    Fault::constant(message, "runtime_error")
}

fn nameless() -> Fault {
    let message = "svg.inline expects a non-empty path";
    Fault::constant(message, "runtime_invalid_arguments")
}

/// The path below the directory, with its extension.
fn relative(written: &str) -> Result<String, Fault> {
    let path = written.trim().replace('\\', "/");
    if path.is_empty() {
        return Err(nameless());
    }
    if path.starts_with('/') {
        return Err(refused("svg.inline path must be relative to assets/svg"));
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => return Err(refused("svg.inline path traversal is not allowed")),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    let Some(name) = parts.last() else {
        return Err(nameless());
    };
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let suffix = match extension {
        None => ".svg",
        Some("svg") => "",
        Some(_) => return Err(refused("svg.inline only supports .svg files")),
    };
    Ok(parts.join("/") + suffix)
}

fn failed(message: &str, path: &Path, detail: &str) -> Fault {
    let mut text = Buffer::new();
    text.push(message.as_bytes());
    text.push(path.to_string_lossy().as_bytes());
    text.push(detail.as_bytes());
    Fault::from_buffer(text, "runtime_error")
}

fn read(directory: &Path, path: &Path) -> Result<String, Fault> {
    let unreadable =
        |detail: &str| failed("svg.inline failed to read ", path, &format!(": {detail}"));
    let checked = |result: std::io::Result<PathBuf>| {
        result.map_err(|error| match error.kind() {
            ErrorKind::NotFound => failed("svg.inline missing file: ", path, ""),
            _ => unreadable(&error.to_string()),
        })
    };
    // A link may not lead out of the directory either.
    let inside = checked(path.canonicalize())?;
    if !inside.starts_with(checked(directory.canonicalize())?) {
        return Err(refused("svg.inline path traversal is not allowed"));
    }
    let content = std::fs::read(&inside).map_err(|error| unreadable(&error.to_string()))?;
    String::from_utf8(content).map_err(|_| unreadable("not valid UTF-8"))
}

unsafe fn svg_inline(path: *mut u8) -> Result<*mut u8, Fault> {
    panics::arm();
    // SAFETY: contract of the crate.
    let relative = relative(unsafe { string(path) })?;
    let directory = text_variable(b"FUSE_SVG_DIR").filter(|d| !d.trim().is_empty());
    let directory = Path::new(directory.unwrap_or(DIRECTORY));
    let path = directory.join(relative);
    if text_variable(b"FUSE_DEV_MODE") == Some("1") {
        let content = read(directory, &path)?;
        return Ok(new_text(content.as_bytes()));
    }
    // The lock is given back before the text is made, which may leave.
    let known = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let content = known().get(&path).cloned();
    let content = match content {
        Some(content) => content,
        None => {
            let content = read(directory, &path)?;
            known().insert(path, content.clone());
            content
        }
    };
    Ok(new_text(content.as_bytes()))
}

faulting! {
    /// (path) -> markup
    fn fuse_svg_inline(path: *mut u8) -> *mut u8 = svg_inline;
}
