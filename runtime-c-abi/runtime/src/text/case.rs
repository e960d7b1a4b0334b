//! Case mapping, full Unicode.

use crate::object::{new_text, string};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_lower(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    new_text(unsafe { string(text) }.to_lowercase().as_bytes())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_upper(text: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    new_text(unsafe { string(text) }.to_uppercase().as_bytes())
}
