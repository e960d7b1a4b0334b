//! Lists: storage only. Elements are counted, compared and dropped by generated code, which knows their type.

use fuse_abi::object::{Header, MAX_CAPACITY, SEQUENCE_DATA, Sequence};

use crate::alloc::{fuse_alloc, fuse_free, usable_size};
use crate::cold::fuse_list_grow_slow;

/// Elements that an allocation of `size` bytes holds.
#[inline(always)]
pub fn capacity_of(size: u64, element_size: u64) -> u32 {
    if element_size == 0 {
        return MAX_CAPACITY as u32;
    }
    let room = usable_size(size).wrapping_sub(SEQUENCE_DATA);
    // Division that the compiler knows not to trap; `element_size` is a constant after inlining.
    let count = room / element_size;
    if count > MAX_CAPACITY {
        MAX_CAPACITY as u32
    } else {
        count as u32
    }
}

/// Bytes of the storage of a list. Capacities fit 32 bits and element sizes too, so this does not overflow.
#[inline(always)]
pub fn storage(element_size: u64, capacity: u64) -> u64 {
    SEQUENCE_DATA.wrapping_add(element_size.wrapping_mul(capacity))
}

/// A new list of length 0 with room for `capacity` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_new(element_size: i64, capacity: i64) -> *mut u8 {
    // SAFETY: the memory is at least SEQUENCE_DATA bytes and ours.
    unsafe {
        let size = storage(element_size as u64, capacity as u64);
        let list = fuse_alloc(size as i64);
        list.cast::<Sequence>().write(Sequence {
            header: Header {
                count: 1,
                aux: capacity_of(size, element_size as u64),
            },
            len: 0,
        });
        list
    }
}

/// The unique list with room for at least `capacity` elements; the old pointer is dead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_grow(
    list: *mut u8,
    element_size: i64,
    capacity: i64,
) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        if ((*list.cast::<Sequence>()).header.aux as u64) >= capacity as u64 {
            return list;
        }
        fuse_list_grow_slow(list, element_size as u64, capacity as u64)
    }
}

/// Frees the storage of a list whose elements have been dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_free(list: *mut u8, element_size: i64) {
    // SAFETY: contract of the crate; capacity and element size give the size class the list came from.
    unsafe {
        let capacity = (*list.cast::<Sequence>()).header.aux as u64;
        fuse_free(list, storage(element_size as u64, capacity) as i64);
    }
}

/// A new list of the elements `from..to`, copied bit by bit; the caller counts what they refer to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_copy(
    list: *mut u8,
    element_size: i64,
    from: i64,
    to: i64,
) -> *mut u8 {
    // SAFETY: the caller guarantees 0 <= from <= to <= length.
    unsafe {
        let count = to.wrapping_sub(from);
        let copy = fuse_list_new(element_size, count);
        core::ptr::copy_nonoverlapping(
            list.add(storage(element_size as u64, from as u64) as usize),
            copy.add(SEQUENCE_DATA as usize),
            element_size.wrapping_mul(count) as usize,
        );
        (*copy.cast::<Sequence>()).len = count as u64;
        copy
    }
}
