//! What a call may ask for: everything is checked before anything is sent.

use hyper::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::{Method, Uri};

use super::{Call, Failure};

/// Fields that follow from the request and the connection.
const MANAGED: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// A request that can be sent.
pub struct Request {
    pub method: Method,
    /// What messages begin with: the method in lower case and the URL as written.
    subject: String,
    /// Without brackets.
    pub host: String,
    pub port: u16,
    /// Value of `Host`.
    pub authority: String,
    /// Path and query, encoded.
    pub target: Uri,
    /// Sorted by name.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Request {
    /// What went wrong with this request.
    pub fn failed(&self, code: &'static str, text: &str) -> Failure {
        Failure::new(code, format!("{} {text}", self.subject))
    }
}

/// `method` is in upper case.
pub fn check(call: &Call<'_>, method: &str) -> Result<Request, Failure> {
    let function = call.function;
    let invalid = |text: &str| Failure::new("invalid_request", format!("{function} {text}"));
    if method.is_empty() {
        return Err(invalid("requires a non-empty method"));
    }
    if method.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(invalid("rejects whitespace/control characters in method"));
    }
    let token = match Method::from_bytes(method.as_bytes()) {
        Ok(token) if token != Method::CONNECT => token,
        _ => return Err(invalid(&format!("does not support the method {method}"))),
    };
    let place = place(function, call.url)?;
    if call.timeout_ms < 0 {
        return Err(invalid("timeout_ms must be >= 0"));
    }
    Ok(Request {
        method: token,
        subject: format!("{} {}", method.to_ascii_lowercase(), call.url),
        host: place.host,
        port: place.port,
        authority: place.authority,
        target: place.target,
        headers: headers(call)?,
    })
}

struct Place {
    host: String,
    port: u16,
    authority: String,
    target: Uri,
}

/// Where a URL leads.
fn place(function: &str, url: &str) -> Result<Place, Failure> {
    let failed = |code, text: &str| Failure::new(code, format!("{function} {text}"));
    let invalid = |text: &str| failed("invalid_url", text);
    if url.trim().is_empty() {
        return Err(invalid("requires a non-empty URL"));
    }
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    let Some(rest) = url.strip_prefix("http://") else {
        return Err(match scheme.filter(|scheme| is_scheme(scheme)) {
            // Not built yet, and never without encryption.
            Some(scheme) => {
                let text = format!("does not support {scheme}:// URLs");
                failed("unsupported_scheme", &text)
            }
            None => invalid("requires an http:// or https:// URL"),
        });
    };
    let (authority, target) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.is_empty() {
        return Err(invalid("URL is missing a host"));
    }
    if authority.contains('@') {
        return Err(invalid("URL must not hold credentials"));
    }
    let (host, port) = host_and_port(authority).map_err(|text| invalid(&text))?;
    let authority = match (host.contains(':'), port) {
        (false, 80) => host.clone(),
        (false, port) => format!("{host}:{port}"),
        (true, 80) => format!("[{host}]"),
        (true, port) => format!("[{host}]:{port}"),
    };
    if target.contains(char::is_control) {
        return Err(invalid("rejects control characters in URL"));
    }
    let target = target.split('#').next().unwrap_or_default();
    let target = encoded(target).parse::<Uri>();
    let target = target.map_err(|error| invalid(&format!("URL has an invalid path: {error}")))?;
    Ok(Place {
        host,
        port,
        authority,
        target,
    })
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The host without brackets, and the port, 80 where none is written.
fn host_and_port(authority: &str) -> Result<(String, u16), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let inside = rest.split_once(']');
            let parsed = inside.and_then(|(address, after)| {
                let address: std::net::Ipv6Addr = address.parse().ok()?;
                Some((address.to_string(), after))
            });
            let Some((address, after)) = parsed else {
                return Err("URL has an invalid IPv6 host".to_owned());
            };
            let port = after.strip_prefix(':');
            if !after.is_empty() && port.is_none() {
                return Err("URL has an invalid host:port".to_owned());
            }
            (address, port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (authority.to_owned(), None),
        },
    };
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    let is_port = port.is_none_or(|port| !port.contains(':'));
    if host.is_empty() || !host.bytes().all(in_name) || !is_port {
        return Err("URL has an invalid host:port".to_owned());
    }
    let Some(port) = port else {
        return Ok((host, 80));
    };
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse().ok().filter(|_| digits) {
        Some(port) => Ok((host, port)),
        None => Err(format!("URL has an invalid port {port}")),
    }
}

/// Path and query with everything encoded that may not stand in them; escapes stay as they are.
fn encoded(target: &str) -> String {
    let mut encoded = String::with_capacity(target.len() + 1);
    if !target.starts_with('/') {
        encoded.push('/');
    }
    for byte in target.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn headers(call: &Call<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let function = call.function;
    let invalid = |text: &str| Failure::new("invalid_request", format!("{function} {text}"));
    let mut headers = Vec::new();
    for (written, value) in &call.headers {
        let name = written.trim();
        if name.is_empty() {
            return Err(invalid("headers require a non-empty name"));
        }
        if name.contains(|c: char| c.is_control() || c == ':') {
            return Err(invalid(
                "headers reject control characters and ':' in names",
            ));
        }
        if value.contains(['\r', '\n']) {
            return Err(invalid("headers reject CR/LF characters in values"));
        }
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            return Err(invalid(&format!("headers reject the name {name}")));
        };
        let Ok(value) = HeaderValue::from_str(value.trim_matches([' ', '\t'])) else {
            return Err(invalid("headers reject control characters in values"));
        };
        if MANAGED.contains(&name) {
            return Err(invalid(&format!("manages header {name} automatically")));
        }
        headers.push((name, value));
    }
    headers.sort_by(|(a, _), (b, _)| a.as_str().cmp(b.as_str()));
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(method: &str, url: &str, headers: &[(&str, &str)]) -> Result<Request, Failure> {
        let call = Call {
            function: "http.request",
            method,
            url,
            body: "",
            headers: headers.to_vec(),
            timeout_ms: 0,
        };
        check(&call, &method.trim().to_ascii_uppercase())
    }

    fn refused(method: &str, url: &str, headers: &[(&str, &str)]) -> (String, String) {
        match checked(method, url, headers) {
            Ok(request) => panic!("{url}: accepted as {}", request.target),
            Err(failure) => (failure.code.to_owned(), failure.message),
        }
    }

    #[test]
    fn places() {
        for (url, host, port, authority, target) in [
            ("http://a", "a", 80, "a", "/"),
            ("http://a:80/", "a", 80, "a", "/"),
            ("http://A.b:8080?q#f", "A.b", 8080, "A.b:8080", "/?q"),
            ("http://[::1]/x", "::1", 80, "[::1]", "/x"),
            ("http://[::1]:81/x", "::1", 81, "[::1]:81", "/x"),
            (
                "http://a/b c?d=\"é\"",
                "a",
                80,
                "a",
                "/b%20c?d=%22%C3%A9%22",
            ),
            ("http://a/%20?%zz", "a", 80, "a", "/%20?%zz"),
            ("http://a//b", "a", 80, "a", "//b"),
        ] {
            let request = checked(" get ", url, &[]).unwrap_or_else(|f| panic!("{url}: {f:?}"));
            let found = (
                request.host.as_str(),
                request.port,
                request.authority.as_str(),
                request.target.to_string(),
            );
            assert_eq!(found, (host, port, authority, target.to_owned()), "{url}");
            assert_eq!(request.method, Method::GET);
        }
    }

    #[test]
    fn what_is_not_sent() {
        let url = "http://a/";
        for (method, url, headers, code, message) in [
            (
                " ",
                url,
                &[][..],
                "invalid_request",
                "requires a non-empty method",
            ),
            (
                "G T",
                url,
                &[],
                "invalid_request",
                "rejects whitespace/control characters in method",
            ),
            (
                "connect",
                url,
                &[],
                "invalid_request",
                "does not support the method CONNECT",
            ),
            (
                "a(b",
                url,
                &[],
                "invalid_request",
                "does not support the method A(B",
            ),
            ("GET", " ", &[], "invalid_url", "requires a non-empty URL"),
            (
                "GET",
                "https://a/",
                &[],
                "unsupported_scheme",
                "does not support https:// URLs",
            ),
            (
                "GET",
                "HTTP://a/",
                &[],
                "unsupported_scheme",
                "does not support HTTP:// URLs",
            ),
            (
                "GET",
                "a/b",
                &[],
                "invalid_url",
                "requires an http:// or https:// URL",
            ),
            (
                "GET",
                "http:///x",
                &[],
                "invalid_url",
                "URL is missing a host",
            ),
            (
                "GET",
                "http://u:p@a/",
                &[],
                "invalid_url",
                "URL must not hold credentials",
            ),
            (
                "GET",
                "http://[::1/",
                &[],
                "invalid_url",
                "URL has an invalid IPv6 host",
            ),
            (
                "GET",
                "http://[::1]x/",
                &[],
                "invalid_url",
                "URL has an invalid host:port",
            ),
            (
                "GET",
                "http://a:b:1/",
                &[],
                "invalid_url",
                "URL has an invalid host:port",
            ),
            (
                "GET",
                "http://a b/",
                &[],
                "invalid_url",
                "URL has an invalid host:port",
            ),
            (
                "GET",
                "http://a\r\nx: y/",
                &[],
                "invalid_url",
                "URL has an invalid host:port",
            ),
            (
                "GET",
                "http://a:/",
                &[],
                "invalid_url",
                "URL has an invalid port ",
            ),
            (
                "GET",
                "http://a:+1/",
                &[],
                "invalid_url",
                "URL has an invalid port +1",
            ),
            (
                "GET",
                "http://a:65536/",
                &[],
                "invalid_url",
                "URL has an invalid port 65536",
            ),
            (
                "GET",
                "http://a/\r\nX: y",
                &[],
                "invalid_url",
                "rejects control characters in URL",
            ),
            (
                "GET",
                url,
                &[(" ", "x")],
                "invalid_request",
                "headers require a non-empty name",
            ),
            (
                "GET",
                url,
                &[("a:b", "x")],
                "invalid_request",
                "headers reject control characters and ':' in names",
            ),
            (
                "GET",
                url,
                &[("a b", "x")],
                "invalid_request",
                "headers reject the name a b",
            ),
            (
                "GET",
                url,
                &[("a", "x\r\ny")],
                "invalid_request",
                "headers reject CR/LF characters in values",
            ),
            (
                "GET",
                url,
                &[("a", "x\0y")],
                "invalid_request",
                "headers reject control characters in values",
            ),
            (
                "GET",
                url,
                &[("Content-Length", "1")],
                "invalid_request",
                "manages header content-length automatically",
            ),
        ] {
            let expected = (code.to_owned(), format!("http.request {message}"));
            assert_eq!(refused(method, url, headers), expected);
        }
    }
}
