//! The ways that FUSE programs do not have: programs in C behind the real runtime, on both targets.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use fuse_link::{LinkProfile, LinkRequest, Sysroot, Target, link};

use super::run::wait;
use super::{End, Expected, Row, Seen};
use crate::compiler::succeed;

/// The entry tables of `fuse_abi::entry`, with one app.
const PROGRAM: &str = r#"
typedef unsigned long u64;
typedef struct { const void *data; u64 len; } slice;
typedef struct { slice name; void (*run)(void); } app;
typedef struct {
  slice build_info, sites, config_names, apps, services;
  void (*configs)(void); const void *main; const void *run_main;
  slice migrations; const void *run_migrations;
  unsigned needs_stack, release;
} program;
typedef struct { int count; unsigned capacity; u64 len; char bytes[8]; } text;
void abort(void);
int raise(int);
void fuse_fault(long, long);
void fuse_print(text *);
void *fuse_text_new(long);
static volatile int zero;
__attribute__((noinline)) static int deep(int n) {
  volatile char frame[512];
  frame[n % 512] = n;
  return deep(n + 1) + frame[n % 512];
}
static text out = {0, 3, 3, "out"};
static void run(void) { fuse_print(&out); WHAT; }
static const app apps[] = {{{"a", 1}, run}};
const program fuse_program = {
  {"profile=test", 12}, {apps, 0}, {apps, 0}, {apps, 1}, {apps, 0}, 0, 0, 0, {apps, 0}, 0, NEEDS_STACK, 0
};
"#;

#[derive(Clone, Copy)]
pub struct Foreign {
    pub name: &'static str,
    what: &'static str,
    needs_stack: bool,
    expected: Expected,
}

const fn foreign(
    name: &'static str,
    what: &'static str,
    exit: i32,
    class: &'static str,
    message: &'static str,
) -> Foreign {
    Foreign {
        name,
        what,
        needs_stack: false,
        expected: Expected {
            end: End::Exit(exit),
            class,
            message,
            stdout: "out\n",
            may_lose_output: false,
        },
    }
}

pub const ALL: &[Foreign] = &[
    foreign(
        "C code: a bad address",
        "*(volatile int *)8 = 1",
        101,
        "internal_error",
        "signal SIGSEGV pc=0x",
    ),
    foreign(
        "C code: an instruction that is none",
        "__builtin_trap()",
        101,
        "internal_error",
        "signal SIGILL pc=0x",
    ),
    foreign(
        "C code: division by zero",
        "zero = zero / zero",
        101,
        "internal_error",
        "signal SIGFPE pc=0x",
    ),
    foreign(
        "C code: abort",
        "abort()",
        101,
        "panic",
        "panic_kind=panic_static_str the runtime gave up",
    ),
    foreign(
        "C code: raises SIGABRT",
        "raise(6)",
        101,
        "internal_error",
        "signal SIGABRT",
    ),
    foreign(
        "C code: stack overflow",
        "deep(zero)",
        1,
        "runtime_fatal",
        "stack overflow",
    ),
    Foreign {
        needs_stack: true,
        ..foreign(
            "C code: stack overflow on a large stack",
            "deep(zero)",
            1,
            "runtime_fatal",
            "stack overflow",
        )
    },
    foreign(
        "the runtime: a state that must not be",
        "fuse_fault(14, 0)",
        101,
        "internal_error",
        "internal error",
    ),
];

pub(super) fn try_everywhere(way: &Foreign, rows: &mut Vec<Row>) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (target, start) in [
        (Target::LinuxX64Gnu, "C, dynamic"),
        (Target::LinuxX64Musl, "C, static"),
    ] {
        build(directory.path(), target, way, &[])?;
        let mut child = Command::new(directory.path().join("program"))
            .current_dir(directory.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", way.name))?;
        let pid = child.id();
        // What it says fits the pipes.
        let end = wait(&mut child)?;
        let output = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        let seen = Seen {
            pid,
            end,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        rows.push(Row::new(way.name, start, seen, way.expected));
    }
    Ok(())
}

/// Whether the checks of memory see what they are for: programs that leave an object behind, or write beyond one, end with the code of the
/// check. `FUSE_SYSROOT` names the runtime.
pub fn audit(what: &str) -> Result<(), String> {
    let (program, flags, code): (_, &[&str], _) = match what {
        "leak" => ("fuse_text_new(20)", &[], 97),
        "overflow" => (
            "((char *)fuse_text_new(20))[64] = 1",
            &["-fsanitize=address"],
            98,
        ),
        _ => return Err(format!("no audit is called `{what}`")),
    };
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let way = foreign("audit", program, code, "", "");
    build(directory.path(), Target::LinuxX64Gnu, &way, flags)?;
    let seen = Command::new(directory.path().join("program"))
        .env_clear()
        .output()
        .map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&seen.stderr);
    if seen.status.code() == Some(code) {
        println!(
            "the audit sees a planted mistake: {}",
            stderr
                .lines()
                .find(|line| !line.trim_matches('=').is_empty())
                .unwrap_or("-")
        );
        Ok(())
    } else {
        Err(format!(
            "a planted mistake ends with {}: {stderr}",
            seen.status
        ))
    }
}

fn build(directory: &Path, target: Target, way: &Foreign, flags: &[&str]) -> Result<(), String> {
    let source = PROGRAM
        .replace("WHAT", way.what)
        .replace("NEEDS_STACK", if way.needs_stack { "1" } else { "0" });
    let object = directory.join("program.o");
    fs::write(directory.join("program.c"), source).map_err(|error| error.to_string())?;
    succeed(
        Command::new("/usr/lib/llvm-22/bin/clang")
            .current_dir(directory)
            .args([
                "-O1",
                "-w",
                "-fPIE",
                "-fno-builtin",
                "-fno-optimize-sibling-calls",
            ])
            .args(flags)
            .args(["-c", "program.c", "-o", "program.o"]),
    )?;
    let failed = |error: fuse_link::LinkError| error.to_string();
    link(&LinkRequest {
        target,
        profile: LinkProfile::Release,
        object: &object,
        extra_objects: &[],
        output: &directory.join("program"),
        symbols: None,
        build_info: "",
        sysroot: &Sysroot::locate(target).map_err(failed)?,
    })
    .map_err(failed)?;
    Ok(())
}
