//! Floats as text: the shortest digits that read back as the same number, never with an exponent.

use core::mem::MaybeUninit;

use fuse_core::text::push_bytes;

/// A sign, `0.`, 323 zeros and 17 digits.
const LONGEST: usize = 352;

/// Calls `emit` with the text of `value`: `1`, `1.5`, `100000000000000000000`, `-0`, `inf`, `NaN`.
pub fn format_float(value: f64, mut emit: impl FnMut(&[u8])) {
    if value.is_nan() {
        return emit(b"NaN");
    }
    if value.is_infinite() {
        return emit(if value > 0.0 { b"inf" } else { b"-inf" });
    }
    let mut shortest = ryu::Buffer::new();
    let mut parts = Parts::split(shortest.format_finite(value).as_bytes());
    parts.settle_tie(value);
    let mut text = Text {
        data: [const { MaybeUninit::uninit() }; LONGEST],
        len: 0,
    };
    if parts.negative {
        text.push(b'-');
    }
    // The value is 0.DIGITS times ten to the `point`.
    let count = parts.count as i32;
    if parts.point <= 0 {
        text.push(b'0');
        if count > 0 {
            text.push(b'.');
            text.repeat(b'0', -parts.point);
            text.digits(&parts, 0, count);
        }
    } else if parts.point >= count {
        text.digits(&parts, 0, count);
        text.repeat(b'0', parts.point - count);
    } else {
        text.digits(&parts, 0, parts.point);
        text.push(b'.');
        text.digits(&parts, parts.point, count);
    }
    emit(text.as_bytes());
}

/// Significant digits without leading and trailing zeros, and where the point stands.
struct Parts {
    negative: bool,
    digits: [u8; 24],
    count: u32,
    point: i32,
}

impl Parts {
    /// Takes apart what ryu writes: `-?D+(.D+)?(e-?D+)?`.
    fn split(text: &[u8]) -> Parts {
        let mut parts = Parts {
            negative: false,
            digits: [0; 24],
            count: 0,
            point: 0,
        };
        let mut seen_point = false;
        let mut exponent = 0;
        let mut exponent_sign = 1;
        let mut in_exponent = false;
        for &byte in text {
            match byte {
                b'-' if in_exponent => exponent_sign = -1,
                b'-' => parts.negative = true,
                b'.' => seen_point = true,
                b'e' => in_exponent = true,
                digit if in_exponent => exponent = exponent * 10 + (digit - b'0') as i32,
                b'0' if parts.count == 0 => {
                    // Leading zeros only move the point.
                    if seen_point {
                        parts.point -= 1;
                    }
                }
                digit => {
                    if let Some(place) = parts.digits.get_mut(parts.count as usize) {
                        *place = digit;
                        parts.count += 1;
                    }
                    if !seen_point {
                        parts.point += 1;
                    }
                }
            }
        }
        parts.point += exponent * exponent_sign;
        while parts.count > 0 && parts.digits.get(parts.count as usize - 1) == Some(&b'0') {
            parts.count -= 1;
        }
        if parts.count == 0 {
            parts.point = 0;
        }
        parts
    }
}

impl Parts {
    /// Where two shortest texts are equally near, the one further from zero is taken, as Rust's own formatting does; ryu takes the even
    /// one, whose last digit can be raised without a carry.
    fn settle_tie(&mut self, value: f64) {
        let mut number = 0_u64;
        for index in 0..self.count as usize {
            let digit = self.digits.get(index).copied().unwrap_or(b'0');
            number = number.wrapping_mul(10).wrapping_add((digit - b'0') as u64);
        }
        if self.count > 0
            && is_midpoint(value, number, self.point - self.count as i32)
            && let Some(last) = self.digits.get_mut(self.count as usize - 1)
        {
            *last += 1;
        }
    }
}

/// Is the finite value exactly `(digits + 1/2) * 10^exponent` in magnitude?
fn is_midpoint(value: f64, digits: u64, exponent: i32) -> bool {
    // 5^27 is the largest power that leaves room in 128 bits; higher ones cannot divide 53-bit mantissas or 18-digit numbers.
    const MOST: u32 = 27;
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, power) = match (bits >> 52 & 0x7ff) as i32 {
        0 => (fraction, -1074),
        biased => (fraction | 1 << 52, biased - 1075),
    };
    // value = mantissa * 2^power against (digits * 10 + 5) * 5^tens * 2^tens
    let tens = exponent - 1;
    if tens.unsigned_abs() > MOST {
        return false;
    }
    let fives = 5_u128.wrapping_pow(tens.unsigned_abs());
    let mut left = mantissa as u128;
    let mut right = digits as u128 * 10 + 5;
    if tens < 0 {
        left *= fives;
    } else {
        right *= fives;
    }
    let shift = power - tens;
    let (shifted, other) = if shift >= 0 {
        (left, right)
    } else {
        (right, left)
    };
    let shift = shift.unsigned_abs();
    shift <= shifted.leading_zeros() && shifted << (shift & 127) == other
}

struct Text {
    data: [MaybeUninit<u8>; LONGEST],
    len: usize,
}

impl Text {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.data.get_mut(self.len) {
            place.write(byte);
            self.len += 1;
        }
    }

    fn repeat(&mut self, byte: u8, count: i32) {
        for _ in 0..count {
            self.push(byte);
        }
    }

    fn digits(&mut self, parts: &Parts, from: i32, to: i32) {
        for index in from..to {
            if let Some(&digit) = parts.digits.get(index as usize) {
                self.push(digit);
            }
        }
    }

    fn as_bytes(&self) -> &[u8] {
        // SAFETY: the first `len` bytes were pushed.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr().cast(), self.len) }
    }
}

/// Consumes a text; gives it with the text of `value` at its end.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_text_push_float_slow(text: *mut u8, value: f64) -> *mut u8 {
    let mut text = text;
    // SAFETY: the formatted bytes are not inside `text`.
    format_float(value, |bytes| {
        text = unsafe { push_bytes(text, bytes.as_ptr(), bytes.len()) };
    });
    text
}

/// As [`fuse_text_push_float_slow`] for JSON: no sign on zero, `null` for what JSON cannot say.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_text_push_json_float_slow(text: *mut u8, value: f64) -> *mut u8 {
    // SAFETY: the constants are not inside `text`.
    unsafe {
        if value == 0.0 {
            push_bytes(text, b"0".as_ptr(), 1)
        } else if value.is_finite() {
            fuse_text_push_float_slow(text, value)
        } else {
            push_bytes(text, b"null".as_ptr(), 4)
        }
    }
}

/// IEEE remainder with the sign of the dividend.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_float_rem(a: f64, b: f64) -> f64 {
    a % b
}

/// -1, 0, 1 for an exact comparison; 2 when `b` is not a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_compare_int_float(a: i64, b: f64) -> i64 {
    // 2^63, the first float above every Int.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return 2;
    }
    if b >= LIMIT {
        return -1;
    }
    if b < -LIMIT {
        return 1;
    }
    let whole = b as i64;
    if a != whole {
        return if a < whole { -1 } else { 1 };
    }
    // Equal up to the fraction that truncation took away.
    let fraction = b - whole as f64;
    if fraction > 0.0 {
        -1
    } else if fraction < 0.0 {
        1
    } else {
        0
    }
}

/// The Int that `value` truncates to, or none when it is not a number or out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_float_to_int(out: *mut u8, value: f64) {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let int = if (-LIMIT..LIMIT).contains(&value) {
        Some(value as i64)
    } else {
        None
    };
    // SAFETY: `out` has room for an Option<Int>.
    unsafe { crate::object::write_option(out, int) };
}
