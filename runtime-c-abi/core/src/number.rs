//! Integers as decimal text.

use core::ptr::copy_nonoverlapping;

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

/// `10^index`; 0 for 0, so that 0 has a digit too.
static POWERS: [u64; 20] = powers();

const fn powers() -> [u64; 20] {
    let mut table = [0; 20];
    let mut power: u64 = 1;
    let mut index = 1;
    while index < 20 {
        power *= 10;
        table[index] = power;
        index += 1;
    }
    table
}

/// Number of decimal digits.
#[inline(always)]
fn digits(value: u64) -> usize {
    // 1233/4096 is a little above log10(2): right, or one too few where the power of ten tells.
    let bits = 64u32.wrapping_sub((value | 1).leading_zeros());
    let least = (bits.wrapping_mul(1233) >> 12) as usize;
    // SAFETY: at most 64 * 1233 / 4096 = 19.
    let power = unsafe { *POWERS.as_ptr().add(least) };
    least.wrapping_add((value >= power) as usize)
}

/// Writes the text of `value` to `to`, where [`MAX_DIGITS`] fit, and gives its length.
#[inline(always)]
pub unsafe fn write(value: i64, to: *mut u8) -> usize {
    let mut rest = value.unsigned_abs();
    let pairs = PAIRS.as_ptr();
    // SAFETY: at most 19 digits behind a sign, 20 without one; pair numbers are below 100.
    unsafe {
        *to = b'-';
        let sign = (value < 0) as usize;
        let to = to.add(sign);
        let count = digits(rest);
        let mut at = count;
        while rest >= 100 {
            let pair = pairs.add(((rest % 100) as usize).wrapping_mul(2));
            rest /= 100;
            at = at.wrapping_sub(2);
            copy_nonoverlapping(pair, to.add(at), 2);
        }
        if rest >= 10 {
            copy_nonoverlapping(pairs.add((rest as usize).wrapping_mul(2)), to, 2);
        } else {
            *to = b'0'.wrapping_add(rest as u8);
        }
        sign.wrapping_add(count)
    }
}

/// Consumes `text`; gives it with the decimal digits of `value` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_int(text: *mut u8, value: i64) -> *mut u8 {
    // SAFETY: `reserve` made room for the longest number.
    unsafe {
        let text = text::reserve(text, MAX_DIGITS);
        let end = text::len(text);
        let count = write(value, text::data(text).add(end));
        text::set_len(text, end.wrapping_add(count));
        text
    }
}
