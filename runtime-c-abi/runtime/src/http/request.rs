//! From a request of the protocol to an answer.

use std::mem::take;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{EXPECT, HOST};
use hyper::{HeaderMap, Request, Response, Version};

use crate::fault::push_json_string;
use crate::http::answer::Answer;
use crate::http::exchange::Question;
use crate::http::router::Found;
use crate::http::server::Shared;
use crate::http::{handler, request_id};
use crate::memory::buffer::Buffer;
use crate::process::output;

const TOO_LARGE: u16 = 413;
/// How much of a body that is too large is read and thrown away, as a multiple of the largest allowed.
const DISCARDED_BODIES: u64 = 8;
/// Methods that routes can have.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// `is_clear` is false when the framing of the request can be read in two ways.
pub async fn answer(
    shared: Arc<Shared>,
    mut request: Request<Incoming>,
    is_clear: bool,
) -> Response<Full<Bytes>> {
    let started = (shared.settings.log_requests || shared.settings.metrics).then(Instant::now);
    let id = request_id::of(request.headers());
    let asks_first = request.headers().contains_key(EXPECT);
    let answer = match refused(&shared, &request) {
        _ if !is_clear => Answer {
            close: true,
            ..Answer::bad_request("ambiguous message framing")
        },
        Some(answer) => answer,
        None => route(&shared, &mut request, &id).await,
    };
    if let Some(started) = started {
        let target = request.uri().path_and_query();
        let target = target.map_or("", |target| target.as_str());
        let milliseconds = started.elapsed().as_millis() as i64;
        let method = request.method().as_str();
        show_request(&shared, method, target, &id, &answer, milliseconds);
    }
    shared.count_request();
    // Who asks before sending a body has sent nothing yet.
    if answer.status == TOO_LARGE && !asks_first {
        let most = shared.settings.max_body.saturating_mul(DISCARDED_BODIES);
        tokio::spawn(discard(request.into_body(), most));
    }
    answer.into_response(&id)
}

/// The message that refuses a request which did not become one, counted and logged. The connection ends with it.
pub fn refusal(shared: &Shared, reason: &str, answer: &Answer) -> Vec<u8> {
    let id = request_id::of(&HeaderMap::new());
    if shared.settings.log_requests || shared.settings.metrics {
        show_request(shared, "", "", &id, answer, 0);
    }
    shared.count_request();
    let mut message = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\nx-request-id: {id}\r\nconnection: close\r\ncontent-length: {}\r\ndate: {}\r\n\r\n",
        answer.status,
        answer.body.len(),
        httpdate::fmt_http_date(SystemTime::now()),
    )
    .into_bytes();
    message.extend_from_slice(&answer.body);
    message
}

/// Requests that no route should see.
fn refused(shared: &Shared, request: &Request<Incoming>) -> Option<Answer> {
    let headers = request.headers();
    let hosts = headers.get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Some(Answer::bad_request("exactly one Host is required"));
    }
    if request.body().size_hint().lower() > shared.settings.max_body {
        return Some(payload_too_large());
    }
    None
}

/// Reads at most so many bytes of what is left of a body, while the answer is on its way: a client that is still sending would
/// otherwise find the connection reset instead of its answer. The connection's body timeout ends it too.
async fn discard(mut body: Incoming, most: u64) {
    let mut left = most;
    while let Some(Ok(frame)) = body.frame().await {
        let read = frame.data_ref().map_or(0, |data| data.len() as u64);
        match left.checked_sub(read) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// The whole body, or the answer to one that is too large or did not arrive.
async fn body_of(shared: &Shared, request: &mut Request<Incoming>) -> Result<Bytes, Answer> {
    let limit = usize::try_from(shared.settings.max_body).unwrap_or(usize::MAX);
    match Limited::new(request.body_mut(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(payload_too_large()),
        Err(_) => Err(Answer {
            close: true,
            ..Answer::bad_request("incomplete body")
        }),
    }
}

fn payload_too_large() -> Answer {
    Answer {
        close: true,
        ..Answer::error(TOO_LARGE, "payload_too_large", "payload too large")
    }
}

async fn route(shared: &Shared, request: &mut Request<Incoming>, id: &str) -> Answer {
    let method = request.method().clone();
    let method = method.as_str();
    if method == "OPTIONS" && request.uri().path() == "*" {
        return Answer::options(format!("{}, HEAD, OPTIONS", METHODS.join(", ")));
    }
    match shared.router.find(method.as_bytes(), request.uri().path()) {
        Found::Route(route, parameters) => {
            let (run, show_faults) = (route.run, shared.settings.show_faults);
            let body = if route.has_body {
                match body_of(shared, request).await {
                    Ok(body) => body,
                    Err(answer) => return answer,
                }
            } else {
                Bytes::new()
            };
            if !route.blocks {
                let question = Question {
                    parameters,
                    body,
                    headers: request.headers(),
                    query: request.uri().query(),
                    id,
                };
                return handler::run(run, question, show_faults);
            }
            let (headers, uri) = (take(request.headers_mut()), request.uri().clone());
            let id = id.to_owned();
            let work = move || {
                let question = Question {
                    parameters,
                    body,
                    headers: &headers,
                    query: uri.query(),
                    id: &id,
                };
                handler::run(run, question, show_faults)
            };
            match tokio::task::spawn_blocking(work).await {
                Ok(answer) => answer,
                Err(_) => Answer::internal_error("internal error"),
            }
        }
        Found::OtherMethods(allow) if method == "OPTIONS" => Answer::options(allow),
        Found::OtherMethods(allow) => Answer::method_not_allowed(Some(allow)),
        Found::Malformed => Answer::bad_request("malformed path"),
        Found::Nothing if method == "OPTIONS" || method == "HEAD" || METHODS.contains(&method) => {
            Answer::not_found()
        }
        Found::Nothing => {
            Answer::method_not_allowed(Some(format!("{}, HEAD, OPTIONS", METHODS.join(", "))))
        }
    }
}

/// The structured log line and the metrics line of a request.
fn show_request(
    shared: &Shared,
    method: &str,
    target: &str,
    id: &str,
    answer: &Answer,
    milliseconds: i64,
) {
    let mut common = Buffer::new();
    common.push(b",\"method\":");
    push_json_string(&mut common, method.as_bytes());
    let mut rest = Buffer::new();
    rest.push(b",\"path\":");
    push_json_string(&mut rest, target.as_bytes());
    rest.push(b",\"request_id\":");
    push_json_string(&mut rest, id.as_bytes());
    let mut lines = Buffer::new();
    if shared.settings.log_requests {
        lines.push(b"{\"duration_ms\":");
        lines.push_int(milliseconds);
        lines.push(b",\"event\":\"http.request\"");
        lines.push(common.as_bytes());
        lines.push(rest.as_bytes());
        lines.push(b",\"response_bytes\":");
        lines.push_int(answer.body.len() as i64);
        lines.push(b",\"runtime\":\"native\",\"status\":");
        lines.push_int(answer.status as i64);
        lines.push(b"}\n");
    }
    if shared.settings.metrics {
        lines.push(b"metrics: {\"duration_ms\":");
        lines.push_int(milliseconds);
        lines.push(common.as_bytes());
        lines.push(b",\"metric\":\"http.server.request\"");
        lines.push(rest.as_bytes());
        lines.push(b",\"runtime\":\"native\",\"status\":");
        lines.push_int(answer.status as i64);
        lines.push(b"}\n");
    }
    output::error(lines.as_bytes());
}
