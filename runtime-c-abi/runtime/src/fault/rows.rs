//! Rows that raise faults.

use fuse_abi::FaultKind;

use crate::fault::{Fault, leave};
use crate::memory::buffer::Buffer;
use crate::object;

/// A fault that generated code found: `FaultKind` number, site.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_fault(kind: i64, site: i64) -> ! {
    let kind = FaultKind::from_number(kind as u32).unwrap_or(FaultKind::InternalError);
    leave(Fault::kind(kind), site)
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_fault_message(message: *mut u8, site: i64) -> ! {
    // SAFETY: contract of the crate.
    let message = unsafe { object::bytes(message) };
    leave(Fault::message(message, "runtime_error"), site)
}

/// An error value that no function on the way takes as its result: its text, its HTTP status, and whether the text is its JSON form.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_raise(text: *mut u8, status: i64, is_json: bool, site: i64) -> ! {
    // SAFETY: contract of the crate.
    let text = unsafe { object::bytes(text) };
    let status = if (100..=599).contains(&status) {
        status as u16
    } else {
        500
    };
    leave(
        Fault {
            is_json,
            status,
            ..Fault::message(text, "runtime_error")
        },
        site,
    )
}

/// A failed validation outside of a function that could return it: path, code, message.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_fault_validation(
    path: *mut u8,
    code: *mut u8,
    message: *mut u8,
    site: i64,
) -> ! {
    // SAFETY: contract of the crate.
    let (path, code, message) = unsafe {
        (
            object::bytes(path),
            object::bytes(code),
            object::bytes(message),
        )
    };
    leave(Fault::validation(path, code, message), site)
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_assert_failed(message: *mut u8, site: i64) -> ! {
    let mut text = Buffer::new();
    text.push(b"assert failed: ");
    // SAFETY: contract of the crate.
    text.push(unsafe { object::bytes(message) });
    leave(Fault::from_buffer(text, "runtime_error"), site)
}
