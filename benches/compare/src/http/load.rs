//! Load: connections that are kept open, each asking the same again as soon as it has its answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer is larger.
const MOST: usize = 64 * 1024;
/// A server that does not answer for so long has failed.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Asked<'r> {
    pub address: SocketAddr,
    pub request: &'r [u8],
    pub connections: usize,
}

pub struct Answers {
    pub elapsed: Duration,
    /// Microseconds from the first byte sent to the last byte read, of every request.
    pub latencies: Vec<f64>,
    /// What every answer's body was.
    pub body: Vec<u8>,
}

/// Asks for `long`. Every answer must be a 200 with the same body.
pub fn ask(asked: &Asked, long: Duration) -> Result<Answers, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?
        .block_on(async {
            let start = Instant::now();
            let until = start + long;
            let connections: Vec<_> = (0..asked.connections.max(1))
                .map(|_| tokio::spawn(connection(asked.address, asked.request.to_vec(), until)))
                .collect();
            let mut all: Option<Answers> = None;
            for task in connections {
                let (latencies, body) = timeout(long + PATIENCE, task)
                    .await
                    .map_err(|_| "does not answer".to_owned())?
                    .map_err(|error| error.to_string())??;
                match &mut all {
                    None => {
                        all = Some(Answers {
                            elapsed: Duration::ZERO,
                            latencies,
                            body,
                        });
                    }
                    Some(all) if all.body == body => all.latencies.extend(latencies),
                    Some(_) => return Err("answers differ".to_owned()),
                }
            }
            let mut all = all.ok_or("nothing was asked")?;
            all.elapsed = start.elapsed();
            Ok(all)
        })
}

async fn connection(
    address: SocketAddr,
    request: Vec<u8>,
    until: Instant,
) -> Result<(Vec<f64>, Vec<u8>), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let (mut latencies, mut body) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; MOST];
    loop {
        let start = Instant::now();
        stream.write_all(&request).await.map_err(failed)?;
        let mut filled = 0;
        let from = loop {
            let count = stream.read(&mut buffer[filled..]).await.map_err(failed)?;
            if count == 0 {
                return Err("closed the connection".to_owned());
            }
            filled += count;
            if let Some(from) = complete(&buffer[..filled])? {
                break from;
            }
        };
        let end = Instant::now();
        latencies.push((end - start).as_secs_f64() * 1e6);
        if latencies.len() == 1 {
            body = buffer[from..filled].to_vec();
        } else if body != buffer[from..filled] {
            return Err("answers differ".to_owned());
        }
        if end >= until {
            return Ok((latencies, body));
        }
    }
}

/// Where the body of a response begins, once all of it is there.
fn complete(response: &[u8]) -> Result<Option<usize>, String> {
    let Some(head) = response.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&response[..head]);
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200") {
        return Err(format!("answered {status:?}"));
    }
    let length: usize = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or("answers without a length")?;
    let end = head + 4 + length;
    if end > MOST || response.len() > end {
        return Err(format!("answered {} bytes, {end} were due", response.len()));
    }
    Ok((response.len() == end).then_some(head + 4))
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn an_answer_ends_with_its_length() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\n";
        let with = |body: &[u8]| [head, body].concat();
        assert_eq!(complete(&head[..20]), Ok(None));
        assert_eq!(complete(&with(b"o")), Ok(None));
        assert_eq!(complete(&with(b"ok")), Ok(Some(head.len())));
        assert!(complete(&with(b"okay")).is_err());
        assert!(complete(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").is_err());
        assert!(complete(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
