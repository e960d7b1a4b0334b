//! What a process shows and how it ends: each case runs a program in a child process and reads its streams.

mod http;
mod programs;

use std::ffi::CString;
use std::io::Write;
use std::process::{Command, Stdio};

use fuse_runtime::{Rendering, RunOptions, run};

/// Says which program a child runs.
const PROGRAM: &str = "FUSE_TEST_PROGRAM";
const RENDERING: &str = "FUSE_TEST_RENDERING";

fn main() {
    if let Ok(name) = std::env::var(PROGRAM) {
        std::process::exit(child(&name));
    }
    let cases: &[(&str, fn())] = &[
        ("prints_in_order", prints_in_order),
        ("a_fault_shows_the_envelope_and_its_place", faulting),
        ("the_launcher_shows_run_error", launcher),
        ("a_panic_shows_the_envelope", panicking),
        ("a_closed_reader_ends_quietly", closed_reader),
        ("a_full_disk_is_an_error", full_disk),
        ("input_is_read_after_the_prompt", input),
        ("configuration_has_its_order", configuration),
        ("flags_bind", flags),
        ("http", http::all),
    ];
    for (name, case) in cases {
        case();
        println!("test {name} ... ok");
    }
}

fn child(name: &str) -> i32 {
    let program = match name {
        "prints" => programs::with_app(programs::prints),
        "prints_forever" => programs::with_app(programs::prints_forever),
        "faults" => programs::with_app(programs::faults),
        "panics" => programs::with_app(programs::panics),
        "asks" => programs::with_app(programs::asks),
        "configured" => programs::with_app(programs::configured),
        "main" => programs::with_main(),
        "service" => programs::with_service(),
        other => panic!("unknown program {other}"),
    };
    let options = RunOptions {
        rendering: if std::env::var(RENDERING).is_ok() {
            Rendering::Launcher
        } else {
            Rendering::Executable
        },
        arguments: std::env::args()
            .skip(1)
            .filter_map(|argument| CString::new(argument).ok())
            .collect(),
        app: None,
        variables: Vec::new(),
    };
    // SAFETY: the programs are well formed and live as long as the process.
    unsafe { run(&program, &options) }
}

/// A child that will run the program; nothing of our environment reaches it.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command.args(arguments).env_clear().env(PROGRAM, program);
    command
}

/// Exit code, standard output, standard error (with the process id as `PID`).
fn output(mut command: Command) -> (Option<i32>, String, String) {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("child");
    let id = format!("pid={}", child.id());
    let output = child.wait_with_output().expect("output");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&id, "pid=PID");
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn check(command: Command, code: i32, stdout: &str, stderr: &str) {
    let (exit, out, err) = output(command);
    assert_eq!((out.as_str(), err.as_str()), (stdout, stderr));
    assert_eq!(exit, Some(code));
}

const BUILD: &str = "mode=aot profile=test contract=aot-v1";
const PLACE: &str = "  at src/main.fuse:3:7 in half\n";

fn prints_in_order() {
    check(command("prints", &[]), 0, "one\ntwo\n", "");
    // Arguments are for a `main`; without one they are a mistake.
    check(
        command("prints", &["--count", "1"]),
        1,
        "",
        &format!(
            "fatal: class=runtime_fatal pid=PID message=no root fn main found for CLI binding {BUILD}\n"
        ),
    );
}

fn faulting() {
    let envelope =
        format!("fatal: class=runtime_fatal pid=PID message=division by zero {BUILD}\n{PLACE}");
    check(command("faults", &[]), 1, "before\n", &envelope);
}

fn launcher() {
    let mut launched = command("faults", &[]);
    launched.env(RENDERING, "launcher");
    check(
        launched,
        1,
        "before\n",
        &format!("run error: division by zero\n{PLACE}"),
    );
}

fn panicking() {
    let envelope = format!(
        "fatal: class=panic pid=PID message=panic_kind=panic_string place 7\\nis wrong {BUILD}\n"
    );
    check(command("panics", &[]), 101, "before\n", &envelope);
}

fn closed_reader() {
    let mut child = command("prints_forever", &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("child");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("output");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

fn full_disk() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux");
    let output = command("prints", &[])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .expect("child");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write standard output"));
}

fn input() {
    let mut child = command("asks", &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("child");
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(b"Ada\r\nmore").expect("pipe");
    }
    let output = child.wait_with_output().expect("output");
    assert_eq!(output.stdout, b"name? Ada\n");
    let (code, _, err) = self::output(command("asks", &[]));
    assert_eq!(code, Some(1));
    assert!(
        err.contains("message=input requires stdin data in non-interactive mode "),
        "{err}"
    );
}

fn configuration() {
    let directory = tempfile::tempdir().expect("directory");
    let file = directory.path().join("settings.toml");
    std::fs::write(&file, "[App]\ndbUrl = \"file # one\" # c\n").expect("file");
    let configured = |variables: &[(&str, &str)]| {
        let mut command = command("configured", &[]);
        command.current_dir(directory.path());
        command.envs(variables.iter().copied());
        command
    };
    let path = file.to_string_lossy().into_owned();
    check(configured(&[]), 0, "default\n", "");
    check(configured(&[("FUSE_CONFIG", &path)]), 0, "file # one\n", "");
    check(
        configured(&[("FUSE_CONFIG", &path), ("APP_DB_URL", "env")]),
        0,
        "env\n",
        "",
    );
    check(
        configured(&[("APP_DBURL", "x"), ("APP_OTHER", "y")]),
        0,
        "default\n",
        "config hint: env var APP_DBURL is ignored; did you mean APP_DB_URL for App.dbUrl?\n",
    );
    let (code, _, err) = output(configured(&[("FUSE_CONFIG", "/")]));
    assert_eq!(code, Some(1));
    assert!(
        err.contains("message=failed to read config file: "),
        "{err}"
    );
}

fn flags() {
    check(
        command("main", &["--count", "5", "--verbose"]),
        0,
        "5\n",
        "",
    );
    // Without arguments the app runs.
    check(command("main", &[]), 0, "one\ntwo\n", "");
    let help = "Counts.\n\nflags:\n  --count <Int>            required\n  --verbose, --no-verbose  default false\n  --help                   shows this text\n";
    check(command("main", &["--help"]), 0, help, "");
    let problems = |fields: &str| {
        format!(
            "{{\"error\":{{\"code\":\"validation_error\",\"fields\":[{fields}],\"message\":\"validation failed\"}}}}\n"
        )
    };
    let field = |code: &str, message: &str, path: &str| {
        format!("{{\"code\":\"{code}\",\"message\":\"{message}\",\"path\":\"{path}\"}}")
    };
    check(
        command("main", &["--zeta", "--count=x"]),
        2,
        "",
        &problems(&format!(
            "{},{}",
            field("unknown_flag", "unknown flag", "zeta"),
            field("invalid_value", "invalid Int: x", "count")
        )),
    );
    check(
        command("main", &["--verbose"]),
        2,
        "",
        &problems(&field("missing_field", "missing flag", "count")),
    );
    check(
        command("main", &["more"]),
        2,
        "",
        &problems(&field("invalid_args", "unexpected argument: more", "$")),
    );
    check(
        command("main", &["--count", "13"]),
        1,
        "",
        &problems(&field("runtime_error", "unlucky", "$")),
    );
    let envelope =
        format!("fatal: class=runtime_fatal pid=PID message=division by zero {BUILD}\n{PLACE}");
    check(command("main", &["--count", "0"]), 1, "before\n", &envelope);
}
