//! Lexer, parser, tree dump and diagnostics rendering on arbitrary bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuse_syntax::fuzz::fuzz_parse(bytes);
    fuse_syntax::fuzz::fuzz_output(bytes);
});
