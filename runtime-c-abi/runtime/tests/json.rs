//! Dynamic values from JSON against `serde_json`.

#[path = "json/model.rs"]
mod model;

use model::{Verdict, compare};

fn agree(text: &str) {
    if let Verdict::Differs(how) = compare(text) {
        panic!("{text:?}: {how}");
    }
}

#[test]
fn accepted_and_refused_alike() {
    let texts = [
        "null",
        "true",
        "false",
        " 1 ",
        "-0",
        "-0.0",
        "1.0",
        "1e2",
        "1.5",
        "1e-7",
        "123456789012345678",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "0.1",
        "1e22",
        "1e23",
        "5e-324",
        "1.7976931348623157e308",
        "[]",
        "[1]",
        "[1,[2,[3]]]",
        "{}",
        "{\"a\":{\"b\":[null,true]}}",
        "{\"a\":1,\"a\":2}",
        "\"\"",
        "\"é😀\"",
        "\"\\u00e9\\ud83d\\ude00\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"0123456789abcdef0123456789abcde\\n\"",
        "{\"\\u0061\":\"\\u0000\"}",
        "",
        " ",
        "nul",
        "nulll",
        "tru",
        "True",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1e",
        "1e+",
        "--1",
        "0x1",
        "1_0",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "[1",
        "[1}",
        "{",
        "}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "{a:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\"",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\u{1}\"",
        "\"\n\"",
        "1 2",
        "[1]]",
        "nan",
        "Infinity",
        "'a'",
        "\u{feff}1",
        "\u{a0}1",
        "/**/1",
        "[1]//",
        "\u{0}",
        "[\u{0}]",
    ];
    for text in texts {
        agree(text);
    }
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(matches!(compare(&nested(128)), Verdict::Same));
    assert!(matches!(compare(&nested(129)), Verdict::TooDeep));
    assert!(matches!(
        compare(&"{\"a\":".repeat(100_000)),
        Verdict::TooDeep
    ));
}

/// Every text that one or two changed bytes make of some documents.
#[test]
fn mutations_agree() {
    let documents = [
        r#"{"id":"a1","n":[1,-2.5e3,0],"t":true,"s":"x\n\u00e9"}"#,
        r#"[{"type":"Rect","data":[1,2]},null,"0123456789abcdefg",1e10]"#,
    ];
    let bytes = b"\"\\{}[]:,0-e.tnu \x01\x7fz";
    for document in documents {
        for at in (0..document.len()).step_by(if cfg!(miri) { 13 } else { 1 }) {
            for &byte in bytes {
                let mut changed = document.as_bytes().to_vec();
                changed[at] = byte;
                agree(str::from_utf8(&changed).expect("ASCII"));
                changed.remove(at);
                agree(str::from_utf8(&changed).expect("ASCII"));
                changed.insert(at / 2, byte);
                agree(str::from_utf8(&changed).expect("ASCII"));
            }
            agree(&document[..at]);
        }
    }
}

/// Documents put together at random from pieces of JSON and of what is not, the same ones on every run.
#[test]
fn random_documents_agree() {
    const PIECES: [&str; 40] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\"a\"",
        "\"key\":",
        "1",
        "-2",
        "0.5",
        "1e3",
        "E9",
        "null",
        "true",
        "false",
        " ",
        "\n",
        "\\n",
        "\\u0041",
        "\\ud83d\\ude00",
        "\\udead",
        "é",
        "😀",
        "0123456789abcdef",
        "[[",
        "]]",
        "{\"x\":",
        "[1,2]",
        "{}",
        "[]",
        "\"\"",
        "-",
        "0",
        "99999999999999999999",
        "x",
        "\t",
        "\\",
        ",\"b\":",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..if cfg!(miri) { 60 } else { 40_000 } {
        let text: String = (0..next(24) + 1)
            .map(|_| PIECES[next(PIECES.len())])
            .collect();
        agree(&text);
    }
    for _ in 0..if cfg!(miri) { 20 } else { 10_000 } {
        let text = document(&mut next, 5);
        assert!(matches!(compare(&text), Verdict::Same), "{text}");
    }
}

/// A well-formed document.
fn document(next: &mut impl FnMut(usize) -> usize, depth: usize) -> String {
    let blank = [" ", "", "", "\n\t"][next(4)];
    let inside = match next(if depth == 0 { 5 } else { 7 }) {
        0 => ["null", "true", "false"][next(3)].to_owned(),
        1 => format!("{}", next(usize::MAX) as i64),
        2 => format!("{}.{}e{}", next(1000), next(1000), next(60) as i64 - 30),
        3 => format!(
            "\"{}\"",
            ["", "a", "\\u00e9", "\\ud83d\\ude00", "0123456789abcdef\\n"][next(5)]
        ),
        4 => format!("\"{}é\"", "x".repeat(next(40))),
        5 => {
            let items: Vec<String> = (0..next(4)).map(|_| document(next, depth - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ => {
            let entry = |n| format!("\"k{n}\":{}", document(next, depth - 1));
            let entries: Vec<String> = (0..4).map(entry).collect();
            format!("{{{}}}", entries.join(","))
        }
    };
    format!("{blank}{inside}{blank}")
}
