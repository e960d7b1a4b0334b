//! The generator alone: it needs no compiler.

use fuse_parity::{generate, oracle, render};

#[test]
fn a_seed_gives_one_program() {
    for seed in 0..60 {
        let (a, b) = (generate::case(seed, "P"), generate::case(seed, "P"));
        assert_eq!(
            render::program(&a.program),
            render::program(&b.program),
            "seed {seed}"
        );
        assert_eq!(
            oracle::predict(&a.program),
            Some(a.prediction),
            "seed {seed}"
        );
    }
}

#[test]
fn programs_print_and_some_fault() {
    let cases: Vec<_> = (0..300).map(|seed| generate::case(seed, "P")).collect();
    let silent = cases.iter().filter(|c| c.prediction.stdout.is_empty());
    assert!(silent.count() < 30);
    let faults = cases.iter().filter(|c| c.prediction.fault.is_some());
    let faults = faults.count();
    assert!((5..150).contains(&faults), "{faults} of 300 fault");
}
