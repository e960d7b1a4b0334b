//! A large stack for programs with recursive functions: reserved as addresses, used page by page.

use core::ptr;

/// Room for 100,000 frames of more than 2.5 KiB. AddressSanitizer does not clean up after the frames that a fault leaves on stacks above
/// 64 MiB.
pub const STACK_SIZE: usize = if cfg!(feature = "address-sanitizer") {
    63 * 1024 * 1024
} else {
    256 * 1024 * 1024
};
/// What recursive functions leave for the runtime functions they call.
pub const RESERVE: usize = 256 * 1024;
const GUARD_PAGE: usize = 64 * 1024;

/// What is tried when the system does not let a process reserve that much.
const SMALLER: [usize; 2] = [STACK_SIZE / 4, STACK_SIZE / 16];

/// A mapped stack with an inaccessible end.
pub struct Stack {
    base: *mut u8,
    size: usize,
}

impl Stack {
    /// None when the system refuses.
    pub fn reserve() -> Option<Stack> {
        let mut stack = Stack::map(STACK_SIZE);
        for size in SMALLER {
            if stack.is_none() {
                stack = Stack::map(size);
            }
        }
        stack
    }

    fn map(size: usize) -> Option<Stack> {
        // SAFETY: a private anonymous mapping; the protected part is inside it.
        unsafe {
            let base = libc::mmap(
                ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK,
                -1,
                0,
            );
            if base == libc::MAP_FAILED {
                return None;
            }
            libc::mprotect(base, GUARD_PAGE, libc::PROT_NONE);
            Some(Stack {
                base: base.cast(),
                size,
            })
        }
    }

    /// Where the stack pointer starts, aligned to 16.
    pub fn top(&self) -> *mut u8 {
        self.base.wrapping_add(self.size)
    }

    #[cfg(feature = "address-sanitizer")]
    pub fn base(&self) -> *const u8 {
        self.base
    }

    #[cfg(feature = "address-sanitizer")]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The `stack_limit` for code on this stack.
    pub fn limit(&self) -> u64 {
        self.base as u64 + (GUARD_PAGE + RESERVE) as u64
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and no code runs on it any more.
        unsafe { libc::munmap(self.base.cast(), self.size) };
    }
}
