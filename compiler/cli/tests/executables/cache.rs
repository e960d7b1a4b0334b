//! The cache in `.fuse/build`: found by content, never trusted, whole or absent under its names.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::project::{Project, Seen};

const OTHER: &str = "app \"a\":\n  print(\"two\")\n";
const PROGRAM: &str = "app \"a\":\n  print(\"one\")\n";

/// Builds, and says whether the compiler had to work.
#[track_caller]
fn builds(project: &Project) -> bool {
    builds_for(project, "release")
}

#[track_caller]
fn builds_for(project: &Project, profile: &str) -> bool {
    let seen = Seen::of(
        project
            .fuse(&[
                "build",
                "--profile",
                profile,
                "--timings",
                "main.fuse",
                "-o",
                "program",
            ])
            .output(),
    );
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    seen.stderr.contains("ms  llvm")
}

fn says(project: &Project) -> String {
    let seen = Seen::of(project.program().output());
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    seen.stdout
}

#[test]
fn times_play_no_part() {
    let project = Project::new(PROGRAM);
    project.write("fuse.toml", "[package]\nentry = \"main.fuse\"\n");
    assert!(builds(&project));
    let source = project.path("main.fuse");
    let modified = fs::metadata(&source)
        .and_then(|found| found.modified())
        .expect("a time");
    // The same content, written again.
    project.write("main.fuse", PROGRAM);
    assert!(!builds(&project), "the same content is reused");
    // Other content with the same time and length.
    project.write("main.fuse", OTHER);
    fs::File::options()
        .write(true)
        .open(&source)
        .and_then(|file| file.set_modified(modified))
        .expect("a time that can be set");
    assert!(builds(&project), "other content is not");
    assert_eq!(says(&project), "two\n");
    project.write(
        "fuse.toml",
        "[package]\nentry = \"main.fuse\"\napp = \"a\"\n",
    );
    assert!(builds(&project), "the manifest belongs to the key");
    assert!(!builds(&project));
    project.write("fuse.lock", "version = 1\n");
    assert!(builds(&project), "the lock belongs to the key");
    assert!(!builds(&project));
}

#[test]
fn what_is_not_whole_or_not_ours_is_rebuilt() {
    let foreign = Project::new(OTHER);
    assert!(builds(&foreign));
    let project = Project::new(PROGRAM);
    assert!(builds(&project));
    let fresh = fs::read(project.path("program")).expect("the executable");
    let names = ["o", "meta"].map(|kind| format!(".fuse/build/program-o2.{kind}"));
    for name in &names {
        let whole = fs::read(project.path(name)).expect("the entry");
        let mut flipped = whole.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let of_other = fs::read(foreign.path(name)).expect("the entry");
        for damaged in [&whole[..whole.len() / 2], &[], &flipped, &of_other] {
            fs::write(project.path(name), damaged).expect("a writable file");
            assert!(builds(&project), "{name} was trusted");
            let built = fs::read(project.path("program")).expect("the executable");
            assert!(built == fresh, "{name} had a part in the result");
        }
        fs::remove_file(project.path(name)).expect("a file");
        assert!(builds(&project), "{name} was missed");
        assert!(!builds(&project));
    }
    // Both parts of another program's build.
    for name in &names {
        fs::copy(foreign.path(name), project.path(name)).expect("a file");
    }
    assert!(builds(&project));
    assert_eq!(says(&project), "one\n");
}

/// What differs between optimised profiles comes with linking, and is the same as without the object of another.
#[test]
fn optimised_profiles_share_the_object() {
    const OPTIMISED: [&str; 3] = ["release", "static", "release-with-symbols"];
    for first in OPTIMISED {
        let project = Project::new(PROGRAM);
        assert!(builds_for(&project, "debug"));
        assert!(builds_for(&project, first), "nothing of debug is used");
        for profile in OPTIMISED {
            assert!(!builds_for(&project, profile), "{profile} after {first}");
            let seen = Seen::of(project.program().env("FUSE_AOT_BUILD_INFO", "1").output());
            let own = format!("mode=aot profile={profile} target=x86_64-unknown-linux-");
            assert!(seen.stdout.starts_with(&own), "{seen:?}");
            assert_eq!(says(&project), "one\n");
            let seen = Seen::of(project.fuse(&["inspect", "--verify", "program"]).output());
            assert_eq!(seen.exit, Some(0), "{seen:?}");
            let clean = Project::new(PROGRAM);
            assert!(builds_for(&clean, profile));
            let executable =
                |project: &Project| fs::read(project.path("program")).expect("an executable");
            assert!(executable(&project) == executable(&clean), "{profile}");
        }
        assert!(!builds_for(&project, "debug"), "its object is still there");
    }
}

/// Two apps of one package, for two C libraries, into one executable: each result is one of these, whole.
#[test]
fn builds_at_once_do_not_harm_each_other() {
    let project =
        Project::new("app \"one\":\n  print(\"one\")\n\napp \"two\":\n  print(\"two\")\n");
    for _ in 0..3 {
        let running: Vec<_> = [
            ("one", "release"),
            ("two", "static"),
            ("one", "static"),
            ("two", "release"),
        ]
        .map(|(app, profile)| {
            project
                .fuse(&[
                    "build",
                    "--quiet",
                    "--profile",
                    profile,
                    "--app",
                    app,
                    "main.fuse",
                    "-o",
                    "program",
                ])
                .spawn()
                .expect("fuse starts")
        })
        .into_iter()
        .collect();
        for mut build in running {
            assert!(build.wait().expect("its end").success());
        }
        assert!(["one\n", "two\n"].contains(&says(&project).as_str()));
    }
    // What they left in the cache is whole, or is not used.
    for app in ["one", "two"] {
        let seen = Seen::of(
            project
                .fuse(&[
                    "build",
                    "--quiet",
                    "--release",
                    "--app",
                    app,
                    "main.fuse",
                    "-o",
                    "program",
                ])
                .output(),
        );
        assert_eq!(seen.exit, Some(0), "{seen:?}");
        assert_eq!(says(&project), format!("{app}\n"));
    }
}

/// Kills builds in every stage, some way into it, and uses what they leave.
#[test]
fn a_killed_build_leaves_nothing_half_done() {
    let project = Project::new(PROGRAM);
    let build = [
        "build",
        "--profile",
        "release-with-symbols",
        "main.fuse",
        "-o",
        "program",
    ];
    let mut random: u32 = 7;
    for round in 0..36 {
        let text = if round % 2 == 0 { PROGRAM } else { OTHER };
        project.write("main.fuse", text);
        let mut running = project
            .fuse(&build)
            .stderr(Stdio::piped())
            .spawn()
            .expect("fuse starts");
        let stage = format!("[{}/6]", round % 6 + 1);
        let lines = BufReader::new(running.stderr.take().expect("a pipe")).lines();
        for line in lines {
            if line.expect("text").contains(&stage) {
                break;
            }
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for _ in 0..(random >> 16) % 4096 {
            std::thread::yield_now();
        }
        running.kill().expect("a process of ours");
        running.wait().expect("its end");
        if project.path("program").exists() {
            let said = says(&project);
            assert!(["one\n", "two\n"].contains(&said.as_str()), "{said}");
            let seen = Seen::of(project.fuse(&["inspect", "--verify", "program"]).output());
            assert_eq!(seen.exit, Some(0), "{seen:?}");
            assert!(project.path("program.debug").exists());
        }
    }
    let seen = Seen::of(project.fuse(&build).output());
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    let clean = Project::new(OTHER);
    let seen = Seen::of(clean.fuse(&build).output());
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    for name in ["program", "program.debug"] {
        let left = fs::read(project.path(name)).expect("a file");
        assert!(
            left == fs::read(clean.path(name)).expect("a file"),
            "{name}"
        );
    }
}
