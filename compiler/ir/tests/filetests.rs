//! Every `.mir` file under `filetests`: the first line names the passes (`test: ownership expand`), then `=====`, the input, `=====`, what
//! must come out. `count` prints counting operations, in loops in parentheses. `FUSE_BLESS=1` writes what comes out into the file. The verifier runs before and after every pass.

use std::fs;
use std::path::{Path, PathBuf};

use cranelift_entity::EntityRef;
use fuse_ir::analysis::Cfg;
use fuse_ir::layout::Layouts;
use fuse_ir::mir::text::{parse, print, print_function};
use fuse_ir::mir::{BlockId, Program, Rvalue, StatementKind};
use fuse_ir::verify::{Problem, verify};
use fuse_ir::{certify, expand, ownership, reach, simplify};

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
        if !matches!(pass, "print" | "verify" | "count") {
            let problems = verify(&program, &layouts);
            if !problems.is_empty() {
                return format!("before {pass}:\n{}", report(&problems));
            }
        }
        let problems = match pass {
            "print" => return print(&program),
            "count" => return count(&program),
            "verify" => verify(&program, &layouts),
            "reach" => {
                reach::run(&mut program);
                Vec::new()
            }
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

/// Counting operations of each function: all of them, and those inside of loops, which are what costs.
fn count(program: &Program) -> String {
    let mut out = String::new();
    for function in program.functions.values() {
        let cfg = Cfg::new(function);
        let loops = cfg.loops();
        let in_loop = |id: BlockId| loops.iter().any(|l| l.blocks.contains(id.index()));
        let mut counts = [[0; 2]; 3];
        for &id in &cfg.rpo {
            for statement in &function.blocks[id].statements {
                let kind = match &statement.kind {
                    StatementKind::Assign(_, Rvalue::Clone(_)) => 0,
                    StatementKind::Drop(_) => 1,
                    StatementKind::MakeUnique(_) => 2,
                    _ => continue,
                };
                counts[kind][0] += 1;
                counts[kind][1] += usize::from(in_loop(id));
            }
        }
        let [clones, drops, tests] = counts.map(|[all, inside]| format!("{all} ({inside})"));
        let name = &function.name;
        out.push_str(&format!(
            "{name}: clone {clones}, drop {drops}, make_unique {tests}\n"
        ));
    }
    out
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
