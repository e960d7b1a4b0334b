//! Values from text: configuration, flags, path parameters. Blanks around a text do not count.

use crate::fault::Fault;
use crate::json::base64_bytes;
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text, string};
use crate::text::{float_from, int_from};

/// `true` or `false` in any case.
pub fn bool_from(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// `invalid TYPE: TEXT`
pub fn invalid(type_name: &str, text: &str) -> Buffer {
    let mut message = Buffer::new();
    message.push(b"invalid ");
    message.push(type_name.as_bytes());
    message.push(b": ");
    message.push(text.as_bytes());
    message
}

unsafe fn converted<T>(
    text: *mut u8,
    path: *mut u8,
    type_name: &str,
    convert: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Fault> {
    // SAFETY: contract of the crate.
    let (text, path) = unsafe { (string(text).trim(), bytes(path)) };
    match convert(text) {
        Some(value) => Ok(value),
        None => Err(Fault::validation(
            path,
            b"invalid_value",
            invalid(type_name, text).as_bytes(),
        )),
    }
}

unsafe fn parse_int(text: *mut u8, path: *mut u8) -> Result<i64, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(text, path, "Int", int_from) }
}

unsafe fn parse_float(text: *mut u8, path: *mut u8) -> Result<f64, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(text, path, "Float", float_from) }
}

unsafe fn parse_bool(text: *mut u8, path: *mut u8) -> Result<bool, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(text, path, "Bool", bool_from) }
}

/// The bytes that base64 text stands for, or why it does not.
pub fn bytes_from(text: &str) -> Result<*mut u8, Buffer> {
    let mut out = Buffer::new();
    match base64_bytes(text, &mut out) {
        Ok(()) => Ok(new_text(out.as_bytes())),
        Err(detail) => {
            let mut message = Buffer::new();
            message.push(b"invalid Bytes (base64): ");
            message.push(detail.as_bytes());
            Err(message)
        }
    }
}

unsafe fn parse_bytes(text: *mut u8, path: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe {
        bytes_from(string(text))
            .map_err(|message| Fault::validation(bytes(path), b"invalid_value", message.as_bytes()))
    }
}

faulting! {
    fn fuse_parse_int(text: *mut u8, path: *mut u8) -> i64 = parse_int;
    fn fuse_parse_float(text: *mut u8, path: *mut u8) -> f64 = parse_float;
    fn fuse_parse_bool(text: *mut u8, path: *mut u8) -> bool = parse_bool;
    fn fuse_parse_bytes(text: *mut u8, path: *mut u8) -> *mut u8 = parse_bytes;
}

/// Does the text stand for null: nothing, or the word?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_parse_is_null(text: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    let text = unsafe { string(text) }.trim();
    text.is_empty() || text.eq_ignore_ascii_case("null")
}
