//! Enums and results: objects with a `type` and, in any order, their `data`.

use core::ptr::{null, null_mut};

use fuse_abi::json::{Cursor, KEY_END};
use fuse_core::json::peek;
use fuse_core::{fuse_drop_text, fuse_json_key, fuse_json_object, fuse_json_string};

use super::problem::{mismatch, record, record_in_field};
use super::{has_failed, key, set_key_text, skip};
use crate::memory::buffer::Buffer;
use crate::object::bytes;

/// What stands at the top of a tagged object.
struct Top {
    /// The text of the tag, or null; whoever reads the top drops it or hands it on.
    tag: *mut u8,
    seen_type: bool,
    /// Where the data begins, or null.
    data: *const u8,
    /// A name that stands there twice.
    repeated: Option<&'static [u8]>,
}

/// Reads an object to its end and finds what stands at its top. False when reading failed.
unsafe fn read_top(state: *mut Cursor, top: &mut Top) -> bool {
    let cursor = state.cast::<u8>();
    // SAFETY: contract of the module.
    unsafe {
        let mut first = true;
        loop {
            let length = fuse_json_key(cursor, first);
            first = false;
            if length == KEY_END {
                return true;
            }
            if length < 0 {
                return false;
            }
            if key(state) == b"type" {
                if top.seen_type {
                    top.repeated = Some(b"type");
                }
                top.seen_type = true;
                if peek(state) == b'"' {
                    if !top.tag.is_null() {
                        fuse_drop_text(top.tag);
                    }
                    top.tag = fuse_json_string(cursor);
                    if top.tag.is_null() {
                        return false;
                    }
                    continue;
                }
            } else if key(state) == b"data" {
                if !top.data.is_null() {
                    top.repeated = Some(b"data");
                }
                peek(state);
                top.data = (*state).at;
            }
            if !skip::value(state) {
                return false;
            }
        }
    }
}

/// Reads an enum or a result as far as its tag, which becomes the key: gives its length. The whole object is checked, and read as far
/// as the reader is concerned; its data can be entered. -1: what is wrong has been recorded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_tagged(
    cursor: *mut u8,
    is_result: bool,
    expected: *mut u8,
) -> i64 {
    let state = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        if peek(state) != b'{' {
            mismatch(state, bytes(expected));
            return -1;
        }
        if !fuse_json_object(cursor) {
            return -1;
        }
        let mut top = Top {
            tag: null_mut(),
            seen_type: false,
            data: null(),
            repeated: None,
        };
        let read = read_top(state, &mut top);
        if read {
            (*state).data = top.data;
            (*state).data_end = (*state).at;
            if let Some(name) = top.repeated {
                record_in_field(state, name, b"duplicate_field", b"duplicate field");
            } else if !top.tag.is_null() {
                set_key_text(state, top.tag);
                return (*state).key_len as i64;
            } else if !is_result {
                record(state, b"missing_field", b"missing enum type");
            } else if !top.seen_type {
                record(state, b"missing_field", b"missing Result tag");
            } else {
                let message = b"expected Result tag string";
                record_in_field(state, b"type", b"type_mismatch", message);
            }
        }
        if !top.tag.is_null() {
            fuse_drop_text(top.tag);
        }
        -1
    }
}

/// The tag just read names nothing.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_unknown_tag(cursor: *mut u8, is_result: bool) {
    let state = cursor.cast::<Cursor>();
    let mut message = Buffer::new();
    message.push(if is_result {
        b"unknown Result variant "
    } else {
        b"unknown variant "
    });
    // SAFETY: contract of the module.
    unsafe {
        message.push(key(state));
        if is_result {
            record_in_field(state, b"type", b"invalid_value", message.as_bytes());
        } else {
            record(state, b"invalid_value", message.as_bytes());
        }
    }
}

/// Where the data of the tagged object just read begins, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_data(cursor: *mut u8) -> i64 {
    // SAFETY: contract of the module.
    unsafe {
        let state = &*cursor.cast::<Cursor>();
        if state.data.is_null() {
            return -1;
        }
        state.data.offset_from(state.start) as i64
    }
}

/// Where the tagged object just read ends.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_data_end(cursor: *mut u8) -> i64 {
    // SAFETY: contract of the module.
    unsafe {
        let state = &*cursor.cast::<Cursor>();
        state.data_end.offset_from(state.start) as i64
    }
}

/// Goes back into the object for its data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_enter(cursor: *mut u8, data: i64) {
    // SAFETY: a position that `fuse_json_data` gave.
    unsafe {
        let state = &mut *cursor.cast::<Cursor>();
        state.at = state.start.add(data as usize);
        state.depth += 1;
    }
}

/// Goes on behind the object, unless reading has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_leave(cursor: *mut u8, end: i64) {
    // SAFETY: a position that `fuse_json_data_end` gave.
    unsafe {
        let state = cursor.cast::<Cursor>();
        (*state).depth -= 1;
        if !has_failed(state) {
            (*state).at = (*state).start.add(end as usize);
        }
    }
}
