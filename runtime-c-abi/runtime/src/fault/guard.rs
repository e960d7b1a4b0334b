//! Guards: entering saves the callee-saved registers and the stack pointer, a fault restores them, so that the guarded call returns a
//! second way. No unwinding, no landing pads.

use core::arch::naked_asm;
use core::ptr;

use crate::fault::Fault;
#[cfg(feature = "address-sanitizer")]
use crate::memory::sanitizer::{self, Switch};
use crate::memory::stack::Stack;
use crate::memory::thread;
use crate::process::report;

/// Lives in the frame of [`guarded`].
pub struct Guard {
    stack_pointer: *mut u8,
    previous: *mut Guard,
    /// For work on a stack of its own.
    #[cfg(feature = "address-sanitizer")]
    switch: Option<Switch>,
}

type Work = extern "C" fn(argument: *mut u8);

/// Calls `work(argument)`, on the stack that ends at `stack_top` unless that is null. 0 when it returned, 1 when [`guard_leave`] was
/// called with what was written to `saved`.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn guard_enter(
    work: Work,
    argument: *mut u8,
    saved: *mut *mut u8,
    stack_top: *mut u8,
) -> u64 {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov [rdx], rsp",
        "mov rbx, rsp",
        "mov rax, rdi",
        "mov rdi, rsi",
        "test rcx, rcx",
        "cmovne rsp, rcx",
        "call rax",
        "mov rsp, rbx",
        "xor eax, eax",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Makes the [`guard_enter`] that saved this stack pointer return 1.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn guard_leave(stack_pointer: *mut u8) -> ! {
    naked_asm!(
        "mov rsp, rdi",
        "mov eax, 1",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// As for x86-64.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn guard_enter(
    work: Work,
    argument: *mut u8,
    saved: *mut *mut u8,
    stack_top: *mut u8,
) -> u64 {
    naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x19, sp",
        "str x19, [x2]",
        "mov x9, x0",
        "mov x0, x1",
        "cmp x3, #0",
        "csel x10, x19, x3, eq",
        "mov sp, x10",
        "blr x9",
        "mov sp, x19",
        "mov x0, #0",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        "ret",
    )
}

/// As for x86-64.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn guard_leave(stack_pointer: *mut u8) -> ! {
    naked_asm!(
        "mov sp, x0",
        "mov x0, #1",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        "ret",
    )
}

/// Calls `work(argument)`; a fault inside ends the call with `Err`. With a stack, the work runs on it. Memory that the work allocated
/// stays in the heap in use; callers that go on afterwards use a [`crate::memory::heap::Scratch`].
///
/// # Safety
/// Frames of Rust code inside `work` that a fault leaves must hold nothing with a destructor.
pub unsafe fn guarded(work: Work, argument: *mut u8, stack: Option<&Stack>) -> Result<(), Fault> {
    let thread = thread::current();
    // SAFETY: this thread's own state; the rest is the caller's.
    unsafe {
        let tasks = (*thread).tasks;
        let result = guarded_at_the_end(work, argument, stack);
        if result.is_err()
            && let Some(abandon) = (*thread).abandon
        {
            // What these tasks captured goes with the work that started them.
            abandon(tasks);
        }
        result
    }
}

/// [`guarded`] for work whose fault ends the process: tasks it has started may still run afterwards, since waiting for them could take
/// any time.
///
/// # Safety
/// As [`guarded`].
pub unsafe fn guarded_at_the_end(
    work: Work,
    argument: *mut u8,
    stack: Option<&Stack>,
) -> Result<(), Fault> {
    let thread = thread::current();
    // SAFETY: the guard lives in this frame, which outlives the call; it is unlinked before the frame ends either way.
    unsafe {
        let mut guard = Guard {
            stack_pointer: ptr::null_mut(),
            previous: (*thread).guard,
            #[cfg(feature = "address-sanitizer")]
            switch: stack.map(|_| Switch::new(work, argument)),
        };
        #[cfg(feature = "address-sanitizer")]
        let (work, argument) = match &mut guard.switch {
            Some(switch) => (sanitizer::call as Work, (&raw mut *switch).cast()),
            None => (work, argument),
        };
        // A transaction outside of this guard is not this guard's to end.
        let transaction = (*thread).abandon_transaction.take();
        let limit = (*thread).context.stack_limit;
        let top = match stack {
            Some(stack) => {
                (*thread).context.stack_limit = stack.limit();
                stack.top()
            }
            None => ptr::null_mut(),
        };
        (*thread).guard = &raw mut guard;
        #[cfg(feature = "address-sanitizer")]
        if let (Some(switch), Some(stack)) = (&mut guard.switch, stack) {
            switch.enter(stack);
        }
        let faulted = guard_enter(work, argument, &raw mut guard.stack_pointer, top);
        #[cfg(feature = "address-sanitizer")]
        if let Some(switch) = &mut guard.switch {
            switch.back();
        }
        (*thread).guard = guard.previous;
        (*thread).context.stack_limit = limit;
        let abandon = core::mem::replace(&mut (*thread).abandon_transaction, transaction);
        if faulted == 0 {
            return Ok(());
        }
        #[cfg(feature = "audit")]
        crate::memory::heap::note_fault();
        let fault = Fault::last();
        if let Some(abandon) = abandon {
            abandon();
            (*thread).abandon_transaction = transaction;
        }
        Err(fault)
    }
}

/// Ends the work of the innermost guard of this thread; without one, the process.
#[cold]
pub fn leave(fault: Fault, site: i64) -> ! {
    let thread = thread::current();
    // SAFETY: a guard in the list is live: it is unlinked before its frame ends.
    unsafe {
        (*thread).fault = Fault {
            site: if fault.site != 0 { fault.site } else { site },
            ..fault
        };
        let guard = (*thread).guard;
        if guard.is_null() {
            report::fatal_and_exit(&(*thread).fault);
        }
        #[cfg(feature = "address-sanitizer")]
        if let Some(switch) = &(*guard).switch {
            switch.leave();
        }
        guard_leave((*guard).stack_pointer)
    }
}
