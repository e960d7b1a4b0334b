//! A panic is a mistake in the runtime itself: class `panic`, exit 101, always with the envelope.

#[cfg(feature = "entry")]
use core::sync::atomic::{AtomicBool, Ordering};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::memory::buffer::Buffer;
use crate::process::run::Rendering;
use crate::process::{output, report};

/// Makes panics end in the envelope. Called by everything that could panic, and by nothing that a small program has: the machinery of
/// panics is larger than such a program. In the launcher, panics are the compiler's business.
#[inline]
pub fn arm() {
    static ARMED: Once = Once::new();
    ARMED.call_once(|| {
        if matches!(report::rendering(), Rendering::Executable) {
            panic::set_hook(Box::new(|info| exit(info)));
        }
    });
}

fn exit(info: &PanicHookInfo<'_>) -> ! {
    output::flush();
    let (kind, text) = match info.payload().downcast_ref::<&'static str>() {
        Some(text) => ("panic_static_str", *text),
        None => match info.payload().downcast_ref::<String>() {
            Some(text) => ("panic_string", text.as_str()),
            None => ("panic_non_string", "panic"),
        },
    };
    end(kind, text)
}

/// What the standard library ends with when it gives up, be it after a panic before [`arm`], or without one: it takes the place of the C
/// library's, costs nothing where nothing can panic, and leaves no way out without the envelope.
#[cfg(feature = "entry")]
#[unsafe(no_mangle)]
pub extern "C" fn abort() -> ! {
    static ENTERED: AtomicBool = AtomicBool::new(false);
    if ENTERED.swap(true, Ordering::Relaxed) {
        // SAFETY: ends the process.
        unsafe { libc::_exit(report::EXIT_PANIC) }
    }
    output::flush();
    end("panic_static_str", "the runtime gave up")
}

fn end(kind: &str, text: &str) -> ! {
    let mut message = Buffer::new();
    message.push(b"panic_kind=");
    message.push(kind.as_bytes());
    if !text.is_empty() {
        message.push(b" ");
        message.push(text.as_bytes());
    }
    let mut line = Buffer::new();
    report::envelope(&mut line, "panic", message.as_bytes());
    output::error(line.as_bytes());
    // SAFETY: ends the process; other threads may be anywhere, so nothing else is run.
    unsafe { libc::_exit(report::EXIT_PANIC) }
}
