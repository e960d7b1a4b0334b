//! Escaping: appending text to markup so that it stays text.

use core::ptr::read_unaligned;

use crate::text::{data, len, push_bytes, reserve};

/// Bytes looked at together.
const BLOCK: usize = 16;

/// How each byte is written: 0 as it is, otherwise an index into [`ENTITIES`]. From [`QUOTES`] on: in attribute values only.
static CLASSES: [u8; 256] = classes();

static ENTITIES: [&[u8]; 6] = [b"", b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&#39;"];

const QUOTES: u8 = 4;

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    table[b'&' as usize] = 1;
    table[b'<' as usize] = 2;
    table[b'>' as usize] = 3;
    table[b'"' as usize] = QUOTES;
    table[b'\'' as usize] = 5;
    table
}

/// Entity of a byte, empty if it stays.
#[inline(always)]
fn entity(byte: u8, in_attribute: bool) -> &'static [u8] {
    let class = CLASSES[byte as usize];
    if class >= QUOTES && !in_attribute {
        return b"";
    }
    // SAFETY: classes are below the number of entities.
    unsafe { ENTITIES.get_unchecked(class as usize) }
}

/// Whether the next [`BLOCK`] bytes hold one that is written as an entity. Without branches, so that it becomes vector code.
#[inline(always)]
unsafe fn block_has_entity(from: *const u8, in_attribute: bool) -> bool {
    // SAFETY: the caller vouches for a block of bytes.
    let block: [u8; BLOCK] = unsafe { read_unaligned(from.cast()) };
    let mut found = 0;
    for byte in block {
        // `<` and `>` differ in one bit, `&` and `'` in another.
        let angle = byte & !2 == b'<';
        let ampersand = byte == b'&';
        let quote = in_attribute & ((byte == b'"') | (byte == b'\''));
        found |= (angle | ampersand | quote) as u8;
    }
    found != 0
}

/// Consumes `markup`; gives it with `value`, escaped, at its end.
#[inline(always)]
pub unsafe fn push_escaped(markup: *mut u8, value: *mut u8, in_attribute: bool) -> *mut u8 {
    // SAFETY: `value` is another text than the markup being built, and all offsets stay within its length.
    unsafe {
        let (from, count) = (data(value), len(value));
        let mut markup = reserve(markup, count);
        let (mut done, mut at) = (0usize, 0usize);
        while at < count {
            let rest = count.wrapping_sub(at);
            let block = if rest < BLOCK { rest } else { BLOCK };
            let end = at.wrapping_add(block);
            if block == BLOCK && !block_has_entity(from.add(at), in_attribute) {
                at = end;
                continue;
            }
            while at < end {
                let entity = entity(*from.add(at), in_attribute);
                if !entity.is_empty() {
                    markup = push_bytes(markup, from.add(done), at.wrapping_sub(done));
                    markup = push_bytes(markup, entity.as_ptr(), entity.len());
                    done = at.wrapping_add(1);
                }
                at = at.wrapping_add(1);
            }
        }
        push_bytes(markup, from.add(done), count.wrapping_sub(done))
    }
}

/// Bytes that [`push_escaped`] adds for an attribute value.
pub unsafe fn escaped_len(value: *mut u8) -> usize {
    // SAFETY: a text is initialised up to its length.
    let bytes = unsafe { core::slice::from_raw_parts(data(value), len(value)) };
    let mut total = 0usize;
    for &byte in bytes {
        let entity = entity(byte, true);
        total = total.wrapping_add(if entity.is_empty() { 1 } else { entity.len() });
    }
    total
}

/// Consumes markup; gives it with the text at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_html_push_text(markup: *mut u8, value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { push_escaped(markup, value, false) }
}

/// Consumes markup; gives it with the text, as it stands between the quotes of an attribute, at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_html_push_value(markup: *mut u8, value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe { push_escaped(markup, value, true) }
}
