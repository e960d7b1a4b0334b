//! Searching and cutting texts. Positions are Unicode scalar values, as the language counts.

use fuse_abi::FaultKind;
use fuse_core::text as layout;
use fuse_core::text::push_bytes;
use fuse_core::{fuse_rc_inc, fuse_text_new};

use crate::fault::Fault;
use crate::object::{TextList, bytes, new_text, string};

/// Number of Unicode scalar values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_scalars(text: *mut u8) -> i64 {
    // SAFETY: contract of the crate.
    scalars(unsafe { bytes(text) }) as i64
}

/// Scalar values in UTF-8: bytes that do not continue one.
pub fn scalars(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| (byte as i8) >= -0x40).count()
}

/// Where the scalar value `index` starts, or the length when `index` is the number of scalar values.
fn offset_of(text: &str, index: i64) -> Option<usize> {
    if index < 0 {
        return None;
    }
    if text.is_ascii() {
        return if index as u64 <= text.len() as u64 {
            Some(index as usize)
        } else {
            None
        };
    }
    let mut left = index;
    for (offset, _) in text.char_indices() {
        if left == 0 {
            return Some(offset);
        }
        left -= 1;
    }
    if left == 0 { Some(text.len()) } else { None }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_trim(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { part(text, string(text).trim()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_trim_start(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { part(text, string(text).trim_start()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_trim_end(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { part(text, string(text).trim_end()) }
}

/// A part of a text: another reference when it is all of it.
unsafe fn part(text: *mut u8, part: &str) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        if part.len() == layout::len(text) {
            fuse_rc_inc(text);
            text
        } else {
            new_text(part.as_bytes())
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_contains(text: *mut u8, part: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    unsafe { find(bytes(text), bytes(part)).is_some() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_starts_with(text: *mut u8, part: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    unsafe { bytes(text).starts_with(bytes(part)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_ends_with(text: *mut u8, part: *mut u8) -> bool {
    // SAFETY: contract of the crate.
    unsafe { bytes(text).ends_with(bytes(part)) }
}

/// Scalar index of the first occurrence, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_index_of(text: *mut u8, part: *mut u8) -> i64 {
    // SAFETY: contract of the crate.
    unsafe {
        let text = bytes(text);
        match find(text, bytes(part)) {
            Some(offset) => scalars(text.get(..offset).unwrap_or(&[])) as i64,
            None => -1,
        }
    }
}

/// Every occurrence of `from` replaced; an empty `from` stands before every scalar value and at the end, as in Rust.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_replace(text: *mut u8, from: *mut u8, to: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let (source, from, to) = (bytes(text), bytes(from), bytes(to));
        if from.is_empty() {
            return put_between(string(text), to);
        }
        let mut rest = source;
        let Some(mut at) = find(rest, from) else {
            fuse_rc_inc(text);
            return text;
        };
        let mut result = fuse_text_new(source.len() as i64);
        loop {
            result = push_bytes(result, rest.as_ptr(), at);
            result = push_bytes(result, to.as_ptr(), to.len());
            rest = rest.get(at + from.len()..).unwrap_or(&[]);
            match find(rest, from) {
                Some(next) => at = next,
                None => break push_bytes(result, rest.as_ptr(), rest.len()),
            }
        }
    }
}

/// `to` before every scalar value and at the end.
unsafe fn put_between(source: &str, to: &[u8]) -> *mut u8 {
    // SAFETY: the pieces are not inside the new text.
    unsafe {
        let mut result = fuse_text_new(source.len() as i64);
        let mut encoded = [0; 4];
        for character in source.chars() {
            result = push_bytes(result, to.as_ptr(), to.len());
            let piece = character.encode_utf8(&mut encoded);
            result = push_bytes(result, piece.as_ptr(), piece.len());
        }
        push_bytes(result, to.as_ptr(), to.len())
    }
}

/// Where `part` first stands. UTF-8 is such that bytes of a whole text are only found where that text stands. The C library's search
/// cannot panic, so programs that search stay small.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if cfg!(miri) {
        // It does not have the C library's.
        return (0..=text.len().checked_sub(part.len())?).find(|&at| text[at..].starts_with(part));
    }
    // SAFETY: both are readable for their length; the result is inside `text` or null.
    unsafe {
        let found = libc::memmem(
            text.as_ptr().cast(),
            text.len(),
            part.as_ptr().cast(),
            part.len(),
        );
        if found.is_null() {
            None
        } else {
            Some(found as usize - text.as_ptr() as usize)
        }
    }
}

unsafe fn split(text: *mut u8, separator: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe {
        let separator = bytes(separator);
        if separator.is_empty() {
            return Err(Fault::kind(FaultKind::EmptySeparator));
        }
        let mut list = TextList::new();
        let mut rest = bytes(text);
        while let Some(at) = find(rest, separator) {
            list.push(rest.get(..at).unwrap_or(&[]));
            rest = rest.get(at + separator.len()..).unwrap_or(&[]);
        }
        list.push(rest);
        Ok(list.finish())
    }
}

/// Splits at LF and CRLF; no empty last line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_lines(text: *mut u8) -> *mut u8 {
    let mut list = TextList::new();
    // SAFETY: contract of the crate.
    let mut rest = unsafe { bytes(text) };
    while !rest.is_empty() {
        let end = find(rest, b"\n").unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or(&[]);
        let has_end = end < rest.len();
        let stripped = if has_end {
            line.strip_suffix(b"\r")
        } else {
            None
        };
        list.push(stripped.unwrap_or(line));
        rest = rest.get(end + 1..).unwrap_or(&[]);
    }
    list.finish()
}

unsafe fn slice(text: *mut u8, from: i64, to: i64) -> Result<*mut u8, Fault> {
    let out_of_bounds = Fault::kind(FaultKind::IndexOutOfBounds);
    if from > to {
        return Err(out_of_bounds);
    }
    // SAFETY: contract of the crate.
    unsafe {
        let source = string(text);
        let (Some(start), Some(end)) = (offset_of(source, from), offset_of(source, to)) else {
            return Err(out_of_bounds);
        };
        match source.get(start..end) {
            Some(piece) => Ok(part(text, piece)),
            None => Err(out_of_bounds),
        }
    }
}

unsafe fn bytes_slice(value: *mut u8, from: i64, to: i64) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let value = unsafe { bytes(value) };
    let piece = if from < 0 || from > to {
        None
    } else {
        value.get(from as usize..to as usize)
    };
    match piece {
        Some(piece) => Ok(new_text(piece)),
        None => Err(Fault::kind(FaultKind::IndexOutOfBounds)),
    }
}

unsafe fn repeat(text: *mut u8, count: i64) -> Result<*mut u8, Fault> {
    if count < 0 {
        return Err(Fault::kind(FaultKind::NegativeCount));
    }
    // SAFETY: contract of the crate.
    unsafe {
        let piece = bytes(text);
        let total = (piece.len() as u64).checked_mul(count as u64);
        let Some(total) = total.filter(|&total| total <= fuse_abi::object::MAX_CAPACITY) else {
            return Err(Fault::kind(FaultKind::OutOfMemory));
        };
        let mut result = fuse_text_new(total as i64);
        if total > 0 {
            for _ in 0..count {
                result = push_bytes(result, piece.as_ptr(), piece.len());
            }
        }
        Ok(result)
    }
}

faulting! {
    /// The parts between the separators.
    fn fuse_text_split(text: *mut u8, separator: *mut u8) -> *mut u8 = split;
    /// The scalar values `from..to`.
    fn fuse_text_slice(text: *mut u8, from: i64, to: i64) -> *mut u8 = slice;
    /// The bytes `from..to`.
    fn fuse_bytes_slice(value: *mut u8, from: i64, to: i64) -> *mut u8 = bytes_slice;
    fn fuse_text_repeat(text: *mut u8, count: i64) -> *mut u8 = repeat;
}
