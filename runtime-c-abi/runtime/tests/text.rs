//! Text rows, called as generated code calls them.

use fuse_abi::object::Sequence;
use fuse_core::{
    fuse_drop_text, fuse_rc_inc, fuse_rc_unique, fuse_text_compare, fuse_text_equal,
    fuse_text_push_bool, fuse_text_push_float, fuse_text_push_int, fuse_text_push_json,
    fuse_text_push_json_float, fuse_text_put_float, fuse_text_put_json, fuse_text_reserve,
};
use fuse_runtime::object::{bytes, elements, new_text};
use fuse_runtime::text::*;

/// What a row makes of a new text, as Rust's.
fn made(row: impl FnOnce(*mut u8) -> *mut u8) -> String {
    let empty = new_text(b"");
    let text = row(empty);
    // SAFETY: rows give live texts.
    let result = unsafe { String::from_utf8_lossy(bytes(text)).into_owned() };
    // SAFETY: ours.
    unsafe { fuse_drop_text(text) };
    result
}

/// A row from texts to a text.
fn from<const N: usize>(texts: [&str; N], row: impl FnOnce([*mut u8; N]) -> *mut u8) -> String {
    let texts = texts.map(|text| new_text(text.as_bytes()));
    let result = made(|empty| {
        // SAFETY: ours.
        unsafe { fuse_drop_text(empty) };
        row(texts)
    });
    for text in texts {
        // SAFETY: rows borrow their arguments.
        unsafe { fuse_drop_text(text) };
    }
    result
}

fn list(list: *mut u8) -> Vec<String> {
    // SAFETY: a live list of texts.
    unsafe {
        elements::<*mut u8>(list)
            .iter()
            .map(|&text| String::from_utf8_lossy(bytes(text)).into_owned())
            .collect()
    }
}

#[test]
fn integers() {
    for value in [
        0,
        7,
        -1,
        10,
        99,
        100,
        -12345,
        i64::MAX,
        i64::MIN,
        i64::MIN + 1,
    ] {
        // SAFETY: live text.
        assert_eq!(
            made(|text| unsafe { fuse_text_push_int(text, value) }),
            value.to_string()
        );
    }
    // SAFETY: live text.
    assert_eq!(
        made(|text| unsafe { fuse_text_push_bool(text, true) }),
        "true"
    );
}

#[test]
fn floats_are_shortest_without_exponent() {
    let cases = [
        (1.0, "1"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e20, "100000000000000000000"),
        (-0.0, "-0"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "NaN"),
        (1e-7, "0.0000001"),
    ];
    for (value, text) in cases {
        // SAFETY: live text.
        assert_eq!(made(|to| unsafe { fuse_text_push_float(to, value) }), text);
    }
}

#[test]
fn floats_agree_with_the_standard_library() {
    let mut bits = 1_u64;
    let rounds = if cfg!(miri) { 100 } else { 50_000 };
    let special = [
        f64::MAX,
        f64::MIN_POSITIVE,
        5e-324,
        1e21,
        1e22,
        123456789012345680.0,
    ];
    for round in 0..rounds {
        bits = bits
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let value = match special.get(round) {
            Some(&value) => value,
            None if round % 2 == 0 => f64::from_bits(bits),
            None => (bits >> 40) as f64 / 1000.0,
        };
        if value.is_finite() {
            // SAFETY: live text.
            let text = made(|to| unsafe { fuse_text_push_float(to, value) });
            assert_eq!(text, format!("{value}"));
        }
    }
}

#[test]
fn json_pieces() {
    let strange = "a\"b\\c\n\r\t\u{8}\u{c}\u{1}é/";
    let escaped = from([strange], |[text]| {
        // SAFETY: live texts.
        unsafe { fuse_text_push_json(new_text(b""), text) }
    });
    assert_eq!(escaped, "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001é/\"");
    for (value, text) in [
        (1.0, "1"),
        (-0.0, "0"),
        (f64::NAN, "null"),
        (2.5, "2.5"),
        (1e300, "1"),
    ] {
        // SAFETY: live text.
        let made = made(|to| unsafe { fuse_text_push_json_float(to, value) });
        assert!(
            made == text || (value == 1e300 && made.len() == 301),
            "{made}"
        );
    }
}

#[test]
fn json_strings_at_every_place() {
    for special in ["\"", "\\", "\n", "\u{1f}", "\u{0}", "é", "\u{7f}"] {
        for length in 0..if cfg!(miri) { 18 } else { 50 } {
            for place in 0..=length {
                let mut plain = "-".repeat(place);
                plain.push_str(special);
                plain.push_str(&"x".repeat(length - place));
                plain.push_str(if length % 3 == 0 { special } else { "" });
                // SAFETY: live texts.
                let text = from([&plain], |[text]| unsafe {
                    fuse_text_push_json(new_text(b"["), text)
                });
                let expected = serde_json::to_string(&plain).expect("a string");
                assert_eq!(text, format!("[{expected}"));
            }
        }
    }
}

#[test]
fn room_for_what_follows_is_kept() {
    const BEHIND: usize = 100;
    // SAFETY: a live text.
    let room = |text: *mut u8| unsafe {
        (*text.cast::<Sequence>()).header.aux as usize - bytes(text).len()
    };
    for value in [
        "plain",
        "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"",
        "a\u{1}b",
    ] {
        let value = new_text(value.as_bytes());
        // SAFETY: live texts with the room that is asked for.
        unsafe {
            let text = fuse_text_reserve(new_text(b""), bytes(value).len() as i64 + 102);
            let text = fuse_text_put_json(text, value, BEHIND as i64);
            assert!(room(text) >= BEHIND);
            fuse_drop_text(text);
            fuse_drop_text(value);
        }
    }
    for value in [1.5, 1e300, f64::MIN_POSITIVE, f64::NAN, -0.0, 0.1 + 0.2] {
        // SAFETY: live text with the room that is asked for.
        unsafe {
            let text = fuse_text_reserve(new_text(b""), 120);
            let text = fuse_text_put_float(text, value, BEHIND as i64);
            assert_eq!(String::from_utf8_lossy(bytes(text)), value.to_string());
            assert!(room(text) >= BEHIND);
            fuse_drop_text(text);
        }
    }
}

#[test]
fn integers_of_every_length() {
    let mut power: i64 = 1;
    let mut values = vec![0, i64::MIN, i64::MIN + 1, i64::MAX];
    for _ in 0..19 {
        values.extend([power - 1, power, power + 1]);
        power = power.wrapping_mul(10);
    }
    for value in values {
        for value in [value, value.wrapping_neg()] {
            // SAFETY: live text.
            let text = made(|to| unsafe { fuse_text_push_int(to, value) });
            assert_eq!(text, value.to_string());
        }
    }
}

#[test]
fn base64_and_hex() {
    for (plain, encoded) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
    ] {
        // SAFETY: live texts.
        let made = from([plain], |[text]| unsafe {
            fuse_text_push_base64(new_text(b""), text)
        });
        assert_eq!(made, encoded);
    }
    // SAFETY: live text.
    assert_eq!(
        from(["\u{0}é"], |[text]| unsafe { fuse_bytes_to_hex(text) }),
        "00c3a9"
    );
    let invalid = new_text(&[0xff]);
    // SAFETY: live text.
    unsafe {
        assert!(fuse_bytes_to_string(invalid).is_null());
        fuse_drop_text(invalid);
    }
}

#[test]
fn searching_counts_scalar_values() {
    let text = new_text("naïve café".as_bytes());
    let cafe = new_text("café".as_bytes());
    let absent = new_text(b"x");
    // SAFETY: live texts; site 0 is nowhere.
    unsafe {
        assert_eq!(fuse_text_scalars(text), 10);
        assert_eq!(fuse_text_index_of(text, cafe), 6);
        assert_eq!(fuse_text_index_of(text, absent), -1);
        assert!(fuse_text_contains(text, cafe) && fuse_text_ends_with(text, cafe));
        assert!(!fuse_text_starts_with(text, cafe));
        for (from, to, part) in [(2, 5, "ïve"), (0, 0, ""), (10, 10, ""), (6, 10, "café")] {
            let slice = fuse_text_slice(text, from, to, 0);
            assert_eq!(bytes(slice), part.as_bytes());
            fuse_drop_text(slice);
        }
        for object in [text, cafe, absent] {
            fuse_drop_text(object);
        }
    }
}

#[test]
fn cutting_and_joining() {
    // SAFETY: live texts; site 0 is nowhere.
    unsafe {
        let text = new_text(b"a,b,,c");
        let comma = new_text(b",");
        let parts = fuse_text_split(text, comma, 0);
        assert_eq!(list(parts), ["a", "b", "", "c"]);
        let joined = fuse_text_join(parts, comma);
        assert!(fuse_text_equal(joined, text));
        let lines = fuse_text_lines(new_text(b"one\r\ntwo\n\nthree\n"));
        assert_eq!(list(lines), ["one", "two", "", "three"]);
        let many = fuse_text_repeat(comma, 3, 0);
        assert_eq!(bytes(many), b",,,");
    }
    let row = |[text, old, new]: [*mut u8; 3]| {
        // SAFETY: live texts.
        unsafe { fuse_text_replace(text, old, new) }
    };
    assert_eq!(from(["aXbXX", "X", "--"], row), "a--b----");
    assert_eq!(from(["same", "X", "y"], row), "same");
    // SAFETY: live texts.
    unsafe {
        assert_eq!(from([" \u{a0}x y\n"], |[text]| fuse_text_trim(text)), "x y");
        assert_eq!(
            from(["Straße É"], |[text]| fuse_text_upper(text)),
            "STRASSE É"
        );
        assert_eq!(from(["ÀB"], |[text]| fuse_text_lower(text)), "àb");
    }
}

#[test]
fn sorting_leaves_other_references_alone() {
    // SAFETY: live lists.
    unsafe {
        let parts = |text: &str| fuse_text_split(new_text(text.as_bytes()), new_text(b","), 0);
        let words = parts("b,a,c");
        fuse_rc_inc(words);
        let sorted = fuse_list_sort_text(words);
        assert_eq!(
            (list(words), list(sorted)),
            (
                vec!["b".to_owned(), "a".to_owned(), "c".to_owned()],
                vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
            )
        );
        assert!(fuse_rc_unique(words));
        assert_eq!(fuse_list_sort_text(words), words);

        let floats = fuse_core::fuse_list_new(8, 4);
        let data = floats.add(16).cast::<f64>();
        for (index, value) in [2.0, f64::NAN, -1.0, 0.0].into_iter().enumerate() {
            data.add(index).write(value);
        }
        (*floats.cast::<fuse_abi::object::Sequence>()).len = 4;
        let floats = elements::<f64>(fuse_list_sort_float(floats));
        assert_eq!(floats[..3], [-1.0, 0.0, 2.0]);
        assert!(floats[3].is_nan());
    }
}

#[test]
fn comparing() {
    let order = |a: &str, b: &str| {
        let (a, b) = (new_text(a.as_bytes()), new_text(b.as_bytes()));
        // SAFETY: live texts.
        unsafe { fuse_text_compare(a, b) }
    };
    assert_eq!(
        [
            order("a", "b"),
            order("b", "a"),
            order("a", "a"),
            order("a", "ab")
        ],
        [-1, 1, 0, -1]
    );
    for length in 0..if cfg!(miri) { 18 } else { 40 } {
        let base = vec![b'x'; length];
        for place in 0..length {
            let mut other = base.clone();
            other[place] = b'y';
            // SAFETY: live texts.
            unsafe {
                assert!(!fuse_text_equal(new_text(&base), new_text(&other)));
                assert!(fuse_text_equal(new_text(&other), new_text(&other)));
            }
        }
    }
}

#[test]
fn numbers_compare_exactly() {
    let big = 9_007_199_254_740_993_i64;
    // SAFETY: plain numbers.
    unsafe {
        assert_eq!(fuse_compare_int_float(big, 9_007_199_254_740_992.0), 1);
        assert_eq!(
            fuse_compare_int_float(i64::MAX, 9_223_372_036_854_775_808.0),
            -1
        );
        assert_eq!(
            fuse_compare_int_float(i64::MIN, -9_223_372_036_854_775_808.0),
            0
        );
        assert_eq!(fuse_compare_int_float(-1, -1.5), 1);
        assert_eq!(fuse_compare_int_float(1, f64::NAN), 2);
        assert_eq!(fuse_compare_int_float(1, f64::NEG_INFINITY), 1);
    }
}

#[test]
fn options_in_memory() {
    let option = |row: &dyn Fn(*mut u8)| {
        let mut out = [0xaa_u64; 2];
        row(out.as_mut_ptr().cast());
        (out[0] as u8 == 1).then_some(out[1])
    };
    let int = |text: &str| {
        let text = new_text(text.as_bytes());
        // SAFETY: live text, room for the option.
        option(&|out| unsafe { fuse_text_to_int(out, text) }).map(|bits| bits as i64)
    };
    assert_eq!(
        [
            int("-5"),
            int("+7"),
            int(" 1"),
            int("9223372036854775808"),
            int("")
        ],
        [Some(-5), Some(7), None, None, None]
    );
    let whole = |value: f64| {
        // SAFETY: room for the option.
        option(&|out| unsafe { fuse_float_to_int(out, value) }).map(|bits| bits as i64)
    };
    assert_eq!(
        [
            whole(-2.9),
            whole(f64::NAN),
            whole(9.3e18),
            whole(-9_223_372_036_854_775_808.0)
        ],
        [Some(-2), None, None, Some(i64::MIN)]
    );
}
