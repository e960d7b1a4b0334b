//! Appending encoded bytes to a text.

use fuse_core::text as layout;
use fuse_core::text::reserve;

use crate::object::bytes;

const BASE64: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Four characters for one to three bytes.
pub(crate) fn base64_digits(group: &[u8]) -> [u8; 4] {
    let byte = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
    let word = byte(0) << 16 | byte(1) << 8 | byte(2);
    let digit = |shift: u32| BASE64[(word >> shift & 63) as usize];
    [
        digit(18),
        digit(12),
        if group.len() > 1 { digit(6) } else { b'=' },
        if group.len() > 2 { digit(0) } else { b'=' },
    ]
}

/// Consumes a text; gives it with the bytes in padded standard base64 at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_base64(text: *mut u8, value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate; `reserve` made room for four characters per three bytes.
    unsafe {
        let value = bytes(value);
        let text = reserve(text, value.len().div_ceil(3) * 4);
        let start = layout::len(text);
        let mut to = layout::data(text).add(start);
        for group in value.chunks(3) {
            to.cast::<[u8; 4]>().write_unaligned(base64_digits(group));
            to = to.add(4);
        }
        layout::set_len(text, start + value.len().div_ceil(3) * 4);
        text
    }
}

/// Two lower-case hexadecimal digits per byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_bytes_to_hex(value: *mut u8) -> *mut u8 {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    // SAFETY: contract of the crate; the new text has room for two characters per byte.
    unsafe {
        let value = bytes(value);
        let text = fuse_core::fuse_text_new(value.len() as i64 * 2);
        let mut to = layout::data(text);
        for byte in value {
            let pair = [HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize]];
            to.cast::<[u8; 2]>().write_unaligned(pair);
            to = to.add(2);
        }
        layout::set_len(text, value.len() * 2);
        text
    }
}

/// The bytes as a String, or null when they are not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_bytes_to_string(value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    let value = unsafe { bytes(value) };
    crate::object::new_optional_text(core::str::from_utf8(value).ok().map(str::as_bytes))
}
