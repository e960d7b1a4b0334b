//! Base64 both ways against the `base64` crate: the same texts are accepted, with the same bytes, and the same text is written.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fuse_core::{fuse_drop_text, fuse_text_new};
use fuse_runtime::object::{bytes, new_text};
use fuse_runtime::process::parse::bytes_from;
use fuse_runtime::text::fuse_text_push_base64;

fn decoded(text: &str) -> Option<Vec<u8>> {
    let object = bytes_from(text).ok()?;
    // SAFETY: a new object, which is ours.
    unsafe {
        let found = bytes(object).to_vec();
        fuse_drop_text(object);
        Some(found)
    }
}

fn encoded(value: &[u8]) -> String {
    // SAFETY: new objects, which are ours; the text that comes back is in the place of the one that went in.
    unsafe {
        let value = new_text(value);
        let text = fuse_text_push_base64(fuse_text_new(0), value);
        let found = String::from_utf8_lossy(bytes(text)).into_owned();
        fuse_drop_text(value);
        fuse_drop_text(text);
        found
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let text = encoded(input);
    assert_eq!(text, STANDARD.encode(input));
    assert_eq!(decoded(&text).as_deref(), Some(input));
    if let Ok(text) = std::str::from_utf8(input) {
        assert_eq!(decoded(text), STANDARD.decode(text.trim()).ok(), "{text:?}");
    }
});
