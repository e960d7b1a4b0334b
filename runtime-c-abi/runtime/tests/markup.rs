//! Escaping, called as generated code calls it.

use fuse_core::{fuse_drop_text, fuse_html_push_text, fuse_html_push_value};
use fuse_runtime::object::{bytes, new_text};

type Row = unsafe extern "C" fn(*mut u8, *mut u8) -> *mut u8;

fn pushed(row: Row, before: &str, value: &str) -> String {
    let value = new_text(value.as_bytes());
    // SAFETY: both texts are ours; the row consumes the first.
    unsafe {
        let text = row(new_text(before.as_bytes()), value);
        let result = String::from_utf8_lossy(bytes(text)).into_owned();
        fuse_drop_text(text);
        fuse_drop_text(value);
        result
    }
}

/// Escaping one character after the other.
fn model(value: &str, in_attribute: bool) -> String {
    value
        .chars()
        .map(|c| match c {
            '&' => "&amp;".to_string(),
            '<' => "&lt;".to_string(),
            '>' => "&gt;".to_string(),
            '"' if in_attribute => "&quot;".to_string(),
            '\'' if in_attribute => "&#39;".to_string(),
            c => c.to_string(),
        })
        .collect()
}

#[test]
fn every_place_and_character_is_escaped() {
    for special in ["&", "<", ">", "\"", "'", "é", "%", "=", "\u{7f}"] {
        for length in [0, 1, 7, 15, 16, 17, 31, 32, 33, 64] {
            // Miri takes a thousand times as long: the ends and what is next to a block of 16.
            let places = (0..=length).filter(|place| !cfg!(miri) || place % 16 < 2);
            for place in places {
                let value = format!(
                    "{}{special}{}",
                    "a".repeat(place),
                    "b".repeat(length - place)
                );
                assert_eq!(
                    pushed(fuse_html_push_text, "<p>", &value),
                    format!("<p>{}", model(&value, false))
                );
                assert_eq!(
                    pushed(fuse_html_push_value, "", &value),
                    model(&value, true)
                );
            }
        }
    }
}

#[test]
fn text_of_nothing_but_special_characters_grows() {
    let count = if cfg!(miri) { 20 } else { 1000 };
    let value = "&<>\"'".repeat(count);
    assert_eq!(
        pushed(fuse_html_push_value, "x", &value).len(),
        1 + count * 24
    );
    assert_eq!(
        pushed(fuse_html_push_text, "", &value),
        model(&value, false)
    );
}
