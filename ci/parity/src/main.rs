//! `fuse-parity`: generated programs on every back end. `ci/README.md` says how to use it.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use fuse_parity::backend::Backend;
use fuse_parity::generate::{self, Case};
use fuse_parity::run::{self, Failure, Setting};
use fuse_parity::{minimise, render};

const USAGE: &str = "usage: fuse-parity [--seed N] [--count M] [--jobs J] [--batch B] [--backends LIST] [--fuse PATH] [--out DIR] \
                     [--minimise] [--print]";

struct Arguments {
    seed: u64,
    count: u64,
    jobs: usize,
    batch: u64,
    setting: Setting,
    out: PathBuf,
    minimise: bool,
    print: bool,
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if arguments.print {
        let case = generate::case(arguments.seed, &prefix(arguments.seed, arguments.batch));
        print!("{}", render::module(std::slice::from_ref(&case.program)));
        eprintln!("{:?}", case.prediction);
        return ExitCode::SUCCESS;
    }
    match gate(&arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut found = Arguments {
        seed: 1,
        count: 1000,
        jobs: 2,
        batch: 40,
        setting: Setting {
            fuse: own.with_file_name("fuse"),
            backends: Backend::ALL.to_vec(),
        },
        out: PathBuf::from("target/parity"),
        minimise: false,
        print: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| {
            text.parse::<u64>()
                .map_err(|_| format!("not a number: {text}"))
        };
        match word.as_str() {
            "--seed" => found.seed = number(value()?)?,
            "--count" => found.count = number(value()?)?,
            "--jobs" => found.jobs = number(value()?)? as usize,
            "--batch" => found.batch = number(value()?)?.clamp(1, 100),
            "--fuse" => found.setting.fuse = PathBuf::from(value()?),
            "--out" => found.out = PathBuf::from(value()?),
            "--backends" => {
                found.setting.backends = value()?
                    .split(',')
                    .map(|name| {
                        let mut all = Backend::ALL.into_iter();
                        all.find(|b| b.name() == name)
                            .ok_or(format!("no back end `{name}`"))
                    })
                    .collect::<Result<_, _>>()?;
            }
            "--minimise" => found.minimise = true,
            "--print" => found.print = true,
            _ => return Err(format!("unknown argument {word}")),
        }
    }
    let fuse = found.setting.fuse.canonicalize();
    found.setting.fuse =
        fuse.map_err(|error| format!("{}: {error}", found.setting.fuse.display()))?;
    Ok(found)
}

/// Names of a program depend on its seed alone, so that it is the same in every run.
fn prefix(seed: u64, batch: u64) -> String {
    format!("P{:02}", seed % batch)
}

fn gate(arguments: &Arguments) -> Result<usize, String> {
    let batches = arguments.count.div_ceil(arguments.batch);
    let next = AtomicU64::new(0);
    let failures = Mutex::new(Vec::new());
    let problem = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                loop {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch >= batches {
                        return;
                    }
                    match run_batch(arguments, batch) {
                        Ok(found) => failures.lock().expect("no panics").extend(found),
                        Err(reason) => {
                            *problem.lock().expect("no panics") = Some(reason);
                            return;
                        }
                    }
                }
            });
        }
    });
    if let Some(reason) = problem.into_inner().expect("no panics") {
        return Err(reason);
    }
    let failures: Vec<Failure> = failures.into_inner().expect("no panics");
    println!(
        "generated programs: {}, back ends: {}",
        arguments.count,
        arguments.setting.backends.len()
    );
    println!("contract-facing divergences: {}", failures.len());
    Ok(failures.len())
}

fn run_batch(arguments: &Arguments, batch: u64) -> Result<Vec<Failure>, String> {
    let first = arguments.seed + batch * arguments.batch;
    let end = (first + arguments.batch).min(arguments.seed + arguments.count);
    let cases: Vec<Case> = (first..end)
        .map(|seed| generate::case(seed, &prefix(seed, arguments.batch)))
        .collect();
    let mut found = Vec::new();
    for (i, failure) in run::batch(&arguments.setting, &cases)? {
        eprintln!(
            "seed {} [{}] {}",
            failure.seed, failure.kind, failure.detail
        );
        keep(arguments, &cases[i], &failure)?;
        found.push(failure);
    }
    Ok(found)
}

/// Writes a failing program, whole and, when asked, as small as it can be made.
fn keep(arguments: &Arguments, case: &Case, failure: &Failure) -> Result<(), String> {
    std::fs::create_dir_all(&arguments.out).map_err(|error| error.to_string())?;
    let write = |name: String, case: &Case, note: &str| {
        let source = render::module(std::slice::from_ref(&case.program));
        let note: String = note.lines().map(|line| format!("# {line}\n")).collect();
        let text = format!("# seed {} [{}]\n{note}{source}", case.seed, failure.kind);
        std::fs::write(arguments.out.join(name), text).map_err(|error| error.to_string())
    };
    write(format!("{}.fuse", case.seed), case, &failure.detail)?;
    if arguments.minimise {
        let (small, last) = minimise::minimise(&arguments.setting, case, failure)?;
        write(format!("{}-small.fuse", case.seed), &small, &last)?;
    }
    Ok(())
}
