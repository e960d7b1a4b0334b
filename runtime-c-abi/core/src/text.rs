//! Texts: `String`, `Bytes`, `Html`.

use fuse_abi::object::{Header, MAX_CAPACITY, SEQUENCE_DATA, Sequence};

use crate::alloc::{fuse_alloc, fuse_free, usable_size};
use crate::bytes;
use crate::cold::fuse_text_reserve_slow;
use crate::count::{fuse_rc_dec, fuse_rc_unique};

/// Where the bytes of a text start.
#[inline(always)]
pub unsafe fn data(text: *mut u8) -> *mut u8 {
    // SAFETY: every text is at least its header long.
    unsafe { text.add(SEQUENCE_DATA as usize) }
}

/// Length in bytes.
#[inline(always)]
pub unsafe fn len(text: *mut u8) -> usize {
    // SAFETY: a live text starts with a `Sequence`.
    unsafe { (*text.cast::<Sequence>()).len as usize }
}

#[inline(always)]
pub unsafe fn set_len(text: *mut u8, len: usize) {
    // SAFETY: a live, unique text starts with a `Sequence`.
    unsafe { (*text.cast::<Sequence>()).len = len as u64 }
}

#[inline(always)]
unsafe fn capacity(text: *mut u8) -> usize {
    // SAFETY: a live text starts with a `Sequence`.
    unsafe { (*text.cast::<Sequence>()).header.aux as usize }
}

/// A new empty text that can hold `capacity` bytes (at most `MAX_CAPACITY`).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_new(capacity: i64) -> *mut u8 {
    // SAFETY: the memory is at least SEQUENCE_DATA bytes and ours.
    unsafe {
        let size = (capacity as u64).wrapping_add(SEQUENCE_DATA);
        let text = fuse_alloc(size as i64);
        let room = usable_size(size).wrapping_sub(SEQUENCE_DATA);
        let room = if room > MAX_CAPACITY {
            MAX_CAPACITY
        } else {
            room
        };
        text.cast::<Sequence>().write(Sequence {
            header: Header {
                count: 1,
                aux: room as u32,
            },
            len: 0,
        });
        text
    }
}

/// Consumes `text`; gives a unique one with the same bytes and room for `extra` more.
#[inline(always)]
pub unsafe fn reserve(text: *mut u8, extra: usize) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        if capacity(text).wrapping_sub(len(text)) >= extra && fuse_rc_unique(text) {
            text
        } else {
            fuse_text_reserve_slow(text, extra as u64)
        }
    }
}

/// [`reserve`] for programs; `extra` is at most the bytes of texts that exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_reserve(text: *mut u8, extra: i64) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { reserve(text, extra as usize) }
}

/// Consumes `text`; gives it with `len` bytes from `from`, which must not lie inside `text`, at its end.
#[inline(always)]
pub unsafe fn push_bytes(text: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: `reserve` made room; a text just reserved is ours alone, so `from` is outside.
    unsafe {
        let text = reserve(text, count);
        let end = len(text);
        bytes::copy(from, data(text).add(end), count);
        set_len(text, end.wrapping_add(count));
        text
    }
}

/// Consumes `text`; gives it with the bytes of `tail` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push(text: *mut u8, tail: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate. `tail` may be `text` itself; reserving could then move it, so its place is taken afterwards.
    unsafe {
        let count = len(tail);
        let grown = reserve(text, count);
        let tail = if tail == text { grown } else { tail };
        let end = len(grown);
        bytes::copy(data(tail), data(grown).add(end), count);
        set_len(grown, end.wrapping_add(count));
        grown
    }
}

/// Consumes `text`; gives it with `true` or `false` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_bool(text: *mut u8, value: bool) -> *mut u8 {
    // SAFETY: `reserve` made room for the longer word.
    unsafe { fuse_text_put_bool(reserve(text, 5), value) }
}

// What follows appends to texts that are unique and have room for what is appended.

/// The bytes of `tail`, which is another text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put(text: *mut u8, tail: *mut u8) -> *mut u8 {
    // SAFETY: there is room.
    unsafe {
        let (end, count) = (len(text), len(tail));
        bytes::copy(data(tail), data(text).add(end), count);
        set_len(text, end.wrapping_add(count));
        text
    }
}

/// `true` or `false`; there is room for the longer one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_bool(text: *mut u8, value: bool) -> *mut u8 {
    let word: &[u8; 5] = if value { b"true " } else { b"false" };
    // SAFETY: there is room.
    unsafe {
        let end = len(text);
        core::ptr::copy_nonoverlapping(word.as_ptr(), data(text).add(end), word.len());
        set_len(text, end.wrapping_add(5).wrapping_sub(value as usize));
        text
    }
}

/// One byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_byte(text: *mut u8, byte: i64) -> *mut u8 {
    // SAFETY: there is room.
    unsafe {
        let end = len(text);
        *data(text).add(end) = byte as u8;
        set_len(text, end.wrapping_add(1));
        text
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_equal(a: *mut u8, b: *mut u8) -> bool {
    // SAFETY: both have `len` bytes when the lengths are equal.
    unsafe { a == b || (len(a) == len(b) && bytes::equal(data(a), data(b), len(a))) }
}

/// (text, its length, position): see [`bytes::word`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_word(text: *mut u8, len: i64, position: i64) -> i64 {
    // SAFETY: the caller has compared the length, and keeps `position + 8 <= len` for texts of 8 bytes or more.
    unsafe { bytes::word(data(text), len as usize, position as usize) }
}

/// -1, 0 or 1, by bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_compare(a: *mut u8, b: *mut u8) -> i64 {
    // SAFETY: a text's bytes are initialised up to its length.
    unsafe {
        let a = core::slice::from_raw_parts(data(a), len(a));
        let b = core::slice::from_raw_parts(data(b), len(b));
        a.cmp(b) as i64
    }
}

/// A unique text with the same bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_clone(text: *mut u8) -> *mut u8 {
    // SAFETY: the new text has room for the bytes and is elsewhere.
    unsafe {
        let count = len(text);
        let copy = fuse_text_new(count as i64);
        bytes::copy(data(text), data(copy), count);
        set_len(copy, count);
        copy
    }
}

/// Gives up one reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_drop_text(text: *mut u8) {
    // SAFETY: contract of the crate; the capacity tells the size class the text came from.
    unsafe {
        if fuse_rc_dec(text) {
            free_apart(text);
        }
    }
}

/// Texts have any size, so that finding the size class takes more than the rest of giving one up: this stays a call where the test of the count is
/// expanded.
#[inline(never)]
unsafe fn free_apart(text: *mut u8) {
    // SAFETY: as for `free`.
    unsafe { free(text) }
}

/// Frees a text without references.
#[inline(always)]
pub unsafe fn free(text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe {
        fuse_free(
            text,
            SEQUENCE_DATA.wrapping_add(capacity(text) as u64) as i64,
        )
    }
}
