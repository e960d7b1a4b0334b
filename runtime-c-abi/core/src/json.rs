//! Reading JSON: the steps that generated decoders take for every token. What is rare (escapes, floats, problems) is in the runtime.
//!
//! Every `cursor` is a live [`Cursor`] whose `at..end` lies in a text of valid UTF-8.

use core::ptr::{copy_nonoverlapping, null_mut, read_unaligned};

use fuse_abi::json::{
    Cursor, ITEM, ITEM_END, ITEM_FAILED, KEY_END, KEY_FAILED, MAX_DEPTH, SyntaxError,
};

use crate::block::{BLOCK, Block, Found, first};
use crate::bytes::{self, copy_to_new};
use crate::cold::{
    fuse_json_bool_slow, fuse_json_fail, fuse_json_float_slow, fuse_json_int_slow,
    fuse_json_key_slow, fuse_json_mismatch_string, fuse_json_string_slow,
};
use crate::text::{data, fuse_text_new, set_len};

/// How many bytes are left.
#[inline(always)]
unsafe fn left(cursor: *mut Cursor) -> usize {
    // SAFETY: both lie in one text.
    unsafe { ((*cursor).end as usize).wrapping_sub((*cursor).at as usize) }
}

#[inline(always)]
unsafe fn fail(cursor: *mut Cursor, error: SyntaxError) {
    // SAFETY: contract of the module.
    unsafe { fuse_json_fail(cursor, error as u64) }
}

/// Steps over blanks; the byte then, or 0 at the end. (A zero byte is no token either.)
#[inline(always)]
pub unsafe fn peek(cursor: *mut Cursor) -> u8 {
    // SAFETY: reads stay before `end`.
    unsafe {
        let end = (*cursor).end;
        let mut at = (*cursor).at;
        while at != end {
            let byte = *at;
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                (*cursor).at = at;
                return byte;
            }
            at = at.add(1);
        }
        (*cursor).at = at;
        0
    }
}

#[inline(always)]
unsafe fn advance(cursor: *mut Cursor, count: usize) {
    // SAFETY: callers have looked at the bytes.
    unsafe { (*cursor).at = (*cursor).at.add(count) }
}

/// Bytes that a JSON string does not hold as they are.
#[inline(always)]
pub fn specials(block: Block) -> Found {
    let marks = block.equal(b'"').or(block.equal(b'\\'));
    marks.or(block.at_most(0x1f))
}

/// The first quote, backslash or control character in `at..end`, or `end`.
#[inline(always)]
pub unsafe fn special(mut at: *const u8, end: *const u8) -> *const u8 {
    // SAFETY: 16 bytes are read only where as many are left.
    unsafe {
        while (end as usize).wrapping_sub(at as usize) >= BLOCK {
            let found = first(specials(Block::load(at)));
            if found != BLOCK {
                return at.add(found);
            }
            at = at.add(BLOCK);
        }
        while at != end {
            let byte = *at;
            if byte == b'"' || byte == b'\\' || byte < b' ' {
                break;
            }
            at = at.add(1);
        }
        at
    }
}

/// Is the next value an object? Then it is open, and the next step is [`fuse_json_key`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_object(cursor: *mut u8) -> bool {
    // SAFETY: contract of the module.
    unsafe { open(cursor.cast(), b'{') }
}

/// Is the next value an array? Then it is open, and the next step is [`fuse_json_item`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_array(cursor: *mut u8) -> bool {
    // SAFETY: contract of the module.
    unsafe { open(cursor.cast(), b'[') }
}

#[inline(always)]
unsafe fn open(cursor: *mut Cursor, bracket: u8) -> bool {
    // SAFETY: contract of the module.
    unsafe {
        if peek(cursor) != bracket {
            return false;
        }
        if (*cursor).depth >= MAX_DEPTH {
            fail(cursor, SyntaxError::Depth);
            return false;
        }
        advance(cursor, 1);
        (*cursor).depth = (*cursor).depth.wrapping_add(1);
        true
    }
}

#[inline(always)]
unsafe fn close(cursor: *mut Cursor) {
    // SAFETY: contract of the module.
    unsafe {
        advance(cursor, 1);
        (*cursor).depth = (*cursor).depth.wrapping_sub(1);
    }
}

/// (cursor, is it the first?): length of the next key of the open object, which stands behind its colon then; [`KEY_END`] when the
/// object has ended; [`KEY_FAILED`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_key(cursor: *mut u8, first: bool) -> i64 {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: reads stay before `end`: `peek` gives 0 there.
    unsafe {
        // Without blanks in between, which is usual, comma and quote are looked at together.
        let is_tight = !first
            && left(cursor) >= 2
            && read_unaligned::<[u8; 2]>((*cursor).at.cast()) == *b",\"";
        if is_tight {
            advance(cursor, 1);
        } else {
            let mut byte = peek(cursor);
            if byte == b'}' {
                close(cursor);
                return KEY_END;
            }
            if !first {
                if byte != b',' {
                    fail_expecting(cursor, SyntaxError::CommaBrace);
                    return KEY_FAILED;
                }
                advance(cursor, 1);
                byte = peek(cursor);
            }
            if byte != b'"' {
                fail_expecting(cursor, SyntaxError::Key);
                return KEY_FAILED;
            }
        }
        let from = (*cursor).at.add(1);
        let end = (*cursor).end;
        let to = special(from, end);
        if to != end && *to == b'"' {
            (*cursor).key = from;
            (*cursor).key_len = (to as u64).wrapping_sub(from as u64);
            let behind = to.add(1);
            if behind != end && *behind == b':' {
                (*cursor).at = behind.add(1);
                return (*cursor).key_len as i64;
            }
            (*cursor).at = behind;
        } else if !fuse_json_key_slow(cursor) {
            return KEY_FAILED;
        }
        let byte = peek(cursor);
        if byte != b':' {
            fail_expecting(cursor, SyntaxError::Colon);
            return KEY_FAILED;
        }
        advance(cursor, 1);
        (*cursor).key_len as i64
    }
}

/// Reading fails because something else was due here; at the end of the text, because of that.
#[inline(always)]
unsafe fn fail_expecting(cursor: *mut Cursor, error: SyntaxError) {
    // SAFETY: contract of the module.
    unsafe {
        if (*cursor).at == (*cursor).end {
            fail(cursor, SyntaxError::End);
        } else {
            fail(cursor, error);
        }
    }
}

/// (cursor, length of the key, position): see [`bytes::word`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_key_word(cursor: *mut u8, len: i64, position: i64) -> i64 {
    // SAFETY: the caller has compared the length, and keeps `position + 8 <= len` for keys of 8 bytes or more.
    unsafe {
        let key = (*cursor.cast::<Cursor>()).key;
        bytes::word(key, len as usize, position as usize)
    }
}

/// (cursor, is it the first?): [`ITEM`] when an element follows, [`ITEM_END`] when the array has ended, [`ITEM_FAILED`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_item(cursor: *mut u8, first: bool) -> i64 {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        let byte = peek(cursor);
        if byte == b']' {
            close(cursor);
            return ITEM_END;
        }
        if first {
            return ITEM;
        }
        if byte != b',' {
            fail_expecting(cursor, SyntaxError::Comma);
            return ITEM_FAILED;
        }
        advance(cursor, 1);
        if peek(cursor) == b']' {
            fail(cursor, SyntaxError::Character);
            return ITEM_FAILED;
        }
        ITEM
    }
}

/// Is the next value null? Then it has been read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_null(cursor: *mut u8) -> bool {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: four bytes are read only where as many are left.
    unsafe {
        if peek(cursor) != b'n' {
            return false;
        }
        if left(cursor) < 4 || read_unaligned::<u32>((*cursor).at.cast()) != word(*b"null") {
            fail(cursor, SyntaxError::Null);
            return false;
        }
        advance(cursor, 4);
        true
    }
}

#[inline(always)]
const fn word(bytes: [u8; 4]) -> u32 {
    u32::from_ne_bytes(bytes)
}

/// `Option<Bool>`; none: it is something else, which has been recorded and skipped, or reading failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_bool(out: *mut u8, cursor: *mut u8) {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: four bytes are read only where as many are left; `out` has room for the option.
    unsafe {
        let byte = peek(cursor);
        let count = left(cursor);
        let at = (*cursor).at;
        let value =
            if byte == b't' && count >= 4 && read_unaligned::<u32>(at.cast()) == word(*b"true") {
                advance(cursor, 4);
                true
            } else if byte == b'f'
                && count >= 5
                && read_unaligned::<u32>(at.add(1).cast()) == word(*b"alse")
            {
                advance(cursor, 5);
                false
            } else {
                fuse_json_bool_slow(cursor);
                *out = 0;
                return;
            };
        *out = 1;
        *out.add(1) = value as u8;
    }
}

/// Powers of ten up to the number of digits in a word.
static POWERS: [u64; 9] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
];

/// Steps over digits, which are put behind those of `value`; where they end. More than 19 overflow.
#[inline(always)]
unsafe fn digits(mut at: *const u8, end: *const u8, value: &mut u64) -> *const u8 {
    // SAFETY: 8 bytes are read only where as many are left; a word holds at most 8 digits.
    unsafe {
        while (end as usize).wrapping_sub(at as usize) >= 8 {
            let word = u64::from_le(read_unaligned::<u64>(at.cast())) ^ 0x3030_3030_3030_3030;
            // Bytes above 9. A carry out of one reaches only those behind it, which do not matter then.
            let others = (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
            let count = (others.trailing_zeros() / 8) as usize;
            if count == 0 {
                return at;
            }
            // Two digits each become one number, then four, then eight.
            let word = word.wrapping_shl(64u32.wrapping_sub((count as u32).wrapping_mul(8)));
            let pairs = (word.wrapping_mul(10).wrapping_add(word >> 8)) & 0x00ff_00ff_00ff_00ff;
            let fours = (pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0x0000_ffff_0000_ffff;
            let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
            *value = value
                .wrapping_mul(*POWERS.as_ptr().add(count))
                .wrapping_add(eight);
            at = at.add(count);
            if count < 8 {
                return at;
            }
        }
        while at != end {
            let digit = (*at).wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            *value = value.wrapping_mul(10).wrapping_add(digit as u64);
            at = at.add(1);
        }
        at
    }
}

/// `Option<Int>`; none as for [`fuse_json_bool`]. Up to 18 digits are read here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_int(out: *mut u8, cursor: *mut u8) {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: reads stay before `end`; `out` has room for the option.
    unsafe {
        let byte = peek(cursor);
        let end = (*cursor).end;
        let negative = byte == b'-';
        let first = (*cursor).at.add(negative as usize);
        let mut value = 0u64;
        let at = digits(first, end, &mut value);
        let count = (at as usize).wrapping_sub(first as usize);
        let plain = at == end || !matches!(*at, b'.' | b'e' | b'E');
        if count == 0 || count > 18 || !plain || (*first == b'0' && count > 1) {
            return fuse_json_int_slow(out, cursor);
        }
        (*cursor).at = at;
        *out = 1;
        let value = value as i64;
        *out.add(8).cast::<i64>() = if negative {
            value.wrapping_neg()
        } else {
            value
        };
    }
}

/// Powers of ten that are exact, as are all whole numbers of as many digits.
static FLOAT_POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// `Option<Float>`; none as for [`fuse_json_bool`]. Up to 15 digits without an exponent are read here: they are the quotient of two exact
/// doubles, which division rounds as reading should (Clinger, PLDI 1990).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_float(out: *mut u8, cursor: *mut u8) {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: reads stay before `end`; `out` has room for the option; the table has an entry for every number of digits let through.
    unsafe {
        let byte = peek(cursor);
        let end = (*cursor).end;
        let negative = byte == b'-';
        let first = (*cursor).at.add(negative as usize);
        let mut value = 0u64;
        let mut at = digits(first, end, &mut value);
        let whole = (at as usize).wrapping_sub(first as usize);
        let mut decimals = 0usize;
        let mut is_plain = whole != 0 && (whole == 1 || *first != b'0');
        if at != end && *at == b'.' {
            let point = at.add(1);
            at = digits(point, end, &mut value);
            decimals = (at as usize).wrapping_sub(point as usize);
            is_plain &= decimals != 0;
        }
        is_plain &= whole.wrapping_add(decimals) <= 15;
        is_plain &= at == end || !matches!(*at, b'e' | b'E');
        if !is_plain {
            return fuse_json_float_slow(out, cursor);
        }
        (*cursor).at = at;
        let value = value as f64 / *FLOAT_POWERS.as_ptr().add(decimals);
        *out = 1;
        *out.add(8).cast::<f64>() = if negative { -value } else { value };
    }
}

/// A new `String`, or null: as for [`fuse_json_bool`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_string(cursor: *mut u8) -> *mut u8 {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: reads stay before `end`.
    unsafe {
        if peek(cursor) != b'"' {
            fuse_json_mismatch_string(cursor);
            return null_mut();
        }
        let from = (*cursor).at.add(1);
        let end = (*cursor).end;
        let to = special(from, end);
        if to == end || *to != b'"' {
            return fuse_json_string_slow(cursor);
        }
        (*cursor).at = to.add(1);
        let count = (to as usize).wrapping_sub(from as usize);
        let text = fuse_text_new(count as i64);
        copy_to_new(from, end, data(text), count);
        set_len(text, count);
        text
    }
}

/// The last key as a new `String`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_key_text(cursor: *mut u8) -> *mut u8 {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        let count = (*cursor).key_len as usize;
        let text = fuse_text_new(count as i64);
        copy_nonoverlapping((*cursor).key, crate::text::data(text), count);
        crate::text::set_len(text, count);
        text
    }
}
