//! Time as text, and waiting.

use core::fmt::Write;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

use crate::fault::Fault;
use crate::memory::buffer::Buffer;
use crate::object::{new_text, string, write_option};

const MILLIS: i64 = 1000;

fn runtime_error(message: &'static str) -> Fault {
    Fault::constant(message, "runtime_error")
}

/// The directives of a format, or none if one of them is not known.
fn directives(format: &str) -> Option<Vec<Item<'_>>> {
    let mut items = Vec::new();
    for item in StrftimeItems::new(format) {
        if matches!(item, Item::Error) {
            return None;
        }
        items.push(item);
    }
    Some(items)
}

/// The time in UTC as text.
///
/// # Errors
/// Times that no calendar of ours has, and unknown directives.
pub fn format(epoch: i64, format: &str) -> Result<String, Fault> {
    let Some(time) = DateTime::from_timestamp_millis(epoch) else {
        return Err(runtime_error("time.format invalid epoch milliseconds"));
    };
    let Some(items) = directives(format) else {
        return Err(runtime_error("time.format invalid format string"));
    };
    let mut text = String::new();
    match write!(text, "{}", time.format_with_items(items.into_iter())) {
        Ok(()) => Ok(text),
        Err(_) => Err(runtime_error("time.format invalid format string")),
    }
}

unsafe fn time_format(epoch: i64, directives: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    format(epoch, unsafe { string(directives) }).map(|text| new_text(text.as_bytes()))
}

/// Milliseconds since the epoch of a date and time with offset, one without (taken as UTC), or a date alone (midnight UTC).
pub fn parse(text: &str, format: &str) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_str(text, format) {
        return Some(time.timestamp_millis());
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
        return Some(time.and_utc().timestamp_millis());
    }
    let date = NaiveDate::parse_from_str(text, format).ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
}

/// None when the text does not fit the format.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_time_parse(out: *mut u8, text: *mut u8, format: *mut u8) {
    // SAFETY: contract of the crate; `out` has room for the option.
    unsafe {
        let found = parse(string(text), string(format));
        write_option(out, found);
    }
}

unsafe fn time_sleep(millis: i64) -> Result<(), Fault> {
    if millis < 0 {
        let message = "time.sleep expects a non-negative Int";
        return Err(Fault::constant(message, "runtime_invalid_arguments"));
    }
    let mut left = libc::timespec {
        tv_sec: millis / MILLIS,
        tv_nsec: (millis % MILLIS) * 1_000_000,
    };
    // SAFETY: the system reads and writes the time left; a signal handler that returns only interrupts the wait.
    unsafe { while libc::nanosleep(&raw const left, &raw mut left) != 0 {} }
    Ok(())
}

/// What `time.parse` says about a text that does not fit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_time_parse_message(format: *mut u8) -> *mut u8 {
    let mut message = Buffer::new();
    message.push(b"time.parse failed for format `");
    // SAFETY: contract of the crate.
    message.push(unsafe { crate::object::bytes(format) });
    message.push(b"`");
    new_text(message.as_bytes())
}

faulting! {
    fn fuse_time_format(epoch: i64, format: *mut u8) -> *mut u8 = time_format;
    fn fuse_time_sleep(millis: i64) -> () = time_sleep;
}
