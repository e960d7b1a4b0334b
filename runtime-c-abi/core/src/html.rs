//! Escaping: appending text to markup so that it stays text.

use core::ptr::copy_nonoverlapping;

use crate::block::{Block, Found};
use crate::escape::{self, Escapes};
use crate::text::{data, len, reserve};

/// How each byte is written: an index into [`ENTITIES`], 0 for those that stay.
static CLASSES: [u8; 256] = classes();

static ENTITIES: [[u8; LONGEST_ENTITY]; 6] = [
    *b"        ",
    *b"&amp;   ",
    *b"&lt;    ",
    *b"&gt;    ",
    *b"&quot;  ",
    *b"&#39;   ",
];

static LENGTHS: [u8; 6] = [1, 5, 4, 4, 6, 5];

/// What is written at once, blanks included that do not count.
const LONGEST_ENTITY: usize = 8;

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    table[b'&' as usize] = 1;
    table[b'<' as usize] = 2;
    table[b'>' as usize] = 3;
    table[b'"' as usize] = 4;
    table[b'\'' as usize] = 5;
    table
}

/// What is written as an entity between the tags.
struct Content;

/// The same between the quotes of an attribute.
struct Value;

#[inline(always)]
fn content(block: Block) -> Found {
    block
        .equal(b'&')
        .or(block.equal(b'<'))
        .or(block.equal(b'>'))
}

#[inline(always)]
unsafe fn write(byte: u8, to: *mut u8) -> usize {
    // SAFETY: classes are below the number of entities; the caller has room for the longest.
    unsafe {
        let class = *CLASSES.as_ptr().add(byte as usize) as usize;
        copy_nonoverlapping((*ENTITIES.as_ptr().add(class)).as_ptr(), to, LONGEST_ENTITY);
        *LENGTHS.as_ptr().add(class) as usize
    }
}

impl Escapes for Content {
    const LONGEST: usize = LONGEST_ENTITY;

    #[inline(always)]
    fn find(block: Block) -> Found {
        content(block)
    }

    #[inline(always)]
    unsafe fn write(byte: u8, to: *mut u8) -> usize {
        // SAFETY: contract of the trait.
        unsafe { write(byte, to) }
    }
}

impl Escapes for Value {
    const LONGEST: usize = LONGEST_ENTITY;

    #[inline(always)]
    fn find(block: Block) -> Found {
        let quotes = block.equal(b'"').or(block.equal(b'\''));
        content(block).or(quotes)
    }

    #[inline(always)]
    unsafe fn write(byte: u8, to: *mut u8) -> usize {
        // SAFETY: contract of the trait.
        unsafe { write(byte, to) }
    }
}

/// Consumes `markup`; gives it with `value`, escaped, at its end.
#[inline(always)]
pub unsafe fn push_escaped(markup: *mut u8, value: *mut u8, in_attribute: bool) -> *mut u8 {
    // SAFETY: `value` is another text than the markup being built.
    unsafe {
        let (from, count) = (data(value), len(value));
        let markup = reserve(markup, count);
        if in_attribute {
            escape::put::<Value>(markup, from, count, 0)
        } else {
            escape::put::<Content>(markup, from, count, 0)
        }
    }
}

/// Bytes that [`push_escaped`] adds for an attribute value.
pub unsafe fn escaped_len(value: *mut u8) -> usize {
    // SAFETY: a text is initialised up to its length.
    let bytes = unsafe { core::slice::from_raw_parts(data(value), len(value)) };
    let mut total = 0usize;
    for &byte in bytes {
        // SAFETY: classes are below the number of entities.
        let length = unsafe { *LENGTHS.get_unchecked(CLASSES[byte as usize] as usize) };
        total = total.wrapping_add(length as usize);
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

/// [`fuse_html_push_text`] for unique markup that has room for `value` as it is and `behind` more, which it then still has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_html_put_text(
    markup: *mut u8,
    value: *mut u8,
    behind: i64,
) -> *mut u8 {
    // SAFETY: there is room; `value` is another text than the markup.
    unsafe { escape::put::<Content>(markup, data(value), len(value), behind as usize) }
}

/// [`fuse_html_push_value`] in the same way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_html_put_value(
    markup: *mut u8,
    value: *mut u8,
    behind: i64,
) -> *mut u8 {
    // SAFETY: there is room; `value` is another text than the markup.
    unsafe { escape::put::<Value>(markup, data(value), len(value), behind as usize) }
}
