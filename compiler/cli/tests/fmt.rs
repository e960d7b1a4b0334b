//! `fuse fmt` as a user sees it: which files change, what is listed, exit codes.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const UGLY: &str = "app  \"a\" :\n   print( 1 )\n";
const NEAT: &str = "app \"a\":\n  print(1)\n";
const BROKEN: &str = "app  \"a\" :\n   print( 1\n";

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a writable directory");
        fs::write(path, text).expect("a writable directory");
    }
    directory
}

fn fuse(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fuse"))
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("fuse starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // Input that is not wanted is not read.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("fuse ends")
}

#[track_caller]
fn seen(output: &Output, exit: i32, stdout: &str, stderr: &str) {
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
}

fn text(directory: &Path, path: &str) -> String {
    fs::read_to_string(directory.join(path)).expect("the file is there")
}

#[test]
fn a_package_is_formatted_without_what_is_not_its_own() {
    let manifest = "[package]\nname = \"p\"\n[dependencies]\nlib = \"./vendor/lib\"\nother = { path = \"../x\" }\n";
    let foreign = [
        ".hidden/a.fuse",
        ".a.fuse",
        "target/a.fuse",
        "node_modules/a.fuse",
        "inner/a.fuse",
        "vendor/lib/a.fuse",
        "notes.txt",
    ];
    let mut files = vec![
        ("fuse.toml", manifest),
        ("src/main.fuse", UGLY),
        ("src/deep/b.fuse", UGLY),
        ("src/neat.fuse", NEAT),
        ("inner/fuse.toml", "[package]\nname = \"inner\"\n"),
    ];
    files.extend(foreign.iter().map(|path| (*path, UGLY)));
    let directory = project(&files);
    let at = directory.path();
    // From anywhere in the package.
    let output = fuse(&at.join("src"), &["fmt", "--check"], "");
    seen(&output, 1, "deep/b.fuse\nmain.fuse\n", "");
    assert_eq!(text(at, "src/main.fuse"), UGLY);
    seen(&fuse(&at.join("src"), &["fmt"], ""), 0, "", "");
    for path in ["src/main.fuse", "src/deep/b.fuse", "src/neat.fuse"] {
        assert_eq!(text(at, path), NEAT, "{path}");
    }
    for path in foreign {
        assert_eq!(text(at, path), UGLY, "{path}");
    }
    seen(&fuse(at, &["fmt", "--check"], ""), 0, "", "");
}

#[test]
fn named_files_and_directories() {
    let directory = project(&[("a.fuse", UGLY), ("b/c.fuse", UGLY), ("d.fuse", UGLY)]);
    let at = directory.path();
    let output = fuse(at, &["fmt", "--check", "b", "a.fuse", "./a.fuse"], "");
    seen(&output, 1, "a.fuse\nb/c.fuse\n", "");
    seen(&fuse(at, &["fmt", "b", "a.fuse"], ""), 0, "", "");
    assert_eq!(text(at, "a.fuse"), NEAT);
    assert_eq!(text(at, "b/c.fuse"), NEAT);
    assert_eq!(text(at, "d.fuse"), UGLY);
    let output = fuse(at, &["fmt", "missing.fuse"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).starts_with("error: failed to read "),
        "{output:?}"
    );
}

#[test]
fn files_with_syntax_errors_are_reported_and_left_alone() {
    let directory = project(&[("a.fuse", BROKEN), ("b.fuse", UGLY)]);
    let at = directory.path();
    let output = fuse(at, &["fmt"], "");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("error[FUSE_SYNTAX_UNCLOSED_DELIMITER]"),
        "{stderr}"
    );
    assert!(stderr.contains("a.fuse:2:9"), "{stderr}");
    assert_eq!(text(at, "a.fuse"), BROKEN);
    assert_eq!(text(at, "b.fuse"), NEAT);
    let output = fuse(at, &["fmt", "--diagnostics", "json"], "");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let kinds: Vec<String> = stderr
        .lines()
        .map(|line| {
            let object: serde_json::Value = serde_json::from_str(line).expect("a JSON line");
            format!("{} {}", object["kind"], object["code"])
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "\"diagnostic\" \"FUSE_SYNTAX_UNCLOSED_DELIMITER\"",
            "\"cli_message\" \"wrapper_format_aborted\"",
        ]
    );
}

#[test]
fn standard_input() {
    let directory = project(&[]);
    let at = directory.path();
    seen(&fuse(at, &["fmt", "--stdin"], UGLY), 0, NEAT, "");
    seen(&fuse(at, &["fmt", "--stdin", "--check"], UGLY), 1, "", "");
    seen(&fuse(at, &["fmt", "--stdin", "--check"], NEAT), 0, "", "");
    let output = fuse(at, &["fmt", "--stdin"], BROKEN);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("<stdin>:2:9"),
        "{output:?}"
    );
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_are_not_followed_in_a_search() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let outside = project(&[("out.fuse", UGLY)]);
    let directory = project(&[("a.fuse", UGLY)]);
    let at = directory.path();
    symlink(outside.path(), at.join("link")).expect("a link");
    symlink(outside.path().join("out.fuse"), at.join("link.fuse")).expect("a link");
    fs::set_permissions(at.join("a.fuse"), fs::Permissions::from_mode(0o600)).expect("permissions");
    seen(&fuse(at, &["fmt"], ""), 0, "", "");
    let mode = fs::metadata(at.join("a.fuse"))
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(text(at, "a.fuse"), NEAT);
    assert_eq!(text(outside.path(), "out.fuse"), UGLY);
    // A link that is named is meant, and stays a link.
    seen(&fuse(at, &["fmt", "link.fuse"], ""), 0, "", "");
    assert_eq!(text(outside.path(), "out.fuse"), NEAT);
    assert!(at.join("link.fuse").is_symlink());
}
