//! Which route a path and a method mean.

use std::borrow::Cow;

use fuse_abi::entry::{Route as RouteRow, Service};

use crate::fault::constant_bytes;

type Run = extern "C" fn(request: *mut u8);

pub struct Router {
    base: Vec<&'static [u8]>,
    routes: Vec<Route>,
}

pub struct Route {
    method: &'static [u8],
    /// None is a parameter.
    segments: Vec<Option<&'static [u8]>>,
    pub run: Run,
    /// The body is read before it runs.
    pub has_body: bool,
    /// May wait for something outside the process.
    pub blocks: bool,
}

pub enum Found<'a> {
    /// The route and its parameters, decoded, in path order.
    Route(&'a Route, Vec<String>),
    /// The path exists; these are its methods.
    OtherMethods(String),
    Nothing,
    /// The path is no text.
    Malformed,
}

impl Router {
    /// # Safety
    /// The service's tables stay valid for the life of the process or until the server ends.
    pub unsafe fn new(service: &Service) -> Router {
        // SAFETY: the tables are as the ABI says.
        unsafe {
            Router {
                base: slice(service.base.data, service.base.len)
                    .iter()
                    .map(|text| constant_bytes(text))
                    .collect(),
                routes: slice(service.routes.data, service.routes.len)
                    .iter()
                    .map(|row| Route::new(row))
                    .collect(),
            }
        }
    }

    /// `path` is the target up to the query. Literal segments win over parameters, earlier routes over later ones.
    pub fn find(&self, method: &[u8], path: &str) -> Found<'_> {
        let trimmed = path.trim_matches('/');
        let mut segments = Vec::new();
        if !trimmed.is_empty() {
            for segment in trimmed.split('/') {
                match decode(segment) {
                    Some(text) => segments.push(text),
                    None => return Found::Malformed,
                }
            }
        }
        let rest = segments.get(self.base.len()..);
        let starts = self
            .base
            .iter()
            .zip(&segments)
            .all(|(base, segment)| *base == segment.as_bytes());
        let Some(rest) = rest.filter(|_| starts) else {
            return Found::Nothing;
        };
        let wanted: &[u8] = if method == b"HEAD" { b"GET" } else { method };
        let mut best: Option<&Route> = None;
        let mut exists = false;
        for route in self.routes.iter().filter(|route| route.matches(rest)) {
            exists = true;
            if route.method == wanted && best.is_none_or(|best| route.is_more_literal(best)) {
                best = Some(route);
            }
        }
        match best {
            Some(route) => Found::Route(route, route.parameters(rest)),
            None if exists => Found::OtherMethods(self.allowed(rest)),
            None => Found::Nothing,
        }
    }

    /// Value of the `Allow` field.
    fn allowed(&self, rest: &[Cow<'_, str>]) -> String {
        let mut methods: Vec<&str> = Vec::new();
        for route in self.routes.iter().filter(|route| route.matches(rest)) {
            let method = str::from_utf8(route.method).unwrap_or_default();
            if !methods.contains(&method) {
                methods.push(method);
                if method == "GET" {
                    methods.push("HEAD");
                }
            }
        }
        methods.push("OPTIONS");
        methods.join(", ")
    }
}

impl Route {
    unsafe fn new(row: &RouteRow) -> Route {
        // SAFETY: the tables are as the ABI says.
        unsafe {
            Route {
                method: constant_bytes(&row.method),
                segments: slice(row.segments.data, row.segments.len)
                    .iter()
                    .map(|segment| (segment.is_param == 0).then(|| constant_bytes(&segment.text)))
                    .collect(),
                run: row.run,
                has_body: row.has_body != 0,
                blocks: row.blocks != 0,
            }
        }
    }

    fn matches(&self, segments: &[Cow<'_, str>]) -> bool {
        self.segments.len() == segments.len()
            && self
                .segments
                .iter()
                .zip(segments)
                .all(|(own, given)| own.is_none_or(|literal| literal == given.as_bytes()))
    }

    /// Both match the same path: does this one have a literal where they first differ in kind?
    fn is_more_literal(&self, other: &Route) -> bool {
        self.segments
            .iter()
            .zip(&other.segments)
            .find(|(a, b)| a.is_some() != b.is_some())
            .is_some_and(|(own, _)| own.is_some())
    }

    fn parameters(&self, segments: &[Cow<'_, str>]) -> Vec<String> {
        self.segments
            .iter()
            .zip(segments)
            .filter(|(own, _)| own.is_none())
            .map(|(_, given)| given.clone().into_owned())
            .collect()
    }
}

unsafe fn slice<'a, T>(data: *const T, len: u64) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller vouches for the table.
    unsafe { core::slice::from_raw_parts(data, len as usize) }
}

/// A segment without its percent escapes; none for broken escapes, NUL, and what is not UTF-8.
fn decode(segment: &str) -> Option<Cow<'_, str>> {
    if !segment.contains('%') {
        return Some(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = (rest.next()? as char).to_digit(16)?;
        let low = (rest.next()? as char).to_digit(16)?;
        match high * 16 + low {
            0 => return None,
            value => bytes.push(value as u8),
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn nothing(_request: *mut u8) {}

    fn router(base: &[&'static str], routes: &[(&'static str, &[&'static str])]) -> Router {
        Router {
            base: base.iter().map(|text| text.as_bytes()).collect(),
            routes: routes
                .iter()
                .map(|(method, segments)| Route {
                    method: method.as_bytes(),
                    segments: segments
                        .iter()
                        .map(|text| (*text != "*").then_some(text.as_bytes()))
                        .collect(),
                    run: nothing,
                    has_body: false,
                    blocks: false,
                })
                .collect(),
        }
    }

    fn find(router: &Router, method: &str, path: &str) -> String {
        match router.find(method.as_bytes(), path) {
            Found::Route(route, parameters) => {
                let shape: Vec<&str> = route
                    .segments
                    .iter()
                    .map(|s| s.map_or("*", |s| str::from_utf8(s).unwrap_or_default()))
                    .collect();
                format!("{} {parameters:?}", shape.join("/"))
            }
            Found::OtherMethods(allow) => format!("allow {allow}"),
            Found::Nothing => "nothing".to_owned(),
            Found::Malformed => "malformed".to_owned(),
        }
    }

    #[test]
    fn literals_first_and_decoding() {
        let router = router(
            &["api"],
            &[
                ("GET", &["users", "*"]),
                ("GET", &["users", "me"]),
                ("POST", &["users"]),
                ("GET", &[]),
            ],
        );
        assert_eq!(find(&router, "GET", "/api/users/me"), "users/me []");
        assert_eq!(
            find(&router, "HEAD", "/api/users/a%20b%2Fc/"),
            "users/* [\"a b/c\"]"
        );
        assert_eq!(find(&router, "GET", "/api"), " []");
        assert_eq!(find(&router, "GET", "/api/users"), "allow POST, OPTIONS");
        assert_eq!(
            find(&router, "PUT", "/api/users/me"),
            "allow GET, HEAD, OPTIONS"
        );
        assert_eq!(find(&router, "GET", "/users/me"), "nothing");
        assert_eq!(find(&router, "GET", "/api/users//x"), "nothing");
        for path in [
            "/api/users/%",
            "/api/users/%4",
            "/api/users/%zz",
            "/api/%00",
            "/%ff",
        ] {
            assert_eq!(find(&router, "GET", path), "malformed", "{path}");
        }
    }
}
