//! What AddressSanitizer has to know. Only with the feature `address-sanitizer`, for `ci/memory`.

use core::ptr;

use crate::memory::stack::Stack;

/// Reports end the process with a code of their own. The rest leaves to the runtime what is the runtime's: its signal handlers and their
/// stacks, and memory that cannot be had. Leaks are found by the audit.
#[unsafe(no_mangle)]
pub extern "C" fn __asan_default_options() -> *const libc::c_char {
    c"exitcode=98:detect_leaks=0:use_sigaltstack=0:handle_abort=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:allocator_may_return_null=1:detect_stack_use_after_return=0:quarantine_size_mb=64"
        .as_ptr()
}

unsafe extern "C" {
    fn __sanitizer_start_switch_fiber(save: *mut *mut u8, bottom: *const u8, size: usize);
    fn __sanitizer_finish_switch_fiber(
        save: *mut u8,
        old_bottom: *mut *const u8,
        old_size: *mut usize,
    );
}

/// A call on another stack.
pub struct Switch {
    work: extern "C" fn(*mut u8),
    argument: *mut u8,
    /// The stack that was left.
    bottom: *const u8,
    size: usize,
    save: *mut u8,
}

impl Switch {
    pub fn new(work: extern "C" fn(*mut u8), argument: *mut u8) -> Switch {
        Switch {
            work,
            argument,
            bottom: ptr::null(),
            size: 0,
            save: ptr::null_mut(),
        }
    }

    /// Just before the stack changes.
    pub unsafe fn enter(&mut self, stack: &Stack) {
        // SAFETY: the stack is mapped.
        unsafe { __sanitizer_start_switch_fiber(&raw mut self.save, stack.base(), stack.size()) }
    }

    /// On the other stack, just before it is left for good.
    pub unsafe fn leave(&self) {
        // SAFETY: what `call` was told.
        unsafe { __sanitizer_start_switch_fiber(ptr::null_mut(), self.bottom, self.size) }
    }

    /// Just after coming back.
    pub unsafe fn back(&mut self) {
        // SAFETY: what `enter` saved.
        unsafe { __sanitizer_finish_switch_fiber(self.save, ptr::null_mut(), ptr::null_mut()) }
    }
}

/// The work's frame on the other stack.
pub extern "C" fn call(switch: *mut u8) {
    // SAFETY: the switch is in the frame that waits for this call; no reference to it is held across the work, which may not return.
    unsafe {
        let switch = switch.cast::<Switch>();
        __sanitizer_finish_switch_fiber(
            ptr::null_mut(),
            &raw mut (*switch).bottom,
            &raw mut (*switch).size,
        );
        ((*switch).work)((*switch).argument);
        (*switch).leave();
    }
}
