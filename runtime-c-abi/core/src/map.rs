//! Maps: dense entries in insertion order, and an index of `u32` slots once there are more than a few.

use core::ptr;

use fuse_abi::object::{Header, MAP_ENTRY_HASH, MAP_ENTRY_KEY, MAP_ENTRY_VALUE, MAX_CAPACITY, Map};

use crate::alloc::{fuse_alloc, fuse_free};
use crate::bytes;
use crate::cold::fuse_map_grow_slow;
use crate::count::fuse_rc_inc;
use crate::hash::hash;
use crate::text::{data, len};

/// Maps with at most this many entries are searched from front to back.
pub const LINEAR_ENTRIES: u64 = 8;

/// Bytes from one entry to the next.
#[inline(always)]
pub fn stride(value_size: i64) -> u64 {
    MAP_ENTRY_VALUE.wrapping_add((value_size as u64).wrapping_add(7) & !7)
}

/// Capacities are powers of two, at least 4.
#[inline(always)]
pub fn round_capacity(least: u64) -> u64 {
    let least = if least > MAX_CAPACITY {
        MAX_CAPACITY
    } else {
        least
    };
    if least <= 4 {
        4
    } else {
        1 << (64 - least.wrapping_sub(1).leading_zeros())
    }
}

/// Slots for a capacity: at most half of them are used. 0 means searched linearly.
#[inline(always)]
pub fn slot_count(capacity: u64) -> u64 {
    if capacity <= LINEAR_ENTRIES {
        0
    } else {
        capacity.wrapping_mul(2)
    }
}

#[inline(always)]
pub unsafe fn entry(map: *mut u8, stride: u64, index: u64) -> *mut u8 {
    // SAFETY: the caller keeps `index` within the capacity.
    unsafe {
        (*map.cast::<Map>())
            .entries
            .add(stride.wrapping_mul(index) as usize)
    }
}

#[inline(always)]
pub unsafe fn entry_key(entry: *mut u8) -> *mut u8 {
    // SAFETY: an entry starts with its key.
    unsafe { *entry.add(MAP_ENTRY_KEY as usize).cast::<*mut u8>() }
}

#[inline(always)]
unsafe fn entry_hash(entry: *mut u8) -> u64 {
    // SAFETY: an entry's second word is the hash.
    unsafe { *entry.add(MAP_ENTRY_HASH as usize).cast::<u64>() }
}

/// A new map with room for `capacity` entries.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_new(value_size: i64, capacity: i64) -> *mut u8 {
    // SAFETY: the memory is ours and large enough for a `Map`.
    unsafe {
        let map = fuse_alloc(size_of::<Map>() as i64);
        map.cast::<Map>().write(Map {
            header: Header { count: 1, aux: 0 },
            len: 0,
            entries: ptr::null_mut(),
            slots: ptr::null_mut(),
            entry_capacity: 0,
            slot_mask: 0,
        });
        if capacity > 0 {
            fuse_map_grow_slow(map, stride(value_size), capacity as u64);
        }
        map
    }
}

/// Index of the entry with that key, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_find(map: *mut u8, key: *mut u8, value_size: i64) -> i64 {
    // SAFETY: entry numbers in slots are below the length; probing ends because at least half of the slots are empty.
    unsafe {
        let header = &*map.cast::<Map>();
        if header.len == 0 {
            return -1;
        }
        let stride = stride(value_size);
        let key_len = len(key);
        let key_data = data(key);
        let hash = hash(key_data, key_len);
        let matches = |entry: *mut u8| {
            entry_hash(entry) == hash && {
                let other = entry_key(entry);
                len(other) == key_len && bytes::equal(data(other), key_data, key_len)
            }
        };
        if header.slots.is_null() {
            let mut index = 0;
            let mut at = header.entries;
            while index < header.len {
                if matches(at) {
                    return index as i64;
                }
                at = at.add(stride as usize);
                index = index.wrapping_add(1);
            }
            return -1;
        }
        let mut slot = hash & header.slot_mask;
        loop {
            let number = *header.slots.add(slot as usize) as u64;
            if number == 0 {
                return -1;
            }
            let index = number.wrapping_sub(1);
            if matches(entry(map, stride, index)) {
                return index as i64;
            }
            slot = slot.wrapping_add(1) & header.slot_mask;
        }
    }
}

/// The unique map with a new last entry that owns `key`; the caller writes the value. The key must be absent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_insert(map: *mut u8, key: *mut u8, value_size: i64) -> *mut u8 {
    // SAFETY: growing made room for one more entry.
    unsafe {
        let stride = stride(value_size);
        let header = map.cast::<Map>();
        let index = (*header).len;
        if index == (*header).entry_capacity {
            fuse_map_grow_slow(map, stride, index.wrapping_add(1));
        }
        let hash = hash(data(key), len(key));
        let at = entry(map, stride, index);
        *at.add(MAP_ENTRY_KEY as usize).cast::<*mut u8>() = key;
        *at.add(MAP_ENTRY_HASH as usize).cast::<u64>() = hash;
        if !(*header).slots.is_null() {
            put_slot((*header).slots, (*header).slot_mask, hash, index);
        }
        (*header).len = index.wrapping_add(1);
        map
    }
}

/// Enters entry `index` into the first free slot for its hash.
#[inline(always)]
pub unsafe fn put_slot(slots: *mut u32, mask: u64, hash: u64, index: u64) {
    // SAFETY: slots are masked; at least half of them are empty.
    unsafe {
        let mut slot = hash & mask;
        while *slots.add(slot as usize) != 0 {
            slot = slot.wrapping_add(1) & mask;
        }
        *slots.add(slot as usize) = index.wrapping_add(1) as u32;
    }
}

/// Fills the empty slots of the map from its entries.
pub unsafe fn fill_slots(map: *mut u8, stride: u64) {
    // SAFETY: contract of the crate; the slots are zeroed.
    unsafe {
        let header = &*map.cast::<Map>();
        let mut index = 0;
        while index < header.len {
            let hash = entry_hash(entry(map, stride, index));
            put_slot(header.slots, header.slot_mask, hash, index);
            index = index.wrapping_add(1);
        }
    }
}

/// Closes the gap that the entry `index` of the unique map leaves; its key and value have been dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_remove_at(map: *mut u8, index: i64, value_size: i64) {
    // SAFETY: the caller keeps `index` below the length.
    unsafe {
        let stride = stride(value_size);
        let index = index as u64;
        let header = map.cast::<Map>();
        let after = (*header).len.wrapping_sub(index).wrapping_sub(1);
        if !(*header).slots.is_null() {
            remove_slot(map, stride, index);
            if after > 0 {
                renumber_slots(map, index);
            }
        }
        let at = entry(map, stride, index);
        ptr::copy(
            at.add(stride as usize),
            at,
            stride.wrapping_mul(after) as usize,
        );
        (*header).len = (*header).len.wrapping_sub(1);
    }
}

/// Empties the slot of entry `index` and moves back those that were pushed past it (Knuth, 6.4, algorithm R).
unsafe fn remove_slot(map: *mut u8, stride: u64, index: u64) {
    // SAFETY: the entry has a slot; slots are masked.
    unsafe {
        let header = &*map.cast::<Map>();
        let (slots, mask) = (header.slots, header.slot_mask);
        let mut hole = entry_hash(entry(map, stride, index)) & mask;
        while *slots.add(hole as usize) as u64 != index.wrapping_add(1) {
            hole = hole.wrapping_add(1) & mask;
        }
        let mut slot = hole;
        loop {
            slot = slot.wrapping_add(1) & mask;
            let number = *slots.add(slot as usize) as u64;
            if number == 0 {
                break;
            }
            let home = entry_hash(entry(map, stride, number.wrapping_sub(1))) & mask;
            // May it stand in the hole? Only if its home is not between the hole and where it is.
            if slot.wrapping_sub(home) & mask >= slot.wrapping_sub(hole) & mask {
                *slots.add(hole as usize) = number as u32;
                hole = slot;
            }
        }
        *slots.add(hole as usize) = 0;
    }
}

/// Entries after `index` move down by one.
unsafe fn renumber_slots(map: *mut u8, index: u64) {
    // SAFETY: reads and writes stay within the slots.
    unsafe {
        let header = &*map.cast::<Map>();
        let removed = index.wrapping_add(1) as u32;
        let mut slot = 0;
        while slot <= header.slot_mask {
            let number = header.slots.add(slot as usize);
            *number = (*number).wrapping_sub((*number > removed) as u32);
            slot = slot.wrapping_add(1);
        }
    }
}

/// A new map with the same entries: keys counted, values copied bit by bit (the caller counts what they refer to).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_copy(map: *mut u8, value_size: i64) -> *mut u8 {
    // SAFETY: the copy has room for all entries.
    unsafe {
        let stride = stride(value_size);
        let count = (*map.cast::<Map>()).len;
        let copy = fuse_map_new(value_size, count as i64);
        let header = copy.cast::<Map>();
        if count > 0 {
            ptr::copy_nonoverlapping(
                (*map.cast::<Map>()).entries,
                (*header).entries,
                stride.wrapping_mul(count) as usize,
            );
        }
        (*header).len = count;
        let mut index = 0;
        while index < count {
            fuse_rc_inc(entry_key(entry(copy, stride, index)));
            index = index.wrapping_add(1);
        }
        if !(*header).slots.is_null() {
            fill_slots(copy, stride);
        }
        copy
    }
}

/// Frees the storage of a map whose keys and values have been dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_map_free(map: *mut u8, value_size: i64) {
    // SAFETY: contract of the crate.
    unsafe {
        free_tables(map, stride(value_size));
        fuse_free(map, size_of::<Map>() as i64);
    }
}

/// Frees entries and slots.
pub unsafe fn free_tables(map: *mut u8, stride: u64) {
    // SAFETY: contract of the crate; the sizes are those they were allocated with.
    unsafe {
        let header = &*map.cast::<Map>();
        if header.entry_capacity > 0 {
            fuse_free(
                header.entries,
                stride.wrapping_mul(header.entry_capacity) as i64,
            );
        }
        if !header.slots.is_null() {
            fuse_free(
                header.slots.cast(),
                header.slot_mask.wrapping_add(1).wrapping_mul(4) as i64,
            );
        }
    }
}
