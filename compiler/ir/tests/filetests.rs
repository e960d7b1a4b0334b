//! Every `.mir` file under `filetests`: the first line names the passes (`test: ownership expand`), then `=====`, the input, `=====`, what
//! must come out. `FUSE_BLESS=1` writes what comes out into the file. The verifier runs before and after every pass.

use std::fs;
use std::path::{Path, PathBuf};

use fuse_ir::layout::Layouts;
use fuse_ir::mir::Program;
use fuse_ir::mir::text::{parse, print, print_function};
use fuse_ir::verify::{Problem, verify};
use fuse_ir::{certify, expand, ownership, simplify};

const RULE: &str = "=====\n";

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the directory is part of the repository")
        .map(|entry| entry.expect("readable").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "mir") {
            out.push(path);
        }
    }
}

fn report(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("{p}\n")).collect()
}

/// The output of the passes: functions, or the problems of the pass that reports some.
fn run(passes: &str, source: &str) -> String {
    let mut program = match parse(source) {
        Ok(program) => program,
        Err(errors) => return errors.iter().map(|e| format!("{e}\n")).collect(),
    };
    let mut layouts = Layouts::compute(&program.types);
    for pass in passes.split_whitespace() {
        if !matches!(pass, "print" | "verify") {
            let problems = verify(&program, &layouts);
            if !problems.is_empty() {
                return format!("before {pass}:\n{}", report(&problems));
            }
        }
        let problems = match pass {
            "print" => return print(&program),
            "verify" => verify(&program, &layouts),
            "simplify" => {
                simplify::run(&mut program);
                Vec::new()
            }
            "ownership" => {
                ownership::run(&mut program, &layouts);
                Vec::new()
            }
            "certify" => certify::certify(&program, &layouts),
            "expand" => {
                expand::run(&mut program, &mut layouts);
                Vec::new()
            }
            other => panic!("unknown pass {other}"),
        };
        if !problems.is_empty() {
            return report(&problems);
        }
        let problems = verify(&program, &layouts);
        if !problems.is_empty() {
            return format!(
                "after {pass}:\n{}{}",
                report(&problems),
                functions(&program)
            );
        }
    }
    functions(&program)
}

fn functions(program: &Program) -> String {
    let texts: Vec<String> = program
        .functions
        .keys()
        .map(|id| print_function(program, id))
        .collect();
    texts.join("\n")
}

#[test]
fn filetests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/filetests");
    let bless = std::env::var_os("FUSE_BLESS").is_some();
    let mut paths = Vec::new();
    files(&root, &mut paths);
    assert!(!paths.is_empty());
    let mut failures = String::new();
    for path in paths {
        let file = fs::read_to_string(&path).expect("readable");
        let mut parts = file.splitn(3, RULE);
        let (head, source) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let expected = parts.next().unwrap_or_default();
        let passes = head
            .trim()
            .strip_prefix("test:")
            .unwrap_or_else(|| panic!("{}: no `test:` line", path.display()));
        let mut found = run(passes, source);
        if found.is_empty() {
            found.push_str("nothing\n");
        }
        if expected == "same\n" && found == source {
            continue;
        }
        if found != expected {
            if bless {
                fs::write(&path, format!("{head}{RULE}{source}{RULE}{found}")).expect("writable");
            } else {
                failures.push_str(&format!(
                    "{}:\n--- expected\n{expected}\n--- found\n{found}\n",
                    path.display()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
