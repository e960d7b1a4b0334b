//! The socket of a connection: what passes through it is watched, and refusals of the protocol library get the server's form.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::http::answer::Answer;
use crate::http::framing::{Framing, Phase};
use crate::http::request;
use crate::http::server::Shared;

/// How far a connection has come. Only its own tasks use it, one at a time.
pub struct Progress {
    phase: AtomicU8,
    heads: AtomicU64,
    refused_from: AtomicU64,
    /// Requests that have been handed to the server's code.
    begun: AtomicU64,
    /// Those that have been answered.
    answered: AtomicU64,
    /// Pieces that the socket took.
    sent: AtomicU64,
}

/// What a connection is doing, for its deadlines; a change is a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub phase: Phase,
    /// A request is with the server's code: its time is not the client's.
    pub is_handling: bool,
    heads: u64,
    answered: u64,
    sent: u64,
}

impl Moment {
    /// Not even a first head is complete.
    pub fn is_fresh(&self) -> bool {
        self.heads == 0
    }
}

impl Progress {
    pub fn new() -> Progress {
        Progress {
            phase: AtomicU8::new(Phase::Idle as u8),
            heads: AtomicU64::new(0),
            refused_from: AtomicU64::new(u64::MAX),
            begun: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            sent: AtomicU64::new(0),
        }
    }

    /// A request reaches the server's code. False when it must be refused, and the connection closed.
    pub fn begin(&self) -> bool {
        self.begun.fetch_add(1, Relaxed) + 1 < self.refused_from.load(Relaxed)
    }

    pub fn answered(&self) {
        self.answered.fetch_add(1, Relaxed);
    }

    pub fn moment(&self) -> Moment {
        let phase = self.phase.load(Relaxed);
        let answered = self.answered.load(Relaxed);
        Moment {
            phase: match phase {
                _ if phase == Phase::Head as u8 => Phase::Head,
                _ if phase == Phase::Body as u8 => Phase::Body,
                _ => Phase::Idle,
            },
            is_handling: self.begun.load(Relaxed) > answered,
            heads: self.heads.load(Relaxed),
            answered,
            sent: self.sent.load(Relaxed),
        }
    }

    fn read(&self, framing: &Framing) {
        self.phase.store(framing.phase() as u8, Relaxed);
        self.heads.store(framing.heads(), Relaxed);
        self.refused_from.store(framing.refused_from(), Relaxed);
    }
}

pub struct Watched {
    stream: TcpStream,
    framing: Framing,
    progress: Arc<Progress>,
    shared: Arc<Shared>,
    /// A refusal on its way out.
    refusal: Vec<u8>,
    refusal_sent: usize,
}

impl Watched {
    pub fn new(stream: TcpStream, progress: Arc<Progress>, shared: Arc<Shared>) -> Watched {
        Watched {
            stream,
            framing: Framing::new(),
            progress,
            shared,
            refusal: Vec::new(),
            refusal_sent: 0,
        }
    }

    /// Tells a client that was too slow, if the socket takes it at once.
    pub fn refuse_slow(&self) {
        let answer = Answer::error(408, "request_timeout", "request timeout");
        let message = request::refusal(&self.shared, "Request Timeout", &answer);
        // Whoever does not read loses the explanation.
        let _ = self.stream.try_write(&message);
    }

    /// When the bytes end in the library's own refusal, which has no body: keeps what is to be sent instead.
    fn take_refusal(&mut self, bytes: &[u8]) -> bool {
        let Some((at, status, reason)) = bare_refusal(bytes) else {
            return false;
        };
        let answer = match status {
            431 | 414 => Answer::error(status, "header_too_large", "request header too large"),
            _ => Answer::error(status, "bad_request", "malformed request"),
        };
        let message = request::refusal(&self.shared, reason, &answer);
        self.refusal
            .extend_from_slice(bytes.get(..at).unwrap_or_default());
        self.refusal.extend_from_slice(&message);
        true
    }

    fn send_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.refusal.get(self.refusal_sent..)
            && !rest.is_empty()
        {
            match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.refusal_sent += count,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Where in the bytes the library's refusal starts, with its status and reason.
fn bare_refusal(bytes: &[u8]) -> Option<(usize, u16, &str)> {
    const START: &[u8] = b"HTTP/1.1 4";
    const FIELDS: &[u8] = b"\r\nconnection: close\r\ncontent-length: 0\r\ndate: ";
    /// More than a refusal has.
    const LONGEST: usize = 192;
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let tail = bytes.get(from..)?;
    let at = tail.windows(START.len()).rposition(|part| part == START)?;
    let head = tail.get(at..)?;
    let line_end = head.iter().position(|&byte| byte == b'\r')?;
    if !head.get(line_end..)?.starts_with(FIELDS) {
        return None;
    }
    let status = std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()?;
    let reason = std::str::from_utf8(head.get(13..line_end)?).ok()?;
    Some((from + at, status, reason))
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let known = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        this.framing
            .feed(buffer.filled().get(known..).unwrap_or_default());
        this.progress.read(&this.framing);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.send_refusal(context))?;
        if this.take_refusal(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let count = ready!(Pin::new(&mut this.stream).poll_write(context, bytes))?;
        this.progress.sent.fetch_add(1, Relaxed);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let last = pieces.iter().rfind(|piece| !piece.is_empty());
        if last.is_some_and(|last| bare_refusal(last).is_some()) {
            let bytes: Vec<u8> = pieces
                .iter()
                .flat_map(|piece| piece.iter().copied())
                .collect();
            return self.poll_write(context, &bytes);
        }
        let this = &mut *self;
        ready!(this.send_refusal(context))?;
        let count = ready!(Pin::new(&mut this.stream).poll_write_vectored(context, pieces))?;
        this.progress.sent.fetch_add(1, Relaxed);
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.send_refusal(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.send_refusal(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_without_a_body_are_recognised() {
        let refusal = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: D\r\n\r\n";
        assert_eq!(
            bare_refusal(refusal),
            Some((0, 431, "Request Header Fields Too Large"))
        );
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ndate: D\r\n\r\nok";
        let both = [answer.as_slice(), refusal].concat();
        assert_eq!(bare_refusal(&both).map(|found| found.0), Some(answer.len()));
        assert_eq!(bare_refusal(answer), None);
        let own = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 0\r\ndate: D\r\n\r\n";
        assert_eq!(bare_refusal(own), None);
    }
}
