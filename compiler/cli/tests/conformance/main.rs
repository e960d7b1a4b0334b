//! The parity gate: every example of `spec/conformance` on every back end.
//!
//! An example without expected diagnostics runs on Cranelift (`fuse run`), on LLVM without and with optimisation (profiles `debug` and
//! `release`) and in the `static` profile. Each run is compared with what the example says; besides, all back ends are compared with
//! each other, and a difference is a failure of its own kind, `DISAGREE`. A back end that is not there is an error, never a skip.
//!
//! `FUSE_CONFORMANCE=TEXT` runs only examples whose name contains the text, `TEXT!OTHER` those of them that do not contain the other. `FUSE_CONFORMANCE_BACKENDS=NAME,NAME` runs programs on these
//! back ends only, and nothing that is not run; `ci/memory` uses it.

mod backend;
mod example;
mod expect;
mod literate;
mod origin;
mod serve;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use example::Example;
use fuse_parity::backend::Backend;
use summary::Summary;

const WORKERS: usize = 2;

#[test]
fn every_example_holds_on_every_back_end() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/conformance");
    let mut examples = collect(&root);
    let backends = backends();
    if backends.len() < Backend::ALL.len() {
        examples.retain(|example| !example.is_single());
    }
    for &backend in &backends {
        if let Err(reason) = backend::probe(backend) {
            panic!("back end {backend} is not available: {reason}");
        }
    }
    let summary = Mutex::new(Summary::default());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(example) = examples.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = expect::judge(example, &backends);
                    let mut summary = summary.lock().expect("no worker panics holding the lock");
                    summary.add(example, verdict);
                }
            });
        }
    });
    let summary = summary
        .into_inner()
        .expect("no worker panics holding the lock");
    summary.print();
    assert!(summary.is_success(), "{} failures", summary.failures());
}

/// The back ends that programs are run on.
fn backends() -> Vec<Backend> {
    let Ok(wanted) = std::env::var("FUSE_CONFORMANCE_BACKENDS") else {
        return Backend::ALL.to_vec();
    };
    let named = |name: &str| {
        let found = Backend::ALL.into_iter().find(|one| one.name() == name);
        found.unwrap_or_else(|| panic!("no back end is called `{name}`"))
    };
    wanted.split(',').map(named).collect()
}

/// All examples under `root`, by file and position.
fn collect(root: &Path) -> Vec<Example> {
    let filter = std::env::var("FUSE_CONFORMANCE").unwrap_or_default();
    let mut files = Vec::new();
    markdown_files(root, &mut files);
    files.sort();
    let mut examples = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(root)
            .unwrap_or(&file)
            .with_extension("")
            .display()
            .to_string();
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        match literate::examples(&name, &text) {
            Ok(found) => examples.extend(found),
            Err(reason) => panic!("{}: {reason}", file.display()),
        }
    }
    let (wanted, unwanted) = filter.split_once('!').unwrap_or((&filter, ""));
    examples.retain(|example| {
        let excluded = !unwanted.is_empty() && example.name.contains(unwanted);
        example.name.contains(wanted) && !excluded
    });
    assert!(!examples.is_empty(), "no examples match `{filter}`");
    examples
}

fn markdown_files(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for entry in entries {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            markdown_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "md")
            && path.file_name().is_some_and(|name| name != "README.md")
        {
            files.push(path);
        }
    }
}
