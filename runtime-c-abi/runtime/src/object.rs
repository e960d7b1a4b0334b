//! Counted objects seen from Rust.

use fuse_abi::object::{SEQUENCE_DATA, Sequence};
use fuse_core::text;
use fuse_core::{fuse_list_grow, fuse_list_new, fuse_text_new};

/// The bytes of a text.
///
/// # Safety
/// The text must stay live and unchanged for `'a`.
#[inline]
pub unsafe fn bytes<'a>(object: *mut u8) -> &'a [u8] {
    // SAFETY: a text is initialised up to its length.
    unsafe { core::slice::from_raw_parts(text::data(object), text::len(object)) }
}

/// A `String` object as text.
///
/// # Safety
/// As [`bytes`].
#[inline]
pub unsafe fn string<'a>(object: *mut u8) -> &'a str {
    // SAFETY: `String` objects hold UTF-8: literals come from source text, and everything that makes one keeps to it.
    unsafe { core::str::from_utf8_unchecked(bytes(object)) }
}

/// A new unique text.
pub fn new_text(bytes: &[u8]) -> *mut u8 {
    // SAFETY: the new text is ours, and `bytes` lies elsewhere.
    unsafe {
        text::push_bytes(
            fuse_text_new(bytes.len() as i64),
            bytes.as_ptr(),
            bytes.len(),
        )
    }
}

/// A new text, or null for none.
pub fn new_optional_text(bytes: Option<&[u8]>) -> *mut u8 {
    match bytes {
        Some(bytes) => new_text(bytes),
        None => core::ptr::null_mut(),
    }
}

/// Writes `Option<Int>`, `Option<Float>` or `Option<Bool>` to memory: a tag byte, then the payload at its alignment.
///
/// # Safety
/// `out` has room for the option.
pub unsafe fn write_option<T>(out: *mut u8, value: Option<T>) {
    // SAFETY: `out` is aligned for the option, whose payload stands at the payload's own alignment (8, or 1 for Bool).
    unsafe {
        out.write(value.is_some() as u8);
        if let Some(value) = value {
            out.add(align_of::<T>()).cast::<T>().write(value);
        }
    }
}

/// Builds a `List<String>`.
pub struct TextList(*mut u8);

impl TextList {
    pub fn new() -> TextList {
        // SAFETY: a list of pointers.
        TextList(unsafe { fuse_list_new(8, 4) })
    }

    /// Adds a new text.
    pub fn push(&mut self, bytes: &[u8]) {
        let text = new_text(bytes);
        // SAFETY: the list is ours; growing makes room for the new element.
        unsafe {
            let len = (*self.0.cast::<Sequence>()).len;
            self.0 = fuse_list_grow(self.0, 8, len as i64 + 1);
            self.0
                .add(SEQUENCE_DATA as usize)
                .cast::<*mut u8>()
                .add(len as usize)
                .write(text);
            (*self.0.cast::<Sequence>()).len = len + 1;
        }
    }

    pub fn finish(self) -> *mut u8 {
        self.0
    }
}

impl Default for TextList {
    fn default() -> Self {
        TextList::new()
    }
}

/// The elements of a list of plain values or pointers.
///
/// # Safety
/// The list holds `T`s and stays live and unchanged for `'a`.
pub unsafe fn elements<'a, T>(list: *mut u8) -> &'a [T] {
    // SAFETY: a list is initialised up to its length.
    unsafe {
        core::slice::from_raw_parts(
            list.add(SEQUENCE_DATA as usize).cast::<T>(),
            (*list.cast::<Sequence>()).len as usize,
        )
    }
}
