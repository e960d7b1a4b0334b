//! The log line and the metrics line of an exchange.

use std::time::Instant;

use super::request::Request;
use super::{Answer, Failure};
use crate::fault::push_json_string;
use crate::http::settings::{logs_requests, shows_metrics};
use crate::memory::buffer::Buffer;
use crate::process::output;

/// The two lines there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Log,
    Metric,
}

pub struct Event {
    started: Instant,
    method: String,
    /// Without the query, which may hold secrets.
    url: String,
}

impl Event {
    pub fn begin(request: &Request) -> Event {
        Event {
            started: Instant::now(),
            method: request.method.as_str().to_owned(),
            url: format!("http://{}{}", request.authority, request.target.path()),
        }
    }

    pub fn end(&self, answer: Option<&Answer>, failure: Option<&Failure>) {
        let milliseconds = self.started.elapsed().as_millis() as i64;
        let mut lines = Buffer::new();
        if logs_requests() {
            lines.push(b"{");
            self.push(&mut lines, Kind::Log, milliseconds, answer, failure);
        }
        if shows_metrics() {
            lines.push(b"metrics: {");
            self.push(&mut lines, Kind::Metric, milliseconds, answer, failure);
        }
        if !lines.as_bytes().is_empty() {
            output::error(lines.as_bytes());
        }
    }

    /// Keys in byte order.
    fn push(
        &self,
        line: &mut Buffer,
        kind: Kind,
        milliseconds: i64,
        answer: Option<&Answer>,
        failure: Option<&Failure>,
    ) {
        line.push(b"\"duration_ms\":");
        line.push_int(milliseconds);
        line.push(b",\"error_code\":");
        match failure {
            Some(failure) => push_json_string(line, failure.code.as_bytes()),
            None => line.push(b"null"),
        }
        if kind == Kind::Log {
            line.push(b",\"event\":\"http.client.request\"");
        }
        line.push(b",\"method\":");
        push_json_string(line, self.method.as_bytes());
        if kind == Kind::Metric {
            line.push(b",\"metric\":\"http.client.request\"");
        }
        line.push(b",\"outcome\":");
        line.push(match failure {
            Some(_) => b"\"error\"",
            None => b"\"success\"",
        });
        line.push(b",\"response_bytes\":");
        line.push_int(answer.map_or(0, |answer| answer.body.len()) as i64);
        line.push(b",\"runtime\":\"native\",\"status\":");
        match answer {
            Some(answer) => line.push_int(i64::from(answer.status)),
            None => line.push(b"null"),
        }
        line.push(b",\"url\":");
        push_json_string(line, self.url.as_bytes());
        line.push(b"}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let event = Event {
            started: Instant::now(),
            method: "GET".to_owned(),
            url: "http://a/b".to_owned(),
        };
        let answer = Answer {
            status: 200,
            headers: Vec::new(),
            body: b"four".to_vec(),
        };
        let failure = Failure::new("timeout", String::new());
        let mut lines = Buffer::new();
        event.push(&mut lines, Kind::Log, 5, Some(&answer), None);
        event.push(&mut lines, Kind::Metric, 6, None, Some(&failure));
        assert_eq!(
            String::from_utf8_lossy(lines.as_bytes()),
            "\"duration_ms\":5,\"error_code\":null,\"event\":\"http.client.request\",\"method\":\"GET\",\
             \"outcome\":\"success\",\"response_bytes\":4,\"runtime\":\"native\",\"status\":200,\"url\":\"http://a/b\"}\n\
             \"duration_ms\":6,\"error_code\":\"timeout\",\"method\":\"GET\",\"metric\":\"http.client.request\",\
             \"outcome\":\"error\",\"response_bytes\":0,\"runtime\":\"native\",\"status\":null,\"url\":\"http://a/b\"}\n"
        );
    }
}
