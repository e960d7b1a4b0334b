//! Examples that serve: the exchanges of an `http` block, made over loopback with the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use fuse_parity::process::{End, Output};

/// More than any step takes: what hangs fails instead.
const LIMIT: Duration = Duration::from_secs(30);

/// A request and what must come back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Request line without the version, then fields.
    pub request: Vec<String>,
    pub body: Vec<String>,
    pub status: String,
    /// Name in lower case, and value; none for a field that must not be there.
    pub fields: Vec<(String, Option<String>)>,
    pub answer: Vec<String>,
}

/// Reads a block: lines of a request, `| ` before each line of its body, `> ` before status and fields of the answer, `>| ` before
/// each line of its body. Blank lines separate exchanges.
pub fn exchanges(block: &str) -> Result<Vec<Exchange>, String> {
    let mut exchanges = Vec::new();
    for text in block.split("\n\n") {
        let mut exchange = Exchange::default();
        for line in text.lines() {
            if let Some(line) = line.strip_prefix(">| ") {
                exchange.answer.push(line.to_owned());
            } else if let Some(line) = line.strip_prefix("> ") {
                if exchange.status.is_empty() {
                    line.clone_into(&mut exchange.status);
                } else if let Some((name, value)) = line.split_once(": ") {
                    let name = name.to_ascii_lowercase();
                    exchange.fields.push((name, Some(value.to_owned())));
                } else if let Some(name) = line.strip_prefix('!') {
                    exchange.fields.push((name.to_ascii_lowercase(), None));
                } else {
                    return Err(format!("`> {line}` is no status, field or `!name`"));
                }
            } else if let Some(line) = line.strip_prefix("| ") {
                exchange.body.push(line.to_owned());
            } else {
                exchange.request.push(line.to_owned());
            }
        }
        if exchange.request.is_empty() || exchange.status.is_empty() {
            return Err("an exchange is a request and `> STATUS`".to_owned());
        }
        exchanges.push(exchange);
    }
    Ok(exchanges)
}

/// What must be seen of the exchanges, in the form of [`made`].
pub fn expected(exchanges: &[Exchange]) -> String {
    let mut text = String::new();
    for exchange in exchanges {
        text += &format!("{}\n> {}\n", exchange.request[0], exchange.status);
        for (name, value) in &exchange.fields {
            text += &field(name, value.as_deref());
        }
        for line in &exchange.answer {
            text += &format!(">| {line}\n");
        }
    }
    text
}

fn field(name: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("> {name}: {value}\n"),
        None => format!("> !{name}\n"),
    }
}

/// Runs a program that serves and makes the exchanges one after another; it stops after the last. What was seen of them stands behind
/// standard output.
pub fn run(command: &mut Command, exchanges: &[Exchange]) -> Result<Output, String> {
    let mut child = command
        .env("FUSE_MAX_REQUESTS", exchanges.len().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {:?}: {error}", command.get_program()))?;
    let result = talk(&mut child, exchanges);
    // A program that is asked for less than it waits for does not end by itself.
    let _ = child.kill();
    let _ = child.wait();
    result
}

fn talk(child: &mut Child, exchanges: &[Exchange]) -> Result<Output, String> {
    let mut stdout = child.stdout.take().ok_or("no pipe for standard output")?;
    let stderr = child.stderr.take().ok_or("no pipe for standard error")?;
    let (printed, printing) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stdout.read_to_end(&mut text);
        let _ = printed.send(String::from_utf8_lossy(&text).into_owned());
    });
    let (listening, address) = mpsc::channel();
    let (logged, logging) = mpsc::channel();
    thread::spawn(move || {
        let mut log = String::new();
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            match line.strip_prefix("listening: http://") {
                Some(address) => drop(listening.send(address.to_owned())),
                None => log += &format!("{line}\n"),
            }
        }
        drop(listening);
        let _ = logged.send(log);
    });
    let mut seen = String::new();
    // A program that ends before it listens is shown as it is.
    if let Ok(address) = address.recv_timeout(LIMIT) {
        for exchange in exchanges {
            let answer = made(&address, exchange)
                .map_err(|error| format!("{}: {error}", exchange.request[0]))?;
            seen += &answer;
        }
    }
    let started = Instant::now();
    let end = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status.code().map_or(End::Killed, End::Exit),
            None if started.elapsed() > LIMIT => break End::Killed,
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    if end == End::Killed {
        let _ = child.kill();
    }
    let late = |_| "the program's pipes stay open".to_owned();
    Ok(Output {
        end,
        stdout: printing.recv_timeout(LIMIT).map_err(late)? + &seen,
        stderr: logging.recv_timeout(LIMIT).map_err(late)?,
    })
}

/// One exchange on a connection of its own, shown with the fields that are asked for.
fn made(address: &str, exchange: &Exchange) -> Result<String, String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(LIMIT)).map_err(failed)?;
    stream.set_write_timeout(Some(LIMIT)).map_err(failed)?;
    let (first, fields) = exchange.request.split_first().ok_or("no request")?;
    let mut request = format!("{first} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
    for field in fields {
        request += &format!("{field}\r\n");
    }
    let body = exchange.body.join("\n");
    if !body.is_empty() {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    request += &format!("\r\n{body}");
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no whole answer")?;
    let mut head = head.lines();
    let status = head.next().and_then(|line| line.split(' ').nth(1));
    let found: Vec<(String, &str)> = head
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let mut text = format!("{first}\n> {}\n", status.unwrap_or("no status"));
    let mut shown: Vec<&str> = Vec::new();
    for (name, _) in &exchange.fields {
        if shown.contains(&name.as_str()) {
            continue;
        }
        shown.push(name);
        let mut values = found.iter().filter(|(known, _)| known == name).peekable();
        if values.peek().is_none() {
            text += &field(name, None);
        }
        for (_, value) in values {
            text += &field(name, Some(value));
        }
    }
    for line in body.lines() {
        text += &format!(">| {line}\n");
    }
    Ok(text)
}

#[test]
fn blocks_are_exchanges() {
    let block =
        "POST /a\nX: 1\n| one\n| two\n> 200\n> Set-Cookie: a=b\n> !x\n>| ok\n\nGET /\n> 404\n";
    let found = exchanges(block).expect("it reads");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].request, ["POST /a", "X: 1"]);
    assert_eq!(found[0].body, ["one", "two"]);
    assert_eq!(
        expected(&found),
        "POST /a\n> 200\n> set-cookie: a=b\n> !x\n>| ok\nGET /\n> 404\n"
    );
    for block in ["GET /\n", "> 200\n", "GET /\n> 200\n> what\n"] {
        assert!(exchanges(block).is_err(), "{block}");
    }
}
