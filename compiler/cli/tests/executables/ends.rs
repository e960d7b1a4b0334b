//! Every way to end that the system allows: the exit code is the documented one, and what is not a success has the envelope.

use std::io::Write as _;
use std::process::Stdio;

use crate::project::{PROFILES, Project, Running, Seen, envelope};

/// One program and its end. The envelope's message begins with `message`; without one there is no envelope.
struct End {
    name: &'static str,
    program: &'static str,
    /// Shell commands before the program, and redirections.
    setup: &'static str,
    redirection: &'static str,
    arguments: &'static [&'static str],
    exit: i32,
    class: &'static str,
    message: &'static str,
    stdout: &'static str,
}

const SUCCESS: End = End {
    name: "success",
    program: "app \"a\":\n  print(\"out\")\n",
    setup: "",
    redirection: "",
    arguments: &[],
    exit: 0,
    class: "",
    message: "",
    stdout: "out\n",
};
const FATAL: End = End {
    exit: 1,
    class: "runtime_fatal",
    ..SUCCESS
};

const ENDS: [End; 16] = [
    SUCCESS,
    End {
        name: "a fault",
        program: "app \"a\":\n  print(\"out\")\n  let xs = [1]\n  print(xs[xs.len()])\n",
        message: "index out of bounds",
        ..FATAL
    },
    End {
        name: "a failed assertion with line ends in its message",
        program: "app \"a\":\n  print(\"out\")\n  assert(1 > 2, \"one\\ntwo\\rthree\")\n",
        message: "assert failed: one\\ntwo\\rthree",
        ..FATAL
    },
    End {
        name: "endless recursion",
        program: "fn deep(n: Int) -> Int:\n  return 1 + deep(n + 1)\n\napp \"a\":\n  print(\"out\")\n  print(deep(0))\n",
        message: "stack overflow",
        ..FATAL
    },
    End {
        name: "endless recursion with little stack to be had",
        program: "fn deep(n: Int) -> Int:\n  return 1 + deep(n + 1)\n\napp \"a\":\n  print(\"out\")\n  print(deep(0))\n",
        setup: "ulimit -v 60000;",
        message: "stack overflow",
        ..FATAL
    },
    End {
        name: "no memory for a list",
        program: "app \"a\":\n  print(\"out\")\n  var xs = [0]\n  while true:\n    xs = xs.append(xs.len())\n",
        setup: "ulimit -v 60000;",
        message: "out of memory",
        ..FATAL
    },
    End {
        name: "no memory for the runtime",
        program: "app \"a\":\n  print(\"out\")\n  print(input().len())\n",
        setup: "ulimit -v 60000;",
        redirection: "</dev/zero",
        message: "out of memory",
        ..FATAL
    },
    End {
        name: "standard output closed",
        redirection: ">&-",
        message: "cannot write standard output",
        stdout: "",
        ..FATAL
    },
    End {
        name: "standard output closed, whose number no file takes",
        program: "requires db\n\napp \"a\":\n  db.exec(\"create table t (n)\")\n  print(\"x\".repeat(100000))\n  db.exec(\"insert into t values (1)\")\n  log(\"rows ${db.from(\"t\").count()}\")\n",
        setup: "rm -f t.db; export FUSE_DB_URL=sqlite:t.db;",
        redirection: ">&-",
        message: "cannot write standard output",
        stdout: "",
        ..FATAL
    },
    End {
        name: "a configuration variable that is no text",
        program: "config App:\n  port: Int = 1\n\napp \"a\":\n  print(App.port)\n",
        setup: "export APP_PORT=$(printf '\\377');",
        message: "{\"error\":{\"code\":\"validation_error\",\"fields\":[{\"code\":\"invalid_value\",\"message\":\"environment variable APP_PORT is not valid UTF-8\",\"path\":\"App.port\"}],\"message\":\"validation failed\"}}",
        stdout: "",
        ..FATAL
    },
    End {
        name: "an argument that is no text",
        program: "fn main(name: String):\n  print(name)\n",
        arguments: &["--name=$(printf '\\377')"],
        exit: 2,
        stdout: "",
        ..SUCCESS
    },
    End {
        name: "flags without a main",
        program: "app \"a\":\n  print(\"out\")\n",
        arguments: &["--n"],
        message: "no root fn main found for CLI binding",
        stdout: "",
        ..FATAL
    },
    End {
        name: "standard output full",
        redirection: ">/dev/full",
        message: "cannot write standard output",
        stdout: "",
        ..FATAL
    },
    End {
        name: "standard error closed",
        program: "app \"a\":\n  print(\"out\")\n  log(\"x\")\n",
        redirection: "2>&-",
        ..SUCCESS
    },
    End {
        name: "wrong flags",
        program: "fn main(n: Int):\n  print(n)\n",
        arguments: &["--m", "1"],
        exit: 2,
        stdout: "",
        ..SUCCESS
    },
    End {
        name: "a failing main",
        program: "fn main(n: Int):\n  print(\"out\")\n  print(1 / n)\n",
        arguments: &["--n", "0"],
        message: "division by zero",
        ..FATAL
    },
];

#[test]
fn every_end_has_its_exit_code() {
    for row in &ENDS {
        let project = Project::new(row.program);
        for profile in PROFILES {
            project.build(profile);
            let mut command = project.program_after(
                row.setup,
                &format!("{} {}", row.arguments.join(" "), row.redirection),
            );
            let child = command.spawn().expect("a shell");
            let pid = child.id();
            let seen = Seen::of(child.wait_with_output());
            let context = format!("{}, {profile}: {seen:?}", row.name);
            assert_eq!(seen.exit, Some(row.exit), "{context}");
            assert_eq!(seen.stdout, row.stdout, "{context}");
            let fatal: Vec<&str> = seen
                .stderr
                .lines()
                .filter(|line| line.starts_with("fatal: "))
                .collect();
            if row.class.is_empty() {
                assert!(fatal.is_empty(), "{context}");
                continue;
            }
            assert_eq!(fatal.len(), 1, "{context}");
            let (class, reported, message, info) = envelope(fatal[0]);
            assert_eq!((class, reported), (row.class, pid), "{context}");
            assert_eq!(message, row.message, "{context}");
            assert!(
                info.starts_with(&format!("aot profile={profile} ")),
                "{context}"
            );
        }
    }
}

/// Waits for a line, so that signals find it at a known place.
const WAITING: &str = "app \"a\":\n  print(\"out\")\n  log(\"ready\")\n  print(read_line())\n";

#[test]
fn signals_of_the_machine_have_the_envelope() {
    let project = Project::new(WAITING);
    for profile in ["release", "static"] {
        project.build(profile);
        for signal in ["SEGV", "BUS", "ILL", "FPE", "TRAP", "ABRT"] {
            let mut running = Running::start(project.program().stdin(Stdio::piped()));
            running.wait_for("[INFO] ready");
            running.signal(signal);
            let pid = running.id();
            let mut stdout = running.child().stdout.take().expect("a pipe");
            let (exit, _, said) = running.end();
            assert_eq!(exit, Some(101), "{signal}: {said}");
            let (class, reported, message, _) = envelope(said.lines().last().unwrap_or_default());
            assert_eq!((class, reported), ("internal_error", pid), "{said}");
            assert!(
                message.starts_with(&format!("signal SIG{signal}")),
                "{said}"
            );
            let mut out = String::new();
            std::io::Read::read_to_string(&mut stdout, &mut out).expect("text");
            assert_eq!(out, "out\n", "what was printed is not lost");
        }
    }
}

/// Being asked to end is no failure of the program: the system's own way, and no envelope.
#[test]
fn requests_to_end_are_followed() {
    let project = Project::new(WAITING);
    for profile in ["release", "static"] {
        project.build(profile);
        for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("KILL", 9)] {
            let mut running = Running::start(project.program().stdin(Stdio::piped()));
            running.wait_for("[INFO] ready");
            running.signal(signal);
            let (_, ended_by, said) = running.end();
            assert_eq!(ended_by, Some(number), "{said}");
            assert!(!said.contains("fatal: "), "{said}");
        }
        // SIGPIPE is not one of them.
        let mut running = Running::start(project.program().stdin(Stdio::piped()));
        running.wait_for("[INFO] ready");
        running.signal("PIPE");
        drop(running.child().stdin.take());
        let (exit, _, said) = running.end();
        assert_eq!(exit, Some(0), "{said}");
    }
}

#[test]
fn a_reader_that_went_away_ends_the_program_quietly() {
    let project = Project::new(
        "app \"a\":\n  print(\"first\")\n  log(\"ready\")\n  let line = read_line()\n  while true:\n    print(line)\n",
    );
    for profile in ["release", "static"] {
        project.build(profile);
        let mut running = Running::start(project.program().stdin(Stdio::piped()));
        running.wait_for("[INFO] ready");
        drop(running.child().stdout.take());
        let mut input = running.child().stdin.take().expect("a pipe");
        input.write_all(b"x\n").expect("it reads");
        let (exit, _, said) = running.end();
        assert_eq!((exit, said.as_str()), (Some(0), "[INFO] ready\n"));
    }
}

#[test]
fn a_service_drains_and_ends_with_success() {
    let project = Project::new(
        "requires network\n\nservice S at \"/\":\n  get \"/\" -> String:\n    return \"ok\"\n\napp \"s\":\n  serve(0)\n",
    );
    for profile in ["release", "static"] {
        project.build(profile);
        for (signal, exit, shutdown) in [("TERM", 0, true), ("INT", 0, true), ("SEGV", 101, false)]
        {
            let mut server = Running::start(&mut project.program());
            server.wait_for("listening: http://");
            server.signal(signal);
            let (code, _, said) = server.end();
            assert_eq!(code, Some(exit), "{said}");
            let line = format!("shutdown: runtime=native signal=SIG{signal} handled_requests=0");
            assert_eq!(said.lines().any(|seen| seen == line), shutdown, "{said}");
            assert_eq!(
                said.contains("fatal: class=internal_error"),
                !shutdown,
                "{said}"
            );
        }
    }
}

#[test]
fn build_information_that_cannot_be_written_is_a_failure() {
    let project = Project::new(SUCCESS.program);
    project.build("static");
    let seen = Seen::of(
        project
            .program_after("FUSE_AOT_BUILD_INFO=1", ">/dev/full")
            .output(),
    );
    assert_eq!(seen.exit, Some(1), "{seen:?}");
    let (class, _, message, _) = envelope(seen.stderr.trim_end());
    assert_eq!(
        (class, message),
        ("runtime_fatal", "cannot write standard output")
    );
}

/// A fault names its place in every profile, so that its report needs no symbols.
#[test]
fn a_report_of_a_fault_is_complete() {
    let project = Project::new("app \"a\":\n  var x = 0\n  x = 1 / x\n  print(x)\n");
    project.build("release");
    let ended = Seen::of(project.program().output());
    assert_eq!(ended.exit, Some(1), "{ended:?}");
    assert!(
        ended.stderr.ends_with("\n  at main.fuse:3:7 in app:a\n"),
        "{ended:?}"
    );
    project.write("report.txt", &ended.stderr);
    let seen = Seen::of(
        project
            .fuse(&["symbolize", "program", "--report", "report.txt"])
            .output(),
    );
    assert_eq!((seen.exit, seen.stdout), (Some(0), ended.stderr));
}

/// A report of a crash leads to the place in the program.
#[test]
fn a_report_is_symbolized() {
    // Computes until it is told to stop, so that the signal finds it in its own code.
    let project = Project::new(
        "app \"a\":\n  log(\"ready\")\n  var x = 1\n  while x != 0:\n    x = (x * 1103515245 + 12345) % 2147483648 + 1\n  print(x)\n",
    );
    project.build("release-with-symbols");
    let mut running = Running::start(&mut project.program());
    running.wait_for("[INFO] ready");
    // It has to return from the write first.
    std::thread::sleep(std::time::Duration::from_millis(300));
    running.signal("SEGV");
    let (exit, _, said) = running.end();
    assert_eq!(exit, Some(101), "{said}");
    project.write("report.txt", &said);
    let seen = Seen::of(
        project
            .fuse(&["symbolize", "program", "--report", "report.txt"])
            .output(),
    );
    assert_eq!(seen.exit, Some(0), "{seen:?}");
    assert!(seen.stdout.starts_with(&said), "{seen:?}");
    let place = seen.stdout.strip_prefix(&said).unwrap_or_default();
    assert!(place.starts_with("  at main.fuse:"), "{seen:?}");
    assert!(
        place.lines().any(|line| line.ends_with(" in app:a")),
        "{seen:?}"
    );

    // The same program with another profile is another executable.
    std::fs::rename(project.path("program.debug"), project.path("kept")).expect("a file");
    project.build("release");
    let report = || {
        Seen::of(
            project
                .fuse(&["symbolize", "program", "--report", "report.txt"])
                .output(),
        )
    };
    let seen = report();
    assert!(seen.stderr.contains("has no symbols\nhint: "), "{seen:?}");
    std::fs::rename(project.path("kept"), project.path("program.debug")).expect("a file");
    let seen = report();
    assert!(
        seen.stderr.contains("has another build id than"),
        "{seen:?}"
    );
    project.build("debug");
    let seen = report();
    assert!(
        seen.stderr.contains("the report is of build id "),
        "{seen:?}"
    );
    assert_eq!(seen.exit, Some(1));
    assert!(seen.stderr.contains("\nhint: "), "{seen:?}");
}
