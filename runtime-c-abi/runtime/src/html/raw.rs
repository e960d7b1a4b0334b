//! Text inside `script` and `style`.

use fuse_core::text::push_bytes;

use crate::object::bytes;

/// Consumes markup; gives it with the text at its end, as it is but for `</`, which becomes `<\/`: to the languages inside these
/// elements it means the same, and it cannot end them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_html_push_raw_text(markup: *mut u8, value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate; `value` is another text than the markup being built.
    unsafe {
        let text = bytes(value);
        let mut markup = markup;
        let (mut done, mut after_angle) = (0, bytes(markup).last() == Some(&b'<'));
        for (at, &byte) in text.iter().enumerate() {
            if after_angle && byte == b'/' {
                markup = push_bytes(markup, text.as_ptr().add(done), at - done);
                markup = push_bytes(markup, b"\\".as_ptr(), 1);
                done = at;
            }
            after_angle = byte == b'<';
        }
        push_bytes(markup, text.as_ptr().add(done), text.len() - done)
    }
}
