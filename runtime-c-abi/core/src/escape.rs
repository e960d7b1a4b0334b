//! Appending text that another language reads: what means something there is written in another way.

use crate::block::{Block, Found, copy_until};
use crate::text::{data, len, reserve, set_len};

/// Which bytes are replaced, and by what.
pub trait Escapes {
    /// The longest replacement.
    const LONGEST: usize;

    fn find(block: Block) -> Found;

    /// Writes what stands for a byte that [`Self::find`] finds and gives its length.
    unsafe fn write(byte: u8, to: *mut u8) -> usize;
}

/// Appends `count` bytes from `from`, which are not inside the text, escaped, to a unique text that has room for them and `extra` more as they
/// are. Gives the text, with room for `extra` more.
#[inline(always)]
pub unsafe fn put<E: Escapes>(
    text: *mut u8,
    from: *const u8,
    count: usize,
    extra: usize,
) -> *mut u8 {
    // SAFETY: the caller made room for the bytes as they are; the lengths of texts do not come near that of the address space.
    unsafe {
        let end = len(text);
        let plain = copy_until(E::find, from, data(text).add(end), count);
        set_len(text, end.wrapping_add(plain));
        if plain == count {
            return text;
        }
        rest::<E>(text, from.add(plain), count.wrapping_sub(plain), extra)
    }
}

/// The same for bytes of which the first is to be replaced.
#[inline(never)]
unsafe fn rest<E: Escapes>(
    mut text: *mut u8,
    mut from: *const u8,
    mut count: usize,
    extra: usize,
) -> *mut u8 {
    // SAFETY: as above; room for the replacement and for all bytes behind it is made before either is written.
    unsafe {
        loop {
            text = reserve(text, count.wrapping_add(E::LONGEST).wrapping_add(extra));
            let end = len(text);
            let written = E::write(*from, data(text).add(end));
            let end = end.wrapping_add(written);
            from = from.add(1);
            count = count.wrapping_sub(1);
            let plain = copy_until(E::find, from, data(text).add(end), count);
            set_len(text, end.wrapping_add(plain));
            if plain == count {
                return text;
            }
            from = from.add(plain);
            count = count.wrapping_sub(plain);
        }
    }
}

/// JSON strings.
pub struct Json;

/// What stands behind the backslash for a control character; 0 where that is its number.
static SHORT: [u8; 32] = short();

const fn short() -> [u8; 32] {
    let mut table = [0; 32];
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table
}

impl Escapes for Json {
    const LONGEST: usize = 6;

    #[inline(always)]
    fn find(block: Block) -> Found {
        crate::json::specials(block)
    }

    #[inline(always)]
    unsafe fn write(byte: u8, to: *mut u8) -> usize {
        // SAFETY: there is room for six bytes; control characters are below 32.
        unsafe {
            *to = b'\\';
            let short = if byte >= 0x20 {
                byte
            } else {
                *SHORT.as_ptr().add(byte as usize)
            };
            if short != 0 {
                *to.add(1) = short;
                return 2;
            }
            let low = byte & 15;
            *to.add(1) = b'u';
            *to.add(2) = b'0';
            *to.add(3) = b'0';
            *to.add(4) = b'0'.wrapping_add(byte >> 4);
            *to.add(5) = low.wrapping_add(if low < 10 { b'0' } else { b'a' - 10 });
            6
        }
    }
}

/// Consumes a text; gives it with the JSON string of `value`, quotes included, at its end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_push_json(text: *mut u8, value: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate; `value` is another text. There is room for it and for both quotes.
    unsafe { fuse_text_put_json(reserve(text, len(value).wrapping_add(2)), value, 0) }
}

/// The same for a unique text that has room for `value` as it is, both quotes, and `behind` more, which it then still has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_text_put_json(text: *mut u8, value: *mut u8, behind: i64) -> *mut u8 {
    // SAFETY: there is room.
    unsafe {
        let end = len(text);
        *data(text).add(end) = b'"';
        set_len(text, end.wrapping_add(1));
        let behind = (behind as usize).wrapping_add(1);
        let text = put::<Json>(text, data(value), len(value), behind);
        let end = len(text);
        *data(text).add(end) = b'"';
        set_len(text, end.wrapping_add(1));
        text
    }
}
