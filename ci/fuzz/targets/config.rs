//! The configuration file and the conversion of texts to values. The file against `toml` where both formats mean the same; whole numbers against
//! arithmetic with more digits, floats against the C library.
#![no_main]

use std::collections::BTreeMap;
use std::ffi::CString;

use arbitrary::Arbitrary;
use fuse_runtime::process::config;
use fuse_runtime::process::parse::bool_from;
use fuse_runtime::text::{float_from, format_float, int_from};

#[derive(Arbitrary, Debug)]
struct Line<'a> {
    section: u8,
    key: u8,
    value: &'a str,
    comment: &'a str,
    style: u8,
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    lines: Vec<Line<'a>>,
    text: &'a str,
    bits: u64,
}

/// A file that is TOML and ours, with texts only.
fn file(lines: &[Line]) -> String {
    let mut text = String::new();
    // TOML wants each section once and each key once in it.
    let mut sections: BTreeMap<u8, BTreeMap<u8, &Line>> = BTreeMap::new();
    for line in lines {
        sections.entry(line.section).or_default().insert(line.key, line);
    }
    for (section, lines) in sections {
        text.push_str(&format!("[S{section}]\n"));
        for (key, line) in lines {
            let mut value = String::new();
            for character in line.value.chars() {
                match character {
                    '"' => value.push_str("\\\""),
                    '\\' => value.push_str("\\\\"),
                    '\n' => value.push_str("\\n"),
                    '\r' => value.push_str("\\r"),
                    '\t' => value.push_str("\\t"),
                    // TOML has these by number only.
                    other if other.is_control() => {}
                    other => value.push(other),
                }
            }
            let comment: String = line.comment.chars().filter(|c| !c.is_control()).collect();
            let (space, end) = (["", " ", "\t"][usize::from(line.style % 3)], ["\n", "\r\n"][usize::from(line.style / 3 % 2)]);
            text.push_str(&format!("k{key}{space}={space}\"{value}\"{space}#{comment}{end}"));
        }
    }
    text
}

fn like_toml(text: &str) {
    let expected: toml::Table = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
    let found = config::parse(text);
    let mut count = 0;
    for (section, table) in &expected {
        for (key, value) in table.as_table().expect("a section") {
            let ours = found.get(&(section.clone(), key.clone()));
            assert_eq!(ours.map(String::as_str), value.as_str(), "{text:?}");
            count += 1;
        }
    }
    assert_eq!(found.len(), count, "{text:?}");
}

/// A sign and decimal digits, computed with more room.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut value: i128 = 0;
    for byte in digits.bytes() {
        value = value * 10 + i128::from(byte - b'0');
        if value > 1 << 64 {
            return None;
        }
    }
    i64::try_from(if text.starts_with('-') { -value } else { value }).ok()
}

fn values(text: &str) {
    assert_eq!(int_from(text), integer(text), "{text:?}");
    let word = text.to_lowercase();
    let expected = text.is_ascii().then_some(word == "true").filter(|is_true| *is_true || word == "false");
    assert_eq!(bool_from(text), expected, "{text:?}");
    // What is read is what the C library reads, and it reads all of it.
    if let (Some(value), Ok(c_text)) = (float_from(text), CString::new(text)) {
        let mut end = std::ptr::null_mut();
        // SAFETY: a C string.
        let (theirs, length) = unsafe {
            let theirs = libc::strtod(c_text.as_ptr(), &raw mut end);
            (theirs, end.offset_from(c_text.as_ptr()))
        };
        assert_eq!(length as usize, text.len(), "{text:?}");
        assert!(value == theirs || (value.is_nan() && theirs.is_nan()), "{text:?}: {value} {theirs}");
    }
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    for ((section, key), _) in config::parse(input.text) {
        assert!(!section.contains('\n') && !key.contains(['\n', '=']), "{:?}", input.text);
    }
    like_toml(&file(&input.lines));
    values(input.text);
    let value = f64::from_bits(input.bits);
    let mut text = String::new();
    format_float(value, |piece| text.push_str(&String::from_utf8_lossy(piece)));
    let back = float_from(&text);
    assert!(back.is_some_and(|back| back.to_bits() == input.bits || (back.is_nan() && value.is_nan())), "{text}");
});
