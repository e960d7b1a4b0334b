//! Dynamic values from JSON.

use fuse_abi::json::dynamic::{
    BOOL, BOOL_OFFSET, FLOAT, INT, LIST, MAP, NULL, PAYLOAD_OFFSET, SIZE, STRING,
};
use fuse_abi::json::{Cursor, ITEM, KEY_END};
use fuse_abi::object::{
    MAP_ENTRIES_OFFSET, MAP_ENTRY_KEY, MAP_ENTRY_VALUE, Map, SEQUENCE_DATA, Sequence,
};
use fuse_core::json::peek;
use fuse_core::{
    fuse_drop_text, fuse_json_array, fuse_json_item, fuse_json_key, fuse_json_key_text,
    fuse_json_null, fuse_json_object, fuse_json_string, fuse_list_free, fuse_list_grow,
    fuse_list_new, fuse_map_find, fuse_map_free, fuse_map_insert, fuse_map_new, fuse_rc_dec,
};

use super::{cursor_over, fail_no_value, has_failed, invalid_json, number, skip};
use crate::fault::{Fault, leave};
use crate::object::{bytes, string};

/// Space for a value while it has no place yet.
#[repr(C, align(8))]
struct Space([u8; SIZE as usize]);

const ENTRY: u64 = MAP_ENTRY_VALUE + SIZE;

unsafe fn put<T>(out: *mut u8, tag: u8, payload: T) {
    // SAFETY: `out` has room for a dynamic value.
    unsafe {
        *out = tag;
        out.add(PAYLOAD_OFFSET as usize).cast::<T>().write(payload);
    }
}

/// Reads one value. When reading fails, what has been built so far is given up: null.
unsafe fn read(cursor: *mut Cursor, out: *mut u8) {
    let raw = cursor.cast::<u8>();
    // SAFETY: contract of the module; depth is limited by opening containers.
    unsafe {
        *out = NULL;
        match peek(cursor) {
            b'"' => {
                let text = fuse_json_string(raw);
                if !text.is_null() {
                    put(out, STRING, text);
                }
            }
            b'{' => map(cursor, out),
            b'[' => list(cursor, out),
            b't' | b'f' => {
                if let Some(value) = skip::literal_bool(cursor) {
                    *out = BOOL;
                    *out.add(BOOL_OFFSET as usize) = value as u8;
                }
            }
            b'n' => {
                fuse_json_null(raw);
            }
            byte if number::begins(byte) => {
                if let Some(text) = number::read(cursor) {
                    match number::integer(text) {
                        Some(value) => put(out, INT, value),
                        None => put(out, FLOAT, number::float(text)),
                    }
                }
            }
            _ => fail_no_value(cursor),
        }
    }
}

unsafe fn list(cursor: *mut Cursor, out: *mut u8) {
    let raw = cursor.cast::<u8>();
    // SAFETY: contract of the module; growing makes room for one more element.
    unsafe {
        if !fuse_json_array(raw) {
            return;
        }
        let mut list = fuse_list_new(SIZE as i64, 0);
        let mut count: u64 = 0;
        while fuse_json_item(raw, count == 0) == ITEM {
            list = fuse_list_grow(list, SIZE as i64, count as i64 + 1);
            let at = list.add((SEQUENCE_DATA + count * SIZE) as usize);
            read(cursor, at);
            count += 1;
            (*list.cast::<Sequence>()).len = count;
        }
        put(out, LIST, list);
        if has_failed(cursor) {
            release(out);
        }
    }
}

unsafe fn map(cursor: *mut Cursor, out: *mut u8) {
    let raw = cursor.cast::<u8>();
    // SAFETY: contract of the module; the entry that `fuse_map_insert` makes is written at once.
    unsafe {
        if !fuse_json_object(raw) {
            return;
        }
        let mut map = fuse_map_new(SIZE as i64, 0);
        let mut first = true;
        loop {
            let length = fuse_json_key(raw, first);
            first = false;
            if length == KEY_END || length < 0 {
                break;
            }
            let key = fuse_json_key_text(raw);
            let mut value = Space([0; SIZE as usize]);
            read(cursor, value.0.as_mut_ptr());
            // The last of equal keys counts, in the place of the first.
            let found = fuse_map_find(map, key, SIZE as i64);
            let index = if found < 0 {
                map = fuse_map_insert(map, key, SIZE as i64);
                (*map.cast::<Map>()).len - 1
            } else {
                fuse_drop_text(key);
                release(entry(map, found as u64).add(MAP_ENTRY_VALUE as usize));
                found as u64
            };
            let to = entry(map, index).add(MAP_ENTRY_VALUE as usize);
            core::ptr::copy_nonoverlapping(value.0.as_ptr(), to, SIZE as usize);
        }
        put(out, MAP, map);
        if has_failed(cursor) {
            release(out);
        }
    }
}

unsafe fn entry(map: *mut u8, index: u64) -> *mut u8 {
    // SAFETY: the caller keeps the index below the length.
    unsafe {
        let entries = *map.add(MAP_ENTRIES_OFFSET as usize).cast::<*mut u8>();
        entries.add((index * ENTRY) as usize)
    }
}

/// Gives up a value; null stays.
unsafe fn release(value: *mut u8) {
    // SAFETY: a live dynamic value that nobody reads afterwards. Depth is limited by reading.
    unsafe {
        let tag = core::mem::replace(&mut *value, NULL);
        let object = *value.add(PAYLOAD_OFFSET as usize).cast::<*mut u8>();
        match tag {
            STRING => fuse_drop_text(object),
            LIST if fuse_rc_dec(object) => {
                for index in 0..(*object.cast::<Sequence>()).len {
                    release(object.add((SEQUENCE_DATA + index * SIZE) as usize));
                }
                fuse_list_free(object, SIZE as i64);
            }
            MAP if fuse_rc_dec(object) => {
                for index in 0..(*object.cast::<Map>()).len {
                    let at = entry(object, index);
                    fuse_drop_text(*at.add(MAP_ENTRY_KEY as usize).cast::<*mut u8>());
                    release(at.add(MAP_ENTRY_VALUE as usize));
                }
                fuse_map_free(object, SIZE as i64);
            }
            _ => {}
        }
    }
}

/// The entries of a JSON object whose values are strings, in the order of the text. None when the text is no JSON object.
pub(crate) fn string_entries(text: &str) -> Option<Vec<(String, String)>> {
    let mut state = cursor_over(text.as_ptr(), text.len());
    let cursor = &raw mut state;
    let raw = cursor.cast::<u8>();
    let mut entries = Vec::new();
    // SAFETY: the text outlives the cursor; the texts made here are ours.
    unsafe {
        let taken = |object: *mut u8| {
            let text = string(object).to_owned();
            fuse_drop_text(object);
            text
        };
        if peek(cursor) == b'{' && fuse_json_object(raw) {
            let mut first = true;
            while fuse_json_key(raw, first) >= 0 {
                first = false;
                let key = taken(fuse_json_key_text(raw));
                if peek(cursor) != b'"' {
                    skip::value(cursor);
                    continue;
                }
                let value = fuse_json_string(raw);
                if !value.is_null() {
                    entries.push((key, taken(value)));
                }
            }
        }
        peek(cursor);
        super::set_key_text(cursor, core::ptr::null_mut());
        let is_whole = !has_failed(cursor) && state.at == state.end;
        is_whole.then_some(entries)
    }
}

/// The next value as a dynamic one; null when reading fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_value(out: *mut u8, cursor: *mut u8) {
    // SAFETY: contract of the module.
    unsafe { read(cursor.cast(), out) }
}

/// The dynamic value of a text. Faults with `invalid json: DETAIL`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_decode(out: *mut u8, text: *mut u8, site: i64) {
    // SAFETY: the text is borrowed for the call; the cursor holds nothing else once the keys are released.
    unsafe {
        let input = bytes(text);
        let mut state = cursor_over(input.as_ptr(), input.len());
        let cursor = &raw mut state;
        read(cursor, out);
        peek(cursor);
        if !has_failed(cursor) && state.at != state.end {
            release(out);
            super::fuse_json_fail(cursor, fuse_abi::json::SyntaxError::Trailing as u64);
        }
        super::set_key_text(cursor, core::ptr::null_mut());
        if has_failed(cursor) {
            let fault: Fault = invalid_json(state.error);
            leave(fault, site);
        }
    }
}
