//! Numbers as decimal text.

use core::ptr::copy_nonoverlapping;

use crate::cold::{fuse_text_push_float_slow, fuse_text_push_json_float_slow};
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
    // SAFETY: `reserve` makes room for the longest number.
    unsafe { fuse_text_put_int(text::reserve(text, MAX_DIGITS), value) }
}

/// The same for a unique text that has room for the longest number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_int(text: *mut u8, value: i64) -> *mut u8 {
    // SAFETY: there is room.
    unsafe {
        let end = text::len(text);
        let count = write(value, text::data(text).add(end));
        text::set_len(text, end.wrapping_add(count));
        text
    }
}

/// Decimals that [`write_decimal`] looks for, and where it stops to: below, a value with as many decimals has at most 15 digits.
const DECIMALS: usize = 6;
const SCALE: u64 = 1_000_000;
const DECIMAL_LIMIT: f64 = 1e9;

/// Writes a value that has at most [`DECIMALS`] decimals and is below [`DECIMAL_LIMIT`] to `to`, where [`MAX_DIGITS`] fit, and gives the
/// length; 0 for other values, and for zero, which has a sign.
///
/// No two decimals of up to 15 digits are read as the same double. So a decimal of that length that is read as `value` is the shortest
/// there is, once the zeros at its end are gone.
#[inline(always)]
unsafe fn write_decimal(value: f64, to: *mut u8) -> usize {
    let magnitude = value.abs();
    // Not a number is not below either.
    if !(magnitude > 0.0 && magnitude < DECIMAL_LIMIT) {
        return 0;
    }
    let scaled = (magnitude * SCALE as f64 + 0.5) as u64;
    // Both sides are exact, so the quotient is the double that the decimal is read as.
    if scaled as f64 / SCALE as f64 != magnitude {
        return 0;
    }
    let mut fraction = scaled % SCALE;
    // SAFETY: a sign, at most 10 digits, a point and 6 digits.
    unsafe {
        *to = b'-';
        let sign = (value < 0.0) as usize;
        let count = sign.wrapping_add(write((scaled / SCALE) as i64, to.add(sign)));
        if fraction == 0 {
            return count;
        }
        *to.add(count) = b'.';
        let mut at = DECIMALS;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            at = at.wrapping_sub(1);
        }
        let point = count.wrapping_add(1);
        let end = point.wrapping_add(at);
        while at != 0 {
            at = at.wrapping_sub(1);
            *to.add(point.wrapping_add(at)) = b'0'.wrapping_add((fraction % 10) as u8);
            fraction /= 10;
        }
        end
    }
}

/// Consumes a unique text with room for [`MAX_DIGITS`] and `behind` more; gives it with `value` at its end and room for `behind` more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_float(text: *mut u8, value: f64, behind: i64) -> *mut u8 {
    // SAFETY: there is room; what the slow way needs it takes itself.
    unsafe {
        let end = text::len(text);
        let count = write_decimal(value, text::data(text).add(end));
        if count == 0 {
            return text::reserve(fuse_text_push_float_slow(text, value), behind as usize);
        }
        text::set_len(text, end.wrapping_add(count));
        text
    }
}

/// The same for JSON: no sign on zero, `null` for what JSON cannot say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_json_float(
    text: *mut u8,
    value: f64,
    behind: i64,
) -> *mut u8 {
    // SAFETY: as above.
    unsafe {
        let end = text::len(text);
        let count = write_decimal(value, text::data(text).add(end));
        if count == 0 {
            return text::reserve(fuse_text_push_json_float_slow(text, value), behind as usize);
        }
        text::set_len(text, end.wrapping_add(count));
        text
    }
}

/// Consumes `text`; gives it with the text of `value` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_float(text: *mut u8, value: f64) -> *mut u8 {
    // SAFETY: room for the longest number.
    unsafe { fuse_text_put_float(text::reserve(text, MAX_DIGITS), value, 0) }
}

/// Consumes `text`; gives it with the JSON of `value` at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_json_float(text: *mut u8, value: f64) -> *mut u8 {
    // SAFETY: room for the longest number.
    unsafe { fuse_text_put_json_float(text::reserve(text, MAX_DIGITS), value, 0) }
}
