//! Signals of the machine: a state that must not be, or a stack at its end. Both have the envelope like every other end.
//!
//! Handlers ask for no memory and wait for no lock: whatever was interrupted may hold them.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use fuse_abi::FaultKind;

use crate::process::image;
use crate::process::report::{self, Line, Sink};

/// What the machine or the C library ends a process with.
const SIGNALS: [(libc::c_int, &str); 7] = [
    (libc::SIGSEGV, "SIGSEGV"),
    (libc::SIGBUS, "SIGBUS"),
    (libc::SIGILL, "SIGILL"),
    (libc::SIGFPE, "SIGFPE"),
    (libc::SIGTRAP, "SIGTRAP"),
    (libc::SIGSYS, "SIGSYS"),
    (libc::SIGABRT, "SIGABRT"),
];

/// Room for a handler and for the registers that the system saves, which are large on some processors.
const STACK_SIZE: usize = 64 * 1024;

/// An access so near to the stack pointer is one to the stack.
const NEAR: u64 = 64 * 1024;

/// The stack of the first thread's handlers: in the executable's memory, because most programs have one thread.
#[repr(C, align(16))]
struct First(UnsafeCell<MaybeUninit<[u8; STACK_SIZE]>>);

// SAFETY: only the system writes to it, while one thread is in a handler.
unsafe impl Sync for First {}

static FIRST: First = First(UnsafeCell::new(MaybeUninit::uninit()));
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Takes over the signals.
pub fn install() {
    for (signal, _) in SIGNALS {
        // SAFETY: a zeroed sigaction is a valid one, completed here. The handler keeps to what handlers may do.
        unsafe {
            let mut action: libc::sigaction = core::mem::zeroed();
            action.sa_sigaction = caught as *const () as usize;
            // Not deferred: a mistake inside the handler comes back to it and ends there.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
            libc::sigaction(signal, &raw const action, ptr::null_mut());
        }
    }
}

/// Gives this thread a stack for handlers, because its own may be what has ended. A thread that cannot have one goes without.
pub fn give_stack() {
    let memory = if TAKEN.swap(true, Ordering::Relaxed) {
        // SAFETY: memory for the system to use until `take_stack`.
        unsafe { libc::malloc(STACK_SIZE) }
    } else {
        FIRST.0.get().cast()
    };
    if memory.is_null() {
        return;
    }
    let stack = libc::stack_t {
        ss_sp: memory,
        ss_flags: 0,
        ss_size: STACK_SIZE,
    };
    // SAFETY: the memory is this thread's until `take_stack`.
    unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
}

/// Takes the stack back from a thread that ends.
pub fn take_stack() {
    // SAFETY: `stack_t` is plain data; the memory is from `give_stack` and no handler runs on it.
    unsafe {
        let none = libc::stack_t {
            ss_sp: ptr::null_mut(),
            ss_flags: libc::SS_DISABLE,
            ss_size: 0,
        };
        let mut old: libc::stack_t = core::mem::zeroed();
        if libc::sigaltstack(&raw const none, &raw mut old) != 0 {
            return;
        }
        if old.ss_sp == FIRST.0.get().cast() {
            TAKEN.store(false, Ordering::Relaxed);
        } else {
            libc::free(old.ss_sp);
        }
    }
}

extern "C" fn caught(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: calls that handlers may make; the system passes valid records.
    unsafe {
        report::claim();
        let (instruction, stack) = registers(context);
        // A positive code is the machine's own; others were sent by somebody.
        let access = (signal == libc::SIGSEGV || signal == libc::SIGBUS) && (*info).si_code > 0;
        let mut line = Line::empty();
        if access && ((*info).si_addr() as u64).abs_diff(stack) < NEAR {
            let message = FaultKind::StackOverflow.message().as_bytes();
            report::envelope(&mut line, "runtime_fatal", message);
            report::end(line.as_bytes(), report::EXIT_FAULT);
        }
        let mut message = Line::empty();
        message.push(b"signal ");
        let name = SIGNALS
            .iter()
            .find(|(number, _)| *number == signal)
            .map_or("unknown", |(_, name)| name);
        message.push(name.as_bytes());
        image::push_place(&mut message, instruction);
        report::envelope(&mut line, "internal_error", message.as_bytes());
        report::end(line.as_bytes(), report::EXIT_PANIC)
    }
}

/// Instruction and stack pointer at the time of the signal.
unsafe fn registers(context: *mut libc::c_void) -> (u64, u64) {
    // SAFETY: what the system passes to a handler.
    let machine = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    #[cfg(target_arch = "x86_64")]
    return (
        machine.gregs[libc::REG_RIP as usize] as u64,
        machine.gregs[libc::REG_RSP as usize] as u64,
    );
    #[cfg(target_arch = "aarch64")]
    return (machine.pc, machine.sp);
}
