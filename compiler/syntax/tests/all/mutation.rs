//! Programs with random damage: parsing always ends, without a panic, within the promises of the crate.

use crate::programs::PROGRAMS;
use crate::random::Random;
use fuse_syntax::fuzz::{fuzz_format, fuzz_output, fuzz_parse};

const SNIPPETS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\"\"\"",
    "${",
    "\\\"",
    "\\",
    ":",
    ":\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n\t",
    ",",
    ".",
    "?.",
    "?[",
    "?!",
    "??",
    "->",
    "=",
    "==",
    "<",
    ">",
    "..",
    "..<",
    "-",
    "!",
    "#",
    "## doc\n",
    "if ",
    "else:",
    "match x:\n",
    "for ",
    " in ",
    "fn ",
    "type ",
    "let ",
    "var ",
    "return",
    "spawn:\n",
    "await ",
    "box ",
    "import {",
    "service ",
    "get \"/{",
    "é",
    "\u{feff}",
    "\r",
    "\0",
    "'",
    ";",
    "9223372036854775808",
    "1.",
    "div(): ",
    "body",
    "table(",
    "without ",
    "where ",
];

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len() + 1);
    let length = random.below(12).min(bytes.len() - at);
    match random.below(6) {
        0 => drop(bytes.drain(at..at + length)),
        1 | 2 => {
            let snippet = SNIPPETS[random.below(SNIPPETS.len())];
            bytes.splice(at..at, snippet.bytes());
        }
        3 => {
            let copy = bytes[at..at + length].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        4 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap_or(0),
        _ => bytes.truncate(at.max(bytes.len() / 2)),
    }
}

#[test]
fn damaged_programs() {
    // Small pieces: the declarations of the programs, one by one and in pairs.
    let mut pieces: Vec<&str> = Vec::new();
    for (_, source) in PROGRAMS {
        pieces.extend(source.split("\n\n"));
    }
    let mut random = Random(0x5EED);
    for round in 0..20_000 {
        let mut bytes = pieces[random.below(pieces.len())].as_bytes().to_vec();
        bytes.truncate(400);
        for _ in 0..=random.below(4) {
            mutate(&mut random, &mut bytes);
        }
        fuzz_parse(&bytes);
        fuzz_format(&bytes);
        if round % 64 == 0 {
            fuzz_output(&bytes);
        }
    }
}

#[test]
fn every_prefix_of_the_programs() {
    for (_, source) in PROGRAMS {
        for end in (0..source.len()).step_by(13) {
            fuzz_parse(&source.as_bytes()[..end]);
        }
    }
}
