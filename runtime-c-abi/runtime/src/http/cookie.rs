//! Cookies (RFC 6265): what a client sends, and the lines that set them.

use hyper::HeaderMap;
use hyper::header::{COOKIE, HeaderValue};

/// The value of the last cookie with this name.
pub fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut found = None;
    for field in headers.get_all(COOKIE) {
        let field = String::from_utf8_lossy(field.as_bytes());
        for pair in field.split(';') {
            let Some((key, value)) = pair.split_once('=') else {
                continue;
            };
            let key = key.trim();
            if !key.is_empty() && key == name {
                found = Some(value.trim().to_owned());
            }
        }
    }
    found
}

/// The value of a `Set-Cookie` field, or what is wrong with the cookie.
pub fn line(name: &str, value: &str, attributes: &str) -> Result<HeaderValue, &'static str> {
    if name.is_empty() {
        return Err("cookie name must not be empty");
    }
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if !name.bytes().all(in_name) {
        return Err("cookie name contains unsupported characters");
    }
    // cookie-octet: visible ASCII without quotes, comma, semicolon and backslash
    let in_value = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
    let unsupported = "cookie value contains unsupported characters";
    if !value.bytes().all(in_value) {
        return Err(unsupported);
    }
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{attributes}");
    HeaderValue::try_from(line).map_err(|_| unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(fields: &[&'static str], name: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(COOKIE, HeaderValue::from_static(field));
        }
        find(&headers, name)
    }

    #[test]
    fn the_last_cookie_of_a_name_counts() {
        let sent = ["a=1; b = \"x y\" ;=z; c; a=2=3;A=4", "b="];
        assert_eq!(cookie(&sent, "a").as_deref(), Some("2=3"));
        assert_eq!(cookie(&sent, "A").as_deref(), Some("4"));
        assert_eq!(cookie(&sent, "b").as_deref(), Some(""));
        assert_eq!(cookie(&sent[..1], "b").as_deref(), Some("\"x y\""));
        assert_eq!(cookie(&sent, "c"), None);
        assert_eq!(cookie(&sent, ""), None);
    }

    #[test]
    fn only_what_a_cookie_can_hold_is_set() {
        let good = line("sid_1.a-b", "!#$%&'()*+-./:<=>?@[]^_`{|}~09az", "");
        assert_eq!(
            good.as_ref().map(HeaderValue::as_bytes),
            Ok(&b"sid_1.a-b=!#$%&'()*+-./:<=>?@[]^_`{|}~09az; Path=/; HttpOnly; SameSite=Lax"[..])
        );
        assert_eq!(line("", "x", ""), Err("cookie name must not be empty"));
        for name in ["a b", "a=b", "a;b", "é", "a\r\n"] {
            let refused = Err("cookie name contains unsupported characters");
            assert_eq!(line(name, "x", ""), refused, "{name:?}");
        }
        for value in ["a b", "a,b", "a;b", "\"a\"", "a\\b", "é", "a\n", "\u{7f}"] {
            let refused = Err("cookie value contains unsupported characters");
            assert_eq!(line("a", value, ""), refused, "{value:?}");
        }
    }
}
