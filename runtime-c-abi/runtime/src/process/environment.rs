//! Environment variables and the clock.

use core::ffi::CStr;

use crate::fault::Fault;
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_optional_text};
use crate::process::parse::{bool_from, invalid};
use crate::text::{float_from, int_from};

/// The bytes of a variable.
pub fn variable(name: &[u8]) -> Option<&'static [u8]> {
    if name.is_empty() || name.contains(&0) || name.contains(&b'=') {
        return None;
    }
    let mut terminated = Buffer::new();
    terminated.push(name);
    terminated.push(&[0]);
    // SAFETY: a C string; the environment is not changed while a program runs.
    unsafe {
        let value = libc::getenv(terminated.as_bytes().as_ptr().cast());
        if value.is_null() {
            None
        } else {
            Some(CStr::from_ptr(value).to_bytes())
        }
    }
}

/// A variable that is Unicode.
pub fn text_variable(name: &[u8]) -> Option<&'static str> {
    core::str::from_utf8(variable(name)?).ok()
}

/// A variable whose trimmed text is a positive number.
pub fn number_variable(name: &[u8]) -> Option<u64> {
    match text_variable(name)?.trim().parse() {
        Ok(0) | Err(_) => None,
        Ok(number) => Some(number),
    }
}

/// Opens the null device for standard streams that the process was started without, so that no file or socket gets their numbers and
/// with it what is printed. Printing still fails, as nobody can read it.
pub fn fill_standard_streams() {
    let streams = [
        (libc::STDIN_FILENO, libc::O_RDWR),
        (libc::STDOUT_FILENO, libc::O_RDONLY),
        (libc::STDERR_FILENO, libc::O_RDWR),
    ];
    for (stream, access) in streams {
        // SAFETY: asks about a descriptor number; opening takes the lowest free one, which is this. That it fails is no reason to stop.
        unsafe {
            if libc::fcntl(stream, libc::F_GETFD) == -1 {
                libc::open(c"/dev/null".as_ptr(), access);
            }
        }
    }
}

/// Text or null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_env(name: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    new_optional_text(text_variable(unsafe { bytes(name) }).map(str::as_bytes))
}

/// The trimmed variable converted; none when it is not set.
unsafe fn converted<T>(
    name: *mut u8,
    type_name: &str,
    convert: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    // SAFETY: contract of the crate.
    let name = unsafe { bytes(name) };
    let Some(text) = text_variable(name) else {
        return Ok(None);
    };
    let text = text.trim();
    match convert(text) {
        Some(value) => Ok(Some(value)),
        None => {
            let mut message = invalid(type_name, text);
            message.push(b" (env ");
            message.push(name);
            message.push(b")");
            Err(Fault::from_buffer(message, "runtime_config_decode"))
        }
    }
}

unsafe fn env_int(name: *mut u8) -> Result<Option<i64>, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(name, "Int", int_from) }
}

unsafe fn env_float(name: *mut u8) -> Result<Option<f64>, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(name, "Float", float_from) }
}

unsafe fn env_bool(name: *mut u8) -> Result<Option<bool>, Fault> {
    // SAFETY: contract of the crate.
    unsafe { converted(name, "Bool", bool_from) }
}

faulting_option! {
    fn fuse_env_int(name: *mut u8) -> i64 = env_int;
    fn fuse_env_float(name: *mut u8) -> f64 = env_float;
    fn fuse_env_bool(name: *mut u8) -> bool = env_bool;
}

/// Unix time in milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_time_now() -> i64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the system writes the time.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut now) };
    now.tv_sec * 1000 + now.tv_nsec / 1_000_000
}
