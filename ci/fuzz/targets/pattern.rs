//! Patterns against the `regex` crate: the same ones are accepted, but for size, and they match the same texts.
#![no_main]

use fuse_pattern::{Error, compile};

libfuzzer_sys::fuzz_target!(|input: (String, Vec<String>)| {
    let (pattern, texts) = input;
    let regex = regex::Regex::new(&pattern);
    match compile(&pattern) {
        Ok(tables) => {
            // The crate has a limit of its own, in bytes.
            let Ok(regex) = regex else {
                assert!(
                    matches!(regex, Err(regex::Error::CompiledTooBig(_))),
                    "{pattern:?}"
                );
                return;
            };
            for text in texts {
                assert_eq!(tables.matches(&text), regex.is_match(&text), "{pattern:?} in {text:?}");
            }
        }
        Err(Error::Syntax(_)) => assert!(regex.is_err(), "{pattern:?}"),
        Err(Error::TooLarge) => {}
    }
});
