//! Reading JSON (RFC 8259): the steps that are rare or large. The hot ones are in `fuse_core::json`; what is read into which fields is
//! generated code.
//!
//! Everything made here lives in the heap of the guard, so a fault while reading leaves nothing behind. Every `cursor` is a live
//! [`Cursor`]; that is the safety contract of the functions here, besides the crate's.

mod base64;
mod number;
mod problem;
mod skip;
mod string;
mod tagged;
mod value;

use core::ptr::{null, null_mut};

use fuse_abi::json::{Cursor, SyntaxError};
use fuse_core::json::peek;
use fuse_core::{fuse_alloc, fuse_drop_text, fuse_free, text};

use crate::fault::Fault;
pub(crate) use base64::decode as base64_bytes;
pub use base64::fuse_json_bytes;
pub use number::{fuse_json_float_slow, fuse_json_int_slow};
pub(crate) use problem::each as each_problem;
pub use problem::{
    fuse_json_duplicate, fuse_json_fault, fuse_json_finish, fuse_json_in_field, fuse_json_in_item,
    fuse_json_mismatch, fuse_json_mismatch_string, fuse_json_missing, fuse_json_problem,
    fuse_json_problems, fuse_json_reject, fuse_json_sort, fuse_json_unknown,
};
pub use skip::{fuse_json_bool_slow, fuse_json_count};
pub use string::{fuse_json_key_slow, fuse_json_string_slow};
pub use tagged::{
    fuse_json_data, fuse_json_data_end, fuse_json_enter, fuse_json_leave, fuse_json_tagged,
    fuse_json_unknown_tag,
};
pub(crate) use value::string_entries;
pub use value::{fuse_json_decode, fuse_json_value};

/// A cursor over `length` bytes.
pub(crate) fn cursor_over(start: *const u8, length: usize) -> Cursor {
    Cursor {
        at: start,
        end: start.wrapping_add(length),
        start,
        key: null(),
        key_len: 0,
        depth: 0,
        error: 0,
        data: null(),
        data_end: null(),
        text: null_mut(),
        key_text: null_mut(),
        problems: null_mut(),
        found: 0,
    }
}

/// A cursor over the text, which it owns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_begin(object: *mut u8) -> *mut u8 {
    // SAFETY: the memory has room for a cursor; the text lives as long as the cursor.
    unsafe {
        let cursor = fuse_alloc(size_of::<Cursor>() as i64).cast::<Cursor>();
        cursor.write(Cursor {
            text: object,
            ..cursor_over(text::data(object), text::len(object))
        });
        cursor.cast()
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_end(cursor: *mut u8) {
    // SAFETY: contract of the module; nobody uses the cursor any more.
    unsafe {
        let state = cursor.cast::<Cursor>();
        fuse_drop_text((*state).text);
        set_key_text(state, null_mut());
        problem::release(state);
        fuse_free(cursor, size_of::<Cursor>() as i64);
    }
}

/// Reading fails for good: whatever is asked next finds the end of the text.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_fail(cursor: *mut Cursor, error: u64) {
    // SAFETY: contract of the module.
    unsafe {
        if (*cursor).error == 0 {
            (*cursor).error = error;
        }
        (*cursor).at = (*cursor).end;
    }
}

/// Fails because there is no value here.
unsafe fn fail_no_value(cursor: *mut Cursor) {
    // SAFETY: contract of the module.
    unsafe {
        let at_end = peek(cursor) == 0 && (*cursor).at == (*cursor).end;
        let error = if at_end {
            SyntaxError::End
        } else {
            SyntaxError::Character
        };
        fuse_json_fail(cursor, error as u64);
    }
}

unsafe fn has_failed(cursor: *mut Cursor) -> bool {
    // SAFETY: contract of the module.
    unsafe { (*cursor).error != 0 }
}

/// The text that `key` lies in, if it does not lie in the input.
unsafe fn set_key_text(cursor: *mut Cursor, object: *mut u8) {
    // SAFETY: contract of the module; the old text is not referred to once `key` is set anew.
    unsafe {
        let before = (*cursor).key_text;
        if !before.is_null() {
            fuse_drop_text(before);
        }
        (*cursor).key_text = object;
        if !object.is_null() {
            (*cursor).key = text::data(object);
            (*cursor).key_len = text::len(object) as u64;
        }
    }
}

/// The last key.
unsafe fn key<'a>(cursor: *mut Cursor) -> &'a [u8] {
    // SAFETY: the key lies in the input or in `key_text`, and is used before the next one is read.
    unsafe { core::slice::from_raw_parts((*cursor).key, (*cursor).key_len as usize) }
}

/// The fault of text that is not JSON where an untyped value is wanted.
fn invalid_json(error: u64) -> Fault {
    let mut message = crate::memory::buffer::Buffer::new();
    message.push(b"invalid json: ");
    message.push(SyntaxError::message(error).as_bytes());
    Fault::from_buffer(message, "runtime_error")
}
