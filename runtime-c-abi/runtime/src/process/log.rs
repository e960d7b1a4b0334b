//! `log`: lines on standard error.

use core::sync::atomic::{AtomicU8, Ordering};

use crate::fault::push_json_string;
use crate::memory::buffer::Buffer;
use crate::object::bytes;
use crate::process::environment::variable;
use crate::process::output;

const NAMES: [&[u8]; 5] = [b"trace", b"debug", b"info", b"warn", b"error"];
const LABELS: [&[u8]; 5] = [b"TRACE", b"DEBUG", b"INFO", b"WARN", b"ERROR"];
const COLORS: [&[u8]; 5] = [b"90", b"36", b"32", b"33;1", b"31;1"];
const INFO: u8 = 2;

/// Settings of a process, read when first needed.
struct Setting(AtomicU8);

impl Setting {
    const UNKNOWN: u8 = 255;

    fn get(&self, read: impl FnOnce() -> u8) -> u8 {
        let mut value = self.0.load(Ordering::Relaxed);
        if value == Setting::UNKNOWN {
            value = read();
            self.0.store(value, Ordering::Relaxed);
        }
        value
    }
}

static LEAST: Setting = Setting(AtomicU8::new(Setting::UNKNOWN));
static COLORED: Setting = Setting(AtomicU8::new(Setting::UNKNOWN));

/// Number of a level's name: trimmed, in any case; `warning` is `warn`.
fn level_of(name: &[u8]) -> Option<u8> {
    let name = name.trim_ascii();
    if name.eq_ignore_ascii_case(b"warning") {
        return Some(3);
    }
    let position = NAMES
        .iter()
        .position(|known| name.eq_ignore_ascii_case(known));
    position.map(|number| number as u8)
}

fn least_level() -> u8 {
    LEAST.get(|| variable(b"FUSE_LOG").and_then(level_of).unwrap_or(INFO))
}

fn is_colored() -> bool {
    COLORED.get(|| colored_by_environment() as u8) == 1
}

fn colored_by_environment() -> bool {
    let policy = variable(b"FUSE_COLOR").unwrap_or(b"auto").trim_ascii();
    if policy.eq_ignore_ascii_case(b"always") {
        return true;
    }
    if policy.eq_ignore_ascii_case(b"never") || variable(b"NO_COLOR").is_some() {
        return false;
    }
    match variable(b"FUSE_COLOR_FORCE_TTY") {
        Some(forced) => forced == b"1",
        // SAFETY: asks about a descriptor number.
        None => unsafe { libc::isatty(libc::STDERR_FILENO) == 1 },
    }
}

/// Text as it may stand in a line: control characters would let it pretend to be other lines, or give the terminal orders.
pub fn push_escaped(line: &mut Buffer, text: &[u8]) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'\n' => line.push(b"\\n"),
            b'\r' => line.push(b"\\r"),
            b'\t' => line.push(b"\\t"),
            0..0x20 | 0x7f => line.push(&[
                b'\\',
                b'u',
                b'0',
                b'0',
                HEX[(byte >> 4) as usize],
                HEX[(byte & 15) as usize],
            ]),
            // U+0080 to U+009F are control characters too.
            0xc2 if matches!(tail.first(), Some(0x80..0xa0)) => {
                line.push(b"\\u00");
                if let Some((&second, tail)) = tail.split_first() {
                    line.push(&[HEX[(second >> 4) as usize], HEX[(second & 15) as usize]]);
                    rest = tail;
                }
            }
            _ => line.push(&[byte]),
        }
    }
}

fn clamp(level: i64) -> u8 {
    level.clamp(0, 4) as u8
}

/// `[LEVEL] message`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_log_text(level: i64, message: *mut u8) {
    let level = clamp(level);
    if level < least_level() {
        return;
    }
    let colored = is_colored();
    let index = level as usize;
    let mut line = Buffer::new();
    line.push(b"[");
    if colored {
        line.push(b"\x1b[");
        line.push(COLORS[index]);
        line.push(b"m");
    }
    line.push(LABELS[index]);
    if colored {
        line.push(b"\x1b[0m");
    }
    line.push(b"] ");
    // SAFETY: contract of the crate.
    push_escaped(&mut line, unsafe { bytes(message) });
    line.push(b"\n");
    output::error(line.as_bytes());
}

/// `{"data":D,"level":"info","message":"m"}`
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_log_json(level: i64, message: *mut u8, data: *mut u8) {
    let level = clamp(level);
    if level < least_level() {
        return;
    }
    // SAFETY: contract of the crate.
    let (message, data) = unsafe { (bytes(message), bytes(data)) };
    let mut line = Buffer::new();
    line.push(b"{\"data\":");
    line.push(data);
    line.push(b",\"level\":\"");
    line.push(NAMES[level as usize]);
    line.push(b"\",\"message\":");
    push_json_string(&mut line, message);
    line.push(b"}\n");
    output::error(line.as_bytes());
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_log_enabled(level: i64) -> bool {
    clamp(level) >= least_level()
}

/// Number of the level with that name, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_log_level(name: *mut u8) -> i64 {
    // SAFETY: contract of the crate.
    match level_of(unsafe { bytes(name) }) {
        Some(level) => level as i64,
        None => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        let mut line = Buffer::new();
        push_escaped(&mut line, "a\nb\u{1b}[0m\u{85}é\u{7f}".as_bytes());
        assert_eq!(
            core::str::from_utf8(line.as_bytes()),
            Ok("a\\nb\\u001b[0m\\u0085é\\u007f")
        );
    }

    #[test]
    fn level_names() {
        assert_eq!(level_of(b" WARNING "), Some(3));
        assert_eq!(level_of(b"Trace"), Some(0));
        assert_eq!(level_of(b"fatal"), None);
    }
}
