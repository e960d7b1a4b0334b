//! Sixteen bytes at a time: finding the bytes that are written, or read, in another way than they stand there.

use core::ptr::{read_unaligned, write_unaligned, write_volatile};

#[cfg(target_arch = "aarch64")]
use core::arch::aarch64 as arch;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64 as arch;

/// Bytes looked at together.
pub const BLOCK: usize = 16;

/// One block.
#[derive(Clone, Copy)]
pub struct Block(
    #[cfg(target_arch = "x86_64")] arch::__m128i,
    #[cfg(target_arch = "aarch64")] arch::uint8x16_t,
);

/// All bits of the bytes that were found, none of the others.
pub type Found = Block;

/// Bits per byte in a mask.
#[cfg(target_arch = "x86_64")]
const LANE_BITS: u32 = 1;
#[cfg(target_arch = "aarch64")]
const LANE_BITS: u32 = 4;

#[cfg(target_arch = "x86_64")]
impl Block {
    #[inline(always)]
    pub unsafe fn load(from: *const u8) -> Block {
        // SAFETY: the caller vouches for 16 bytes; SSE2 is part of the architecture.
        Block(unsafe { arch::_mm_loadu_si128(from.cast()) })
    }

    #[inline(always)]
    pub unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller vouches for room for 16 bytes.
        unsafe { arch::_mm_storeu_si128(to.cast(), self.0) }
    }

    #[inline(always)]
    pub fn of(low: u64, high: u64) -> Block {
        // SAFETY: SSE2 is part of the architecture.
        Block(unsafe { arch::_mm_set_epi64x(high as i64, low as i64) })
    }

    #[inline(always)]
    pub fn equal(self, byte: u8) -> Found {
        // SAFETY: as above.
        Block(unsafe { arch::_mm_cmpeq_epi8(self.0, arch::_mm_set1_epi8(byte as i8)) })
    }

    /// Bytes up to `most`.
    #[inline(always)]
    pub fn at_most(self, most: u8) -> Found {
        // SAFETY: as above.
        Block(unsafe {
            let least = arch::_mm_min_epu8(self.0, arch::_mm_set1_epi8(most as i8));
            arch::_mm_cmpeq_epi8(least, self.0)
        })
    }

    #[inline(always)]
    pub fn or(self, other: Block) -> Block {
        // SAFETY: as above.
        Block(unsafe { arch::_mm_or_si128(self.0, other.0) })
    }

    /// The same number of bits per byte, the first byte's lowest.
    #[inline(always)]
    fn mask(self) -> u64 {
        // SAFETY: as above.
        unsafe { arch::_mm_movemask_epi8(self.0) as u32 as u64 }
    }
}

#[cfg(target_arch = "aarch64")]
impl Block {
    #[inline(always)]
    pub unsafe fn load(from: *const u8) -> Block {
        // SAFETY: the caller vouches for 16 bytes; NEON is part of the architecture.
        Block(unsafe { arch::vld1q_u8(from) })
    }

    #[inline(always)]
    pub unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller vouches for room for 16 bytes.
        unsafe { arch::vst1q_u8(to, self.0) }
    }

    #[inline(always)]
    pub fn of(low: u64, high: u64) -> Block {
        // SAFETY: NEON is part of the architecture.
        Block(unsafe {
            arch::vreinterpretq_u8_u64(arch::vcombine_u64(
                arch::vcreate_u64(low),
                arch::vcreate_u64(high),
            ))
        })
    }

    #[inline(always)]
    pub fn equal(self, byte: u8) -> Found {
        // SAFETY: as above.
        Block(unsafe { arch::vceqq_u8(self.0, arch::vdupq_n_u8(byte)) })
    }

    /// Bytes up to `most`.
    #[inline(always)]
    pub fn at_most(self, most: u8) -> Found {
        // SAFETY: as above.
        Block(unsafe { arch::vcleq_u8(self.0, arch::vdupq_n_u8(most)) })
    }

    #[inline(always)]
    pub fn or(self, other: Block) -> Block {
        // SAFETY: as above.
        Block(unsafe { arch::vorrq_u8(self.0, other.0) })
    }

    /// The same number of bits per byte, the first byte's lowest.
    #[inline(always)]
    fn mask(self) -> u64 {
        // SAFETY: as above.
        unsafe {
            let narrow = arch::vshrn_n_u16::<4>(arch::vreinterpretq_u16_u8(self.0));
            arch::vget_lane_u64::<0>(arch::vreinterpret_u64_u8(narrow))
        }
    }
}

impl Block {
    /// [`Block::store`] that stays what it is: a loop of others over new memory is recognised as a copy and becomes a call of `memcpy`, which
    /// costs more than short copies, most of all in the C library of static executables.
    #[inline(always)]
    pub unsafe fn store_here(self, to: *mut u8) {
        // SAFETY: the caller vouches for room for 16 bytes; volatile does not ask for more alignment than a packed place has.
        unsafe { write_volatile(to.cast::<Unaligned>(), Unaligned(self)) }
    }
}

/// A block anywhere.
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Unaligned(Block);

/// Number of the first byte found, or [`BLOCK`].
#[inline(always)]
pub fn first(found: Found) -> usize {
    let mask = found.mask();
    if mask == 0 {
        BLOCK
    } else {
        (mask.trailing_zeros() / LANE_BITS) as usize
    }
}

/// Copies the bytes before the first that `find` finds between places that do not overlap, and tells how many these are; what stands
/// behind them in the `count` bytes at `to` then is not defined.
#[inline(always)]
pub unsafe fn copy_until(
    find: impl Fn(Block) -> Found,
    from: *const u8,
    to: *mut u8,
    count: usize,
) -> usize {
    // SAFETY: the caller vouches for `count` bytes on both sides; overlapping pairs stay inside them.
    unsafe {
        if count < BLOCK {
            return copy_short(&find, from, to, count);
        }
        let last = count.wrapping_sub(BLOCK);
        let mut at = 0usize;
        while at < last {
            let block = Block::load(from.add(at));
            block.store(to.add(at));
            let found = first(find(block));
            if found != BLOCK {
                return at.wrapping_add(found);
            }
            at = at.wrapping_add(BLOCK);
        }
        // Bytes seen twice are not found: they were not the first time.
        let block = Block::load(from.add(last));
        block.store(to.add(last));
        let found = first(find(block));
        last.wrapping_add(found)
    }
}

/// Copies fewer bytes than a block.
#[inline(always)]
unsafe fn copy_short(
    find: &impl Fn(Block) -> Found,
    from: *const u8,
    to: *mut u8,
    count: usize,
) -> usize {
    // SAFETY: as in `copy_until`.
    unsafe {
        if count >= 8 {
            pair::<u64>(find, from, to, count)
        } else if count >= 4 {
            pair::<u32>(find, from, to, count)
        } else if count >= 2 {
            pair::<u16>(find, from, to, count)
        } else if count == 1 {
            pair::<u8>(find, from, to, count)
        } else {
            0
        }
    }
}

/// Copies the first and the last `size_of::<T>()` bytes, which together are all.
#[inline(always)]
unsafe fn pair<T: Copy + Into<u64>>(
    find: &impl Fn(Block) -> Found,
    from: *const u8,
    to: *mut u8,
    count: usize,
) -> usize {
    let size = size_of::<T>();
    let last = count.wrapping_sub(size);
    // SAFETY: size_of::<T>() <= count <= 2 * size_of::<T>().
    let (head, tail): (T, T) = unsafe {
        let head = read_unaligned(from.cast());
        let tail = read_unaligned(from.add(last).cast());
        write_unaligned(to.cast(), head);
        write_unaligned(to.add(last).cast(), tail);
        (head, tail)
    };
    // Each half of the block is one word as often as it fits: nothing is found that is not there.
    let fill = |word: u64| match size {
        8 => word,
        4 => word | word << 32,
        2 => word.wrapping_mul(0x0001_0001_0001_0001),
        _ => word.wrapping_mul(0x0101_0101_0101_0101),
    };
    let found = first(find(Block::of(fill(head.into()), fill(tail.into()))));
    if found == BLOCK {
        return count;
    }
    // What the first word does not hold is behind it.
    let start = if found < BLOCK / 2 { 0 } else { last };
    start.wrapping_add(found & size.wrapping_sub(1))
}
