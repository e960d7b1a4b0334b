//! Builds a program, starts it as its way says, and sees how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::ways::{Disturbance, Way};
use super::{End, LAUNCHER, Row, STARTS, Seen};
use crate::compiler::{bare, succeed};

/// Longer than any way takes.
const LIMIT: Duration = Duration::from_secs(60);

pub fn try_everywhere(fuse: &Path, way: &Way, rows: &mut Vec<Row>) -> Result<(), String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let source = directory.path().join("main.fuse");
    fs::write(&source, way.program).map_err(|error| error.to_string())?;
    for start in STARTS {
        let Some(expected) = way.expected(start) else {
            continue;
        };
        if start != LAUNCHER {
            let mut build = bare(fuse);
            build.current_dir(directory.path()).args([
                "build",
                "--quiet",
                "--profile",
                start,
                "main.fuse",
                "-o",
                "program",
            ]);
            succeed(&mut build)?;
        }
        let seen = watch(fuse, way, start, directory.path())?;
        rows.push(Row::new(way.name, start, seen, expected));
    }
    Ok(())
}

/// Starts the program behind a shell that changes limits or descriptors first. Signals are as they are by default: whoever runs the gate may
/// ignore some.
fn command(fuse: &Path, way: &Way, start: &str, directory: &Path) -> Command {
    let program = if start == LAUNCHER {
        format!("'{}' run --quiet main.fuse", fuse.display())
    } else {
        "./program".to_owned()
    };
    let separator = if start == LAUNCHER && !way.arguments.is_empty() {
        " --"
    } else {
        ""
    };
    let script = format!(
        "{} exec {program}{separator} {} {}",
        way.setup(start),
        way.arguments,
        way.redirection
    );
    let mut command = bare(Path::new("/usr/bin/env"));
    command
        .args(["--default-signal", "/bin/sh", "-c", &script])
        .current_dir(directory)
        .env("FUSE_DB_URL", "sqlite::memory:")
        .env("FUSE_HTTP_DRAIN_MS", "60000")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn watch(fuse: &Path, way: &Way, start: &str, directory: &Path) -> Result<Seen, String> {
    let failed = |error: std::io::Error| format!("{}, {start}: {error}", way.name);
    let mut child = command(fuse, way, start, directory)
        .spawn()
        .map_err(failed)?;
    let pid = child.id();
    let stdout = child.stdout.take().ok_or("no pipe")?;
    let (lines, stderr) = lines_of(child.stderr.take().ok_or("no pipe")?);
    let mut stdout = Some(stdout);
    match way.disturbance {
        Disturbance::None => drop(child.stdin.take()),
        Disturbance::Signals(names) => {
            wait_for(&lines, "[INFO] ready", way)?;
            for name in names {
                signal(&child, name)?;
            }
            drop(child.stdin.take());
        }
        Disturbance::ReaderGone => {
            wait_for(&lines, "[INFO] ready", way)?;
            stdout = None;
            if let Some(mut input) = child.stdin.take() {
                input.write_all(b"x\n").map_err(failed)?;
            }
        }
        Disturbance::ServiceSignals(names) => {
            let line = wait_for(&lines, "listening: http://", way)?;
            let address = line.trim_start_matches("listening: http://").trim();
            let mut client = TcpStream::connect(address).map_err(failed)?;
            client
                .write_all(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                .map_err(failed)?;
            wait_for(&lines, "[INFO] ready", way)?;
            for name in names {
                signal(&child, name)?;
                if names.len() > 1 {
                    // The next one has to find the server draining: it does not accept any more then.
                    wait_until(|| TcpStream::connect(address).is_err())?;
                }
            }
        }
    }
    let output = stdout.map(text_of);
    let end = wait(&mut child)?;
    Ok(Seen {
        pid,
        end,
        stdout: match output {
            Some(output) => output.recv().unwrap_or_default(),
            None => String::new(),
        },
        stderr: stderr.recv().unwrap_or_default(),
    })
}

fn signal(child: &Child, name: &str) -> Result<(), String> {
    let id = child.id().to_string();
    succeed(Command::new("/bin/kill").args([&format!("-{name}"), &id])).map(|_| ())
}

/// Gives each line, and all of it at the end.
fn lines_of(pipe: impl Read + Send + 'static) -> (mpsc::Receiver<String>, mpsc::Receiver<String>) {
    let (line, lines) = mpsc::channel();
    let (whole, all) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let mut pipe = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while pipe
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|count| count > 0)
        {
            let read = String::from_utf8_lossy(&bytes).into_owned();
            text.push_str(&read);
            bytes.clear();
            // Nobody has to wait for lines.
            let _ = line.send(read);
        }
        let _ = whole.send(text);
    });
    (lines, all)
}

fn text_of(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    lines_of(pipe).1
}

fn wait_for(lines: &mpsc::Receiver<String>, start: &str, way: &Way) -> Result<String, String> {
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) if line.starts_with(start) => return Ok(line),
            Ok(_) => {}
            Err(_) => return Err(format!("{}: it never said `{start}`", way.name)),
        }
    }
}

fn wait_until(mut holds: impl FnMut() -> bool) -> Result<(), String> {
    let until = Instant::now() + LIMIT;
    while !holds() {
        if Instant::now() > until {
            return Err("it does not come to be".to_owned());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The end of the process, which is killed when it takes too long.
pub fn wait(child: &mut Child) -> Result<End, String> {
    let until = Instant::now() + LIMIT;
    loop {
        let status = child.try_wait().map_err(|error| error.to_string())?;
        if let Some(status) = status {
            return Ok(match (status.code(), status.signal()) {
                (Some(code), _) => End::Exit(code),
                (None, Some(number)) => End::Signal(number),
                (None, None) => End::Never,
            });
        }
        if Instant::now() > until {
            child.kill().map_err(|error| error.to_string())?;
            child.wait().map_err(|error| error.to_string())?;
            return Ok(End::Never);
        }
        thread::sleep(Duration::from_millis(2));
    }
}
