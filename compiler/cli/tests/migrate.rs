//! Migrations applied by the launcher and by executables, to one database.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = r#"requires db

migration 2:
  db.exec("create table b (x)")
  print("two")

migration 1:
  db.exec("create table a (x)")
  print("one")

app "demo":
  print(db.query("select package, name from __fuse_migrations order by name"))
"#;

fn start(directory: &Path, program: &Path, arguments: &[&str], migrate: bool) -> Child {
    let mut command = Command::new(program);
    command
        .env_clear()
        .current_dir(directory)
        .args(arguments)
        .env("FUSE_DB_URL", "sqlite://m.db")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for name in ["HOME", "LD_LIBRARY_PATH", "FUSE_SYSROOT", "FUSE_CACHE_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    if migrate {
        command.env("FUSE_AOT_MIGRATE", "1");
    }
    command.spawn().expect("the program starts")
}

fn seen(child: Child) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (status.code(), text(stdout), text(stderr))
}

const FUSE: &str = env!("CARGO_BIN_EXE_fuse");

fn said(stdout: &str) -> (Option<i32>, String, String) {
    (Some(0), stdout.to_owned(), String::new())
}

#[test]
fn migrations_are_applied_once_and_show_nothing_of_themselves() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    fs::write(at.join("main.fuse"), PROGRAM).expect("a writable directory");
    let fuse = |arguments: &[&str]| seen(start(at, Path::new(FUSE), arguments, false));
    assert_eq!(fuse(&["migrate", "main.fuse"]), said("one\ntwo\n"));
    assert_eq!(fuse(&["migrate", "main.fuse"]), said(""));
    let (exit, stdout, _) = fuse(&["run", "main.fuse"]);
    assert_eq!(exit, Some(0));
    assert_eq!(stdout, "[{package: , name: 1}, {package: , name: 2}]\n");
}

#[test]
fn executables_bring_their_migrations_and_wait_for_each_other() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    fs::write(at.join("main.fuse"), PROGRAM).expect("a writable directory");
    let build = ["build", "--aot", "main.fuse", "-o", "program"];
    let (exit, _, stderr) = seen(start(at, Path::new(FUSE), &build, false));
    assert_eq!(exit, Some(0), "{stderr}");
    let program = at.join("program");
    let together: Vec<Child> = (0..4).map(|_| start(at, &program, &[], true)).collect();
    let mut outputs = String::new();
    for child in together {
        let (exit, stdout, stderr) = seen(child);
        assert_eq!((exit, stderr.as_str()), (Some(0), ""));
        outputs.push_str(&stdout);
    }
    let mut lines: Vec<&str> = outputs.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["one", "two"]);
    let app = seen(start(at, &program, &[], false));
    assert_eq!(app, said("[{package: , name: 1}, {package: , name: 2}]\n"));
}

#[test]
fn an_older_history_is_rebuilt() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let at = directory.path();
    let old = "requires db\n\napp \"old\":\n  db.exec(\"create table __fuse_migrations (id text primary key, applied_at text not null)\")\n  db.exec(\"insert into __fuse_migrations values ('1', 'then')\")\n";
    fs::write(at.join("old.fuse"), old).expect("a writable directory");
    fs::write(at.join("main.fuse"), PROGRAM).expect("a writable directory");
    let fuse = |arguments: &[&str]| seen(start(at, Path::new(FUSE), arguments, false));
    assert_eq!(fuse(&["run", "old.fuse"]).0, Some(0));
    assert_eq!(fuse(&["migrate", "main.fuse"]), said("two\n"));
    let (_, stdout, _) = fuse(&["run", "main.fuse"]);
    assert_eq!(stdout, "[{package: , name: 1}, {package: , name: 2}]\n");
}
