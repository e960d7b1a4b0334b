//! The runtime's JSON reader against `serde_json`: the same texts are accepted, with the same values.
#![no_main]

#[path = "../../../runtime-c-abi/runtime/tests/json/model.rs"]
mod model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let model::Verdict::Differs(how) = model::compare(text)
    {
        panic!("{text:?}: {how}");
    }
});
