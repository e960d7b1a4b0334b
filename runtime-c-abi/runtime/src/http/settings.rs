//! Limits and switches, from the environment.

use std::time::Duration;

use crate::process::environment::{number_variable, text_variable};
use crate::process::report;

/// A day: longer times are as good as none, and dates do not overflow.
const LONGEST: u64 = 24 * 60 * 60 * 1000;

#[derive(Clone, Debug)]
pub struct Settings {
    pub host: String,
    /// Stop after this many requests.
    pub max_requests: Option<u64>,
    /// Bytes of request line and header fields.
    pub max_head: usize,
    /// Bytes.
    pub max_body: u64,
    pub max_connections: usize,
    /// From the first byte of a head to its end.
    pub head_timeout: Duration,
    /// From the end of a head to the end of its body.
    pub body_timeout: Duration,
    /// Without a request, or without the client taking an answer.
    pub idle_timeout: Duration,
    /// How long open connections may take to finish when the server stops.
    pub drain: Duration,
    pub log_requests: bool,
    pub metrics: bool,
    /// Clients see what went wrong inside.
    pub show_faults: bool,
}

impl Settings {
    pub fn read() -> Settings {
        let milliseconds = |name: &[u8], default: u64| {
            Duration::from_millis(number_variable(name).unwrap_or(default).min(LONGEST))
        };
        Settings {
            host: text_variable(b"FUSE_HOST")
                .map(str::trim)
                .filter(|host| !host.is_empty())
                .unwrap_or("127.0.0.1")
                .to_owned(),
            max_requests: number_variable(b"FUSE_MAX_REQUESTS"),
            // The least that hyper takes.
            max_head: number_variable(b"FUSE_HTTP_MAX_HEAD")
                .unwrap_or(16 * 1024)
                .clamp(8 * 1024, 1024 * 1024) as usize,
            max_body: number_variable(b"FUSE_HTTP_MAX_BODY").unwrap_or(1024 * 1024),
            max_connections: number_variable(b"FUSE_HTTP_MAX_CONNECTIONS")
                .unwrap_or(10_000)
                .min(1_000_000) as usize,
            head_timeout: milliseconds(b"FUSE_HTTP_HEAD_TIMEOUT_MS", 10_000),
            body_timeout: milliseconds(b"FUSE_HTTP_BODY_TIMEOUT_MS", 30_000),
            idle_timeout: milliseconds(b"FUSE_HTTP_IDLE_TIMEOUT_MS", 60_000),
            drain: milliseconds(b"FUSE_HTTP_DRAIN_MS", 10_000),
            log_requests: logs_requests(),
            metrics: shows_metrics(),
            show_faults: text_variable(b"FUSE_DEV_MODE") == Some("1"),
        }
    }
}

/// `FUSE_REQUEST_LOG`; release executables have a default of their own for it.
pub fn logs_requests() -> bool {
    const ON: [&str; 4] = ["structured", "json", "1", "true"];
    if text_variable(b"FUSE_REQUEST_LOG").is_some() {
        return is_one_of(b"FUSE_REQUEST_LOG", &ON);
    }
    report::program().is_some_and(|program| program.release != 0)
        && is_one_of(b"FUSE_AOT_REQUEST_LOG_DEFAULT", &ON)
}

/// `FUSE_METRICS_HOOK`
pub fn shows_metrics() -> bool {
    is_one_of(b"FUSE_METRICS_HOOK", &["stderr"])
}

fn is_one_of(name: &[u8], words: &[&str]) -> bool {
    text_variable(name).is_some_and(|text| {
        words
            .iter()
            .any(|word| text.trim().eq_ignore_ascii_case(word))
    })
}
