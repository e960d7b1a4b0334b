//! Which of several texts is it? First its length decides, then its bytes, eight at a time.

use std::collections::BTreeMap;

use super::body::Body;
use crate::mir::{BlockId, Operand, Terminator};

type Names<'n> = Vec<(&'n [u8], BlockId)>;

/// Gives a word of the text, from its length and a position: `fuse_text_word` or `fuse_json_key_word`.
pub(super) type Word<'w> = &'w dyn Fn(&mut Body, usize, usize) -> Operand;

/// Branches on a text of `length` bytes: to the block of its name, or to `other`. `outcomes` are values of `length` that are no lengths.
pub(super) fn branch(
    body: &mut Body,
    length: Operand,
    word: Word,
    names: &[(&str, BlockId)],
    outcomes: &[(i64, BlockId)],
    other: BlockId,
) {
    let mut by_length: BTreeMap<usize, Names> = BTreeMap::new();
    for (name, block) in names {
        let group = by_length.entry(name.len()).or_default();
        group.push((name.as_bytes(), *block));
    }
    let mut cases = outcomes.to_vec();
    let mut groups = Vec::with_capacity(by_length.len());
    for (length, names) in by_length {
        let block = body.f.block();
        cases.push((length as i64, block));
        groups.push((block, length, names));
    }
    body.f.terminate(Terminator::Switch {
        value: length,
        cases,
        default: other,
    });
    for (block, length, names) in groups {
        body.f.switch_to(block);
        by_words(body, length, &positions(length), word, names, other);
    }
}

fn by_words(
    body: &mut Body,
    length: usize,
    positions: &[usize],
    word: Word,
    names: Names,
    other: BlockId,
) {
    let Some((&position, rest)) = positions.split_first() else {
        let (_, block) = names[0];
        return body.f.goto(block);
    };
    let found = word(body, length, position);
    let mut by_word: BTreeMap<i64, Names> = BTreeMap::new();
    for (name, block) in names {
        let group = by_word.entry(word_of(name, position)).or_default();
        group.push((name, block));
    }
    let mut cases = Vec::with_capacity(by_word.len());
    let mut groups = Vec::with_capacity(by_word.len());
    for (word, names) in by_word {
        let block = body.f.block();
        cases.push((word, block));
        groups.push((block, names));
    }
    body.f.terminate(Terminator::Switch {
        value: found,
        cases,
        default: other,
    });
    for (block, names) in groups {
        body.f.switch_to(block);
        by_words(body, length, rest, word, names, other);
    }
}

/// Where words of a key of this length are looked at; together they cover it.
fn positions(length: usize) -> Vec<usize> {
    match length {
        0 => Vec::new(),
        1..8 => vec![0],
        _ => {
            let mut positions: Vec<usize> = (0..length / 8).map(|n| n * 8).collect();
            if !length.is_multiple_of(8) {
                positions.push(length - 8);
            }
            positions
        }
    }
}

/// What [`Word`] gives for a name.
fn word_of(name: &[u8], position: usize) -> i64 {
    let bytes = |from: usize, count: usize| {
        let part = &name[from..from + count];
        part.iter()
            .rev()
            .fold(0_u64, |word, &byte| word << 8 | u64::from(byte))
    };
    let length = name.len();
    (match length {
        0 => 0,
        1 => bytes(0, 1),
        2..4 => bytes(0, 2) | bytes(length - 2, 2) << 16,
        4..8 => bytes(0, 4) | bytes(length - 4, 4) << 32,
        _ => bytes(position, 8),
    }) as i64
}

#[cfg(test)]
mod tests {
    use super::{positions, word_of};

    #[test]
    fn words_are_little_endian_and_cover_the_name() {
        assert_eq!(word_of(b"a", 0), 0x61);
        assert_eq!(word_of(b"ab", 0), 0x6261_6261);
        assert_eq!(word_of(b"abc", 0), 0x6362_6261);
        assert_eq!(word_of(b"abcde", 0), 0x6564_6362_6463_6261);
        assert_eq!(word_of(b"abcdefghi", 1), 0x6968_6766_6564_6362);
        assert_eq!(positions(16), [0, 8]);
        assert_eq!(positions(17), [0, 8, 9]);
        assert_eq!(positions(8), [0]);
        assert_eq!(positions(3), [0]);
        assert!(positions(0).is_empty());
    }
}
