//! Links real objects against the real sysroots, in process, and runs the results.
//!
//! Needs clang 22 (to make objects) and `cargo xtask sysroot`; `ci/bootstrap` provides both.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use fuse_link::{
    ExecutableKind, LinkError, LinkProfile, LinkReport, LinkRequest, Relro, Severity, Sysroot,
    Target, link, verify,
};

const HELLO: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 7; }\n";
const MATH: &str = "#include <math.h>\n#include <stdlib.h>\n\
    int main(int argc, char **argv) { return (int)pow(atof(argv[argc - 1]), 2.0); }\n";
const BROKEN: &str = "int nowhere(void);\nint main(void) { return nowhere(); }\n";

/// Compiles `source` for `target` into `directory`.
fn object(directory: &Path, target: Target, source: &str) -> PathBuf {
    let input = directory.join("program.c");
    let output = directory.join("program.o");
    fs::write(&input, source).expect("source is written");
    let status = Command::new("/usr/lib/llvm-22/bin/clang")
        .current_dir(directory)
        .args(["-O1", "-c", "program.c", "-o", "program.o", "-fno-builtin"])
        .arg(if target.position_independent() {
            "-fPIE"
        } else {
            "-fno-pie"
        })
        .status()
        .expect("clang 22 is installed");
    assert!(status.success());
    output
}

fn sysroot(target: Target) -> Sysroot {
    Sysroot::locate(target).expect("`cargo xtask sysroot` has been run")
}

fn link_in(
    directory: &Path,
    target: Target,
    profile: LinkProfile,
    source: &str,
) -> Result<(PathBuf, LinkReport), LinkError> {
    let object = object(directory, target, source);
    let output = directory.join("program");
    let report = link(&LinkRequest {
        target,
        profile,
        object: &object,
        extra_objects: &[],
        output: &output,
        symbols: None,
        build_info: "",
        sysroot: &sysroot(target),
    })?;
    Ok((output, report))
}

#[test]
fn both_targets_link_run_and_keep_their_promises() {
    for target in Target::ALL {
        let directory = tempfile::tempdir().expect("temporary directory");
        let (program, report) =
            link_in(directory.path(), target, LinkProfile::Release, HELLO).expect("links");
        let run = Command::new(&program).output().expect("runs");
        assert_eq!(run.status.code(), Some(7), "{target}");
        assert_eq!(run.stdout, b"hello\n", "{target}");

        let facts = verify(&program).expect("is an executable");
        facts.require(target, &program).expect("is sound");
        assert_eq!(facts.size, report.size);
        assert_eq!(facts.relro, Relro::Full);
        assert!(facts.stripped);
        match target {
            Target::LinuxX64Gnu => {
                assert_eq!(facts.kind, ExecutableKind::DynamicPie);
                assert_eq!(facts.needed, ["libc.so.6"]);
                assert_eq!(
                    facts.interpreter.as_deref(),
                    Some("/lib64/ld-linux-x86-64.so.2")
                );
            }
            Target::LinuxX64Musl => {
                assert_eq!(facts.kind, ExecutableKind::StaticPie);
                assert!(facts.needed.is_empty());
                assert!(facts.interpreter.is_none());
            }
        }
        let mode = fs::metadata(&program).expect("exists").permissions().mode();
        assert_eq!(mode & 0o100, 0o100, "executable by its owner");
        let left: Vec<_> = fs::read_dir(directory.path())
            .expect("listing")
            .map(|entry| entry.expect("entry").file_name())
            .filter(|name| name.to_string_lossy().starts_with(".fuse-link-"))
            .collect();
        assert!(left.is_empty(), "scratch is gone: {left:?}");
    }
}

#[test]
fn the_math_library_is_needed_only_where_used() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let (program, _) = link_in(
        directory.path(),
        Target::LinuxX64Gnu,
        LinkProfile::Debug,
        MATH,
    )
    .expect("links");
    let facts = verify(&program).expect("is an executable");
    assert_eq!(facts.needed, ["libc.so.6", "libm.so.6"]);
    assert!(!facts.stripped, "the debug profile keeps symbols");
    let run = Command::new(&program).arg("3").status().expect("runs");
    assert_eq!(run.code(), Some(9));
}

#[test]
fn an_error_is_typed_leaves_the_output_alone_and_the_next_link_succeeds() {
    for target in Target::ALL {
        let directory = tempfile::tempdir().expect("temporary directory");
        let output = directory.path().join("program");
        fs::write(&output, "before").expect("writes");
        let error =
            link_in(directory.path(), target, LinkProfile::Release, BROKEN).expect_err("undefined");
        assert_eq!(error.code(), "link.linker");
        let LinkError::Linker { messages } = &error else {
            panic!("not the linker's: {error}");
        };
        assert_eq!(messages[0].severity, Severity::Error);
        assert_eq!(messages[0].text, "undefined symbol: nowhere");
        assert!(!messages[0].notes.is_empty(), "says where");
        assert_eq!(fs::read(&output).expect("is there"), b"before");

        link_in(directory.path(), target, LinkProfile::Release, HELLO).expect("links again");
    }
}

#[test]
fn missing_and_unwritable_places_are_named() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let object = object(directory.path(), Target::LinuxX64Gnu, HELLO);
    let sysroot = sysroot(Target::LinuxX64Gnu);
    let request = |output: &Path| {
        link(&LinkRequest {
            target: Target::LinuxX64Gnu,
            profile: LinkProfile::Debug,
            object: &object,
            extra_objects: &[],
            output,
            symbols: None,
            build_info: "",
            sysroot: &sysroot,
        })
    };
    let absent = directory.path().join("no/such/place");
    let error = request(&absent).expect_err("no directory");
    assert!(matches!(&error, LinkError::Output { path, .. } if *path == absent));
    let error = request(directory.path()).expect_err("a directory is in the way");
    assert_eq!(error.code(), "link.output");

    let empty = tempfile::tempdir().expect("temporary directory");
    let error = Sysroot::open(Target::LinuxX64Musl, empty.path()).expect_err("nothing there");
    assert_eq!(error.code(), "link.sysroot_incomplete");
    assert!(error.hint().is_some());
    let error = verify(&object.with_extension("c")).expect_err("C is no executable");
    assert_eq!(error.code(), "link.malformed");
}

/// The end of a build-info line is never cut off.
#[test]
fn a_line_without_room_is_refused() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let object = object(directory.path(), Target::LinuxX64Gnu, HELLO);
    let output = directory.path().join("program");
    let request = |length: usize| {
        link(&LinkRequest {
            target: Target::LinuxX64Gnu,
            profile: LinkProfile::Release,
            object: &object,
            extra_objects: &[],
            output: &output,
            symbols: None,
            build_info: &"x".repeat(length),
            sysroot: &sysroot(Target::LinuxX64Gnu),
        })
    };
    let error = request(256).expect_err("no room");
    assert_eq!(error.code(), "link.malformed");
    assert!(!output.exists());
    request(255).expect("room for the line and a zero");
}

#[test]
fn bytes_do_not_depend_on_the_directory() {
    for target in Target::ALL {
        let build = || {
            let directory = tempfile::tempdir().expect("temporary directory");
            let (program, _) =
                link_in(directory.path(), target, LinkProfile::Release, HELLO).expect("links");
            fs::read(program).expect("reads")
        };
        assert!(build() == build(), "{target}");
    }
}

#[test]
fn links_from_several_threads_take_turns() {
    let directory = tempfile::tempdir().expect("temporary directory");
    std::thread::scope(|scope| {
        let links: Vec<_> = (0..8)
            .map(|index| {
                let directory = directory.path().join(index.to_string());
                scope.spawn(move || {
                    fs::create_dir(&directory).expect("directory");
                    let target = Target::ALL[index % Target::ALL.len()];
                    link_in(&directory, target, LinkProfile::Release, HELLO).map(|(path, _)| path)
                })
            })
            .collect();
        for link in links {
            let program = link.join().expect("thread").expect("links");
            let run = Command::new(program).output().expect("runs");
            assert_eq!(run.status.code(), Some(7));
        }
    });
}
