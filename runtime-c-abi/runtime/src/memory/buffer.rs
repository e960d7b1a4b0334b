//! A growable byte buffer for paths that must stay free of `Vec` and `std::fmt`, whose failure paths are large.

use core::ptr;

use crate::process::report::{self, Sink};

/// Bytes in the C library's memory.
pub struct Buffer {
    data: *mut u8,
    len: usize,
    capacity: usize,
}

// SAFETY: a buffer owns its memory, which any thread may free.
unsafe impl Send for Buffer {}

impl Buffer {
    pub const fn new() -> Buffer {
        Buffer {
            data: ptr::null_mut(),
            len: 0,
            capacity: 0,
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        // SAFETY: the buffer has room for `bytes` after growing; both are different memory.
        unsafe {
            if self.capacity - self.len < bytes.len() {
                self.grow(bytes.len());
            }
            fuse_core::bytes::copy(
                bytes.as_ptr(),
                self.data.wrapping_add(self.len),
                bytes.len(),
            );
        }
        self.len += bytes.len();
    }

    pub fn push_int(&mut self, value: i64) {
        Sink::push_int(self, value);
    }

    #[cold]
    fn grow(&mut self, extra: usize) {
        let capacity = (self.len + extra).max(self.capacity * 2).max(256);
        // SAFETY: `data` is null or from malloc.
        let data = unsafe { libc::realloc(self.data.cast(), capacity) };
        if data.is_null() {
            report::out_of_memory();
        }
        self.data = data.cast();
        self.capacity = capacity;
    }

    pub fn as_bytes(&self) -> &[u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: `len` bytes are initialised.
        unsafe { core::slice::from_raw_parts(self.data, self.len) }
    }

    /// Gives up ownership: address and length of memory for `libc::free`.
    pub fn into_raw(self) -> (*mut u8, usize) {
        let parts = (self.data, self.len);
        core::mem::forget(self);
        parts
    }
}

impl Sink for Buffer {
    fn push(&mut self, bytes: &[u8]) {
        self.push(bytes);
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Buffer::new()
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: null or from malloc.
        unsafe { libc::free(self.data.cast()) };
    }
}
