//! Profiles and what is said of executables.

use std::fs;

use crate::project::{PROFILES, Project, Seen};

const HELLO: &str = "fn twice(n: Int) -> Int:\n  return n * 2\n\nfn main(n: Int):\n  print(\"hello ${twice(n)}\")\n\napp \"a\":\n  main(21)\n";

#[test]
fn profiles_are_known_and_explained() {
    let project = Project::new(HELLO);
    for profile in PROFILES {
        let seen = Seen::of(
            project
                .fuse(&["build", "--explain-profile", profile])
                .output(),
        );
        assert_eq!((seen.exit, seen.stderr.as_str()), (Some(0), ""), "{seen:?}");
        assert!(
            seen.stdout.starts_with(&format!("profile {profile}\n")),
            "{seen:?}"
        );
        for subject in [
            "target",
            "code",
            "symbols",
            "linking",
            "hardening",
            "request log",
        ] {
            assert!(seen.stdout.contains(&format!("\n  {subject} ")), "{seen:?}");
        }
    }
    for arguments in [
        &["build", "--profile", "fast", "main.fuse"][..],
        &["build", "--explain-profile", "fast"],
    ] {
        let seen = Seen::of(project.fuse(arguments).output());
        assert_eq!(seen.exit, Some(1));
        assert_eq!(
            seen.stderr,
            "error: unknown profile: fast\nhint: known profiles: debug, release, release-with-symbols, static\n"
        );
    }
}

#[test]
fn flags_choose_profiles() {
    let project = Project::new(HELLO);
    for (flags, profile) in [
        (&["--aot"][..], "debug"),
        (&["--release"], "release"),
        (&["--aot", "--release"], "release"),
        (&["--aot", "--profile", "static"], "static"),
    ] {
        let mut build = project.fuse(&["build", "--quiet", "main.fuse", "-o", "program"]);
        assert_eq!(Seen::of(build.args(flags).output()).exit, Some(0));
        let seen = Seen::of(project.program().env("FUSE_AOT_BUILD_INFO", "1").output());
        let start = format!("mode=aot profile={profile} ");
        assert!(seen.stdout.starts_with(&start), "{flags:?} {seen:?}");
    }
    let seen = Seen::of(
        project
            .fuse(&["build", "--release", "--profile", "static", "main.fuse"])
            .output(),
    );
    assert_eq!(seen.exit, Some(1));
    assert!(seen.stderr.contains("exclude each other"), "{seen:?}");
}

/// The machine code of `release-with-symbols` is that of `release`: the files differ in the name of the profile and the build id only.
#[test]
fn symbols_do_not_change_the_code() {
    let project = Project::new(HELLO);
    project.build("release");
    let release = fs::read(project.path("program")).expect("the executable");
    assert!(!project.path("program.debug").exists());
    project.build("release-with-symbols");
    let symbols = fs::read(project.path("program")).expect("the executable");
    assert!(project.path("program.debug").exists());
    assert_eq!(release.len(), symbols.len());
    // The notes end before the first page does.
    assert!(release[4096..] == symbols[4096..]);
}

#[test]
fn inspect_says_what_an_executable_is() {
    let project = Project::new(HELLO);
    for profile in PROFILES {
        project.build(profile);
        if profile != "release-with-symbols" {
            // It is the profile's before.
            let _ = fs::remove_file(project.path("program.debug"));
        }
        let seen = Seen::of(project.fuse(&["inspect", "--verify", "program"]).output());
        assert_eq!(
            (seen.exit, seen.stdout.as_str()),
            (Some(0), "program: sound\n"),
            "{seen:?}"
        );
        let seen = Seen::of(project.fuse(&["inspect", "program"]).output());
        assert_eq!((seen.exit, seen.stderr.as_str()), (Some(0), ""));
        let value = |key: &str| {
            seen.stdout.lines().find_map(|line| {
                let (subject, what) = line.split_once(' ')?;
                (subject == key).then(|| what.trim().to_owned())
            })
        };
        assert_eq!(value("profile").as_deref(), Some(profile));
        assert_eq!(value("contract").as_deref(), Some("aot-v1"));
        assert!(
            value("features").is_some_and(|text| text.starts_with("flag print")),
            "{seen:?}"
        );
        let id = value("build_id").expect("a build id");
        assert!(
            id.len() == 40 && id.bytes().any(|digit| digit != b'0'),
            "{id}"
        );
        let (needed, hardening) = if profile == "static" {
            ("none", "full RELRO, nothing to bind")
        } else {
            ("libc.so.6", "full RELRO, bound at start")
        };
        assert!(
            value("needed").is_some_and(|text| text.starts_with(needed)),
            "{seen:?}"
        );
        let expected = format!("{hardening}, no executable stack, no writable code");
        assert_eq!(value("hardening").as_deref(), Some(&*expected));

        let seen = Seen::of(project.fuse(&["inspect", "--sizes", "program"]).output());
        if matches!(profile, "release" | "static") {
            assert_eq!(seen.exit, Some(1));
            assert!(
                seen.stderr
                    .contains("error: `program` has no symbols\nhint: "),
                "{seen:?}"
            );
        } else {
            assert_eq!(seen.exit, Some(0), "{seen:?}");
            for row in ["part ", "module ", "function "] {
                assert!(seen.stdout.contains(row), "{seen:?}");
            }
            assert!(seen.stdout.contains(" main.fuse\n"), "{seen:?}");
        }
    }
}

#[test]
fn addresses_become_lines() {
    let project = Project::new(HELLO);
    project.build("debug");
    let seen = Seen::of(
        project
            .fuse(&["symbolize", "program", "0x1", "zz"])
            .output(),
    );
    assert_eq!(seen.exit, Some(1));
    assert!(
        seen.stderr.starts_with("error: not an address: zz\nhint: "),
        "{seen:?}"
    );
    let seen = Seen::of(project.fuse(&["symbolize", "program", "1"]).output());
    assert_eq!(
        (seen.exit, seen.stdout.as_str()),
        (Some(0), "0x1\n  at no known function\n")
    );
    let seen = Seen::of(project.fuse(&["symbolize", "program"]).output());
    assert!(
        seen.stderr
            .starts_with("error: there is nothing to symbolize\nhint: "),
        "{seen:?}"
    );
}

#[test]
fn what_is_no_executable_of_ours_is_told() {
    let project = Project::new(HELLO);
    let seen = Seen::of(project.fuse(&["inspect", "main.fuse"]).output());
    assert_eq!(seen.exit, Some(1));
    assert!(seen.stderr.contains("is not an executable"), "{seen:?}");
    let seen = Seen::of(project.fuse(&["inspect", "missing"]).output());
    assert!(seen.stderr.contains("cannot read `missing`"), "{seen:?}");
    {
        let seen = Seen::of(project.fuse(&["inspect", "--verify", "/bin/sh"]).output());
        assert_eq!(seen.exit, Some(1));
        assert!(
            seen.stderr.contains("does not say who built it"),
            "{seen:?}"
        );
    }
}

#[test]
fn what_is_not_called_is_not_there() {
    // Texts of the server and of the HTTP client.
    const SERVER: &str = "listening: http://";
    const CLIENT: &str = "unsupported_scheme";
    let service = "requires network\n\nservice Api at \"/\":\n  get \"/\" -> String?:\n    return request.header(\"a\")\n\napp \"a\":\n  serve(0)\n";
    let client = "requires network\n\napp \"a\":\n  print(http.get(\"http://a/\"))\n";
    for profile in PROFILES {
        for (program, has_server, has_client) in [
            (HELLO, false, false),
            (service, true, false),
            (client, false, true),
        ] {
            let project = Project::new(program);
            project.build(profile);
            let bytes = fs::read(project.path("program")).expect("an executable");
            let has = |text: &str| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            assert_eq!(
                (has(SERVER), has(CLIENT)),
                (has_server, has_client),
                "{profile}: {program}"
            );
        }
    }
}
