//! The server over loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use crate::command;

struct Server {
    child: Child,
    log: BufReader<ChildStderr>,
    address: String,
}

impl Server {
    fn start(variables: &[(&str, &str)]) -> Server {
        let mut child = command("service", &[])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("child");
        let mut log = BufReader::new(child.stderr.take().expect("pipe"));
        let mut line = String::new();
        log.read_line(&mut line).expect("log");
        let address = line
            .trim_end()
            .strip_prefix("listening: http://")
            .expect("address")
            .to_owned();
        Server {
            child,
            log,
            address,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("connection");
        // Far more than any answer takes; a hanging server fails the test instead of hanging it.
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("timeout");
        stream
    }

    fn signal(&self, signal: i32) {
        // SAFETY: our own child.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// Exit code, standard output and the rest of the log.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut log = String::new();
        self.log.read_to_string(&mut log).expect("log");
        let output = self.child.wait_with_output().expect("end");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), printed, log)
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn send(stream: &mut TcpStream, request: &str) {
    stream.write_all(request.as_bytes()).expect("request");
}

/// Reads one answer with a `Content-Length`, or without a body.
fn receive(stream: &mut TcpStream, has_body: bool) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("head");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("ASCII").to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; if has_body { length } else { 0 }];
    stream.read_exact(&mut body).expect("body");
    Answer {
        status: head[9..12].parse().expect("status"),
        head,
        body: String::from_utf8(body).expect("UTF-8"),
    }
}

fn get(stream: &mut TcpStream, path: &str) -> Answer {
    request(stream, "GET", path, "")
}

fn request(stream: &mut TcpStream, method: &str, path: &str, fields: &str) -> Answer {
    send(
        stream,
        &format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{fields}\r\n"),
    );
    receive(stream, method != "HEAD")
}

pub fn all() {
    answers();
    refusals();
    slow_clients();
    stops_after_the_wanted_number();
    drains_on_a_signal();
}

fn answers() {
    let server = Server::start(&[("FUSE_REQUEST_LOG", "structured")]);
    let mut stream = server.connect();
    // One connection for all of them: keep-alive.
    let health = request(&mut stream, "GET", "/health?x=1", "X-Request-Id: abc-1\r\n");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, "{\"status\":\"ok\"}")
    );
    for field in [
        "content-type: application/json\r\n",
        "x-request-id: abc-1\r\n",
        "date: ",
    ] {
        assert!(health.head.contains(field), "{}", health.head);
    }
    assert_eq!(
        get(&mut stream, "/hello/a%20%22%C3%A9").body,
        "{\"hello\":\"a \\\"é\"}"
    );
    assert_eq!(get(&mut stream, "/square/12/").body, "144");
    let wrong = get(&mut stream, "/square/x");
    assert_eq!(wrong.status, 400);
    assert!(
        wrong
            .body
            .contains("\"message\":\"invalid Int: x\",\"path\":\"n\""),
        "{}",
        wrong.body
    );
    let fault = get(&mut stream, "/fault");
    assert_eq!(fault.status, 500);
    assert_eq!(
        fault.body,
        "{\"error\":{\"code\":\"internal_error\",\"message\":\"internal error\"}}"
    );
    let raised = request(&mut stream, "POST", "/missing", "");
    assert_eq!(raised.status, 404);
    assert!(raised.body.contains("\"none\""));
    let head = request(&mut stream, "HEAD", "/health", "");
    assert!(head.head.contains("content-length: 15\r\n"));
    // Two at once: pipelining.
    send(
        &mut stream,
        "GET /square/2 HTTP/1.1\r\nHost: t\r\n\r\nGET /square/3 HTTP/1.1\r\nHost: t\r\n\r\n",
    );
    assert_eq!(receive(&mut stream, true).body, "4");
    assert_eq!(receive(&mut stream, true).body, "9");
    drop(stream);
    server.signal(libc::SIGINT);
    let (code, printed, log) = server.end();
    assert_eq!((code, printed.as_str()), (Some(0), "after\n"));
    assert!(
        log.contains("index out of bounds\n  at src/main.fuse:3:7 in half\n"),
        "{log}"
    );
    assert!(log.contains("\"event\":\"http.request\",\"method\":\"GET\",\"path\":\"/health?x=1\",\"request_id\":\"abc-1\",\"response_bytes\":15,\"runtime\":\"native\",\"status\":200}\n"), "{log}");
    assert!(
        log.ends_with("shutdown: runtime=native signal=SIGINT handled_requests=9\n"),
        "{log}"
    );
}

fn refusals() {
    let server = Server::start(&[("FUSE_HTTP_MAX_BODY", "10")]);
    let one = |method: &str, path: &str, fields: &str| {
        let answer = request(&mut server.connect(), method, path, fields);
        (answer.status, answer.head, answer.body)
    };
    let (status, head, body) = one("DELETE", "/health", "");
    assert_eq!(status, 405);
    assert!(head.contains("allow: get, head, options\r\n"), "{head}");
    assert!(body.contains("method_not_allowed"));
    let (status, head, _) = one("OPTIONS", "/missing", "");
    assert_eq!(status, 204);
    assert!(head.contains("allow: post, options\r\n"), "{head}");
    assert_eq!(one("OPTIONS", "*", "").0, 204);
    assert_eq!(one("BREW", "/nothing", "").0, 405);
    assert_eq!(one("GET", "/nothing", "").0, 404);
    assert_eq!(one("GET", "/hello/%zz", "").0, 400);
    assert_eq!(one("GET", "/hello/%00", "").0, 400);
    assert_eq!(one("POST", "/missing", "Content-Length: 11\r\n").0, 413);
    assert_eq!(
        one(
            "POST",
            "/missing",
            "Content-Length: 1\r\nContent-Length: 2\r\n"
        )
        .0,
        400
    );
    let many = "A: b\r\n".repeat(200);
    let long = format!("A: {}\r\n", "b".repeat(20_000));
    for fields in [&many, &long] {
        let (status, head, body) = one("GET", "/health", fields);
        assert_eq!(status, 431);
        assert!(body.contains("\"header_too_large\""), "{body}");
        assert!(head.contains("x-request-id: req-"), "{head}");
    }
    for fields in [
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
    ] {
        let (status, head, body) = one("POST", "/missing", fields);
        assert_eq!(status, 400, "{fields:?}");
        assert!(head.contains("connection: close\r\n"), "{head}");
        assert!(body.contains("\"bad_request\""), "{body}");
    }
    for text in ["GET /health HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n"] {
        let mut stream = server.connect();
        send(&mut stream, text);
        let answer = receive(&mut stream, true);
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("\"bad_request\""), "{}", answer.body);
    }
    // A client that says it has nothing more to ask is answered.
    let mut stream = server.connect();
    send(&mut stream, "GET /square/5 HTTP/1.1\r\nHost: t\r\n\r\n");
    stream.shutdown(Shutdown::Write).expect("half closed");
    assert_eq!(receive(&mut stream, true).body, "25");
    server.signal(libc::SIGTERM);
    assert_eq!(server.end().0, Some(0));
}

/// Half a head is refused in time; no head at all ends without a word.
fn slow_clients() {
    let server = Server::start(&[
        ("FUSE_HTTP_HEAD_TIMEOUT_MS", "20"),
        ("FUSE_HTTP_IDLE_TIMEOUT_MS", "20"),
    ]);
    let mut stream = server.connect();
    send(&mut stream, "GET /hea");
    let answer = receive(&mut stream, true);
    assert_eq!(answer.status, 408);
    assert!(
        answer.body.contains("\"request_timeout\""),
        "{}",
        answer.body
    );
    let mut rest = Vec::new();
    let mut silent = server.connect();
    silent.read_to_end(&mut rest).expect("end");
    assert_eq!(rest, b"");
    server.signal(libc::SIGTERM);
    assert_eq!(server.end().0, Some(0));
}

fn stops_after_the_wanted_number() {
    let server = Server::start(&[("FUSE_MAX_REQUESTS", "3"), ("FUSE_SERVICE", "Api")]);
    let mut stream = server.connect();
    for number in 1..=3 {
        let answer = get(&mut stream, &format!("/square/{number}"));
        assert_eq!(answer.body, (number * number).to_string());
    }
    let (code, printed, log) = server.end();
    assert_eq!(
        (code, printed.as_str(), log.as_str()),
        (Some(0), "after\n", "")
    );
}

/// An idle connection does not keep the server alive, and a second signal does not wait for a busy one.
fn drains_on_a_signal() {
    let server = Server::start(&[("FUSE_HTTP_DRAIN_MS", "3600000")]);
    let mut idle = server.connect();
    assert_eq!(get(&mut idle, "/health").status, 200);
    // Nor do connections that have not asked anything, or not all of it; the drain time would be seen as a hanging test.
    let _silent = server.connect();
    let mut slow = server.connect();
    send(&mut slow, "GET /hea");
    server.signal(libc::SIGTERM);
    let (code, _, log) = server.end();
    assert_eq!(code, Some(0));
    assert_eq!(
        log,
        "shutdown: runtime=native signal=SIGTERM handled_requests=1\n"
    );

    let server = Server::start(&[]);
    let mut busy = server.connect();
    // Half a request keeps its connection open; the answer to a whole one shows that it has been accepted.
    assert_eq!(get(&mut busy, "/health").status, 200);
    send(&mut busy, "GET /health HTTP/1.1\r\nHos");
    server.signal(libc::SIGTERM);
    let mut log = String::new();
    server.signal(libc::SIGTERM);
    let Server {
        mut child,
        log: mut reader,
        ..
    } = server;
    reader.read_to_string(&mut log).expect("log");
    let code = child.wait().expect("end").code();
    // Both signals may arrive as one, and the connection may have been closed as idle: then the server drained.
    assert!(
        code == Some(128 + libc::SIGTERM) || log.contains("shutdown: "),
        "{code:?} {log}"
    );
}
