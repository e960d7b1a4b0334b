//! What a route asks about its request, and adds to its answer: `request.*` and `response.*`.
//!
//! Tasks of a route ask on threads of their own while it runs; only the route itself adds.

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

use crate::fault::Fault;
use crate::http::answer::Answer;
use crate::http::cookie;
use crate::memory::buffer::Buffer;
use crate::memory::thread;
use crate::object::{new_optional_text, string};
use crate::process::panics;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// Fields that say where a message ends and what becomes of the connection.
const OF_THE_SERVER: [HeaderName; 7] = [
    CONNECTION,
    CONTENT_LENGTH,
    KEEP_ALIVE,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// A request as its route sees it.
pub struct Question<'r> {
    /// Decoded, in path order.
    pub parameters: Vec<String>,
    pub body: Bytes,
    pub headers: &'r HeaderMap,
    /// The target behind its `?`.
    pub query: Option<&'r str>,
    pub id: &'r str,
}

/// What a route adds to its answer.
#[derive(Default)]
pub struct Added {
    /// Takes the place of the answer's own.
    pub content_type: Option<HeaderValue>,
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// With their names.
    pub cookies: Vec<(String, HeaderValue)>,
}

/// What generated code sees of a request, as a `Raw`.
pub struct Exchange<'r> {
    pub question: Question<'r>,
    pub answer: Option<Answer>,
    /// The text of an error that has no form for clients.
    pub failure: Option<Bytes>,
    pub added: Added,
}

impl<'r> Exchange<'r> {
    pub fn new(question: Question<'r>) -> Exchange<'r> {
        Exchange {
            question,
            answer: None,
            failure: None,
            added: Added::default(),
        }
    }
}

/// The request of an exchange.
///
/// # Safety
/// `exchange` is one, and lives for `'e`.
pub unsafe fn question<'e>(exchange: *mut u8) -> &'e Question<'e> {
    // SAFETY: as stated. Nothing changes a question.
    unsafe { &(*exchange.cast::<Exchange<'e>>()).question }
}

/// The exchange that this thread works on.
fn current(function: &str) -> Result<*mut u8, Fault> {
    panics::arm();
    // SAFETY: this thread's own state.
    let exchange = unsafe { (*thread::current()).exchange };
    if exchange.is_null() {
        let text = " is only available while handling an HTTP route";
        return Err(failed(&[function, text]));
    }
    Ok(exchange)
}

fn failed(parts: &[&str]) -> Fault {
    let mut message = Buffer::new();
    for part in parts {
        message.push(part.as_bytes());
    }
    Fault::from_buffer(message, "runtime_error")
}

fn text(value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    text.trim_matches([' ', '\t']).to_owned()
}

/// The last field of the name. The request's id is the one it was given, whatever the client sent.
fn header(question: &Question<'_>, name: &str) -> Option<String> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    if name == REQUEST_ID {
        return Some(question.id.to_owned());
    }
    question.headers.get_all(name).iter().next_back().map(text)
}

/// The first parameter of the name, decoded as forms are.
fn query(question: &Question<'_>, name: &str) -> Option<String> {
    let query = question.query?.as_bytes();
    let mut pairs = form_urlencoded::parse(query);
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// (name) -> text or null
unsafe fn asked(
    function: &str,
    name: *mut u8,
    find: fn(&Question<'_>, &str) -> Option<String>,
) -> Result<*mut u8, Fault> {
    let exchange = current(function)?;
    // SAFETY: contract of the crate; the exchange lives as long as the work it belongs to.
    let found = unsafe { find(question(exchange), string(name)) };
    Ok(new_optional_text(found.as_ref().map(String::as_bytes)))
}

unsafe fn request_header(name: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe { asked("request.header", name, header) }
}

unsafe fn request_cookie(name: *mut u8) -> Result<*mut u8, Fault> {
    let find = |question: &Question<'_>, name: &str| cookie::find(question.headers, name);
    // SAFETY: contract of the crate.
    unsafe { asked("request.cookie", name, find) }
}

unsafe fn request_query(name: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe { asked("request.query", name, query) }
}

/// The part of the exchange that only its route touches.
unsafe fn added<'e>(exchange: *mut u8) -> &'e mut Added {
    // SAFETY: tasks may not add, so this is the route's thread, and no other reference to this part is alive.
    unsafe { &mut (*exchange.cast::<Exchange<'e>>()).added }
}

unsafe fn response_header(name: *mut u8, value: *mut u8) -> Result<(), Fault> {
    const FUNCTION: &str = "response.header";
    let exchange = current(FUNCTION)?;
    // SAFETY: contract of the crate.
    let (name, value) = unsafe { (string(name), string(value)) };
    if name.trim().is_empty() {
        return Err(failed(&[FUNCTION, " requires a non-empty name"]));
    }
    if [name, value].iter().any(|text| text.contains(['\r', '\n'])) {
        return Err(failed(&[FUNCTION, " rejects CR/LF characters"]));
    }
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
        return Err(failed(&[FUNCTION, " name contains unsupported characters"]));
    };
    let Ok(value) = HeaderValue::from_str(value.trim_matches([' ', '\t'])) else {
        return Err(failed(&[
            FUNCTION,
            " value contains unsupported characters",
        ]));
    };
    if OF_THE_SERVER.contains(&name) {
        return Err(failed(&[
            FUNCTION,
            " leaves ",
            name.as_str(),
            " to the server",
        ]));
    }
    // SAFETY: as `added` says.
    let added = unsafe { added(exchange) };
    if name == CONTENT_TYPE {
        added.content_type = Some(value);
    } else if name != REQUEST_ID {
        added.fields.push((name, value));
    }
    Ok(())
}

/// Sets a cookie; what was said of it before does not count any more.
unsafe fn set_cookie(
    function: &str,
    name: *mut u8,
    value: &str,
    attributes: &str,
) -> Result<(), Fault> {
    let exchange = current(function)?;
    // SAFETY: contract of the crate.
    let name = unsafe { string(name) };
    let line = cookie::line(name, value, attributes).map_err(|message| failed(&[message]))?;
    // SAFETY: as `added` says.
    let added = unsafe { added(exchange) };
    added.cookies.retain(|(known, _)| known != name);
    added.cookies.push((name.to_owned(), line));
    Ok(())
}

unsafe fn response_cookie(name: *mut u8, value: *mut u8) -> Result<(), Fault> {
    // SAFETY: contract of the crate.
    unsafe { set_cookie("response.cookie", name, string(value), "") }
}

unsafe fn response_delete_cookie(name: *mut u8) -> Result<(), Fault> {
    // SAFETY: contract of the crate.
    unsafe { set_cookie("response.delete_cookie", name, "", "; Max-Age=0") }
}

faulting! {
    fn fuse_request_header(name: *mut u8) -> *mut u8 = request_header;
    fn fuse_request_cookie(name: *mut u8) -> *mut u8 = request_cookie;
    fn fuse_request_query(name: *mut u8) -> *mut u8 = request_query;
    fn fuse_response_header(name: *mut u8, value: *mut u8) -> () = response_header;
    fn fuse_response_cookie(name: *mut u8, value: *mut u8) -> () = response_cookie;
    fn fuse_response_delete_cookie(name: *mut u8) -> () = response_delete_cookie;
}
