//! Attributes from a map.

use fuse_abi::object::{MAP_ENTRY_VALUE, Map};
use fuse_core::html::{escaped_len, push_escaped};
use fuse_core::map::{entry, entry_key, stride};
use fuse_core::text::{push_bytes, reserve};

use super::invalid;
use crate::fault::Fault;
use crate::object::bytes;

/// A name that cannot end the tag or begin another attribute.
fn is_name(name: &[u8]) -> bool {
    let ends = |b: &u8| *b <= b' ' || *b == 0x7f || b"\"'<>/=".contains(b);
    !name.is_empty() && !name.iter().any(ends)
}

/// Key and value of an entry of a `Map<String, String>`.
unsafe fn pair(map: *mut u8, index: u64) -> (*mut u8, *mut u8) {
    // SAFETY: contract of the crate; values are pointers.
    unsafe {
        let entry = entry(map, stride(8), index);
        let value = *entry.add(MAP_ENTRY_VALUE as usize).cast::<*mut u8>();
        (entry_key(entry), value)
    }
}

/// Consumes markup; gives it with ` name="value"` for every entry, sorted by name.
pub unsafe fn push_attributes(markup: *mut u8, map: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate; entries below the length are initialised.
    unsafe {
        let count = (*map.cast::<Map>()).len;
        let mut room = 0;
        for index in 0..count {
            let (name, value) = pair(map, index);
            if !is_name(bytes(name)) {
                return Err(invalid("html attribute name is not valid: ", bytes(name)));
            }
            room += bytes(name).len() + escaped_len(value) + 4;
        }
        // With room for all of it, nothing below can leave while the order is held.
        let mut markup = reserve(markup, room);
        let mut order: Vec<u64> = (0..count).collect();
        order.sort_by_key(|&index| bytes(pair(map, index).0));
        for index in order {
            let (name, value) = pair(map, index);
            let name = bytes(name);
            markup = push_bytes(markup, b" ".as_ptr(), 1);
            markup = push_bytes(markup, name.as_ptr(), name.len());
            markup = push_bytes(markup, b"=\"".as_ptr(), 2);
            markup = push_escaped(markup, value, true);
            markup = push_bytes(markup, b"\"".as_ptr(), 1);
        }
        Ok(markup)
    }
}

faulting! {
    /// (markup, `Map<String, String>`)
    fn fuse_html_push_attributes(markup: *mut u8, map: *mut u8) -> *mut u8 = push_attributes;
}
