//! Integers as decimal text.

use core::mem::MaybeUninit;

use crate::text;

/// Longest text of an `i64`: a sign and 19 digits.
pub const MAX_DIGITS: usize = 20;

/// Two digits each, `00` to `99`.
static PAIRS: [u8; 200] = pairs();

const fn pairs() -> [u8; 200] {
    let mut table = [0; 200];
    let mut number = 0;
    while number < 100 {
        table[number * 2] = b'0' + (number / 10) as u8;
        table[number * 2 + 1] = b'0' + (number % 10) as u8;
        number += 1;
    }
    table
}

/// Writes the text of `value` to the end of `buffer` and gives where it starts.
#[inline(always)]
pub fn format(value: i64, buffer: &mut MaybeUninit<[u8; MAX_DIGITS]>) -> usize {
    let start = buffer.as_mut_ptr().cast::<u8>();
    let pairs = PAIRS.as_ptr();
    let mut rest = value.unsigned_abs();
    let mut at = MAX_DIGITS;
    // SAFETY: u64 has at most 20 digits, and a negative value at most 19 and the sign, so `at` never passes 0; pair numbers are
    // below 100.
    unsafe {
        while rest >= 100 {
            let pair = pairs.add(((rest % 100) as usize).wrapping_mul(2));
            rest /= 100;
            at = at.wrapping_sub(2);
            *start.add(at) = *pair;
            *start.add(at.wrapping_add(1)) = *pair.add(1);
        }
        if rest >= 10 {
            let pair = pairs.add((rest as usize).wrapping_mul(2));
            at = at.wrapping_sub(2);
            *start.add(at) = *pair;
            *start.add(at.wrapping_add(1)) = *pair.add(1);
        } else {
            at = at.wrapping_sub(1);
            *start.add(at) = b'0'.wrapping_add(rest as u8);
        }
        if value < 0 {
            at = at.wrapping_sub(1);
            *start.add(at) = b'-';
        }
    }
    at
}

/// Consumes `text`; gives it with the decimal digits of `value` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_int(text: *mut u8, value: i64) -> *mut u8 {
    let mut buffer = MaybeUninit::uninit();
    let start = format(value, &mut buffer);
    // SAFETY: `format` initialised the bytes from `start` on; the buffer is not inside `text`.
    unsafe {
        text::push_bytes(
            text,
            buffer.as_ptr().cast::<u8>().add(start),
            MAX_DIGITS.wrapping_sub(start),
        )
    }
}
