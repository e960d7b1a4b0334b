//! The tables say what the crate `regex` says.

use fuse_pattern::{Error, compile};

/// Every pattern with every text.
fn agree(patterns: &[&str], texts: &[&str]) {
    for pattern in patterns {
        let tables = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        let regex = regex::Regex::new(pattern).expect("a pattern");
        for text in texts {
            assert_eq!(
                tables.matches(text),
                regex.is_match(text),
                "{pattern:?} in {text:?}"
            );
        }
    }
}

const TEXTS: [&str; 40] = [
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aab",
    "abb",
    "abc",
    "xabcx",
    "A",
    "é",
    "É",
    "eé",
    "日本",
    "日 本",
    "a b",
    " a",
    "a ",
    "a\n",
    "\na",
    "a\nb",
    "a\r\nb",
    "\r",
    "\n",
    "\r\n",
    "\n\r",
    "_",
    "1",
    "a1_",
    "12-34",
    "é1_",
    "ſ",
    "K",
    "K",
    "ss",
    "٣",
    "\u{10ffff}",
    "a\u{301}",
    "foo.bar@example.org",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
];

#[test]
fn operators() {
    agree(
        &[
            "",
            "a",
            "ab",
            "a|b",
            "a|",
            "(a|b)*",
            "a*",
            "a+b",
            "a?b",
            "a{2}",
            "a{2,}",
            "a{1,2}b",
            "^a",
            "a$",
            "^a$",
            "^$",
            "^",
            "$",
            "^^a",
            "(^a|b$)",
            "^(a+)+$",
            "(a*)*b",
            "(?:a?){3}b",
            ".",
            "^.$",
            "^..$",
            "(?s)^.$",
            "(?s)a.b",
            "[^a]",
            "^[^a]$",
            "[a-c]+x",
            "(){1000000}",
            "(^){5}a",
            "(a{0}){9}b",
            "a{0}",
            "[^\\s\\S]",
            "(?:[^\\s\\S]|a)b",
            "a*?b",
            "(?U)a+b",
        ],
        &TEXTS,
    );
}

#[test]
fn classes_of_unicode() {
    agree(
        &[
            "^\\w+$",
            "^\\W+$",
            "\\d",
            "^\\d$",
            "^\\s",
            "\\S\\s\\S",
            "^\\p{L}+$",
            "\\p{Greek}",
            "\\P{L}",
            "[[:alpha:]]",
            "[[:^alpha:]]",
            "(?i)É",
            "(?i)k",
            "(?i)^[k-s]$",
            "(?i)ss",
            "[é日]",
            "é|日",
            "^[\\w--a]$",
            "[\\p{L}&&[^a-y]]",
            "^[а-я]+$",
            "(?-u:[a-z])",
            "\\x{10FFFF}",
            "\\u0301",
        ],
        &TEXTS,
    );
}

#[test]
fn assertions() {
    agree(
        &[
            "\\b",
            "\\B",
            "^\\B",
            "\\ba\\b",
            "\\Ba",
            "a\\B",
            "\\b{start}",
            "\\b{end}",
            "\\b{start-half}a",
            "a\\b{end-half}",
            "(?-u:\\b)",
            "(?-u:\\B)",
            "(?-u:\\b)a",
            "(?-u:\\b{start})",
            "(?-u:\\b{end})",
            "(?-u:\\b{start-half})b",
            "b(?-u:\\b{end-half})",
            "(?m)^a",
            "(?m)a$",
            "(?m)^$",
            "(?m)^b$",
            "(?mR)^b",
            "(?mR)a$",
            "(?mR)^$",
            "(?R).",
            "(?sR).",
            "(?mR)\\r$",
            "(?mR)^\\n",
            "\\Aa",
            "a\\z",
            "\\bé",
            "é\\b",
            "\\b\\w+\\b \\b",
            "(\\b|a)\\b",
            "$a",
            "a^",
            "(?m)a$\\n^b",
            "(a|\\b)*x",
            "(?:\\b|\\B)*a$",
            "^(?:\\b|^)+$",
        ],
        &TEXTS,
    );
}

/// What has no automaton of reasonable size is simulated.
#[test]
fn large_automata() {
    let texts = [
        "",
        "x",
        "xy",
        "x1234567890y",
        &format!("x{}y", "é".repeat(40)),
        &format!("x{}y", "é".repeat(41)),
        &"ab".repeat(500),
        &format!("b{}", "a".repeat(29)),
        &format!("b{}", "a".repeat(30)),
        &format!("{}b{}\n", "b".repeat(100), "a b".repeat(9)),
    ];
    agree(
        &[
            "x.{0,40}y",
            "x.{40}y",
            "[ab]*b[ab]{29}$",
            "^[ab]*b[ab]{30}$",
            "(?m)b\\b.{25}\\b$",
            "x(?s:.{40,41})\\b",
        ],
        &texts,
    );
    let tables = compile("x.{0,40}y").expect("a pattern");
    assert!(tables.bytes().len() < 1000, "{}", tables.bytes().len());
}

/// Random patterns over a small alphabet, where most parts matter.
#[test]
fn random_patterns() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let mut pattern = String::new();
        random.pattern(4, &mut pattern);
        let Ok(regex) = regex::Regex::new(&pattern) else {
            panic!("{pattern:?} is none");
        };
        let tables = compile(&pattern).expect("a pattern");
        for _ in 0..30 {
            let length = random.below(8);
            let text: String = (0..length)
                .map(|_| random.pick(&["a", "b", "_", "\n", "\r", "é", " "]))
                .collect();
            assert_eq!(
                tables.matches(&text),
                regex.is_match(&text),
                "{pattern:?} in {text:?}"
            );
        }
    }
}

/// xorshift64* (Vigna 2016).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn pattern(&mut self, depth: usize, out: &mut String) {
        match self.below(if depth == 0 { 4 } else { 9 }) {
            0 | 1 => out.push_str(self.pick(&["a", "b", "_", "é", "\\n", " "])),
            2 => out.push_str(self.pick(&[
                ".",
                "[ab]",
                "[^a]",
                "\\w",
                "\\W",
                "\\s",
                "(?-u:\\w)",
                "[a-é]",
                "(?i:É)",
                "(?s:.)",
            ])),
            3 => out.push_str(self.pick(&[
                "^",
                "$",
                "\\b",
                "\\B",
                "(?m:^)",
                "(?m:$)",
                "(?mR:^)",
                "(?mR:$)",
                "(?-u:\\b)",
                "(?-u:\\B)",
                "\\b{start}",
                "\\b{end}",
                "\\b{start-half}",
                "\\b{end-half}",
            ])),
            4 | 5 => {
                for _ in 0..=self.below(3) {
                    self.pattern(depth - 1, out);
                }
            }
            6 => {
                out.push('(');
                self.pattern(depth - 1, out);
                out.push('|');
                self.pattern(depth - 1, out);
                out.push(')');
            }
            _ => {
                out.push_str("(?:");
                self.pattern(depth - 1, out);
                out.push(')');
                out.push_str(self.pick(&["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{2,3}"]));
            }
        }
    }
}

#[test]
fn what_is_no_pattern() {
    let syntax = |pattern| match compile(pattern) {
        Err(Error::Syntax(what)) => what,
        other => panic!("{pattern}: {other:?}"),
    };
    assert_eq!(syntax("("), "unclosed group");
    assert_eq!(syntax("[a-"), "unclosed character class");
    assert!(syntax("(?=a)b").starts_with("look-around"));
    assert!(syntax("(a)\\1").starts_with("backreferences"));
    assert_eq!(syntax("(?-u:\\xff)"), "pattern can match invalid UTF-8");
    assert_eq!(compile("((a{100}){100}){100}"), Err(Error::TooLarge));
    let many: String =
        (0x4e00..0x5800)
            .filter_map(char::from_u32)
            .fold(String::new(), |mut text, scalar| {
                text.push(scalar);
                text.push('|');
                text.push(scalar);
                text.push('a');
                text.push('|');
                text
            });
    assert_eq!(compile(&many), Err(Error::TooLarge));
    assert!(matches!(
        compile(&"(".repeat(100_000)),
        Err(Error::Syntax(_))
    ));
}

/// A pattern of common use has tables of a few hundred bytes.
#[test]
fn sizes() {
    for (pattern, most) in [
        ("^[a-z]{3,20}$", 400),
        ("^[a-z0-9]+(-[a-z0-9]+)*$", 300),
        ("^\\d{4}-\\d{2}-\\d{2}$", 900),
        ("^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$", 300),
        ("^\\p{Lu}\\p{L}*$", 11_000),
        ("^#[0-9a-fA-F]{6}$", 300),
    ] {
        let size = compile(pattern).expect("a pattern").bytes().len();
        assert!(size <= most, "{pattern}: {size}");
    }
}
