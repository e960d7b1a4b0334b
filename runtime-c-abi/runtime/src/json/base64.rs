//! `Bytes` from standard padded base64.

use core::ptr::null_mut;

use fuse_abi::json::Cursor;
use fuse_core::json::peek;
use fuse_core::{fuse_drop_text, fuse_json_string};

use super::problem::{mismatch, record};
use crate::memory::buffer::Buffer;
use crate::object::{new_text, string};

/// Surrounding blanks do not count; nothing but canonical text is accepted: padding at the very end, no bits left over.
pub(crate) fn decode(text: &str, out: &mut Buffer) -> Result<(), Buffer> {
    let text = text.trim().as_bytes();
    let problem = |parts: &[&[u8]]| {
        let mut message = Buffer::new();
        for part in parts {
            message.push(part);
        }
        message
    };
    if !text.len().is_multiple_of(4) {
        return Err(problem(&[b"invalid base64 length"]));
    }
    let count = text.len() / 4;
    for (number, group) in text.chunks(4).enumerate() {
        let last = number + 1 == count;
        let padding = group.iter().rev().take_while(|&&byte| byte == b'=').count();
        let mut word: u32 = 0;
        for &byte in &group[..4 - padding.min(4)] {
            let Some(digit) = digit(byte) else {
                if byte == b'=' {
                    return Err(bad_padding(number));
                }
                return Err(bad_character(text, byte));
            };
            word = word << 6 | digit;
        }
        let kept = match padding {
            0 => 3,
            1 if last => 2,
            2 if last => 1,
            _ => return Err(bad_padding(number)),
        };
        let bytes = (word << (6 * padding as u32 + 8)).to_be_bytes();
        if bytes[kept..3].iter().any(|&byte| byte != 0) {
            return Err(bad_padding(number));
        }
        out.push(&bytes[..kept]);
    }
    Ok(())
}

fn bad_padding(group: usize) -> Buffer {
    let mut message = Buffer::new();
    message.push(b"invalid base64 padding at chunk ");
    message.push_int(group as i64);
    message
}

fn bad_character(text: &[u8], byte: u8) -> Buffer {
    let mut message = Buffer::new();
    message.push(b"invalid base64 character '");
    let text = core::str::from_utf8(text).unwrap_or_default();
    let wrong = text.chars().find(|c| digit_of(*c).is_none() && *c != '=');
    let mut space = [0; 4];
    message.push(
        wrong
            .unwrap_or(byte as char)
            .encode_utf8(&mut space)
            .as_bytes(),
    );
    message.push(b"'");
    message
}

fn digit_of(character: char) -> Option<u32> {
    u8::try_from(character).ok().and_then(digit)
}

fn digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    } as u32)
}

/// New `Bytes`, or null when it is something else, which has been recorded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_bytes(cursor: *mut u8) -> *mut u8 {
    let state = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        if peek(state) != b'"' {
            mismatch(state, b"String");
            return null_mut();
        }
        let text = fuse_json_string(cursor);
        if text.is_null() {
            return null_mut();
        }
        let mut out = Buffer::new();
        let decoded = decode(string(text), &mut out);
        fuse_drop_text(text);
        match decoded {
            Ok(()) => new_text(out.as_bytes()),
            Err(detail) => {
                let mut message = Buffer::new();
                message.push(b"invalid Bytes (base64): ");
                message.push(detail.as_bytes());
                record(state, b"invalid_value", message.as_bytes());
                null_mut()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Result<Vec<u8>, String> {
        let mut out = Buffer::new();
        match decode(text, &mut out) {
            Ok(()) => Ok(out.as_bytes().to_vec()),
            Err(message) => Err(String::from_utf8_lossy(message.as_bytes()).into_owned()),
        }
    }

    #[test]
    fn canonical_text_only() {
        assert_eq!(decoded(" aGVsbG8= "), Ok(b"hello".to_vec()));
        assert_eq!(decoded(""), Ok(vec![]));
        assert_eq!(decoded("aGVs"), Ok(b"hel".to_vec()));
        assert_eq!(decoded("aA=="), Ok(b"h".to_vec()));
        let bad = [
            ("aGV", "invalid base64 length"),
            ("aG-s", "invalid base64 character '-'"),
            ("aA==aGVs", "invalid base64 padding at chunk 0"),
            ("aB==", "invalid base64 padding at chunk 0"),
            ("a===", "invalid base64 padding at chunk 0"),
            ("=aaa", "invalid base64 padding at chunk 0"),
            ("====", "invalid base64 padding at chunk 0"),
            ("aGé=", "invalid base64 length"),
            ("aé==", "invalid base64 length"),
            ("aaéa=a==", "invalid base64 length"),
            ("éaa", "invalid base64 character 'é'"),
        ];
        for (text, message) in bad {
            assert_eq!(decoded(text), Err(message.to_owned()), "{text}");
        }
    }
}
