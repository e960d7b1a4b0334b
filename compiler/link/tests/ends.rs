//! Every way to die that generated code does not have of itself: programs in C behind the real runtime, on both targets. What they show
//! is the fatal envelope, and the exit code is the documented one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fuse_link::{LinkProfile, LinkRequest, Symbols, Sysroot, Target, inspect, link, symbols_path};

/// The entry tables of `fuse_abi::entry`, with one app that does what the test is about.
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
void abort(void);
int raise(int);
void fuse_fault(long, long);
static volatile int zero;
__attribute__((noinline)) static int deep(int n) {
  volatile char frame[512];
  frame[n % 512] = n;
  return deep(n + 1) + frame[n % 512];
}
static void run(void) { WHAT; }
static const app apps[] = {{{"a", 1}, run}};
const program fuse_program = {
  {"profile=test", 12}, {apps, 0}, {apps, 0}, {apps, 1}, {apps, 0}, 0, 0, 0, {apps, 0}, 0, NEEDS_STACK, 0
};
"#;

struct End {
    what: &'static str,
    needs_stack: bool,
    exit: i32,
    class: &'static str,
    /// What the message is, or begins with before the place in the code.
    message: &'static str,
    /// Does the message say where?
    place: bool,
}

const fn end(
    what: &'static str,
    exit: i32,
    class: &'static str,
    message: &'static str,
    place: bool,
) -> End {
    End {
        what,
        needs_stack: false,
        exit,
        class,
        message,
        place,
    }
}

const ENDS: [End; 10] = [
    end(
        "*(volatile int *)8 = 1",
        101,
        "internal_error",
        "signal SIGSEGV",
        true,
    ),
    end(
        "__builtin_trap()",
        101,
        "internal_error",
        "signal SIGILL",
        true,
    ),
    end(
        "zero = zero / zero",
        101,
        "internal_error",
        "signal SIGFPE",
        true,
    ),
    // What the C library raises by itself is not at a place of ours.
    end("raise(7)", 101, "internal_error", "signal SIGBUS", false),
    end("raise(6)", 101, "internal_error", "signal SIGABRT", false),
    end(
        "abort()",
        101,
        "panic",
        "panic_kind=panic_static_str the runtime gave up",
        false,
    ),
    end("deep(zero)", 1, "runtime_fatal", "stack overflow", false),
    End {
        needs_stack: true,
        ..end("deep(zero)", 1, "runtime_fatal", "stack overflow", false)
    },
    end(
        "fuse_fault(3, 0)",
        1,
        "runtime_fatal",
        "index out of bounds",
        false,
    ),
    end(
        "fuse_fault(14, 0)",
        101,
        "internal_error",
        "internal error",
        false,
    ),
];

fn build(directory: &Path, target: Target, row: &End) -> PathBuf {
    let source = PROGRAM
        .replace("WHAT", row.what)
        .replace("NEEDS_STACK", if row.needs_stack { "1" } else { "0" });
    fs::write(directory.join("program.c"), source).expect("source is written");
    let status = Command::new("/usr/lib/llvm-22/bin/clang")
        .current_dir(directory)
        .args(["-O1", "-g1", "-w", "-c", "program.c", "-o", "program.o"])
        .args([
            "-fno-builtin",
            "-ffunction-sections",
            "-fno-optimize-sibling-calls",
        ])
        .arg(if target.position_independent() {
            "-fPIE"
        } else {
            "-fno-pie"
        })
        .status()
        .expect("clang 22 is installed");
    assert!(status.success());
    let output = directory.join("program");
    link(&LinkRequest {
        target,
        profile: LinkProfile::Release,
        object: &directory.join("program.o"),
        extra_objects: &[],
        output: &output,
        symbols: Some(&symbols_path(&output)),
        build_info: "",
        sysroot: &Sysroot::locate(target).expect("`cargo xtask sysroot` has been run"),
    })
    .expect("links");
    output
}

#[test]
fn every_end_has_the_envelope() {
    for target in Target::ALL {
        for row in &ENDS {
            let directory = tempfile::tempdir().expect("temporary directory");
            let program = build(directory.path(), target, row);
            let child = Command::new(&program)
                .current_dir(directory.path())
                .env_clear()
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("runs");
            let pid = child.id();
            let seen = child.wait_with_output().expect("ends");
            let stderr = String::from_utf8_lossy(&seen.stderr).into_owned();
            let context = format!("{target}: {}: {:?} {stderr}", row.what, seen.status);
            assert_eq!(seen.status.code(), Some(row.exit), "{context}");
            assert_eq!(seen.stdout, b"", "{context}");
            let start = format!(
                "fatal: class={} pid={pid} message={}",
                row.class, row.message
            );
            let rest = stderr.strip_prefix(&start).expect(&context);
            let place = rest.strip_suffix(" profile=test\n").expect(&context);
            if !row.place {
                assert!(
                    place.is_empty() || row.message.starts_with("signal "),
                    "{context}"
                );
                continue;
            }
            let (address, id) = place
                .strip_prefix(" pc=0x")
                .and_then(|place| place.split_once(" build_id="))
                .expect(&context);
            let built = inspect(&program).expect("an executable").build_id;
            assert_eq!(
                built.map(|id| id.to_string()).as_deref(),
                Some(id),
                "{context}"
            );
            let address = u64::from_str_radix(address, 16).expect(&context);
            let frames = Symbols::of(&program).expect("its symbols").frames(address);
            let innermost = frames.first().expect(&context);
            assert_eq!(innermost.function, "run", "{context}");
            assert!(
                innermost
                    .file
                    .as_ref()
                    .is_some_and(|file| file.ends_with("program.c")),
                "{context} {innermost:?}"
            );
        }
    }
}
