//! Many requests at once: each route and each of its tasks sees its own.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::project::{Project, Running};

const PROGRAM: &str = r#"requires network, time

fn name() -> String:
  return request.header("x-name") ?? "none"

service Api at "/":
  get "/" -> String:
    let first = spawn:
      name()
    let second = spawn:
      request.query("q") ?? "none"
    response.header("x-seen", name())
    response.cookie("name", name())
    let a = await first
    let b = await second
    return "${name()} ${a} ${b}"
  get "/waiting" -> String:
    time.sleep(1)
    response.header("x-seen", name())
    return name()

app "a":
  serve(0)
"#;

const CLIENTS: usize = 8;
const REQUESTS: usize = 40;

fn ask(address: &str, path: &str, name: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let limit = Some(Duration::from_secs(30));
    stream.set_read_timeout(limit).expect("a socket");
    let request = format!(
        "GET {path}?q={name} HTTP/1.1\r\nHost: a\r\nX-Name: {name}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn requests_do_not_see_each_other() {
    let project = Project::new(PROGRAM);
    project.build("release");
    let mut running = Running::start(project.program().env("FUSE_HOST", "127.0.0.1"));
    let line = running.wait_for("listening: ");
    let address = line.trim_end().trim_start_matches("listening: http://");
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                for number in 0..REQUESTS {
                    let name = format!("n{client}-{number}");
                    let answer = ask(address, "/", &name);
                    let seen = format!("x-seen: {name}\r\n");
                    assert!(answer.contains(&seen), "{name}: {answer}");
                    let cookie = format!("set-cookie: name={name};");
                    assert!(answer.contains(&cookie), "{name}: {answer}");
                    let body = format!("\"{name} {name} {name}\"");
                    assert!(answer.ends_with(&body), "{name}: {answer}");
                    let answer = ask(address, "/waiting", &name);
                    assert!(answer.contains(&seen), "{name}: {answer}");
                    assert!(answer.ends_with(&format!("\"{name}\"")), "{name}: {answer}");
                }
            });
        }
    });
    running.signal("TERM");
    let (exit, _, log) = running.end();
    assert_eq!(exit, Some(0), "{log}");
}
