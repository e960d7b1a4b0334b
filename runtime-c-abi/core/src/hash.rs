//! Hash of map keys: multiply and fold over 16-byte blocks (the construction of wyhash), seeded once per process.
//!
//! Map order is insertion order, so the seed shows nowhere; it keeps an outsider from preparing keys that collide.

use core::ptr::read_unaligned;

use crate::cold::{fuse_context, fuse_hash_seed_slow};

const K0: u64 = 0xa076_1d64_78bd_642f;
const K1: u64 = 0xe703_7ed1_a0b4_28db;
const K2: u64 = 0x8ebc_6af0_9c88_c6e3;

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128).wrapping_mul(b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Hash of `len` bytes under this process's seed.
#[inline(always)]
pub unsafe fn hash(bytes: *const u8, len: usize) -> u64 {
    // SAFETY: the context is this thread's.
    unsafe {
        let context = fuse_context();
        let mut seed = (*context).hash_seed;
        if seed == 0 {
            seed = fuse_hash_seed_slow(context);
        }
        hash_with(seed, bytes, len)
    }
}

/// Hash of `len` bytes under `seed`.
#[inline(always)]
pub unsafe fn hash_with(seed: u64, bytes: *const u8, len: usize) -> u64 {
    // SAFETY: every read below lies inside the `len` bytes.
    unsafe {
        let mut state = seed;
        let (a, b);
        if len > 16 {
            let mut at = bytes;
            let mut left = len;
            while left > 16 {
                state = fold(word(at) ^ K1, word(at.add(8)) ^ state);
                at = at.add(16);
                left = left.wrapping_sub(16);
            }
            a = word(bytes.add(len.wrapping_sub(16)));
            b = word(bytes.add(len.wrapping_sub(8)));
        } else if len >= 8 {
            a = word(bytes);
            b = word(bytes.add(len.wrapping_sub(8)));
        } else if len >= 4 {
            a = half(bytes);
            b = half(bytes.add(len.wrapping_sub(4)));
        } else if len > 0 {
            a = (*bytes as u64) << 16
                | (*bytes.add(len >> 1) as u64) << 8
                | *bytes.add(len.wrapping_sub(1)) as u64;
            b = 0;
        } else {
            a = 0;
            b = 0;
        }
        fold(K2 ^ (len as u64), fold(a ^ K0, b ^ state))
    }
}

#[inline(always)]
unsafe fn word(at: *const u8) -> u64 {
    // SAFETY: the caller vouches for 8 bytes.
    unsafe { read_unaligned(at.cast()) }
}

#[inline(always)]
unsafe fn half(at: *const u8) -> u64 {
    // SAFETY: the caller vouches for 4 bytes.
    unsafe { read_unaligned::<u32>(at.cast()) as u64 }
}
