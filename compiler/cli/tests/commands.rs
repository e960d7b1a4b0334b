//! The commands as a user sees them: messages, exit codes, files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const HELLO: &str = "app \"hello\":\n  print(\"hello\")\n";
const STAGES: [&str; 6] = [
    "[build] aot [1/6] compile program",
    "[build] aot [2/6] write cache artifacts",
    "[build] aot [3/6] emit native object",
    "[build] aot [4/6] prepare runtime",
    "[build] aot [5/6] link executable",
    "[build] aot [6/6] verify executable",
];

/// A directory with files, and `fuse` running in it. `PATH` is not set: nothing but `fuse` itself may be needed.
struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project {
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("a writable directory");
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.directory.path());
        for name in ["HOME", "LD_LIBRARY_PATH", "FUSE_SYSROOT", "FUSE_CACHE_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn fuse(&self, arguments: &[&str]) -> Seen {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_fuse")));
        Seen::of(command.args(arguments).output().expect("fuse starts"))
    }

    fn execute(&self, program: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Seen {
        let mut command = self.command(&self.path(program));
        command.envs(variables.iter().copied()).args(arguments);
        Seen::of(command.output().expect("the executable starts"))
    }
}

#[derive(Debug)]
struct Seen {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Seen {
    fn of(output: Output) -> Seen {
        Seen {
            exit: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    fn ok(self) -> Seen {
        assert_eq!(self.exit, Some(0), "{self:?}");
        self
    }
}

#[test]
fn running_keeps_standard_output_for_the_program() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    let seen = project.fuse(&["run", "main.fuse"]).ok();
    assert_eq!(seen.stdout, "hello\n");
    assert_eq!(seen.stderr, "[run] start\n[run] ok\n");
    let seen = project.fuse(&["run", "--quiet", "main.fuse"]).ok();
    assert_eq!(
        (seen.stdout.as_str(), seen.stderr.as_str()),
        ("hello\n", "")
    );
}

#[test]
fn a_program_with_errors_does_not_run() {
    let project = Project::new(&[("main.fuse", "app \"a\":\n  print(1)\n  print(missing)\n")]);
    let seen = project.fuse(&["run", "main.fuse"]);
    assert_eq!(seen.exit, Some(1));
    assert_eq!(seen.stdout, "");
    assert!(seen.stderr.contains("FUSE_UNKNOWN_NAME"), "{seen:?}");
    assert!(seen.stderr.ends_with("[run] failed\n"), "{seen:?}");
}

#[test]
fn command_line_mistakes_have_one_line_and_a_hint() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    for (arguments, message) in [
        (&["frob"][..], "error: unknown command: frob"),
        (&["check", "--frob"], "error: unknown option: --frob"),
        (
            &["run", "--release"],
            "error: --release is only supported for fuse build",
        ),
        (
            &["build", "--profile", "fast", "main.fuse"],
            "error: unknown profile: fast",
        ),
        (
            &["build", "--emit", "wasm", "main.fuse"],
            "error: unknown stage: wasm",
        ),
        (&["build", "main.fuse", "--", "x"], "error: unexpected --"),
    ] {
        let seen = project.fuse(arguments);
        assert_eq!(seen.exit, Some(1), "{arguments:?}");
        let lines: Vec<&str> = seen.stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{seen:?}");
        assert_eq!(lines[0], message);
        assert!(lines[1].starts_with("hint: "), "{seen:?}");
    }
}

#[test]
fn a_program_that_is_not_there_is_one_line_and_a_hint() {
    let project = Project::new(&[]);
    for arguments in [
        &["check"][..],
        &["run", "missing.fuse"],
        &["build", "--aot", "--manifest-path", "missing"],
    ] {
        let seen = project.fuse(arguments);
        assert_eq!(seen.exit, Some(1));
        let lines: Vec<&str> = seen.stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{seen:?}");
        assert!(lines[0].starts_with("error: "), "{seen:?}");
        assert!(lines[1].starts_with("hint: "), "{seen:?}");
    }
}

#[test]
fn json_mode_writes_one_object_per_line_with_sorted_keys() {
    let project = Project::new(&[("main.fuse", "app \"a\":\n  print(missing)\n")]);
    let seen = project.fuse(&["--diagnostics", "json", "check", "main.fuse"]);
    assert_eq!(seen.exit, Some(1));
    let lines: Vec<&str> = seen.stderr.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"command":"check","kind":"command_step","message":"start"}"#
    );
    for line in &lines {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).expect("a JSON object");
        let keys: Vec<&String> = object.keys().collect();
        assert!(keys.is_sorted(), "{line}");
    }
    assert!(
        lines
            .iter()
            .any(|line| line.contains(r#""code":"FUSE_UNKNOWN_NAME""#))
    );
    let seen = project.fuse(&["check", "--diagnostics=json", "--nope"]);
    assert!(seen.stderr.contains(r#""kind":"cli_message""#), "{seen:?}");
}

#[test]
fn executables_of_every_profile_say_what_they_are() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    for profile in ["debug", "release", "static"] {
        let seen = project
            .fuse(&[
                "build",
                "--profile",
                profile,
                "main.fuse",
                "--output",
                "hello",
            ])
            .ok();
        let stages: Vec<&str> = seen
            .stderr
            .lines()
            .filter(|l| l.contains("aot ["))
            .collect();
        assert_eq!(stages, STAGES);
        assert_eq!(project.execute("hello", &[], &[]).ok().stdout, "hello\n");
        let info = project
            .execute("hello", &[("FUSE_AOT_BUILD_INFO", "1")], &[])
            .ok();
        let start = format!("mode=aot profile={profile} target=x86_64-unknown-linux-");
        assert!(info.stdout.starts_with(&start), "{info:?}");
        assert!(
            info.stdout.ends_with(" runtime_cache=1 contract=aot-v1\n"),
            "{info:?}"
        );
    }
}

#[test]
fn a_failed_build_leaves_the_output_alone() {
    let project = Project::new(&[("main.fuse", HELLO), ("program", "old")]);
    project.write("main.fuse", "app \"a\":\n  print(missing)\n");
    let build = ["build", "--release", "main.fuse", "--output"];
    let with = |output| [&build[..], &[output]].concat();
    assert_eq!(project.fuse(&with("program")).exit, Some(1));
    assert_eq!(project.fuse(&with("other")).exit, Some(1));
    assert_eq!(
        fs::read_to_string(project.path("program")).ok().as_deref(),
        Some("old")
    );
    assert!(!project.path("other").exists());

    project.write("main.fuse", "fn f() -> Int:\n  return 1\n");
    let seen = project.fuse(&with("other"));
    assert_eq!(seen.exit, Some(1));
    assert!(
        seen.stderr
            .contains("error[FUSE_APP_MISSING]: no app found\n"),
        "{seen:?}"
    );
    assert!(!project.path("other").exists());
}

#[test]
fn an_unwritable_output_is_one_line_and_a_hint() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    let directory = project.path("directory");
    fs::create_dir(&directory).expect("a writable directory");
    for output in ["directory", "main.fuse/program"] {
        let seen = project.fuse(&["build", "--aot", "main.fuse", "--output", output]);
        assert_eq!(seen.exit, Some(1));
        assert!(seen.stderr.contains("\nhint: "), "{seen:?}");
        assert_eq!(seen.stderr.matches("error: ").count(), 1, "{seen:?}");
    }
    let left = fs::read_dir(&directory).expect("the directory").count();
    assert_eq!(left, 0);
}

#[test]
fn what_is_not_a_file_is_not_replaced_by_one() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    let socket = project.path("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let seen = project.fuse(&["build", "--aot", "main.fuse", "--output", "socket"]);
    assert_eq!(seen.exit, Some(1));
    assert!(
        seen.stderr.contains("not a regular file\nhint: "),
        "{seen:?}"
    );
    assert!(!socket.is_file());
    let seen = project.fuse(&[
        "build",
        "--emit=ast",
        "main.fuse",
        "--output",
        "/dev/stdout",
    ]);
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    assert!(seen.stdout.contains("hello"), "{seen:?}");
}

/// Where the build directory should be there is a file: as with a package that cannot be written to, also for a superuser.
#[test]
fn a_package_without_room_for_a_cache_is_built_without_one() {
    let project = Project::new(&[("main.fuse", HELLO), (".fuse", "")]);
    let seen = project.fuse(&["build", "--aot", "main.fuse", "--output", "program"]);
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    assert_eq!(project.execute("program", &[], &[]).stdout, "hello\n");
    let seen = project.fuse(&["build", "--aot", "main.fuse"]);
    assert_eq!(seen.exit, Some(1));
    assert!(seen.stderr.contains("\nhint: "), "{seen:?}");
}

#[test]
fn failed_runs_are_one_line_of_json_in_json_mode() {
    let text = "fn main(i: Int):\n  let xs = [1]\n  print(xs[i])\n\napp \"a\":\n  main(3)\n";
    let project = Project::new(&[("main.fuse", text)]);
    let fault = "{\"error\":{\"code\":\"validation_error\",\"fields\":[{\"code\":\"runtime_index_bounds\",\"message\":\"index out of bounds\",\"path\":\"$\"}],\"message\":\"validation failed\"}}";
    for arguments in [
        &["--diagnostics", "json", "run", "main.fuse"][..],
        &[
            "--diagnostics",
            "json",
            "run",
            "main.fuse",
            "--",
            "--i",
            "3",
        ],
    ] {
        let seen = project.fuse(arguments);
        assert_eq!(seen.exit, Some(1), "{seen:?}");
        assert!(seen.stderr.lines().any(|line| line == fault), "{seen:?}");
        assert!(
            seen.stderr.lines().all(|line| line.starts_with('{')),
            "{seen:?}"
        );
    }
}

/// The runtime's own memory ends like the program's.
#[test]
fn a_line_that_does_not_fit_is_out_of_memory() {
    let text = "app \"a\":\n  let line = input()\n  print(line.len())\n";
    let project = Project::new(&[("main.fuse", text)]);
    for profile in ["release", "static"] {
        let built = project.fuse(&["build", "main.fuse", "--profile", profile, "-o", "program"]);
        assert_eq!(built.exit, Some(0), "{built:?}");
        let mut child = project
            .command(Path::new("/bin/sh"))
            .args(["-c", "ulimit -v 40000; exec ./program"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut input = child.stdin.take().expect("a pipe");
        // Ends early, when nobody reads any more.
        let piece = [b'x'; 1 << 16];
        let written = (0..2000).try_for_each(|_| input.write_all(&piece));
        assert!(written.is_err(), "the line fitted");
        drop(input);
        let seen = Seen::of(child.wait_with_output().expect("its end"));
        assert_eq!(seen.exit, Some(1), "{seen:?}");
        let envelope = seen.stderr.lines().last().unwrap_or_default();
        assert!(
            envelope.starts_with("fatal: class=runtime_fatal pid="),
            "{seen:?}"
        );
        assert!(envelope.contains(" message=out of memory "), "{seen:?}");
    }
}

#[test]
fn manifest_mistakes_come_with_a_hint() {
    for manifest in ["[build]\n", "][", "[package]\n"] {
        let project = Project::new(&[("fuse.toml", manifest)]);
        let seen = project.fuse(&["build"]);
        assert_eq!(seen.exit, Some(1));
        assert!(seen.stderr.contains("hint: "), "{seen:?}");
    }
}

#[test]
fn the_object_is_reused_while_it_is_whole_and_of_the_same_program() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    let build = || {
        let seen = project
            .fuse(&[
                "build",
                "--release",
                "main.fuse",
                "--output",
                "hello",
                "--timings",
            ])
            .ok();
        seen.stderr.contains("ms  llvm")
    };
    assert!(build(), "the first build compiles");
    assert!(!build(), "the second reuses");
    fs::write(project.path(".fuse/build/program-o2.o"), "broken").expect("a writable file");
    assert!(build(), "a broken object is rebuilt");
    assert_eq!(project.execute("hello", &[], &[]).ok().stdout, "hello\n");
    project.write("main.fuse", "app \"hello\":\n  print(\"changed\")\n");
    assert!(build(), "a changed program is rebuilt");
    assert_eq!(project.execute("hello", &[], &[]).ok().stdout, "changed\n");
    project.fuse(&["build", "--clean", "main.fuse"]).ok();
    assert!(!project.path(".fuse/build").exists());
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    for profile in ["debug", "release", "static"] {
        let built: Vec<Vec<u8>> = (0..2)
            .map(|_| {
                let project = Project::new(&[("main.fuse", HELLO)]);
                project
                    .fuse(&[
                        "build",
                        "--profile",
                        profile,
                        "main.fuse",
                        "--output",
                        "hello",
                    ])
                    .ok();
                fs::read(project.path("hello")).expect("the executable")
            })
            .collect();
        assert!(built[0] == built[1], "{profile}");
    }
}

#[test]
fn every_stage_can_be_shown() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    for stage in [
        "ast",
        "program",
        "mir-lowered",
        "mir-owned",
        "mir",
        "llvm-ir",
        "asm",
    ] {
        let seen = project
            .fuse(&["build", &format!("--emit={stage}"), "main.fuse"])
            .ok();
        assert!(seen.stdout.contains("hello"), "{stage}: {seen:?}");
    }
    assert_eq!(
        project.fuse(&["build", "--emit=obj", "main.fuse"]).exit,
        Some(1)
    );
    project
        .fuse(&["build", "--emit=obj", "main.fuse", "--output", "hello.o"])
        .ok();
    let object = fs::read(project.path("hello.o")).expect("the object");
    assert!(object.starts_with(b"\x7fELF"));
}

#[test]
fn dot_env_belongs_to_the_launcher() {
    let project = Project::new(&[
        (
            "main.fuse",
            "app \"a\":\n  print(env(\"DEMO\") ?? \"unset\")\n",
        ),
        (".env", "DEMO=from file\n"),
    ]);
    assert_eq!(
        project.fuse(&["run", "main.fuse"]).ok().stdout,
        "from file\n"
    );
    project
        .fuse(&["build", "--aot", "main.fuse", "--output", "program"])
        .ok();
    assert_eq!(project.execute("program", &[], &[]).ok().stdout, "unset\n");
}

#[test]
fn program_flags_bind_alike_in_launcher_and_executable() {
    let project = Project::new(&[("main.fuse", "fn main(n: Int):\n  print(n + 1)\n")]);
    assert_eq!(
        project
            .fuse(&["run", "main.fuse", "--", "--n", "4"])
            .ok()
            .stdout,
        "5\n"
    );
    let wrong = project.fuse(&["run", "main.fuse", "--", "--m", "4"]);
    assert_eq!(wrong.exit, Some(2));
    assert!(
        wrong.stderr.ends_with("[run] validation failed\n"),
        "{wrong:?}"
    );
    project
        .fuse(&["build", "--release", "main.fuse", "--output", "program"])
        .ok();
    assert_eq!(
        project.execute("program", &[], &["--n=4"]).ok().stdout,
        "5\n"
    );
    let also = project.execute("program", &[], &["--m", "4"]);
    assert_eq!(also.exit, Some(2));
    assert!(
        wrong.stderr.contains(also.stderr.trim_end()),
        "{wrong:?} {also:?}"
    );
}

#[test]
fn the_manifest_names_entry_app_and_output() {
    let project = Project::new(&[
        (
            "fuse.toml",
            "[package]\nentry = \"program.fuse\"\napp = \"second\"\n[build]\nnative_bin = \"out/program\"\n",
        ),
        (
            "program.fuse",
            "app \"first\":\n  print(1)\n\napp \"second\":\n  print(2)\n",
        ),
    ]);
    assert_eq!(project.fuse(&["run"]).ok().stdout, "2\n");
    assert_eq!(project.fuse(&["run", "--app", "first"]).ok().stdout, "1\n");
    let missing = project.fuse(&["run", "--app", "third"]);
    assert!(
        missing
            .stderr
            .contains("error: app not found: third\nhint: "),
        "{missing:?}"
    );
    project.fuse(&["build"]).ok();
    assert_eq!(project.execute("out/program", &[], &[]).ok().stdout, "2\n");
    let info = project
        .execute("out/program", &[("FUSE_AOT_BUILD_INFO", "1")], &[])
        .ok();
    assert!(info.stdout.contains(" profile=debug "), "{info:?}");
}

#[test]
fn codes_of_every_stage_are_explained() {
    let project = Project::new(&[]);
    for code in [
        "FUSE_SYNTAX_EXPECTED",
        "FUSE_TYPE_MISMATCH",
        "fuse_import_unknown",
    ] {
        let seen = project.fuse(&["explain", code]);
        assert_eq!(seen.exit, Some(0), "{code}: {}", seen.stderr);
        assert!(
            seen.stdout
                .starts_with(&format!("{}: ", code.to_uppercase())),
            "{}",
            seen.stdout
        );
    }
    assert_eq!(
        project.fuse(&["explain", "FUSE_NO_SUCH_CODE"]).exit,
        Some(1)
    );
}

#[test]
fn a_source_that_never_ends_is_an_error() {
    let project = Project::new(&[]);
    let seen = project.fuse(&["check", "/dev/zero"]);
    assert_eq!(seen.exit, Some(1));
    assert!(
        seen.stderr.contains("it is larger than 64 MiB"),
        "{}",
        seen.stderr
    );
}

#[test]
fn results_of_tests_are_data_in_json_mode() {
    let text = "fn f(n: Int) -> Int:\n  return 1 / n\n\ntest \"a\":\n  let _ = f(0)\n\ntest \"b\":\n  assert(true)\n";
    let project = Project::new(&[("main.fuse", text)]);
    let seen = project.fuse(&["--diagnostics", "json", "test", "main.fuse"]);
    assert_eq!(seen.exit, Some(1));
    assert_eq!(
        seen.stdout,
        "FAILED a: division by zero\nok b\nFAILED (1 failed of 2 tests)\n"
    );
    let lines: Vec<serde_json::Value> = seen
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect();
    let [start, first, second, summary, end] = lines.as_slice() else {
        panic!("{seen:?}");
    };
    assert_eq!(start["message"], "start");
    assert_eq!(end["message"], "failed");
    assert_eq!(
        (&first["kind"], &first["status"]),
        (&"test".into(), &"failed".into())
    );
    assert_eq!(first["message"], "division by zero");
    assert_eq!((&first["line"], &first["column"]), (&2.into(), &10.into()));
    assert!(first["microseconds"].is_u64(), "{first}");
    assert_eq!(second["status"], "ok");
    assert_eq!(
        *summary,
        serde_json::json!({"kind": "test_summary", "failed": 1, "passed": 1, "total": 2})
    );
}

#[test]
fn the_environment_names_the_form_of_messages_and_the_command_line_goes_first() {
    let text = "fn main(i: Int):\n  let xs = [1]\n  print(xs[i])\n";
    let project = Project::new(&[
        ("main.fuse", text),
        ("wrong.fuse", "app \"a\":\n  print(no)\n"),
    ]);
    let fuse = |value: &str, arguments: &[&str]| {
        let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_fuse")));
        command.env("FUSE_DIAGNOSTICS", value).args(arguments);
        Seen::of(command.output().expect("fuse starts"))
    };
    let is_json = |seen: &Seen| {
        let is_object = |line: &str| line.starts_with('{');
        assert!(!seen.stderr.is_empty(), "{seen:?}");
        seen.stderr.lines().all(is_object)
    };
    let commands: [&[&str]; 4] = [
        &["check", "wrong.fuse"],
        &["check", "--nope"],
        &["fmt", "missing.fuse"],
        &["run", "main.fuse", "--", "--i", "3"],
    ];
    for arguments in commands {
        let flag = |form| [&["--diagnostics", form], arguments].concat();
        assert!(is_json(&fuse("json", arguments)), "{arguments:?}");
        for (value, form) in [("json", "text"), ("text", "json")] {
            let seen = fuse(value, &flag(form));
            assert_eq!(is_json(&seen), form == "json", "{seen:?}");
        }
        for value in ["", "text", "JSON", "xml"] {
            assert!(!is_json(&fuse(value, arguments)), "{value} {arguments:?}");
        }
    }
}

#[test]
fn the_text_form_shows_a_hundred_errors_and_says_how_many_more_there_are() {
    let mut text = "fn f() -> Int:\n  return 1\n".to_owned();
    text.push_str(&"  f()\n".repeat(130));
    text.push_str("\napp \"a\":\n");
    let mut warnings = String::new();
    for index in 0..130 {
        text.push_str(&format!("  print(unknown{index})\n"));
        warnings.push_str(&format!(
            "fn f{index}() -> Int:\n  return 1\n  f{index}()\n\n"
        ));
    }
    let project = Project::new(&[("main.fuse", &format!("{warnings}{text}"))]);
    let seen = project.fuse(&["check", "main.fuse"]);
    assert_eq!(seen.exit, Some(1));
    assert_eq!(seen.stderr.matches("error[FUSE_UNKNOWN_NAME]").count(), 100);
    assert_eq!(seen.stderr.matches("warning[FUSE_").count(), 100);
    let end = "\nwarning: 31 more warnings not shown\nhint: `--diagnostics json` shows them all\n\
               error: 30 more errors not shown\nhint: `--diagnostics json` shows them all\n[check] failed\n";
    assert!(seen.stderr.ends_with(end), "{seen:?}");
    let seen = project.fuse(&["--diagnostics", "json", "check", "main.fuse"]);
    assert_eq!(seen.stderr.matches("\"FUSE_UNKNOWN_NAME\"").count(), 130);
    assert_eq!(seen.stderr.matches("\"level\":\"warning\"").count(), 131);
    assert!(!seen.stderr.contains("not shown"));
}

#[test]
fn a_workspace_without_packages_is_an_error_with_a_code() {
    let project = Project::new(&[("main.fuse", HELLO)]);
    let seen = project.fuse(&["check", "--workspace", "--diagnostics", "json"]);
    assert_eq!(seen.exit, Some(1));
    let code = "{\"code\":\"FUSE_WORKSPACE_NO_MANIFESTS\",";
    let lines = seen.stderr.lines();
    assert_eq!(
        lines.filter(|line| line.starts_with(code)).count(),
        1,
        "{seen:?}"
    );
}
