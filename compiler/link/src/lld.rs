//! The call into LLD: one lock, one C function, messages taken apart.

use std::ffi::{CString, OsString, c_char, c_int};
use std::path::PathBuf;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use crate::{LinkError, LinkerMessage, Severity};

unsafe extern "C" {
    /// Defined in `shim/lld_shim.cpp`.
    fn fuse_lld_link(
        argc: usize,
        argv: *const *const c_char,
        text: *mut *mut c_char,
        text_len: *mut usize,
        can_run_again: *mut bool,
    ) -> c_int;
    fn fuse_lld_free(text: *mut c_char);
}

/// LLD keeps global state, so one link runs at a time. Holds whether LLD may still be called.
static USABLE: Mutex<bool> = Mutex::new(true);

/// Runs LLD with `arguments`, the first of which chooses its flavour, and returns its warnings.
pub fn run(arguments: &[OsString]) -> Result<Vec<LinkerMessage>, LinkError> {
    let arguments = arguments
        .iter()
        .map(c_string)
        .collect::<Result<Vec<_>, _>>()?;
    let pointers: Vec<*const c_char> = arguments.iter().map(|argument| argument.as_ptr()).collect();

    let mut usable = USABLE.lock().unwrap_or_else(PoisonError::into_inner);
    if !*usable {
        return Err(LinkError::LinkerSpent);
    }
    let mut text = ptr::null_mut();
    let mut text_len = 0;
    let mut can_run_again = false;
    // SAFETY: `pointers` holds `len` NUL-terminated strings that live in `arguments` past the call, the out parameters point to
    // live locals, and the lock keeps other threads out of LLD.
    let status = unsafe {
        fuse_lld_link(
            pointers.len(),
            pointers.as_ptr(),
            &raw mut text,
            &raw mut text_len,
            &raw mut can_run_again,
        )
    };
    *usable = can_run_again;
    drop(usable);

    let output = if text.is_null() {
        String::new()
    } else {
        // SAFETY: on return `text` points to `text_len` initialised bytes that nobody else holds; they are copied, then freed once.
        unsafe {
            let bytes = std::slice::from_raw_parts(text.cast::<u8>(), text_len);
            let output = String::from_utf8_lossy(bytes).into_owned();
            fuse_lld_free(text);
            output
        }
    };
    let messages = parse_messages(&output);
    if status == 0 {
        Ok(messages)
    } else {
        Err(LinkError::Linker { messages })
    }
}

fn c_string(argument: &OsString) -> Result<CString, LinkError> {
    let unusable = || LinkError::UnusablePath {
        path: PathBuf::from(argument),
    };
    let text = argument.to_str().ok_or_else(unusable)?;
    CString::new(text).map_err(|_| unusable())
}

/// Takes LLD's output apart: `ld.lld: error: TEXT` or `ld.lld: warning: TEXT`, each followed by `>>> NOTE` lines.
fn parse_messages(output: &str) -> Vec<LinkerMessage> {
    let mut messages: Vec<LinkerMessage> = Vec::new();
    for line in output.lines() {
        let line = line.trim_end();
        let headline = line.strip_prefix("ld.lld: ").and_then(|rest| {
            let kinds = [
                ("error: ", Severity::Error),
                ("warning: ", Severity::Warning),
            ];
            kinds
                .into_iter()
                .find_map(|(mark, severity)| Some((severity, rest.strip_prefix(mark)?)))
        });
        if let Some((severity, text)) = headline {
            messages.push(LinkerMessage {
                severity,
                text: text.to_owned(),
                notes: Vec::new(),
            });
        } else if line.is_empty() {
            continue;
        } else if let Some(last) = messages.last_mut() {
            let note = line.strip_prefix(">>>").unwrap_or(line).trim();
            last.notes.push(note.to_owned());
        } else {
            // Text outside LLD's usual form still reaches the user.
            messages.push(LinkerMessage {
                severity: Severity::Error,
                text: line.to_owned(),
                notes: Vec::new(),
            });
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_severity_and_notes() {
        let messages = parse_messages(
            "ld.lld: warning: odd\nld.lld: error: undefined symbol: foo\n>>> referenced by a.c\n>>>               a.o:(main)\n\n",
        );
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0].severity, Severity::Warning);
        assert_eq!(messages[1].severity, Severity::Error);
        assert_eq!(messages[1].text, "undefined symbol: foo");
        assert_eq!(messages[1].notes, ["referenced by a.c", "a.o:(main)"]);
    }

    #[test]
    fn text_without_a_headline_is_an_error() {
        let messages = parse_messages("something else\n");
        assert_eq!(messages[0].severity, Severity::Error);
        assert_eq!(messages[0].text, "something else");
    }
}
