//! Strings with escapes.

use core::ptr::null_mut;

use fuse_abi::json::{Cursor, SyntaxError};
use fuse_core::block::BLOCK;
use fuse_core::bytes::copy_to_new;
use fuse_core::json::special;
use fuse_core::text::{data, set_len};
use fuse_core::{fuse_drop_text, fuse_text_new};

use super::{fuse_json_fail, set_key_text};

/// Reads the string whose opening quote is next; `emit` gets its pieces. Reading fails if it is not well formed.
pub(super) unsafe fn read(cursor: *mut Cursor, mut emit: impl FnMut(&[u8])) -> bool {
    // SAFETY: reads stay before `end`.
    unsafe {
        let end = (*cursor).end;
        let mut at = (*cursor).at.add(1);
        let error = loop {
            let to = special(at, end);
            if to != at {
                emit(core::slice::from_raw_parts(at, to.offset_from_unsigned(at)));
            }
            if to == end {
                break SyntaxError::Unterminated;
            }
            match *to {
                b'"' => {
                    (*cursor).at = to.add(1);
                    return true;
                }
                b'\\' => {
                    let rest = core::slice::from_raw_parts(to, end.offset_from_unsigned(to));
                    match escape(rest, &mut emit) {
                        Ok(length) => at = to.add(length),
                        Err(error) => break error,
                    }
                }
                _ => break SyntaxError::Control,
            }
        };
        fuse_json_fail(cursor, error as u64);
        false
    }
}

/// Emits the character of the escape at the start of `rest` and gives the length of the escape.
fn escape(rest: &[u8], emit: &mut impl FnMut(&[u8])) -> Result<usize, SyntaxError> {
    let plain = match rest.get(1) {
        None => return Err(SyntaxError::Unterminated),
        Some(b'"') => b"\"",
        Some(b'\\') => b"\\",
        Some(b'/') => b"/",
        Some(b'b') => b"\x08",
        Some(b'f') => b"\x0c",
        Some(b'n') => b"\n",
        Some(b'r') => b"\r",
        Some(b't') => b"\t",
        Some(b'u') => return unicode(rest, emit),
        Some(_) => return Err(SyntaxError::Escape),
    };
    emit(plain);
    Ok(2)
}

/// `\uXXXX`, two of them for a character beyond the basic plane.
fn unicode(rest: &[u8], emit: &mut impl FnMut(&[u8])) -> Result<usize, SyntaxError> {
    let first = unit(rest, 2)?;
    let (code, length) = match first {
        0xd800..0xdc00 => {
            if rest.get(6..8) != Some(b"\\u") {
                return Err(SyntaxError::Unicode);
            }
            let second = unit(rest, 8)?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(SyntaxError::Unicode);
            }
            (0x10000 + ((first - 0xd800) << 10 | (second - 0xdc00)), 12)
        }
        unit => (unit, 6),
    };
    let character = char::from_u32(code).ok_or(SyntaxError::Unicode)?;
    let mut bytes = [0; 4];
    emit(character.encode_utf8(&mut bytes).as_bytes());
    Ok(length)
}

/// Four hexadecimal digits.
fn unit(rest: &[u8], from: usize) -> Result<u32, SyntaxError> {
    let digits = rest.get(from..from + 4).ok_or(SyntaxError::Unicode)?;
    let mut value = 0;
    for &digit in digits {
        let digit = (digit as char).to_digit(16).ok_or(SyntaxError::Unicode)?;
        value = value << 4 | digit;
    }
    Ok(value)
}

/// Bytes up to the closing quote of the string at the opening quote, or up to where it is not well formed. What they stand for is no longer.
unsafe fn written_length(cursor: *mut Cursor) -> usize {
    // SAFETY: reads stay before `end`.
    unsafe {
        let end = (*cursor).end;
        let start = (*cursor).at.add(1);
        let mut at = start;
        loop {
            let to = special(at, end);
            if to == end || *to != b'\\' || end.offset_from_unsigned(to) < 2 {
                return to.offset_from_unsigned(start);
            }
            at = to.add(2);
        }
    }
}

/// The string at the opening quote as a new text, or null.
unsafe fn read_text(cursor: *mut Cursor) -> *mut u8 {
    // SAFETY: the text has room for all pieces and a block more; pieces of the input end where it does at the latest, the others are no
    // longer than they are copied.
    unsafe {
        let input = (*cursor).start..(*cursor).end;
        let text = fuse_text_new((written_length(cursor) + BLOCK) as i64);
        let mut length = 0;
        let read = read(cursor, |piece| {
            let range = piece.as_ptr_range();
            // Blocks may reach behind the piece, so a piece of the input is read as part of the whole.
            let (from, end) = if input.contains(&range.start) {
                (input.start.with_addr(range.start.addr()), input.end)
            } else {
                (range.start, range.end)
            };
            copy_to_new(from, end, data(text).add(length), piece.len());
            length += piece.len();
        });
        if read {
            set_len(text, length);
            return text;
        }
        fuse_drop_text(text);
        null_mut()
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_string_slow(cursor: *mut Cursor) -> *mut u8 {
    // SAFETY: contract of the module.
    unsafe { read_text(cursor) }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_key_slow(cursor: *mut Cursor) -> bool {
    // SAFETY: contract of the module.
    unsafe {
        let text = read_text(cursor);
        if text.is_null() {
            return false;
        }
        set_key_text(cursor, text);
        true
    }
}
