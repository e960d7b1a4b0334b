//! From a request of the protocol to an answer.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::header::HOST;
use hyper::{Request, Response, Version};

use crate::fault::push_json_string;
use crate::http::answer::Answer;
use crate::http::router::Found;
use crate::http::server::Shared;
use crate::http::{handler, request_id};
use crate::memory::buffer::Buffer;
use crate::process::output;

/// Methods that routes can have.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let started = (shared.settings.log_requests || shared.settings.metrics).then(Instant::now);
    let id = request_id::of(request.headers());
    let answer = match refused(&shared, &request) {
        Some(answer) => answer,
        None => route(&shared, &request, &id).await,
    };
    if let Some(started) = started {
        show_request(&shared, &request, &id, &answer, started);
    }
    shared.count_request();
    answer.into_response(&id)
}

/// Requests that no route should see.
fn refused(shared: &Shared, request: &Request<Incoming>) -> Option<Answer> {
    let headers = request.headers();
    let hosts = headers.get_all(HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Some(Answer::bad_request("exactly one Host is required"));
    }
    if request.body().size_hint().lower() > shared.settings.max_body {
        return Some(Answer::error(413, "payload_too_large", "payload too large"));
    }
    None
}

async fn route(shared: &Shared, request: &Request<Incoming>, id: &str) -> Answer {
    let method = request.method().as_str();
    if method == "OPTIONS" && request.uri().path() == "*" {
        return Answer::options(format!("{}, HEAD, OPTIONS", METHODS.join(", ")));
    }
    match shared.router.find(method.as_bytes(), request.uri().path()) {
        Found::Route(route, parameters) => {
            let (run, show_faults) = (route.run, shared.settings.show_faults);
            if !route.blocks {
                return handler::run(run, parameters, id, show_faults);
            }
            let id = id.to_owned();
            let work = move || handler::run(run, parameters, &id, show_faults);
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
    request: &Request<Incoming>,
    id: &str,
    answer: &Answer,
    started: Instant,
) {
    let milliseconds = started.elapsed().as_millis() as i64;
    let mut common = Buffer::new();
    common.push(b",\"method\":");
    push_json_string(&mut common, request.method().as_str().as_bytes());
    let mut rest = Buffer::new();
    rest.push(b",\"path\":");
    let target = request
        .uri()
        .path_and_query()
        .map_or("", |path| path.as_str());
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
