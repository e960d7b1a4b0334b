//! Responses.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Response, StatusCode};

use crate::fault::error_json;
use crate::http::exchange::Added;
use crate::memory::buffer::Buffer;

pub const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What goes back to the client, before it is a message of the protocol.
pub struct Answer {
    pub status: u16,
    pub content_type: Option<HeaderValue>,
    pub body: Bytes,
    pub allow: Option<String>,
    /// The connection ends with this answer.
    pub close: bool,
    /// What the route asked for besides.
    pub added: Added,
}

impl Answer {
    pub fn json(status: u16, body: Bytes) -> Answer {
        Answer {
            status,
            content_type: Some(JSON),
            body,
            allow: None,
            close: false,
            added: Added::default(),
        }
    }

    /// An error of the server's own: `{"error":{"code":..,"message":..}}`.
    pub fn error(status: u16, code: &str, message: &str) -> Answer {
        let mut document = Buffer::new();
        error_json(&mut document, code.as_bytes(), message.as_bytes());
        Answer::json(status, Bytes::copy_from_slice(document.as_bytes()))
    }

    pub fn internal_error(message: &str) -> Answer {
        Answer::error(500, "internal_error", message)
    }

    pub fn not_found() -> Answer {
        Answer::error(404, "not_found", "not found")
    }

    pub fn bad_request(message: &str) -> Answer {
        Answer::error(400, "bad_request", message)
    }

    pub fn method_not_allowed(allow: Option<String>) -> Answer {
        Answer {
            allow,
            ..Answer::error(405, "method_not_allowed", "method not allowed")
        }
    }

    /// The answer to `OPTIONS`.
    pub fn options(allow: String) -> Answer {
        Answer {
            status: 204,
            content_type: None,
            body: Bytes::new(),
            allow: Some(allow),
            close: false,
            added: Added::default(),
        }
    }

    pub fn into_response(self, request_id: &str) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Some(content_type) = self.added.content_type.or(self.content_type) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if self.close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(allow) = self
            .allow
            .and_then(|allow| HeaderValue::try_from(allow).ok())
        {
            headers.insert(ALLOW, allow);
        }
        for (name, value) in self.added.fields {
            headers.append(name, value);
        }
        for (_, cookie) in self.added.cookies {
            headers.append(SET_COOKIE, cookie);
        }
        response
    }
}
