//! From text to expanded MIR, with the verifier and the certifier after every pass. Programs with errors stop where the driver stops.
#![no_main]

use fuse_ir::pipeline::{Options, prepare};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let loaded = fuse_package::load_memory(&[("main.fuse", &text)]);
    if !loaded.diagnostics.is_empty() {
        return;
    }
    let (program, found) = fuse_sema::check(&loaded.graph);
    let Some(program) = program else {
        assert!(!found.is_empty(), "no program and no reason");
        return;
    };
    if let Ok(lowered) = fuse_ir::lower::lower(&program, &loaded.graph.files) {
        for optimise in [false, true] {
            let options = Options { check: true, optimise };
            if let Err(defect) = prepare(lowered.clone(), options) {
                panic!("{defect:?}");
            }
        }
    }
});
