//! A growable byte buffer for paths that must stay free of `Vec` and `std::fmt`, whose failure paths are large.

use core::mem::MaybeUninit;
use core::ptr;

use fuse_core::number;

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
        let mut digits = MaybeUninit::uninit();
        let start = number::format(value, &mut digits);
        // SAFETY: the digits from `start` on are initialised.
        let digits = unsafe {
            core::slice::from_raw_parts(
                digits.as_ptr().cast::<u8>().add(start),
                number::MAX_DIGITS - start,
            )
        };
        self.push(digits);
    }

    #[cold]
    fn grow(&mut self, extra: usize) {
        let capacity = (self.len + extra).max(self.capacity * 2).max(256);
        // SAFETY: `data` is null or from malloc.
        let data = unsafe { libc::realloc(self.data.cast(), capacity) };
        if data.is_null() {
            // Nothing can be reported without memory; the system's own handler says what happened.
            // SAFETY: ends the process.
            unsafe { libc::abort() };
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
