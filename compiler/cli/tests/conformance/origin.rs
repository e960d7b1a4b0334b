//! Another server for examples: what it answers is written in an `origin` block, byte for byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::literate;

const LIMIT: Duration = Duration::from_secs(30);

/// Answers one connection after another, in the order of the scripts; further ones are closed at once.
pub struct Origin {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Origin {
    /// A script per connection, separated by `---` lines. A line is sent with CRLF behind it, `@text TEXT` without, `@hex PAIRS` is bytes, and
    /// `{request}` in a text is the request that came. `@wait MS` waits, `@hold` waits for the client to go.
    pub fn start(block: &str) -> Result<Origin, String> {
        let failed = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let scripts: Vec<String> = block.split("---\n").map(str::to_owned).collect();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = stopped.clone();
        let thread = thread::spawn(move || {
            let mut scripts = scripts.iter();
            for stream in listener.incoming() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                if let (Ok(stream), Some(script)) = (stream, scripts.next()) {
                    // A client that goes early is what some examples are about.
                    let _ = answer(stream, script);
                }
            }
        });
        Ok(Origin {
            address,
            stopped,
            thread: Some(thread),
        })
    }

    /// What the program finds it under.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, script: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.set_nodelay(true)?;
    let request = request(&stream)?;
    for line in script.lines() {
        if let Some(milliseconds) = line.strip_prefix("@wait ") {
            thread::sleep(Duration::from_millis(
                milliseconds.parse().unwrap_or_default(),
            ));
        } else if line == "@hold" {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest)?;
        } else if let Some(digits) = line.strip_prefix("@hex ") {
            stream.write_all(&literate::hex(digits).unwrap_or_default())?;
        } else {
            let (text, end) = match line.strip_prefix("@text ") {
                Some(text) => (text, ""),
                None => (line, "\r\n"),
            };
            let text = text.replace("{request}", &request) + end;
            stream.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}

/// Head and body as they came.
fn request(stream: &TcpStream) -> std::io::Result<String> {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            text += &line;
            break;
        }
        let field = line.to_ascii_lowercase();
        if let Some(value) = field.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
        text += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(text + &String::from_utf8_lossy(&body))
}
