//! The HTTP client behind `http.*`. The protocol is hyper's; ours are what a request may say, one deadline for all of it, and what is
//! kept of the answer.
//!
//! A call runs an event loop of its own and gives it up with the exchange: nothing is shared between calls.

mod event;
mod request;
mod rows;
mod send;
mod wire;

pub use rows::{
    fuse_http_end, fuse_http_error_status, fuse_http_failed, fuse_http_headers, fuse_http_send,
    fuse_http_status, fuse_http_text,
};

/// What a program asks for.
pub struct Call<'c> {
    /// Name of the function that was called.
    pub function: &'static str,
    /// As written.
    pub method: &'c str,
    pub url: &'c str,
    pub body: &'c str,
    pub headers: Vec<(&'c str, &'c str)>,
    pub timeout_ms: i64,
}

/// What came of an exchange.
pub struct Outcome {
    pub method: String,
    pub url: String,
    pub answer: Option<Answer>,
    pub failure: Option<Failure>,
}

/// What another server answered; names of headers are in lower case.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Why there is no good answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
}

impl Failure {
    pub fn new(code: &'static str, message: String) -> Failure {
        Failure { code, message }
    }
}

/// Checks the call, makes the exchange and reports it.
pub fn call(call: &Call<'_>) -> Outcome {
    let method = call.method.trim().to_ascii_uppercase();
    let failed = |answer, failure| Outcome {
        method: method.clone(),
        url: call.url.to_owned(),
        answer,
        failure: Some(failure),
    };
    let request = match request::check(call, &method) {
        Ok(request) => request,
        Err(failure) => return failed(None, failure),
    };
    let event = event::Event::begin(&request);
    let (answer, failure) = match send::send(call, &request) {
        Ok(answer) => {
            let is_good = (200..=299).contains(&answer.status);
            let failure = (!is_good).then(|| {
                let text = format!("returned status {}", answer.status);
                request.failed("http_status", &text)
            });
            (Some(answer), failure)
        }
        Err(send::Broken { answer, failure }) => (answer, Some(failure)),
    };
    event.end(answer.as_ref(), failure.as_ref());
    match failure {
        Some(failure) => failed(answer, failure),
        None => Outcome {
            method: call.method.to_owned(),
            url: call.url.to_owned(),
            answer,
            failure: None,
        },
    }
}
