//! A few generated programs on every back end; the gate `ci/gates/parity` runs ten thousand.

use std::path::PathBuf;
use std::thread;

use fuse_parity::backend::Backend;
use fuse_parity::generate;
use fuse_parity::run::{self, Setting};

const FIRST_SEED: u64 = 7_000_000;
const PROGRAMS: u64 = 60;
const BATCH: u64 = 30;

#[test]
fn generated_programs_do_what_is_predicted() {
    let setting = Setting {
        fuse: PathBuf::from(env!("CARGO_BIN_EXE_fuse")),
        backends: Backend::ALL.to_vec(),
    };
    let run_batch = |batch: u64| {
        let first = FIRST_SEED + batch * BATCH;
        let cases: Vec<_> = (first..first + BATCH)
            .map(|seed| generate::case(seed, &format!("P{:02}", seed % BATCH)))
            .collect();
        run::batch(&setting, &cases).expect("the compiler starts")
    };
    let run_batch = &run_batch;
    let failures: Vec<_> = thread::scope(|scope| {
        let batches: Vec<_> = (0..PROGRAMS / BATCH)
            .map(|batch| scope.spawn(move || run_batch(batch)))
            .collect();
        batches
            .into_iter()
            .flat_map(|batch| batch.join().expect("no panics"))
            .collect()
    });
    assert!(failures.is_empty(), "{failures:#?}");
}
