//! Reference counts: positive this thread's, negative shared between threads, zero immortal.

use core::sync::atomic::{AtomicI32, Ordering};

use fuse_abi::object::Header;

use crate::cold::{fuse_shared_dec_slow, fuse_shared_inc_slow};

/// One more reference. 2^31 references of one thread become a shared count, which is still right.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_rc_inc(object: *mut u8) {
    // SAFETY: a live counted object starts with a header.
    unsafe {
        let count = &raw mut (*object.cast::<Header>()).count;
        if *count > 0 {
            *count = (*count).wrapping_add(1);
        } else if *count < 0 {
            fuse_shared_inc_slow(object);
        }
    }
}

/// One reference less. True when that was the last one: the caller frees the object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_rc_dec(object: *mut u8) -> bool {
    // SAFETY: a live counted object starts with a header.
    unsafe {
        let count = &raw mut (*object.cast::<Header>()).count;
        if *count == 1 {
            return true;
        }
        if *count > 0 {
            *count = (*count).wrapping_sub(1);
            return false;
        }
        if *count == 0 {
            return false;
        }
        fuse_shared_dec_slow(object)
    }
}

/// May the object be changed in place?
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_rc_unique(object: *mut u8) -> bool {
    // SAFETY: a live counted object starts with a header; the count may be touched by other threads only when negative, and -1
    // means that there is no other reference. Acquire orders us after their last use.
    unsafe {
        let count = &raw mut (*object.cast::<Header>()).count;
        *count == 1 || (*count < 0 && AtomicI32::from_ptr(count).load(Ordering::Acquire) == -1)
    }
}

/// The object is never freed and never written again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_mark_immortal(object: *mut u8) {
    // SAFETY: a live counted object starts with a header; constants are immortal already and may be read-only memory.
    unsafe {
        let count = &raw mut (*object.cast::<Header>()).count;
        if *count != 0 {
            *count = 0;
        }
    }
}
