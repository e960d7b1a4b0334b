//! Joining lists of texts.

use fuse_core::fuse_text_new;
use fuse_core::text::push_bytes;

use crate::object::{bytes, elements};

/// (list of texts, separator)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_join(list: *mut u8, separator: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let separator = bytes(separator);
        let texts = elements::<*mut u8>(list);
        let total: usize = texts.iter().map(|&text| bytes(text).len()).sum::<usize>()
            + separator.len() * texts.len().saturating_sub(1);
        let mut result = fuse_text_new(total as i64);
        let mut first = true;
        for &text in texts {
            if !first {
                result = push_bytes(result, separator.as_ptr(), separator.len());
            }
            first = false;
            let text = bytes(text);
            result = push_bytes(result, text.as_ptr(), text.len());
        }
        result
    }
}
