//! Dependencies from git, with repositories on this disk, and the lock.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A package with a repository `lib.git` beside it.
struct World {
    directory: tempfile::TempDir,
}

struct Seen {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Seen {
    #[track_caller]
    fn prints(&self, stdout: &str) {
        assert_eq!(self.exit, Some(0), "{}", self.stderr);
        assert_eq!(self.stdout, stdout);
    }

    #[track_caller]
    fn fails_with(&self, code: &str, place: &str) {
        assert_eq!(self.exit, Some(1), "{}", self.stderr);
        let codes = self.stderr.matches("error[").count();
        assert_eq!(codes, 1, "{}", self.stderr);
        assert!(self.stderr.contains(code), "{}", self.stderr);
        assert!(self.stderr.contains(place), "{}", self.stderr);
    }
}

impl World {
    /// The library says `1` at the tag `v1.0.0`, `2` at the tag `two`, `3` on `main` and `4` on the branch `next`.
    fn new() -> World {
        let world = World {
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        world.write("work/lib.fuse", "");
        world.git("work", &["init", "--quiet", "--initial-branch=main"]);
        world.commit(1);
        world.git("work", &["tag", "v1.0.0"]);
        world.commit(2);
        world.git("work", &["tag", "--annotate", "--message=two", "two"]);
        world.commit(3);
        world.git("work", &["branch", "next"]);
        world.git("work", &["checkout", "--quiet", "next"]);
        world.commit(4);
        world.git("work", &["checkout", "--quiet", "main"]);
        world.git("work", &["clone", "--quiet", "--bare", ".", "../lib.git"]);
        world.write(
            "app/main.fuse",
            "import { number } from \"dep:Lib/lib\"\n\napp \"demo\":\n  print(number())\n",
        );
        world
    }

    fn commit(&self, number: u32) {
        let text = format!("fn number() -> Int:\n  return {number}\n");
        self.write("work/lib.fuse", &text);
        self.write(
            "work/inner/lib.fuse",
            &text.replace("return ", "return 10 * "),
        );
        self.git("work", &["add", "."]);
        self.git("work", &["commit", "--quiet", "--message=change"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a writable directory");
        fs::write(path, text).expect("a writable directory");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.directory.path().join(path)).expect("a readable file")
    }

    fn exists(&self, path: &str) -> bool {
        self.directory.path().join(path).exists()
    }

    fn remove(&self, path: &str) {
        let path = self.directory.path().join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).expect("a removable directory");
        } else {
            fs::remove_file(path).expect("a removable file");
        }
    }

    fn git(&self, directory: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=test",
                "-c",
                "user.email=test@example.invalid",
            ])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .current_dir(self.directory.path().join(directory))
            .output()
            .expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn depend(&self, declaration: &str) {
        let text = format!("[package]\nentry = \"main.fuse\"\n\n[dependencies]\n{declaration}\n");
        self.write("app/fuse.toml", &text);
    }

    fn fuse(&self, arguments: &[&str]) -> Seen {
        self.fuse_with_path(arguments, std::env::var_os("PATH").unwrap_or_default())
    }

    fn fuse_with_path(&self, arguments: &[&str], path: impl AsRef<std::ffi::OsStr>) -> Seen {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fuse"));
        command.env_clear().env("PATH", path);
        for name in ["HOME", "LD_LIBRARY_PATH", "FUSE_SYSROOT", "FUSE_CACHE_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let output = command
            .args(arguments)
            .current_dir(self.directory.path().join("app"))
            .output()
            .expect("fuse starts");
        Seen {
            exit: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn run(&self) -> Seen {
        self.fuse(&["run"])
    }
}

#[test]
fn every_kind_of_reference_gives_its_commit() {
    let world = World::new();
    let first = world.git("work", &["rev-parse", "v1.0.0"]);
    let short = format!(
        "Lib = {{ git = \"../lib.git\", rev = \"{}\" }}",
        &first[..9]
    );
    let whole = format!("Lib = {{ git = \"../lib.git\", rev = \"{first}\" }}");
    for (declaration, expected) in [
        ("Lib = \"../lib.git\"", "3\n"),
        ("Lib = { git = \"../lib.git\" }", "3\n"),
        ("Lib = { git = \"../lib.git\", branch = \"next\" }", "4\n"),
        ("Lib = { git = \"../lib.git\", tag = \"two\" }", "2\n"),
        ("Lib = { git = \"../lib.git\", version = \"1.0.0\" }", "1\n"),
        ("Lib = { git = \"../lib.git\", subdir = \"inner\" }", "30\n"),
        (&short, "1\n"),
        (&whole, "1\n"),
    ] {
        world.depend(declaration);
        world.run().prints(expected);
    }
}

#[test]
fn the_lock_says_what_was_taken() {
    let world = World::new();
    world.write("app/near/near.fuse", "fn near() -> Int:\n  return 1\n");
    world.depend(
        "Lib = { git = \"../lib.git\", tag = \"two\", subdir = \"inner\" }\nNear = \"./near\"",
    );
    world.run().prints("20\n");
    let commit = world.git("work", &["rev-parse", "two^{commit}"]);
    let expected = format!(
        "version = 1\n\n[dependencies.Lib]\nsource = \"git\"\ngit = \"../lib.git\"\nrev = \"{commit}\"\nsubdir = \"inner\"\n\
         requested = \"git:../lib.git|tag:two|subdir:inner\"\n\n\
         [dependencies.Near]\nsource = \"path\"\npath = \"near\"\nrequested = \"path:near\"\n"
    );
    assert_eq!(world.read("app/fuse.lock"), expected);
    assert!(world.exists(&format!("app/.fuse/deps/Lib/{commit}/.git")));
    world.fuse(&["run", "--frozen"]).prints("20\n");
    assert_eq!(world.read("app/fuse.lock"), expected);
}

#[test]
fn what_is_locked_stays_until_something_else_is_asked_for() {
    let world = World::new();
    world.depend("Lib = { git = \"../lib.git\", branch = \"main\" }");
    world.run().prints("3\n");
    world.commit(5);
    world.git("work", &["push", "--quiet", "../lib.git", "main"]);
    world.run().prints("3\n");
    let locked = world.read("app/fuse.lock");
    // Without the checkout it is fetched again, at the locked commit.
    world.remove("app/.fuse");
    world.run().prints("3\n");
    assert_eq!(world.read("app/fuse.lock"), locked);
    world.depend("Lib = { git = \"../lib.git\", branch = \"next\" }");
    world.run().prints("4\n");
    assert_ne!(world.read("app/fuse.lock"), locked);
    world.remove("app/fuse.lock");
    world.depend("Lib = { git = \"../lib.git\", branch = \"main\" }");
    world.run().prints("5\n");
}

#[test]
fn a_frozen_lock_is_neither_changed_nor_completed() {
    let world = World::new();
    world.depend("Lib = { git = \"../lib.git\", tag = \"two\" }");
    let frozen = || world.fuse(&["run", "--frozen"]);
    frozen().fails_with("FUSE_LOCK_FROZEN", "fuse.toml:5:15");
    assert!(!world.exists("app/fuse.lock"));
    assert!(!world.exists("app/.fuse"));
    world.run().prints("2\n");
    let locked = world.read("app/fuse.lock");
    world.depend("Lib = { git = \"../lib.git\", tag = \"v1.0.0\" }");
    frozen().fails_with("drift detected in fuse.lock: update Lib", "fuse.toml:5:15");
    assert_eq!(world.read("app/fuse.lock"), locked);
    world.depend("Lib = { git = \"../lib.git\", tag = \"two\" }");
    world.remove("app/.fuse");
    frozen().fails_with("dependency `Lib` is not checked out", "fuse.toml:5:15");
    assert!(!world.exists("app/.fuse"));
}

#[test]
fn a_lock_without_dependencies_is_emptied() {
    let world = World::new();
    world.depend("Lib = { git = \"../lib.git\", tag = \"two\" }");
    world.run().prints("2\n");
    world.write("app/main.fuse", "app \"demo\":\n  print(0)\n");
    world.depend("");
    world
        .fuse(&["check", "--frozen"])
        .fails_with("remove Lib", "fuse.lock:1:1");
    world.run().prints("0\n");
    assert_eq!(world.read("app/fuse.lock"), "version = 1\n");
}

#[test]
fn dependencies_of_repositories_are_their_own() {
    let world = World::new();
    world.write(
        "work/fuse.toml",
        "[package]\nname = \"lib\"\n[dependencies]\nInner = \"./inner\"\n",
    );
    world.write(
        "work/sum.fuse",
        "import { number } from \"dep:Inner/lib\"\n\nfn sum() -> Int:\n  return number() + 1\n",
    );
    world.commit(6);
    world.git("work", &["push", "--quiet", "../lib.git", "main"]);
    world.depend("Lib = \"../lib.git\"");
    world.write(
        "app/main.fuse",
        "import { sum } from \"dep:Lib/sum\"\n\napp \"demo\":\n  print(sum())\n",
    );
    world.run().prints("61\n");
    assert!(world.read("app/fuse.lock").contains("[dependencies.Inner]"));
    world.write(
        "app/main.fuse",
        "import { number } from \"dep:Inner/lib\"\n\napp \"demo\":\n  print(number())\n",
    );
    world
        .run()
        .fails_with("FUSE_IMPORT_UNKNOWN_DEPENDENCY", "main.fuse:1:24");
}

#[test]
fn what_is_wrong_with_a_repository_is_said_at_its_declaration() {
    let world = World::new();
    for (declaration, code, place) in [
        (
            "Lib = { git = \"../lib.git\", tag = \"three\" }",
            "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
            "fuse.toml:5:15",
        ),
        (
            "Lib = { git = \"../lib.git\", branch = \"two\" }",
            "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
            "fuse.toml:5:15",
        ),
        (
            "Lib = { git = \"../lib.git\", version = \"2.0.0\" }",
            "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
            "fuse.toml:5:15",
        ),
        (
            "Lib = { git = \"../lib.git\", rev = \"0123456\" }",
            "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
            "fuse.toml:5:15",
        ),
        (
            "Lib = \"../missing.git\"",
            "FUSE_DEP_GIT_COMMAND_FAILED",
            "fuse.toml:5:7",
        ),
        (
            "Lib = { git = \"../lib.git\", subdir = \"none\" }",
            "FUSE_DEP_SUBDIR_NOT_FOUND",
            "fuse.toml:5:15",
        ),
    ] {
        world.depend(declaration);
        world.run().fails_with(code, place);
        assert!(!world.exists("app/fuse.lock"), "{declaration}");
    }
    world.depend("Lib = \"../lib.git\"");
    let without_git = world.fuse_with_path(&["check"], "/nonexistent");
    without_git.fails_with("FUSE_DEP_GIT_COMMAND_START_FAILED", "fuse.toml:5:7");
}

#[test]
fn a_checkout_is_whole_or_not_there() {
    let world = World::new();
    world.depend(
        "Lib = { git = \"../lib.git\", rev = \"0123456789012345678901234567890123456789\" }",
    );
    world
        .run()
        .fails_with("FUSE_DEP_GIT_COMMAND_FAILED", "fuse.toml:5:15");
    let left = fs::read_dir(world.directory.path().join("app/.fuse/deps/Lib"));
    assert_eq!(left.expect("a readable directory").count(), 0);
    let commit = world.git("work", &["rev-parse", "main"]);
    world.depend("Lib = \"../lib.git\"");
    world.write(&format!("app/.fuse/deps/Lib/{commit}/lib.fuse"), "");
    world
        .run()
        .fails_with("FUSE_DEP_CHECKOUT_NOT_GIT", "fuse.toml:5:7");
}

#[test]
fn places_that_cannot_be_written_are_reported() {
    let world = World::new();
    world.depend("Lib = \"../lib.git\"");
    world.write("app/.fuse/deps", "a file");
    world
        .run()
        .fails_with("FUSE_DEP_CACHE_DIR_CREATE_FAILED", "fuse.toml:5:7");
    world.remove("app/.fuse/deps");
    world.write("app/.fuse/deps/Lib", "a file");
    world
        .run()
        .fails_with("FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED", "fuse.toml:5:7");
    world.remove("app/.fuse");
    fs::create_dir(world.directory.path().join("app/fuse.lock")).expect("a writable directory");
    world.run().fails_with("FUSE_LOCK_READ_FAILED", "fuse.lock");
    assert!(Path::new(&world.directory.path().join("app/fuse.lock")).is_dir());
}

/// A limit on the size of files holds for whoever runs the test; permissions do not.
#[test]
fn a_lock_that_cannot_be_written_is_reported() {
    let world = World::new();
    world.write("app/lib/lib.fuse", "fn number() -> Int:\n  return 1\n");
    world.depend("Lib = \"./lib\"");
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} check",
        env!("CARGO_BIN_EXE_fuse")
    );
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .current_dir(world.directory.path().join("app"));
    let output = command.output().expect("a shell");
    let seen = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{seen}");
    assert!(seen.contains("error[FUSE_LOCK_WRITE_FAILED]"), "{seen}");
    assert!(!world.exists("app/fuse.lock"));
}

#[test]
fn locking_is_a_command_of_its_own() {
    let world = World::new();
    let lock = |flags: &[&str]| world.fuse(&[&["deps", "lock"], flags].concat());
    world.depend("Lib = { git = \"../lib.git\", branch = \"main\" }");
    lock(&["--check"]).fails_with("FUSE_LOCK_OUT_OF_DATE", "fuse.toml:5:15");
    assert!(!world.exists("app/fuse.lock"));
    lock(&[]).prints("");
    let locked = world.read("app/fuse.lock");
    lock(&["--check"]).prints("");
    world.commit(5);
    world.git("work", &["push", "--quiet", "../lib.git", "main"]);
    lock(&[]).prints("");
    assert_eq!(world.read("app/fuse.lock"), locked);
    lock(&["--update", "."]).prints("");
    assert_ne!(world.read("app/fuse.lock"), locked);
    world.run().prints("5\n");
    // A library has no entry and is locked all the same.
    world.write("app/fuse.toml", "[package]\nname = \"lib\"\n");
    lock(&["--manifest-path", "fuse.toml"]).prints("");
    assert_eq!(world.read("app/fuse.lock"), "version = 1\n");
    world.remove("app/fuse.toml");
    lock(&[]).fails_with("FUSE_DEP_MANIFEST_DIR_REQUIRED", "");
}
