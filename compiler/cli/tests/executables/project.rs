//! A directory with a program, its executables, and processes that are ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// The profiles whose executables must behave alike.
pub const PROFILES: [&str; 4] = ["debug", "release", "release-with-symbols", "static"];

pub struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    /// A program in `main.fuse`.
    pub fn new(program: &str) -> Project {
        let project = Project {
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        project.write("main.fuse", program);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a writable directory");
    }

    /// `fuse` in the directory, with nothing of the environment but what finds its own files.
    pub fn fuse(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fuse"));
        command
            .env_clear()
            .current_dir(self.directory.path())
            .args(arguments)
            .stdin(Stdio::null());
        for name in ["HOME", "LD_LIBRARY_PATH", "FUSE_SYSROOT", "FUSE_CACHE_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Builds `program` with a profile.
    #[track_caller]
    pub fn build(&self, profile: &str) {
        let seen = Seen::of(
            self.fuse(&[
                "build",
                "--quiet",
                "--profile",
                profile,
                "main.fuse",
                "-o",
                "program",
            ])
            .output(),
        );
        assert_eq!(seen.exit, Some(0), "{profile}: {seen:?}");
    }

    /// The executable, alone in an empty environment, with signals as they are by default: whoever runs the tests may ignore some.
    pub fn program(&self) -> Command {
        let mut command = Command::new("/usr/bin/env");
        command
            .arg("--default-signal")
            .arg(self.path("program"))
            .env_clear()
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The executable behind a shell that changes limits or descriptors first.
    pub fn program_after(&self, setup: &str, redirection: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("{setup} exec ./program {redirection}")])
            .env_clear()
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

#[derive(Debug)]
pub struct Seen {
    pub exit: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Seen {
    pub fn of(output: std::io::Result<Output>) -> Seen {
        let output = output.expect("a process that starts");
        Seen {
            exit: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A running process; killed when the test ends early.
pub struct Running {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    pub said: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        let mut child = command.spawn().expect("a process that starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        Running {
            child,
            stderr,
            said: String::new(),
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Reads standard error up to a line that begins so.
    pub fn wait_for(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            let count = self.stderr.read_line(&mut line).expect("text");
            assert!(count > 0, "ended before `{start}`: {}", self.said);
            self.said.push_str(&line);
            if line.starts_with(start) {
                return line;
            }
        }
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("/bin/kill")
            .args([&format!("-{name}"), &self.id().to_string()])
            .status()
            .expect("kill");
        assert!(status.success());
    }

    /// Waits for the end: exit code, the signal otherwise, and all of standard error.
    pub fn end(mut self) -> (Option<i32>, Option<i32>, String) {
        use std::os::unix::process::ExitStatusExt as _;
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).expect("text");
        let status = self.child.wait().expect("its end");
        (status.code(), status.signal(), self.said.clone() + &rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes a fatal envelope apart: class, process id, message, build information.
#[track_caller]
pub fn envelope(line: &str) -> (&str, u32, &str, &str) {
    let parts = || {
        let rest = line.strip_prefix("fatal: class=")?;
        let (class, rest) = rest.split_once(" pid=")?;
        let (pid, rest) = rest.split_once(" message=")?;
        let (message, info) = rest.rsplit_once(" mode=")?;
        Some((class, pid.parse().ok()?, message, info))
    };
    parts().unwrap_or_else(|| panic!("no envelope: {line:?}"))
}
