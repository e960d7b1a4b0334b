//! The documents on standard input, a line each, read and written many times.

use std::io::Read;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::documents::{Article, Checked, Order, User};

pub fn run(kind: &str, reads: usize, writes: usize) {
    let mut input = String::new();
    std::io::stdin()
        .read_to_string(&mut input)
        .expect("documents on standard input");
    // Texts of their own, as in FUSE.
    let documents: Vec<String> = input.lines().map(str::to_owned).collect();
    let texts = match kind {
        "user" => work::<User>(&documents, reads, writes),
        "order" => work::<Order>(&documents, reads, writes),
        "article" => work::<Article>(&documents, reads, writes),
        _ => panic!("unknown kind {kind}"),
    };
    for text in texts {
        println!("{text}");
    }
}

fn read_one<T: DeserializeOwned + Checked>(document: &str) -> T {
    let value: T = serde_json::from_str(document).expect("a document of the type");
    value.check().expect("a value that fits the rules");
    value
}

fn write_one<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("a value that can be written")
}

fn work<T: DeserializeOwned + Serialize + Checked>(
    documents: &[String],
    reads: usize,
    writes: usize,
) -> Vec<String> {
    let mut values: Vec<T> = documents.iter().map(|text| read_one(text)).collect();
    for _ in 1..reads {
        for (value, document) in values.iter_mut().zip(documents) {
            *value = read_one(document);
        }
    }
    let mut texts: Vec<String> = values.iter().map(write_one).collect();
    for _ in 1..writes {
        for (text, value) in texts.iter_mut().zip(&values) {
            *text = write_one(value);
        }
    }
    texts
}
