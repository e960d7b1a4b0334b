//! Runs a process to its end or to a time limit.

use std::fmt;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// For a program.
pub const RUN: Duration = Duration::from_secs(30);
/// For the compiler, on a module of many programs and a busy machine.
pub const COMPILE: Duration = Duration::from_secs(600);

/// What a finished process left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub end: End,
    pub stdout: String,
    pub stderr: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    /// By a signal.
    Killed,
    /// Not ended within its time, and killed therefore.
    Late,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exit(code) => write!(f, "exit {code}"),
            End::Killed => f.write_str("killed by a signal"),
            End::Late => f.write_str("not ended within the limit"),
        }
    }
}

/// Gives the process its input, collects its output and waits, no longer than the limit.
pub fn run(command: &mut Command, stdin: &str, limit: Duration) -> Result<Output, String> {
    let until = Instant::now() + limit;
    let mut late = false;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))?;
    let mut input = child.stdin.take().ok_or("no pipe for standard input")?;
    let stdout = child.stdout.take().ok_or("no pipe for standard output")?;
    let stderr = child.stderr.take().ok_or("no pipe for standard error")?;
    let (out, err) = (collect(stdout), collect(stderr));
    // A program that does not read its input closes the pipe; that is its right.
    let _ = input.write_all(stdin.as_bytes());
    drop(input);
    let stdout = receive(&mut child, &out, until, &mut late)?;
    let stderr = receive(&mut child, &err, until, &mut late)?;
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok(Output {
        end: match status.code() {
            _ if late => End::Late,
            Some(code) => End::Exit(code),
            None => End::Killed,
        },
        stdout,
        stderr,
    })
}

fn collect(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is what there is.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

fn receive(
    child: &mut Child,
    output: &mpsc::Receiver<Vec<u8>>,
    until: Instant,
    late: &mut bool,
) -> Result<String, String> {
    let bytes = match output.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(bytes) => bytes,
        Err(_) => {
            *late = true;
            child.kill().map_err(|error| error.to_string())?;
            output.recv().map_err(|error| error.to_string())?
        }
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
