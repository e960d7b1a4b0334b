//! The formatter on whatever parses: same tree, same visible characters, nothing left to do.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuse_syntax::fuzz::fuzz_format(bytes));
