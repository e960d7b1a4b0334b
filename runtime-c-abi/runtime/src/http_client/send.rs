//! One exchange: connect, write, read, all of it before the deadline.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::request::Request;
use super::wire::{Phase, Wire};
use super::{Answer, Call, Failure};
use crate::process::environment::number_variable;

/// Bytes of a body that are read at most, unless `FUSE_HTTP_CLIENT_MAX_BODY` says otherwise.
const MAX_BODY: u64 = 16 * 1024 * 1024;
/// Bytes of a status line and header fields.
const MAX_HEAD: usize = 64 * 1024;
const MAX_FIELDS: usize = 100;
/// A day: longer times are as good as none, and dates do not overflow.
const LONGEST: u64 = 24 * 60 * 60 * 1000;

/// An exchange that failed, with what had come of the answer.
pub struct Broken {
    pub answer: Option<Answer>,
    pub failure: Failure,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Broken {
        Broken {
            answer: None,
            failure,
        }
    }
}

/// What a deadline interrupts: how far things are, and what has come of the answer.
struct Progress {
    phase: Rc<Cell<Phase>>,
    answer: Cell<Option<Answer>>,
}

pub fn send(call: &Call<'_>, request: &Request) -> Result<Answer, Broken> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(1)
        .build();
    let runtime = runtime
        .map_err(|error| request.failed("network_error", &format!("connect failed: {error}")))?;
    let progress = Progress {
        phase: Rc::new(Cell::new(Phase::Connect)),
        answer: Cell::new(None),
    };
    let result = runtime.block_on(async {
        let work = exchange(call, request, &progress);
        let limit = u64::try_from(call.timeout_ms).unwrap_or_default();
        if limit == 0 {
            return work.await;
        }
        let deadline = Instant::now() + Duration::from_millis(limit.min(LONGEST));
        match tokio::time::timeout_at(deadline, work).await {
            Ok(result) => result,
            Err(_) => {
                let phase = progress.phase.get().name();
                let text = format!("timed out during {phase} after {limit}ms");
                Err(Broken {
                    answer: progress.answer.take(),
                    failure: request.failed("timeout", &text),
                })
            }
        }
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    result
}

async fn exchange(
    call: &Call<'_>,
    request: &Request,
    progress: &Progress,
) -> Result<Answer, Broken> {
    let stream = connect(request).await?;
    // What is sent is sent whole; a socket that refuses is used all the same.
    let _ = stream.set_nodelay(true);
    let wire = Wire {
        stream,
        phase: progress.phase.clone(),
    };
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_FIELDS)
        .handshake(TokioIo::new(wire))
        .await
        .map_err(|error| broken(request, progress, &error))?;
    let talk = async {
        let response = sender
            .send_request(message(call, request))
            .await
            .map_err(|error| broken(request, progress, &error))?;
        read(request, progress, response).await
    };
    // The connection only moves while it is polled; what is wrong with it is told to those who wait for it.
    let (mut talk, mut connection) = (pin!(talk), pin!(connection));
    let mut ended = false;
    poll_fn(|context| {
        if !ended {
            ended = Pin::new(&mut connection).poll(context).is_ready();
        }
        talk.as_mut().poll(context)
    })
    .await
}

async fn connect(request: &Request) -> Result<TcpStream, Failure> {
    let place = (request.host.as_str(), request.port);
    let addresses = tokio::net::lookup_host(place).await.map_err(|error| {
        let message = format!("failed to resolve {}: {error}", request.host);
        Failure::new("network_error", message)
    })?;
    let mut reason = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => reason = error,
        }
    }
    Err(request.failed("network_error", &format!("connect failed: {reason}")))
}

fn message(call: &Call<'_>, request: &Request) -> hyper::Request<Full<Bytes>> {
    let body = Bytes::copy_from_slice(call.body.as_bytes());
    let length = body.len();
    let mut message = hyper::Request::new(Full::new(body));
    *message.method_mut() = request.method.clone();
    *message.uri_mut() = request.target.clone();
    let headers = message.headers_mut();
    if let Ok(authority) = HeaderValue::from_str(&request.authority) {
        headers.insert(HOST, authority);
    }
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    for (name, value) in &request.headers {
        headers.append(name, value.clone());
    }
    message
}

/// The whole answer. A body that does not come whole is none.
async fn read(
    request: &Request,
    progress: &Progress,
    response: hyper::Response<Incoming>,
) -> Result<Answer, Broken> {
    let limit = number_variable(b"FUSE_HTTP_CLIENT_MAX_BODY").unwrap_or(MAX_BODY);
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match headers.iter_mut().find(|(known, _)| known == name.as_str()) {
            Some((_, known)) => *known = value,
            None => headers.push((name.as_str().to_owned(), value)),
        }
    }
    progress.answer.set(Some(Answer {
        status: response.status().as_u16(),
        headers,
        body: Vec::new(),
    }));
    let mut incoming = response.into_body();
    let mut body = Vec::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| broken(request, progress, &error))?;
        if let Some(data) = frame.data_ref() {
            if (body.len() + data.len()) as u64 > limit {
                let text = format!("returned a body above {limit} bytes");
                return Err(Broken {
                    answer: progress.answer.take(),
                    failure: request.failed("invalid_response", &text),
                });
            }
            body.extend_from_slice(data);
        }
    }
    match progress.answer.take() {
        Some(answer) => Ok(Answer { body, ..answer }),
        None => Err(request
            .failed("invalid_response", "returned no answer")
            .into()),
    }
}

/// Why the library gave up.
fn broken(request: &Request, progress: &Progress, error: &hyper::Error) -> Broken {
    let answer = progress.answer.take();
    let invalid = |text: &str| request.failed("invalid_response", text);
    let failure = if error.is_parse_status() {
        invalid("returned an invalid status line")
    } else if answer.is_some() && (error.is_incomplete_message() || is_cut_short(error)) {
        invalid("returned an incomplete body")
    } else if answer.is_some() && cause(error).is_none() {
        invalid("returned an invalid body")
    } else if error.is_parse() || error.is_incomplete_message() {
        invalid("returned an invalid HTTP response")
    } else {
        let phase = progress.phase.get().name();
        let detail = cause(error).map_or_else(|| error.to_string(), io::Error::to_string);
        request.failed("network_error", &format!("{phase} failed: {detail}"))
    };
    Broken { answer, failure }
}

/// The error of the connection behind an error of the protocol.
fn cause(error: &hyper::Error) -> Option<&io::Error> {
    let source = std::error::Error::source(error)?;
    // What the library itself makes of a body has such a kind, and is no error of the connection.
    source.downcast_ref::<io::Error>().filter(|error| {
        !matches!(
            error.kind(),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
        )
    })
}

/// Whether the connection ended inside a body of known length or in chunks.
fn is_cut_short(error: &hyper::Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}
