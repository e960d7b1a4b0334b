//! What threads share: atomic counts and the hash seed.

use core::sync::atomic::{AtomicI32, AtomicU64, Ordering, fence};

use fuse_abi::Context;
use fuse_abi::object::Header;

use crate::memory::ledger;

pub(super) unsafe fn count<'a>(object: *mut u8) -> &'a AtomicI32 {
    // SAFETY: a live counted object starts with a header, whose negative count is only touched atomically.
    unsafe { AtomicI32::from_ptr(&raw mut (*object.cast::<Header>()).count) }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_shared_inc_slow(object: *mut u8) {
    // SAFETY: contract of the crate. Relaxed: a new reference is made from one we hold.
    unsafe { count(object).fetch_sub(1, Ordering::Relaxed) };
    ledger::note(object, 1);
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_shared_dec_slow(object: *mut u8) -> bool {
    // SAFETY: contract of the crate. Release and acquire: whoever frees sees all uses by others.
    unsafe {
        if count(object).fetch_add(1, Ordering::Release) == -1 {
            fence(Ordering::Acquire);
            // The caller reads the object as its own again.
            count(object).store(1, Ordering::Relaxed);
            ledger::forget(object);
            return true;
        }
        ledger::note(object, -1);
        false
    }
}

/// The count becomes atomic. Whoever calls this is the only thread that knows the object, or it is shared already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_mark_shared(object: *mut u8) {
    // SAFETY: a live counted object starts with a header; a positive count belongs to this thread.
    unsafe {
        let count = count(object);
        let references = count.load(Ordering::Relaxed);
        if references > 0 {
            count.store(-references, Ordering::Relaxed);
        }
    }
}

/// 0 until chosen.
static SEED: AtomicU64 = AtomicU64::new(0);

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_hash_seed_slow(context: *mut Context) -> u64 {
    let mut seed = SEED.load(Ordering::Relaxed);
    if seed == 0 {
        let chosen = random_word() | 1;
        seed = match SEED.compare_exchange(0, chosen, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => chosen,
            Err(other) => other,
        };
    }
    // SAFETY: the context is this thread's.
    unsafe { (*context).hash_seed = seed };
    seed
}

/// Eight of the bytes that the system hands every process at its start; costs nothing to have. Differs from run to run.
fn random_word() -> u64 {
    if cfg!(miri) {
        // It has no such bytes.
        return 0;
    }
    // SAFETY: AT_RANDOM is the address of 16 bytes, or 0.
    unsafe {
        let bytes = libc::getauxval(libc::AT_RANDOM) as *const u64;
        if bytes.is_null() {
            0x9e37_79b9_7f4a_7c15
        } else {
            bytes.read_unaligned()
        }
    }
}
