//! What happens before the program's own code, in the contract's order.

use crate::project::{PROFILES, Project, Seen, envelope};

const PROGRAM: &str = "config App:\n  port: Int = 1\n\napp \"a\":\n  print(\"ran ${App.port}\")\n";

fn run(project: &Project, variables: &[(&str, &str)]) -> Seen {
    Seen::of(project.program().envs(variables.iter().copied()).output())
}

#[test]
fn build_information_comes_before_everything_else() {
    let project = Project::new(PROGRAM);
    for profile in PROFILES {
        project.build(profile);
        // A trace is asked for and the configuration is wrong: neither happens.
        let seen = run(
            &project,
            &[
                ("FUSE_AOT_BUILD_INFO", "1"),
                ("FUSE_AOT_STARTUP_TRACE", "1"),
                ("APP_PORT", "wrong"),
            ],
        );
        assert_eq!((seen.exit, seen.stderr.as_str()), (Some(0), ""), "{seen:?}");
        let line = seen.stdout.strip_suffix('\n').expect("one line");
        let pairs: Vec<(&str, &str)> = line
            .split(' ')
            .map(|pair| pair.split_once('=').expect("a pair"))
            .collect();
        let keys: Vec<&str> = pairs.iter().map(|(key, _)| *key).collect();
        assert_eq!(
            keys,
            [
                "mode",
                "profile",
                "target",
                "rustc",
                "cli",
                "runtime_cache",
                "contract"
            ]
        );
        let libc = if profile == "static" { "musl" } else { "gnu" };
        let target = format!("x86_64-unknown-linux-{libc}");
        assert_eq!(pairs[0].1, "aot");
        assert_eq!(pairs[1].1, profile);
        assert_eq!(pairs[2].1, target);
        assert_eq!(pairs[4].1, env!("CARGO_PKG_VERSION"));
        assert_eq!(pairs[6].1, "aot-v1");

        // Exactly `1` asks for it.
        for value in ["", "0", "11", "true"] {
            let seen = run(
                &project,
                &[
                    ("FUSE_AOT_BUILD_INFO", value),
                    ("FUSE_AOT_STARTUP_TRACE", value),
                ],
            );
            assert_eq!(
                (seen.exit, seen.stdout.as_str(), seen.stderr.as_str()),
                (Some(0), "ran 1\n", ""),
                "{value:?}"
            );
        }
    }
}

#[test]
fn the_trace_comes_before_configuration_and_program() {
    let project = Project::new(PROGRAM);
    for profile in PROFILES {
        project.build(profile);
        let info = run(&project, &[("FUSE_AOT_BUILD_INFO", "1")]).stdout;
        let child = project
            .program()
            .env("FUSE_AOT_STARTUP_TRACE", "1")
            .env("APP_PORT", "wrong")
            .spawn()
            .expect("it starts");
        let pid = child.id();
        let seen = Seen::of(child.wait_with_output());
        assert_eq!((seen.exit, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        let mut lines = seen.stderr.lines();
        let trace = lines.next().expect("the trace");
        assert_eq!(trace, format!("startup: pid={pid} {}", info.trim_end()));
        let (class, reported, message, rest) = envelope(lines.next().expect("the envelope"));
        assert_eq!((class, reported), ("runtime_fatal", pid));
        assert!(
            message.contains("\"message\":\"invalid Int: wrong\",\"path\":\"App.port\""),
            "{message}"
        );
        assert_eq!(format!("mode={rest}\n"), info);
    }
}

#[test]
fn release_executables_have_a_request_log_by_default_where_asked() {
    let project = Project::new(
        "requires network\n\nconfig App:\n  port: Int = 0\n\nservice S at \"/\":\n  get \"/health\" -> String:\n    return \"ok\"\n\napp \"s\":\n  serve(App.port)\n",
    );
    for (profile, variables, logs) in [
        (
            "release",
            &[("FUSE_AOT_REQUEST_LOG_DEFAULT", " Structured ")][..],
            true,
        ),
        ("static", &[("FUSE_AOT_REQUEST_LOG_DEFAULT", "1")], true),
        ("debug", &[("FUSE_AOT_REQUEST_LOG_DEFAULT", "1")], false),
        ("release", &[("FUSE_AOT_REQUEST_LOG_DEFAULT", "no")], false),
        (
            "release",
            &[
                ("FUSE_AOT_REQUEST_LOG_DEFAULT", "1"),
                ("FUSE_REQUEST_LOG", "off"),
            ],
            false,
        ),
        ("debug", &[("FUSE_REQUEST_LOG", "structured")], true),
    ] {
        project.build(profile);
        let mut server = crate::project::Running::start(
            project
                .program()
                .env("FUSE_MAX_REQUESTS", "1")
                .envs(variables.iter().copied()),
        );
        let line = server.wait_for("listening: http://");
        let address = line
            .trim_end()
            .strip_prefix("listening: http://")
            .expect("the address");
        request(address);
        let (exit, _, said) = server.end();
        assert_eq!(exit, Some(0), "{said}");
        assert_eq!(
            said.contains("\"path\":\"/health\""),
            logs,
            "{profile} {variables:?}: {said}"
        );
    }
}

fn request(address: &str) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    stream
        .write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
