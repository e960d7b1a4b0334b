//! What belongs to one thread.

use core::cell::{Cell, UnsafeCell};
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use fuse_abi::Context;

use crate::fault::Fault;
use crate::fault::guard::Guard;
use crate::memory::heap::{self, Heap};
use crate::memory::ledger::Ledger;
#[cfg(feature = "entry")]
use crate::process::crash;
use crate::process::report;

/// Starts with the context, so that a context's address is its thread's.
#[repr(C)]
pub struct Thread {
    pub context: Context,
    /// The heap whose free lists and chunk are in the context; null until memory is first needed.
    pub heap: *mut Heap,
    /// The innermost guard; null outside of any.
    pub guard: *mut Guard,
    /// Why the last guard was left through a fault.
    pub fault: Fault,
    /// Rolls back the transaction that the innermost guard's work has open; none in programs without a database.
    pub abandon_transaction: Option<fn()>,
    /// The exchange with a client that the route or task running here belongs to; null outside of any.
    pub exchange: *mut u8,
    /// Tasks started on this thread and not given up, the newest first; null in programs without tasks.
    pub tasks: *mut u8,
    /// What the task running here holds of other heaps; null where its fault ends those as well.
    pub ledger: *mut Ledger,
    /// Waits for the tasks above the given one and gives them up; set with the first task.
    pub abandon: Option<unsafe fn(*mut u8)>,
}

impl Thread {
    const EMPTY: Thread = Thread {
        context: Context::EMPTY,
        heap: ptr::null_mut(),
        guard: ptr::null_mut(),
        fault: Fault::NONE,
        abandon_transaction: None,
        exchange: ptr::null_mut(),
        tasks: ptr::null_mut(),
        ledger: ptr::null_mut(),
        abandon: None,
    };
}

/// State of the first thread that asks. In the executable's memory rather than in thread-local storage, because the C library sets up
/// more than a few words of that with a system call.
struct First(UnsafeCell<Thread>);

// SAFETY: only the thread that set `TAKEN` has the address.
unsafe impl Sync for First {}

static FIRST: First = First(UnsafeCell::new(Thread::EMPTY));
static TAKEN: AtomicBool = AtomicBool::new(false);

thread_local! {
    static CURRENT: Cell<*mut Thread> = const { Cell::new(ptr::null_mut()) };
}

/// This thread's state. Valid until [`release`].
#[inline]
pub fn current() -> *mut Thread {
    let thread = CURRENT.with(Cell::get);
    if thread.is_null() { create() } else { thread }
}

#[cold]
fn create() -> *mut Thread {
    let thread = if TAKEN.swap(true, Ordering::Acquire) {
        // SAFETY: malloc's memory is aligned for a thread and large enough; without any, nothing can go on.
        unsafe {
            let thread = libc::malloc(size_of::<Thread>()).cast::<Thread>();
            if thread.is_null() {
                report::out_of_memory();
            }
            thread.write(Thread::EMPTY);
            thread
        }
    } else {
        FIRST.0.get()
    };
    CURRENT.with(|current| current.set(thread));
    #[cfg(feature = "entry")]
    crash::give_stack();
    thread
}

/// Frees everything of this thread. Threads of the runtime call it when they end.
///
/// # Safety
/// Outside of any guard; no object made by this thread may be used afterwards.
pub unsafe fn release() {
    let thread = CURRENT.with(Cell::get);
    if thread.is_null() {
        return;
    }
    // SAFETY: as stated; the address is forgotten.
    unsafe {
        heap::release_base();
        #[cfg(feature = "entry")]
        crash::take_stack();
        CURRENT.with(|current| current.set(ptr::null_mut()));
        if thread == FIRST.0.get() {
            thread.write(Thread::EMPTY);
            TAKEN.store(false, Ordering::Release);
        } else {
            libc::free(thread.cast());
        }
    }
}

/// This thread's [`Context`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_context() -> *mut u8 {
    current().cast()
}
