//! Standard input.

use core::ptr;
use std::io::{self, BufRead, IsTerminal, Read};

use crate::fault::Fault;
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text};
use crate::process::{output, panics};

/// The next line without its ending, or none at the end. Bytes that are not UTF-8 become replacement characters.
fn next_line() -> Result<Option<String>, Fault> {
    let mut line = Vec::new();
    if let Err(error) = io::stdin().lock().read_until(b'\n', &mut line) {
        return Err(failed(&error));
    }
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    }
    Ok(Some(match String::from_utf8(line) {
        Ok(line) => line,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }))
}

fn failed(error: &io::Error) -> Fault {
    let mut message = Buffer::new();
    message.push(b"input read failed: ");
    message.push(error.to_string().as_bytes());
    Fault::from_buffer(message, "runtime_error")
}

unsafe fn input(prompt: *mut u8) -> Result<*mut u8, Fault> {
    panics::arm();
    // SAFETY: contract of the crate.
    output::print(unsafe { bytes(prompt) }, false);
    output::flush();
    match next_line()? {
        Some(line) => Ok(new_text(line.as_bytes())),
        None => Err(Fault::constant(
            if io::stdin().is_terminal() {
                "input aborted: reached EOF"
            } else {
                "input requires stdin data in non-interactive mode"
            },
            "runtime_error",
        )),
    }
}

unsafe fn read_line() -> Result<*mut u8, Fault> {
    panics::arm();
    output::flush();
    Ok(match next_line()? {
        Some(line) => new_text(line.as_bytes()),
        None => ptr::null_mut(),
    })
}

unsafe fn read_text() -> Result<*mut u8, Fault> {
    panics::arm();
    output::flush();
    let mut text = Vec::new();
    match io::stdin().lock().read_to_end(&mut text) {
        Ok(_) => Ok(new_text(String::from_utf8_lossy(&text).as_bytes())),
        Err(error) => Err(failed(&error)),
    }
}

faulting! {
    /// Shows the prompt, gives the next line.
    fn fuse_input(prompt: *mut u8) -> *mut u8 = input;
    /// The next line, or null at the end.
    fn fuse_read_line() -> *mut u8 = read_line;
    /// Everything up to the end.
    fn fuse_read_text() -> *mut u8 = read_text;
}
