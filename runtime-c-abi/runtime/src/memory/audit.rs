//! Whether work that ended without a fault left counted objects behind. Only with the feature `audit`, for `ci/memory`.
//!
//! Immortal objects and what they refer to are no leaks, and a fault discards a heap with whatever is in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fuse_abi::object::Header;

use crate::process::output;

/// How a process ends that has left something behind.
pub const EXIT_LEAK: i32 = 97;
/// So many objects, and so many bytes of each, are shown.
const SHOWN: usize = 8;
const SHOWN_BYTES: usize = 48;

/// Ends the process unless all `objects` (address and size) are immortal or belong to one that is. `place` is what has ended.
///
/// # Safety
/// The objects are all that their heap holds, and nobody changes them.
pub unsafe fn check(objects: BTreeMap<usize, usize>, place: &str) {
    let mut left = objects;
    let mut kept: Vec<(usize, usize)> = Vec::new();
    // SAFETY: objects are at least a header long. Tables of maps are not objects of their own and may look immortal when they are empty,
    // but the map in front of them does not.
    left.retain(|&object, &mut size| unsafe {
        let is_kept = (*(object as *const Header)).count == 0;
        if is_kept {
            kept.push((object, size));
        }
        !is_kept
    });
    while let Some((object, size)) = kept.pop() {
        for word in 0..size / 8 {
            // SAFETY: inside of the object. What is not initialised is at worst taken for an address.
            let address = unsafe { (object as *const usize).add(word).read_volatile() };
            if let Some(size) = left.remove(&address) {
                kept.push((address, size));
            }
        }
    }
    if left.is_empty() {
        return;
    }
    let mut text = format!(
        "memory audit: {} counted objects are live at the end of {place}\n",
        left.len()
    );
    for (&object, &size) in left.iter().take(SHOWN) {
        // SAFETY: as above.
        let (count, bytes) = unsafe {
            let count = (*(object as *const Header)).count;
            (
                count,
                std::slice::from_raw_parts(object as *const u8, size.min(SHOWN_BYTES)),
            )
        };
        write!(text, "  {size} bytes, count {count}: ").expect("a String takes any text");
        for byte in bytes {
            match byte {
                b' '..=b'~' => text.push(char::from(*byte)),
                _ => text.push('.'),
            }
        }
        text.push('\n');
    }
    fail(&text);
}

/// Says what is wrong and ends the process.
pub fn fail(text: &str) -> ! {
    output::flush();
    output::error(text.as_bytes());
    // SAFETY: ends the process.
    unsafe { libc::_exit(EXIT_LEAK) }
}
