//! Refinements. A check gives null when it holds, else the message.

use core::ptr;

use fuse_abi::pattern::Tables;

use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text, string};
use crate::process::panics;
use crate::text::{format_float, scalars};

/// `WHAT N out of range MIN..MAX`
fn out_of_range(what: &str, push: [&dyn Fn(&mut Buffer); 3]) -> *mut u8 {
    let [value, least, most] = push;
    let mut message = Buffer::new();
    message.push(what.as_bytes());
    message.push(b" ");
    value(&mut message);
    message.push(b" out of range ");
    least(&mut message);
    message.push(b"..");
    most(&mut message);
    new_text(message.as_bytes())
}

fn int_in_range(what: &str, value: i64, least: i64, most: i64) -> *mut u8 {
    if (least..=most).contains(&value) {
        return ptr::null_mut();
    }
    out_of_range(
        what,
        [
            &|message| message.push_int(value),
            &|message| message.push_int(least),
            &|message| message.push_int(most),
        ],
    )
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_int_range(value: i64, least: i64, most: i64) -> *mut u8 {
    int_in_range("value", value, least, most)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_float_range(value: f64, least: f64, most: f64) -> *mut u8 {
    if (least..=most).contains(&value) {
        return ptr::null_mut();
    }
    let push = |message: &mut Buffer, number| format_float(number, |text| message.push(text));
    out_of_range(
        "value",
        [
            &|message| push(message, value),
            &|message| push(message, least),
            &|message| push(message, most),
        ],
    )
}

/// Length in Unicode scalar values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_text_length(text: *mut u8, least: i64, most: i64) -> *mut u8 {
    // SAFETY: contract of the crate.
    let length = scalars(unsafe { bytes(text) }) as i64;
    int_in_range("length", length, least, most)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_bytes_length(value: *mut u8, least: i64, most: i64) -> *mut u8 {
    // SAFETY: contract of the crate.
    let length = unsafe { bytes(value) }.len() as i64;
    int_in_range("length", length, least, most)
}

/// (text, tables of a pattern)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_regex_matches(text: *mut u8, tables: *mut u8) -> bool {
    panics::arm();
    // SAFETY: contract of the crate.
    let (text, tables) = unsafe { (string(text), Tables::new(bytes(tables))) };
    tables.matches(text, &mut vec![0; tables.scratch_words()])
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_id(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    if unsafe { bytes(text) }.is_empty() {
        new_text(b"expected non-empty Id")
    } else {
        ptr::null_mut()
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_check_email(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    if is_email(unsafe { string(text) }) {
        ptr::null_mut()
    } else {
        new_text(b"invalid email address")
    }
}

/// One `@`, no blanks or control characters, a domain of at least two labels, the lengths of RFC 5321 (4.5.3.1).
fn is_email(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() > 254 {
        return false;
    }
    let mut at = None;
    let (mut label, mut labels) = (0, 0);
    let mut is_ascii = true;
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            0..=b' ' | 0x7f => return false,
            b'@' if at.is_some() || index == 0 || index > 64 => return false,
            b'@' => {
                at = Some(index);
                label = index + 1;
            }
            b'.' if at.is_some() => {
                if index == label || index - label > 63 {
                    return false;
                }
                labels += 1;
                label = index + 1;
            }
            0x80.. => is_ascii = false,
            _ => {}
        }
    }
    at.is_some()
        && labels >= 1
        && label < bytes.len()
        && bytes.len() - label <= 63
        && (is_ascii || !text.chars().any(|c| c.is_whitespace() || c.is_control()))
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn email_shapes() {
        for good in ["a@b.c", "first.last@mail.example.org", "ü@bücher.example"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.org", "x".repeat(65));
        for bad in [
            "", "a", "@b.c", "a@", "a@b", "a@.c", "a@b.", "a@b..c", "a b@c.d", "a@b@c.d",
            "a\n@b.c", &long,
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
