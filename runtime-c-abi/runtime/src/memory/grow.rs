//! Growing objects: at least doubling, so that appending one by one costs constant time on average.

use core::ptr;

use fuse_abi::object::{MAX_CAPACITY, Map, SEQUENCE_DATA, Sequence};
use fuse_core::alloc::CUT_MAX;
use fuse_core::list::{capacity_of, storage};
use fuse_core::map::{fill_slots, free_tables, round_capacity, slot_count};
use fuse_core::{fuse_alloc, fuse_drop_text, fuse_free, fuse_rc_unique, fuse_text_new, text};

use crate::memory::heap::{out_of_memory, resize_large};

/// Moves an object to memory of another size; the first `used` bytes are kept.
unsafe fn resize(object: *mut u8, old_size: u64, new_size: u64, used: u64) -> *mut u8 {
    // SAFETY: the object was allocated with `old_size`; both sizes are at least `used`.
    unsafe {
        if old_size > CUT_MAX {
            return resize_large(object, new_size);
        }
        let moved = fuse_alloc(new_size as i64);
        ptr::copy_nonoverlapping(object, moved, used as usize);
        fuse_free(object, old_size as i64);
        moved
    }
}

/// What a text that is being built gets at least, and a list of small elements.
const LEAST_TEXT: u64 = 48;
const LEAST_ELEMENTS: u64 = 4;
const SMALL_ELEMENT: u64 = 64;

/// The next capacity: at least `least`, and at least twice the old one while that is possible.
fn next_capacity(old: u64, least: u64) -> u64 {
    if least > MAX_CAPACITY {
        out_of_memory();
    }
    least.max(old * 2).min(MAX_CAPACITY)
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_text_reserve_slow(object: *mut u8, extra: u64) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let used = text::len(object) as u64;
        let least = match used.checked_add(extra) {
            Some(least) if least <= MAX_CAPACITY => least,
            _ => out_of_memory(),
        };
        if !fuse_rc_unique(object) {
            let copy = fuse_text_new(least as i64);
            ptr::copy_nonoverlapping(text::data(object), text::data(copy), used as usize);
            text::set_len(copy, used as usize);
            fuse_drop_text(object);
            return copy;
        }
        let old = (*object.cast::<Sequence>()).header.aux as u64;
        let size = SEQUENCE_DATA + next_capacity(old, least.max(LEAST_TEXT));
        let moved = resize(object, SEQUENCE_DATA + old, size, SEQUENCE_DATA + used);
        (*moved.cast::<Sequence>()).header.aux = capacity_of(size, 1);
        moved
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_list_grow_slow(
    list: *mut u8,
    element_size: u64,
    capacity: u64,
) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let header = list.cast::<Sequence>();
        let old = (*header).header.aux as u64;
        let least = if element_size <= SMALL_ELEMENT {
            capacity.max(LEAST_ELEMENTS)
        } else {
            capacity
        };
        let size = storage(element_size, next_capacity(old, least));
        let moved = resize(
            list,
            storage(element_size, old),
            size,
            storage(element_size, (*header).len),
        );
        (*moved.cast::<Sequence>()).header.aux = capacity_of(size, element_size);
        moved
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_map_grow_slow(map: *mut u8, stride: u64, capacity: u64) {
    // SAFETY: contract of the crate; the new tables are filled before the old ones go.
    unsafe {
        let header = map.cast::<Map>();
        let capacity = round_capacity(next_capacity((*header).entry_capacity, capacity));
        let entries = fuse_alloc((stride * capacity) as i64);
        if (*header).len > 0 {
            ptr::copy_nonoverlapping(
                (*header).entries,
                entries,
                (stride * (*header).len) as usize,
            );
        }
        free_tables(map, stride);
        (*header).entries = entries;
        (*header).entry_capacity = capacity;
        let slots = slot_count(capacity);
        if slots == 0 {
            (*header).slots = ptr::null_mut();
            (*header).slot_mask = 0;
        } else {
            (*header).slots = fuse_alloc((slots * 4) as i64).cast();
            (*header).slot_mask = slots - 1;
            ptr::write_bytes((*header).slots, 0, slots as usize);
            fill_slots(map, stride);
        }
    }
}
