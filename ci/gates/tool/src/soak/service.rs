//! A service whose requests fault, again and again, does not grow.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{ALLOWED_KIB, built, resident};
use crate::compiler::{bare, succeed};

const PROGRAM: &str = r#"requires network

type Small:
  n: Int(1..10)

type Failed:
  message: String

fn third(xs: List<Int>) -> Int:
  return xs[2]

fn grown(n: Int) -> Int:
  return n + 9223372036854775807

fn small(n: Int) -> Small:
  return Small(n = n)

fn deep(n: Int) -> Int:
  return 1 + deep(n + 1)

fn words(n: Int) -> List<String>:
  var words = [""]
  for i in 1..n:
    words = words.append("word ${i}")
  return words

service S at "/":
  get "/fine" -> String:
    return "fine"

  get "/index" -> Int:
    let ws = words(50)
    return third([ws.len()])

  get "/overflow" -> Int:
    let ws = words(50)
    return grown(ws.len())

  get "/division" -> Int:
    return 1 / "".len()

  get "/refinement" -> Int:
    let ws = words(50)
    return small(ws.len()).n

  get "/assert" -> Int:
    let ws = words(50)
    assert(ws.len() == 0, ws.join(" "))
    return 1

  get "/memory" -> Int:
    let ws = words(50)
    return ws.join(" ").repeat(1000000000000).len()

  get "/raised" -> Int!Failed:
    let ws = words(50)
    return Err(Failed(message = ws.join(" ")))

  get "/task" -> Int:
    let ws = words(50)
    let t = spawn:
      third([ws.len()])
    return await t

app "soak":
  serve(0)
"#;

/// Paths and what is answered there.
const KINDS: [(&str, u16); 8] = [
    ("/index", 500),
    ("/overflow", 500),
    ("/division", 500),
    ("/refinement", 400),
    ("/assert", 500),
    ("/memory", 500),
    ("/raised", 500),
    ("/task", 500),
];
const CONNECTIONS: usize = 4;
/// Requests sent before the answers are read.
const BATCH: usize = 64;

struct Service {
    child: Child,
    /// Read to its end, so that the service never waits for a reader.
    stderr: Option<BufReader<ChildStderr>>,
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn run(requests: usize) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    let directory = built(PROGRAM)?;
    let mut service = start(&directory.path().join("program"))?;
    let mut lines = service.stderr.take().ok_or("no pipe")?;
    let mut line = String::new();
    lines.read_line(&mut line).map_err(io)?;
    let address = line
        .trim()
        .strip_prefix("listening: http://")
        .ok_or(format!("it said {line:?}"))?
        .to_owned();
    let reader = thread::spawn(move || {
        let mut faults = 0usize;
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            faults += usize::from(line.starts_with(b"[ERROR] request "));
            line.clear();
        }
        faults
    });

    let share = requests.div_ceil(KINDS.len()).next_multiple_of(CONNECTIONS);
    for (path, status) in KINDS {
        all(&address, path, status, 4000)?;
    }
    let before = resident(service.child.id())?;
    println!("resident after warming up: {before} KiB");
    for (path, status) in KINDS {
        let started = Instant::now();
        all(&address, path, status, share)?;
        let each = started.elapsed().as_secs_f64() * 1e6 / share as f64;
        println!(
            "{share} requests of {path}: {status}, {each:.1} us each, resident {} KiB",
            resident(service.child.id())?
        );
    }
    all(&address, "/fine", 200, CONNECTIONS)?;
    let after = resident(service.child.id())?;

    succeed(Command::new("/bin/kill").args(["-TERM", &service.child.id().to_string()]))?;
    let status = service.child.wait().map_err(io)?;
    let faults = reader.join().map_err(|_| "the reader of stderr failed")?;
    let total = share * KINDS.len();
    println!("requests: {total}, faults logged: {faults}, end: {status}");
    println!("resident: {before} KiB before, {after} KiB after");
    let expected = KINDS
        .iter()
        // What breaks a rule is answered with its problems; everything else, raised errors too, is logged.
        .filter(|(path, _)| *path != "/refinement")
        .count();
    if faults != expected * (share + 4000) {
        return Err(format!(
            "{} faults were expected in the log",
            expected * (share + 4000)
        ));
    }
    if !status.success() {
        return Err("the service did not end with success".to_owned());
    }
    if after > before + ALLOWED_KIB {
        return Err(format!("the service grew by {} KiB", after - before));
    }
    Ok(())
}

fn start(program: &Path) -> Result<Service, String> {
    let mut child = bare(program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let stderr = child.stderr.take().map(BufReader::new);
    Ok(Service { child, stderr })
}

/// So many requests over all connections, each answered with the status.
fn all(address: &str, path: &str, status: u16, count: usize) -> Result<(), String> {
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|_| scope.spawn(|| one(address, path, status, count / CONNECTIONS)))
            .collect();
        for client in clients {
            client.join().map_err(|_| "a client failed")??;
        }
        Ok(())
    })
}

/// Requests over one connection that stays open.
fn one(address: &str, path: &str, status: u16, count: usize) -> Result<(), String> {
    let io = |error: std::io::Error| format!("{path}: {error}");
    let mut connection = TcpStream::connect(address).map_err(io)?;
    connection
        .set_read_timeout(Some(Duration::from_secs(60)))
        .map_err(io)?;
    connection.set_nodelay(true).map_err(io)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n");
    let mut answers = BufReader::new(connection.try_clone().map_err(io)?);
    let mut left = count;
    while left > 0 {
        let batch = left.min(BATCH);
        connection
            .write_all(request.repeat(batch).as_bytes())
            .map_err(io)?;
        for _ in 0..batch {
            let found = answer(&mut answers).map_err(io)?;
            if found != status {
                return Err(format!("{path}: answered with {found} instead of {status}"));
            }
        }
        left -= batch;
    }
    Ok(())
}

/// Reads one answer; its status, 0 for what is none.
fn answer(from: &mut impl BufRead) -> std::io::Result<u16> {
    let (mut status, mut length) = (0, 0);
    let mut line = String::new();
    loop {
        line.clear();
        from.read_line(&mut line)?;
        let text = line.trim_end().to_ascii_lowercase();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest
                .get(..3)
                .and_then(|code| code.parse().ok())
                .unwrap_or(0);
        }
        if let Some(rest) = text.strip_prefix("content-length:") {
            length = rest.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(status)
}
