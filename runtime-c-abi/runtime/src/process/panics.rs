//! A panic is a mistake in the runtime itself: class `panic`, exit 101, always with the envelope.

use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use crate::process::report::{self, Line, Sink};
use crate::process::run::Rendering;

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

/// So much of a message is shown that the line is whole, even if every byte of it needs two.
const LONGEST: usize = 512;

fn exit(info: &PanicHookInfo<'_>) -> ! {
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
    end("panic_static_str", "the runtime gave up")
}

fn end(kind: &str, text: &str) -> ! {
    report::claim();
    let mut message = Line::empty();
    message.push(b"panic_kind=");
    message.push(kind.as_bytes());
    if !text.is_empty() {
        message.push(b" ");
        let bytes = text.as_bytes();
        message.push(bytes.get(..LONGEST).unwrap_or(bytes));
    }
    let mut line = Line::empty();
    report::envelope(&mut line, "panic", message.as_bytes());
    report::end(line.as_bytes(), report::EXIT_PANIC)
}
