//! Rows: a call, and the parts of what came of it.

use fuse_abi::http::{BODY, CODE, GET, MESSAGE, METHOD, POST, URL};
use fuse_abi::object::{MAP_ENTRY_VALUE, Map};
use fuse_core::map::{entry, entry_key, stride};
use fuse_core::{fuse_map_insert, fuse_map_new};

use super::{Call, Outcome, call};
use crate::object::{new_optional_text, new_text, string, write_option};
use crate::process::panics;

/// Bytes of a pointer, the value of an entry.
const VALUE: i64 = 8;

/// (function, method, URL, body, headers, milliseconds) -> outcome, given back with [`fuse_http_end`]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_send(
    function: i64,
    method: *mut u8,
    url: *mut u8,
    body: *mut u8,
    headers: *mut u8,
    timeout_ms: i64,
) -> *mut u8 {
    panics::arm();
    // SAFETY: contract of the crate; entries below the length are initialised.
    let headers = unsafe {
        (0..(*headers.cast::<Map>()).len)
            .map(|index| {
                let entry = entry(headers, stride(VALUE), index);
                let value = *entry.add(MAP_ENTRY_VALUE as usize).cast::<*mut u8>();
                (string(entry_key(entry)), string(value))
            })
            .collect()
    };
    // SAFETY: contract of the crate.
    let (method, url, body) = unsafe { (string(method), string(url), string(body)) };
    let outcome = call(&Call {
        function: match function {
            GET => "http.get",
            POST => "http.post",
            _ => "http.request",
        },
        method,
        url,
        body,
        headers,
        timeout_ms,
    });
    Box::into_raw(Box::new(outcome)).cast()
}

/// The outcome behind a `Raw`.
unsafe fn outcome<'o>(raw: *mut u8) -> &'o Outcome {
    // SAFETY: from `fuse_http_send`, and not given back yet.
    unsafe { &*raw.cast::<Outcome>() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_failed(raw: *mut u8) -> bool {
    // SAFETY: contract of the row.
    unsafe { outcome(raw) }.failure.is_some()
}

unsafe fn status(raw: *mut u8) -> Option<i64> {
    // SAFETY: contract of the row.
    let answer = unsafe { outcome(raw) }.answer.as_ref();
    answer.map(|answer| i64::from(answer.status))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_status(raw: *mut u8) -> i64 {
    // SAFETY: contract of the row.
    unsafe { status(raw) }.unwrap_or_default()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_error_status(out: *mut u8, raw: *mut u8) {
    // SAFETY: contract of the row; `out` has room for the option.
    unsafe { write_option(out, status(raw)) };
}

/// (outcome, which) -> text or null
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_text(raw: *mut u8, which: i64) -> *mut u8 {
    // SAFETY: contract of the row.
    let outcome = unsafe { outcome(raw) };
    let failure = outcome.failure.as_ref();
    match which {
        METHOD => new_text(outcome.method.as_bytes()),
        URL => new_text(outcome.url.as_bytes()),
        CODE => new_optional_text(failure.map(|failure| failure.code.as_bytes())),
        MESSAGE => new_optional_text(failure.map(|failure| failure.message.as_bytes())),
        BODY => {
            let body = outcome.answer.as_ref().map(|answer| &answer.body);
            let body = body.map(|body| String::from_utf8_lossy(body));
            new_optional_text(body.as_ref().map(|body| body.as_bytes()))
        }
        _ => new_text(b""),
    }
}

/// (outcome) -> `Map<String, String>`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_headers(raw: *mut u8) -> *mut u8 {
    // SAFETY: contract of the row.
    let answer = unsafe { outcome(raw) }.answer.as_ref();
    let headers = answer.map_or(&[][..], |answer| &answer.headers);
    // SAFETY: names differ; the entry that `fuse_map_insert` makes is written at once.
    unsafe {
        let mut map = fuse_map_new(VALUE, headers.len() as i64);
        for (name, value) in headers {
            let value = new_text(value.as_bytes());
            map = fuse_map_insert(map, new_text(name.as_bytes()), VALUE);
            let index = (*map.cast::<Map>()).len - 1;
            let entry = entry(map, stride(VALUE), index);
            entry
                .add(MAP_ENTRY_VALUE as usize)
                .cast::<*mut u8>()
                .write(value);
        }
        map
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_http_end(raw: *mut u8) {
    // SAFETY: from `fuse_http_send`; nobody uses it after this.
    drop(unsafe { Box::from_raw(raw.cast::<Outcome>()) });
}
