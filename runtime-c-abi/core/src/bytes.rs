//! Copying and comparing bytes. Short runs are done in place: a call to `memcpy` costs more than the copy.

use crate::block::{BLOCK, Block};
use core::ptr::{copy_nonoverlapping, read_unaligned, write_unaligned};

/// Copies `len` bytes between places that do not overlap.
#[inline(always)]
pub unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: the caller vouches for `len` bytes on both sides; the overlapping pairs below stay inside them.
    unsafe {
        if len > 32 {
            copy_nonoverlapping(from, to, len);
        } else if len >= 16 {
            copy_ends::<u128>(from, to, len);
        } else if len >= 8 {
            copy_ends::<u64>(from, to, len);
        } else if len >= 4 {
            copy_ends::<u32>(from, to, len);
        } else if len >= 2 {
            copy_ends::<u16>(from, to, len);
        } else if len == 1 {
            *to = *from;
        }
    }
}

/// Up to where whole blocks are cheaper than a call.
const MOST_IN_BLOCKS: usize = 512;

/// [`copy`] to where there is room for `len` rounded up to whole blocks, as behind the header of a new object, from a text that ends at `end`.
#[inline(always)]
pub unsafe fn copy_to_new(from: *const u8, end: *const u8, to: *mut u8, len: usize) {
    let blocks = len.wrapping_add(BLOCK - 1) & !(BLOCK - 1);
    // SAFETY: the caller vouches for `len` bytes on both sides; whole blocks are read only where there are as many bytes.
    unsafe {
        if len > MOST_IN_BLOCKS || (end as usize).wrapping_sub(from as usize) < blocks {
            return copy(from, to, len);
        }
        let mut at = 0usize;
        while at < len {
            Block::load(from.add(at)).store_here(to.add(at));
            at = at.wrapping_add(BLOCK);
        }
    }
}

/// Copies the first and the last `size_of::<T>()` bytes, which together cover `len`.
#[inline(always)]
unsafe fn copy_ends<T: Copy>(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: size_of::<T>() <= len <= 2 * size_of::<T>().
    unsafe {
        let last = len.wrapping_sub(size_of::<T>());
        let head: T = read_unaligned(from.cast());
        let tail: T = read_unaligned(from.add(last).cast());
        write_unaligned(to.cast(), head);
        write_unaligned(to.add(last).cast(), tail);
    }
}

/// Up to 8 of the `len` bytes as a little-endian word: from `position` on where there are 8 or more, which the caller keeps inside; fewer are folded into
/// one word that, for their number, only they make.
#[inline(always)]
pub unsafe fn word(bytes: *const u8, len: usize, position: usize) -> i64 {
    // SAFETY: the caller vouches for `len` bytes; the pairs below overlap inside them.
    unsafe {
        if len >= 8 {
            read_unaligned::<u64>(bytes.add(position).cast()) as i64
        } else if len >= 4 {
            let low = read_unaligned::<u32>(bytes.cast()) as u64;
            let high = read_unaligned::<u32>(bytes.add(len.wrapping_sub(4)).cast()) as u64;
            (low | high << 32) as i64
        } else if len >= 2 {
            let low = read_unaligned::<u16>(bytes.cast()) as u64;
            let high = read_unaligned::<u16>(bytes.add(len.wrapping_sub(2)).cast()) as u64;
            (low | high << 16) as i64
        } else if len == 1 {
            *bytes as i64
        } else {
            0
        }
    }
}

/// Are the `len` bytes equal?
#[inline(always)]
pub unsafe fn equal(a: *const u8, b: *const u8, len: usize) -> bool {
    // SAFETY: the caller vouches for `len` bytes on both sides.
    unsafe {
        if len > 16 {
            core::slice::from_raw_parts(a, len) == core::slice::from_raw_parts(b, len)
        } else if len >= 8 {
            equal_ends::<u64>(a, b, len)
        } else if len >= 4 {
            equal_ends::<u32>(a, b, len)
        } else if len >= 2 {
            equal_ends::<u16>(a, b, len)
        } else {
            len == 0 || *a == *b
        }
    }
}

#[inline(always)]
unsafe fn equal_ends<T: Copy + PartialEq>(a: *const u8, b: *const u8, len: usize) -> bool {
    // SAFETY: size_of::<T>() <= len <= 2 * size_of::<T>().
    unsafe {
        let last = len.wrapping_sub(size_of::<T>());
        read_unaligned::<T>(a.cast()) == read_unaligned::<T>(b.cast())
            && read_unaligned::<T>(a.add(last).cast()) == read_unaligned::<T>(b.add(last).cast())
    }
}
