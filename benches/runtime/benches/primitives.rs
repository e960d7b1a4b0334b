//! The runtime's primitives, each beside what Rust's libraries do for the same work. An iteration does a thousand of each unless its name
//! says otherwise.

#![forbid(unsafe_code)]

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fuse_runtime::memory::heap::Scratch;
use fuse_runtime_benches::{Map, Text, fault, guard, hash, json_float, json_int, objects};
use indexmap::IndexMap;

const COUNT: usize = 1000;

/// `name/fuse` and `name/rust`.
fn pair<A, B>(
    criterion: &mut Criterion,
    name: &str,
    mut fuse: impl FnMut() -> A,
    mut rust: impl FnMut() -> B,
) {
    let mut group = criterion.benchmark_group(name);
    group
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500));
    group.bench_function(BenchmarkId::from_parameter("fuse"), |b| {
        b.iter(|| black_box(fuse()))
    });
    group.bench_function(BenchmarkId::from_parameter("rust"), |b| {
        b.iter(|| black_box(rust()))
    });
    group.finish();
}

fn memory(criterion: &mut Criterion) {
    pair(
        criterion,
        "allocate and free 48 bytes",
        || objects(COUNT, 48),
        || {
            let boxes: Vec<Box<[u8; 48]>> = (0..COUNT).map(|_| Box::new([0; 48])).collect();
            boxes
        },
    );
    let mut heap = Scratch::new();
    pair(
        criterion,
        "one guard, one fault and its heap",
        || assert!(fault(&mut heap)),
        || std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(0))).is_err(),
    );
    pair(criterion, "one guard", guard, || {
        std::panic::catch_unwind(|| ()).is_ok()
    });
}

fn texts(criterion: &mut Criterion) {
    let (piece, rust_piece) = (Text::new(b"one piece of many"), "one piece of many");
    pair(
        criterion,
        "append 17 bytes",
        || {
            let mut text = Text::empty();
            (0..COUNT).for_each(|_| text.push(black_box(&piece)));
            text
        },
        || {
            let mut text = String::new();
            (0..COUNT).for_each(|_| text.push_str(black_box(rust_piece)));
            text
        },
    );
    let long = "Füße, naïve, 日本語 and plain words in between. ".repeat(100);
    let own = Text::new(long.as_bytes());
    pair(
        criterion,
        "check and copy 5 KB of UTF-8",
        || own.to_utf8(),
        || std::str::from_utf8(black_box(long.as_bytes())).map(str::to_owned),
    );
    let words: Vec<String> = (0..COUNT).map(|n| format!("key number {n}")).collect();
    let state = RandomState::new();
    pair(
        criterion,
        "hash of a key",
        || {
            words
                .iter()
                .fold(0, |all, word| all ^ hash(17, word.as_bytes()))
        },
        || {
            words
                .iter()
                .fold(0, |all, word| all ^ state.hash_one(word.as_bytes()))
        },
    );
}

fn maps(criterion: &mut Criterion) {
    let words: Vec<String> = (0..COUNT).map(|n| format!("key number {n}")).collect();
    let keys: Vec<Text> = words
        .iter()
        .map(|word| Text::new(word.as_bytes()))
        .collect();
    let filled = || {
        let mut map = Map::new();
        for (value, key) in keys.iter().enumerate() {
            map.set(key, value as i64);
        }
        map
    };
    let rust_filled = || {
        let mut map: IndexMap<String, i64> = IndexMap::new();
        for (value, word) in words.iter().enumerate() {
            match map.get_mut(word.as_str()) {
                Some(place) => *place = value as i64,
                None => {
                    map.insert(word.clone(), value as i64);
                }
            }
        }
        map
    };
    pair(criterion, "insert into a map", filled, rust_filled);
    let (map, rust_map) = (filled(), rust_filled());
    let total = (COUNT * (COUNT - 1) / 2) as i64;
    pair(
        criterion,
        "look up in a map",
        || {
            assert_eq!(
                keys.iter().filter_map(|key| map.find(key)).sum::<i64>(),
                total
            )
        },
        || {
            assert_eq!(
                words
                    .iter()
                    .filter_map(|word| rust_map.get(word))
                    .sum::<i64>(),
                total
            )
        },
    );
}

/// Numbers as measured values are: few digits, and many.
fn floats() -> Vec<f64> {
    (0..COUNT)
        .map(|n| match n % 2 {
            0 => n as f64 / 8.0,
            _ => (n as f64).sqrt(),
        })
        .collect()
}

fn numbers(criterion: &mut Criterion) {
    let ints: Vec<i64> = (0..COUNT as i64).map(|n| n * n * n - 1_000_000).collect();
    let floats = floats();
    pair(
        criterion,
        "write an Int",
        || {
            let mut text = Text::empty();
            ints.iter().for_each(|&value| text.push_int(value));
            text
        },
        || {
            let mut text = String::new();
            ints.iter()
                .for_each(|value| write!(text, "{value}").expect("room"));
            text
        },
    );
    pair(
        criterion,
        "write a Float",
        || {
            let mut text = Text::empty();
            floats.iter().for_each(|&value| text.push_float(value));
            text
        },
        || {
            let mut text = String::new();
            floats
                .iter()
                .for_each(|value| write!(text, "{value}").expect("room"));
            text
        },
    );
    let written: Vec<String> = ints.iter().map(i64::to_string).collect();
    let texts: Vec<Text> = written
        .iter()
        .map(|text| Text::new(text.as_bytes()))
        .collect();
    let total: i64 = ints.iter().sum();
    pair(
        criterion,
        "read an Int from text",
        || assert_eq!(texts.iter().filter_map(Text::to_int).sum::<i64>(), total),
        || {
            assert_eq!(
                written
                    .iter()
                    .filter_map(|t| t.parse::<i64>().ok())
                    .sum::<i64>(),
                total
            )
        },
    );
    let serde = |text: &String| serde_json::from_str::<i64>(text).ok();
    pair(
        criterion,
        "read an Int from JSON",
        || {
            assert_eq!(
                written
                    .iter()
                    .filter_map(|t| json_int(t.as_bytes()))
                    .sum::<i64>(),
                total
            )
        },
        || assert_eq!(written.iter().filter_map(serde).sum::<i64>(), total),
    );
    let written: Vec<String> = floats.iter().map(f64::to_string).collect();
    let total: f64 = floats.iter().sum();
    let serde = |text: &String| serde_json::from_str::<f64>(text).ok();
    pair(
        criterion,
        "read a Float from JSON",
        || {
            assert_eq!(
                written
                    .iter()
                    .filter_map(|t| json_float(t.as_bytes()))
                    .sum::<f64>(),
                total
            )
        },
        || written.iter().filter_map(serde).sum::<f64>(),
    );
}

criterion_group!(benches, memory, texts, maps, numbers);
criterion_main!(benches);
