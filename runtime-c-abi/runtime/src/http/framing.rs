//! Where requests of a connection begin and end, seen beside the protocol library: it forgives framing that proxies read in another
//! way, and does not say how far a request has come.

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// The first byte of a request.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body.
    Body,
}

/// No field that matters here is longer than this, name and value.
const MAX_FIELD: usize = 64;

enum State {
    /// Before a request line; empty lines are skipped.
    Start,
    Fields,
    /// So many bytes of a body of known length.
    Body(u64),
    ChunkSize,
    /// So many bytes of a chunk and its line end.
    Chunk(u64),
    Trailers,
    /// Not understood, or refused: nothing after it is a request.
    Lost,
}

/// Follows the bytes that a client sends.
pub struct Framing {
    state: State,
    /// The beginning of the line being read.
    line: Vec<u8>,
    /// Bytes of the line that are not in `line`.
    cut: bool,
    lengths: u32,
    length: u64,
    codings: u32,
    is_ambiguous: bool,
    heads: u64,
    refused_from: u64,
}

impl Framing {
    pub fn new() -> Framing {
        Framing {
            state: State::Start,
            line: Vec::with_capacity(MAX_FIELD),
            cut: false,
            lengths: 0,
            length: 0,
            codings: 0,
            is_ambiguous: false,
            heads: 0,
            refused_from: u64::MAX,
        }
    }

    /// Complete heads so far.
    pub fn heads(&self) -> u64 {
        self.heads
    }

    /// Number, from 1, of the first request whose framing can be read in two ways.
    pub fn refused_from(&self) -> u64 {
        self.refused_from
    }

    pub fn phase(&self) -> Phase {
        match self.state {
            State::Start if self.line.is_empty() => Phase::Idle,
            State::Start | State::Fields => Phase::Head,
            State::Lost => Phase::Idle,
            _ => Phase::Body,
        }
    }

    /// Takes the next bytes in.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.state {
                State::Lost => return,
                State::Body(left) | State::Chunk(left) => {
                    let taken = left.min(bytes.len() as u64);
                    bytes = bytes.get(taken as usize..).unwrap_or_default();
                    let left = left - taken;
                    self.state = match self.state {
                        State::Chunk(_) if left == 0 => State::ChunkSize,
                        State::Chunk(_) => State::Chunk(left),
                        _ if left == 0 => State::Start,
                        _ => State::Body(left),
                    };
                }
                _ => match bytes.iter().position(|&byte| byte == b'\n') {
                    Some(end) => {
                        let (line, rest) = bytes.split_at(end);
                        self.push(line);
                        bytes = rest.get(1..).unwrap_or_default();
                        let line = std::mem::take(&mut self.line);
                        self.line_ended(line.strip_suffix(b"\r").unwrap_or(&line));
                        self.line = line;
                        self.line.clear();
                        self.cut = false;
                    }
                    None => {
                        self.push(bytes);
                        return;
                    }
                },
            }
        }
    }

    fn push(&mut self, part: &[u8]) {
        let room = MAX_FIELD - self.line.len();
        self.cut |= part.len() > room;
        self.line
            .extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn line_ended(&mut self, line: &[u8]) {
        match self.state {
            State::Start if !line.is_empty() => {
                self.state = State::Fields;
                (self.lengths, self.length, self.codings) = (0, 0, 0);
                self.is_ambiguous = false;
            }
            State::Fields if line.is_empty() => self.head_ended(),
            State::Fields => self.field(line),
            State::ChunkSize => {
                let digits = line.split(|&byte| b"; \t".contains(&byte)).next();
                let size = digits
                    .and_then(|digits| std::str::from_utf8(digits).ok())
                    .and_then(|digits| u64::from_str_radix(digits, 16).ok());
                self.state = match size.map(|size| (size, size.checked_add(2))) {
                    Some((0, _)) => State::Trailers,
                    Some((_, Some(size))) => State::Chunk(size),
                    _ => self.lose(self.heads + 1),
                };
            }
            State::Trailers if line.is_empty() => self.state = State::Start,
            _ => {}
        }
    }

    fn field(&mut self, line: &[u8]) {
        let mut parts = line.splitn(2, |&byte| byte == b':');
        let name = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            self.lengths += 1;
            let value = std::str::from_utf8(value).ok();
            match value.and_then(|value| value.parse().ok()) {
                Some(length) if !self.cut => self.length = length,
                _ => self.is_ambiguous = true,
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.codings += 1;
            self.is_ambiguous |= self.cut || !value.eq_ignore_ascii_case(b"chunked");
        }
    }

    fn head_ended(&mut self) {
        self.heads += 1;
        self.state = if self.is_ambiguous || self.lengths + self.codings > 1 {
            self.lose(self.heads)
        } else if self.codings == 1 {
            State::ChunkSize
        } else if self.length > 0 {
            State::Body(self.length)
        } else {
            State::Start
        };
    }

    fn lose(&mut self, request: u64) -> State {
        self.refused_from = self.refused_from.min(request);
        State::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the bytes whole and one by one; both must see the same.
    fn fed(bytes: &str) -> (u64, u64, Phase) {
        let seen = |framing: &Framing| (framing.heads(), framing.refused_from(), framing.phase());
        let mut whole = Framing::new();
        whole.feed(bytes.as_bytes());
        let mut split = Framing::new();
        for byte in bytes.as_bytes() {
            split.feed(&[*byte]);
        }
        assert_eq!(seen(&whole), seen(&split), "{bytes:?}");
        seen(&whole)
    }

    fn post(fields: &str, body: &str) -> String {
        format!("POST /a HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}")
    }

    #[test]
    fn requests_are_counted_over_their_bodies() {
        let clear = u64::MAX;
        let inner = post("", "");
        assert_eq!(fed(""), (0, clear, Phase::Idle));
        assert_eq!(fed("\r\n\r\n"), (0, clear, Phase::Idle));
        assert_eq!(fed("GE"), (0, clear, Phase::Head));
        assert_eq!(fed("GET / HTTP/1.1\r\nHost"), (0, clear, Phase::Head));
        assert_eq!(fed(&post("", &inner)), (2, clear, Phase::Idle));
        let length = format!("content-length:{}\r\n", inner.len());
        assert_eq!(fed(&post(&length, &inner)), (1, clear, Phase::Idle));
        assert_eq!(
            fed(&post("Content-Length: 9\r\n", "1234")),
            (1, clear, Phase::Body)
        );
        let chunks = format!("{:x};a=b\r\n{inner}\r\n0\r\nT: t\r\n\r\n", inner.len());
        assert_eq!(
            fed(&post(
                "TRANSFER-ENCODING: Chunked\r\n",
                &format!("{chunks}{inner}")
            )),
            (2, clear, Phase::Idle)
        );
    }

    #[test]
    fn framing_with_two_readings_is_refused() {
        for fields in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\ncontent-length: 5\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 5, 5\r\n",
            "Content-Length: 5                                                          6\r\n",
            "Transfer-Encoding: gzip, chunked\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        ] {
            let second = post(fields, "0\r\n\r\n");
            assert_eq!(fed(&second).1, 1, "{fields:?}");
            let first = post("", "");
            assert_eq!(fed(&format!("{first}{second}")).1, 2, "{fields:?}");
        }
        let unreadable = post("Transfer-Encoding: chunked\r\n", "zz\r\n");
        assert_eq!(fed(&unreadable), (1, 2, Phase::Idle));
    }
}
