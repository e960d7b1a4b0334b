//! Numbers read from text.

use crate::object::{string, write_option};

/// An optional sign and decimal digits, nothing else; none when that is not it or does not fit.
pub fn int_from(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Decimal, with or without fraction and exponent, or `inf`, `infinity`, `nan` with an optional sign, in any case.
pub fn float_from(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_to_int(out: *mut u8, text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe { write_option(out, int_from(string(text))) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_to_float(out: *mut u8, text: *mut u8) {
    // SAFETY: contract of the crate.
    unsafe { write_option(out, float_from(string(text))) };
}
