//! Faults: what ends a guard's work.

pub mod guard;
mod json;
mod rows;

use fuse_abi::FaultKind;
use fuse_abi::entry::Text;

use crate::memory::buffer::Buffer;
use crate::memory::thread;

pub use guard::leave;
pub use json::{error_json, escape_json, push_json_string, validation_json};
pub use rows::{
    fuse_assert_failed, fuse_fault, fuse_fault_message, fuse_fault_validation, fuse_raise,
};

/// Why a guard's work ended. A plain value without a destructor: it travels through frames that are never returned to. The message
/// is a constant or memory of its own that [`Fault::release`] frees.
#[derive(Clone, Copy)]
pub struct Fault {
    message: *const u8,
    len: usize,
    owned: bool,
    /// The message is a JSON document made from an error value, to be shown as it is.
    pub is_json: bool,
    /// Ends the work without being reported: standard output is gone.
    pub quiet: bool,
    /// A state that must not be: a defect of ours.
    pub internal: bool,
    /// What an HTTP client gets.
    pub status: u16,
    /// Field code of the JSON form.
    code: &'static str,
    /// Index into the program's sites; 0 is nowhere.
    pub site: i64,
}

impl Fault {
    pub const NONE: Fault = Fault::constant("", "runtime_error");
    /// Leaves the work without a report.
    pub const QUIET: Fault = Fault {
        quiet: true,
        ..Fault::NONE
    };

    /// A fault with a constant message.
    pub const fn constant(message: &'static str, code: &'static str) -> Fault {
        Fault {
            message: message.as_ptr(),
            len: message.len(),
            owned: false,
            is_json: false,
            quiet: false,
            internal: false,
            status: 500,
            code,
            site: 0,
        }
    }

    pub fn kind(kind: FaultKind) -> Fault {
        Fault {
            internal: matches!(kind, FaultKind::InternalError),
            ..Fault::constant(kind.message(), kind.code())
        }
    }

    /// A fault with a message made at run time.
    pub fn message(message: &[u8], code: &'static str) -> Fault {
        let mut buffer = Buffer::new();
        buffer.push(message);
        Fault::from_buffer(buffer, code)
    }

    pub fn from_buffer(buffer: Buffer, code: &'static str) -> Fault {
        let (message, len) = buffer.into_raw();
        Fault {
            message,
            len,
            owned: true,
            ..Fault::constant("", code)
        }
    }

    /// A fault that carries an error value's JSON form.
    pub fn json(document: Buffer, status: u16) -> Fault {
        Fault {
            is_json: true,
            status,
            ..Fault::from_buffer(document, "runtime_error")
        }
    }

    /// The validation error with one field entry.
    pub fn validation(path: &[u8], code: &[u8], message: &[u8]) -> Fault {
        let mut document = Buffer::new();
        validation_json(&mut document, &[(path, code, message)]);
        Fault::json(document, 400)
    }

    /// The message.
    pub fn text(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: constant, or owned until `release`.
        unsafe { core::slice::from_raw_parts(self.message, self.len) }
    }

    /// The members `fields` and `message`, up to the closing brace, of the `std.Error.Validation` that this fault carries.
    pub fn validation_fields(&self) -> Option<&[u8]> {
        const START: &[u8] = b"{\"error\":{\"code\":\"validation_error\",";
        let error = self.text().strip_prefix(START)?;
        let is_validation = self.is_json && error.starts_with(b"\"fields\":");
        error.strip_suffix(b"}").filter(|_| is_validation)
    }

    /// The JSON form on one line.
    pub fn to_json(&self) -> Buffer {
        let mut document = Buffer::new();
        if self.is_json {
            document.push(self.text());
        } else {
            validation_json(&mut document, &[(b"$", self.code.as_bytes(), self.text())]);
        }
        document
    }

    /// Frees the message.
    pub fn release(self) {
        if self.owned {
            // SAFETY: from a `Buffer`, that is malloc; `self` and with it this copy of the address is gone. Callers release a fault
            // once, when it has been reported.
            unsafe { libc::free(self.message.cast_mut().cast()) };
        }
    }

    /// What the last guard of this thread was left with.
    pub(crate) fn last() -> Fault {
        // SAFETY: this thread's own state.
        unsafe { (*thread::current()).fault }
    }
}

/// A constant of the entry tables as bytes.
///
/// # Safety
/// The program's constants must be live.
pub unsafe fn constant_bytes<'a>(text: &Text) -> &'a [u8] {
    if text.len == 0 {
        return &[];
    }
    // SAFETY: entry tables hold addresses and lengths of constants.
    unsafe { core::slice::from_raw_parts(text.data, text.len as usize) }
}
