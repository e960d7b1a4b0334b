//! Values nobody wants: checked and stepped over.

use fuse_abi::json::{Cursor, ITEM, KEY_END, SyntaxError};
use fuse_core::json::peek;
use fuse_core::{fuse_json_array, fuse_json_item, fuse_json_key, fuse_json_null, fuse_json_object};

use super::problem::mismatch;
use super::{fail_no_value, fuse_json_fail, has_failed, number, string};

/// Steps over one value; false when reading has failed.
pub(super) unsafe fn value(cursor: *mut Cursor) -> bool {
    let raw = cursor.cast::<u8>();
    // SAFETY: contract of the module. Depth is limited by opening containers.
    unsafe {
        match peek(cursor) {
            b'"' => string::read(cursor, |_| ()),
            b'{' => {
                let mut first = true;
                if !fuse_json_object(raw) {
                    return false;
                }
                loop {
                    match fuse_json_key(raw, first) {
                        KEY_END => return true,
                        0.. if value(cursor) => first = false,
                        _ => return false,
                    }
                }
            }
            b'[' => {
                let mut first = true;
                if !fuse_json_array(raw) {
                    return false;
                }
                while fuse_json_item(raw, first) == ITEM {
                    if !value(cursor) {
                        return false;
                    }
                    first = false;
                }
                !has_failed(cursor)
            }
            b't' | b'f' => literal_bool(cursor).is_some(),
            b'n' => fuse_json_null(raw),
            byte if number::begins(byte) => number::read(cursor).is_some(),
            _ => {
                fail_no_value(cursor);
                false
            }
        }
    }
}

/// `true` or `false`; reading fails if it is neither.
pub(super) unsafe fn literal_bool(cursor: *mut Cursor) -> Option<bool> {
    // SAFETY: the rest of the input.
    unsafe {
        let start = (*cursor).at;
        let rest = core::slice::from_raw_parts(start, (*cursor).end.offset_from_unsigned(start));
        for (word, value) in [("true", true), ("false", false)] {
            if rest.starts_with(word.as_bytes()) {
                (*cursor).at = start.add(word.len());
                return Some(value);
            }
        }
        fuse_json_fail(cursor, SyntaxError::Bool as u64);
        None
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_bool_slow(cursor: *mut Cursor) {
    // SAFETY: contract of the module.
    unsafe {
        if matches!(peek(cursor), b't' | b'f') {
            fuse_json_fail(cursor, SyntaxError::Bool as u64);
        } else {
            mismatch(cursor, b"Bool");
        }
    }
}

/// Number of elements of the array that comes next, which stays unread; -1 when it is no array or reading failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_count(cursor: *mut u8) -> i64 {
    let state = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        if peek(state) != b'[' {
            return -1;
        }
        let before = (*state).at;
        if !fuse_json_array(cursor) {
            return -1;
        }
        let mut count = 0;
        while fuse_json_item(cursor, count == 0) == ITEM {
            if !value(state) {
                return -1;
            }
            count += 1;
        }
        if has_failed(state) {
            return -1;
        }
        (*state).at = before;
        count
    }
}
