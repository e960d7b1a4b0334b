//! Numbers: strict grammar, exact integers.

use fuse_abi::json::{Cursor, SyntaxError};
use fuse_core::json::peek;

use super::fuse_json_fail;
use super::problem::{mismatch, record_mismatch};
use crate::object::write_option;

/// Does a number begin with this byte?
pub(super) fn begins(byte: u8) -> bool {
    byte == b'-' || byte.is_ascii_digit()
}

/// Reads the number that begins here and gives its text; `None`: it is not well formed.
pub(super) unsafe fn read<'a>(cursor: *mut Cursor) -> Option<&'a str> {
    // SAFETY: the rest of the input; numbers are ASCII.
    unsafe {
        let start = (*cursor).at;
        let rest = core::slice::from_raw_parts(start, (*cursor).end.offset_from_unsigned(start));
        match length(rest) {
            Some(length) => {
                (*cursor).at = start.add(length);
                Some(core::str::from_utf8_unchecked(&rest[..length]))
            }
            None => {
                fuse_json_fail(cursor, SyntaxError::Number as u64);
                None
            }
        }
    }
}

/// Length of the number at the start, RFC 8259 section 6.
fn length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or(&[]);
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && text[at] == b'0') {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// The value of a well-formed number if it is a whole number that fits, exactly.
pub(super) fn integer(number: &str) -> Option<i64> {
    let (negative, number) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, saturating(exponent)),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    // Zeros at the end of the digits belong to the exponent.
    let significant = (whole.len() + fraction.len())
        - fraction
            .bytes()
            .rev()
            .chain(whole.bytes().rev())
            .take_while(|&digit| digit == b'0')
            .count();
    if significant == 0 {
        return Some(0);
    }
    let exponent = exponent
        .saturating_add(whole.len() as i64)
        .saturating_sub(significant as i64);
    let mut value: i64 = 0;
    let sign = if negative { -1 } else { 1 };
    for digit in digits.take(significant) {
        value = value
            .checked_mul(10)?
            .checked_add(sign * i64::from(digit - b'0'))?;
    }
    let power = 10_i64.checked_pow(u32::try_from(exponent).ok()?)?;
    value.checked_mul(power)
}

fn saturating(exponent: &str) -> i64 {
    let negative = exponent.starts_with('-');
    let mut value: i64 = 0;
    for digit in exponent.bytes().filter(u8::is_ascii_digit) {
        // No text is long enough for more to matter.
        value = (value * 10 + i64::from(digit - b'0')).min(1 << 40);
    }
    if negative { -value } else { value }
}

pub(super) fn float(number: &str) -> f64 {
    number.parse().unwrap_or(f64::NAN)
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_int_slow(out: *mut u8, cursor: *mut Cursor) {
    // SAFETY: contract of the module; `out` has room for the option.
    unsafe {
        let mut value = None;
        if !begins(peek(cursor)) {
            mismatch(cursor, b"Int");
        } else if let Some(number) = read(cursor) {
            value = integer(number);
            if value.is_none() {
                record_mismatch(cursor, b"Int");
            }
        }
        write_option(out, value);
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_float_slow(out: *mut u8, cursor: *mut Cursor) {
    // SAFETY: contract of the module; `out` has room for the option.
    unsafe {
        let mut value = None;
        if begins(peek(cursor)) {
            value = read(cursor).map(float);
        } else {
            mismatch(cursor, b"Float");
        }
        write_option(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact() {
        let cases = [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.0e5", Some(0)),
            ("1.0", Some(1)),
            ("1.5", None),
            ("1.5e1", Some(15)),
            ("1e2", Some(100)),
            ("100e-2", Some(1)),
            ("101e-2", None),
            ("9007199254740993", Some(9007199254740993)),
            ("9007199254740993.000", Some(9007199254740993)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1e18", Some(1_000_000_000_000_000_000)),
            ("1e19", None),
            ("1e999999999999999999999", None),
            ("1e-999999999999999999999", None),
            ("0e999999999999999999999", Some(0)),
            ("0.000000000000000000000000001e27", Some(1)),
        ];
        for (text, value) in cases {
            assert_eq!(integer(text), value, "{text}");
        }
    }

    #[test]
    fn the_grammar_is_strict() {
        for good in ["0", "-0", "10", "1.5", "1e5", "1E+5", "1.0e-3", "0.1"] {
            assert_eq!(length(good.as_bytes()), Some(good.len()), "{good}");
        }
        for bad in ["", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "1.e5"] {
            assert_eq!(length(bad.as_bytes()), None, "{bad}");
        }
    }
}
