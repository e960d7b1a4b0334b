//! Faults and guards.

use fuse_abi::{Context, FaultKind};
use fuse_core::cold::fuse_context;
use fuse_runtime::fault::guard::guarded;
use fuse_runtime::fault::{
    Fault, fuse_assert_failed, fuse_fault, fuse_fault_validation, fuse_raise,
};
use fuse_runtime::memory::stack::Stack;
use fuse_runtime::object::new_text;
use fuse_runtime::text::fuse_text_slice;

fn run(work: extern "C" fn(*mut u8)) -> Result<(), (String, i64)> {
    // SAFETY: the works below hold nothing with a destructor.
    let result = unsafe { guarded(work, core::ptr::null_mut(), None) };
    result.map_err(shown)
}

fn shown(fault: Fault) -> (String, i64) {
    let text = String::from_utf8_lossy(fault.text()).into_owned();
    let site = fault.site;
    fault.release();
    (text, site)
}

extern "C" fn nothing(_: *mut u8) {}

extern "C" fn divides(_: *mut u8) {
    // SAFETY: inside a guard.
    unsafe { fuse_fault(FaultKind::DivisionByZero as i64, 3) }
}

extern "C" fn slices(_: *mut u8) {
    // SAFETY: live text, inside a guard.
    unsafe { fuse_text_slice(new_text(b"abc"), 2, 9, 4) };
}

extern "C" fn asserts(_: *mut u8) {
    // SAFETY: live text, inside a guard.
    unsafe { fuse_assert_failed(new_text(b"boom"), 5) }
}

extern "C" fn validates(_: *mut u8) {
    // SAFETY: live texts, inside a guard.
    unsafe {
        fuse_fault_validation(
            new_text(b"a.b"),
            new_text(b"invalid_value"),
            new_text(b"\"no\""),
            0,
        )
    }
}

extern "C" fn nested(_: *mut u8) {
    assert_eq!(run(divides), Err(("division by zero".to_owned(), 3)));
    assert_eq!(run(nothing), Ok(()));
    slices(core::ptr::null_mut());
}

#[test]
fn faults_reach_their_guard() {
    assert_eq!(run(nothing), Ok(()));
    assert_eq!(run(divides), Err(("division by zero".to_owned(), 3)));
    assert_eq!(run(slices), Err(("index out of bounds".to_owned(), 4)));
    assert_eq!(run(asserts), Err(("assert failed: boom".to_owned(), 5)));
    assert_eq!(run(nested), Err(("index out of bounds".to_owned(), 4)));
    let validation = "{\"error\":{\"code\":\"validation_error\",\"fields\":[{\"code\":\"invalid_value\",\"message\":\"\\\"no\\\"\",\"path\":\"a.b\"}],\"message\":\"validation failed\"}}";
    assert_eq!(run(validates), Err((validation.to_owned(), 0)));
}

extern "C" fn raises(_: *mut u8) {
    // SAFETY: live text, inside a guard.
    unsafe { fuse_raise(new_text(b"{\"error\":{}}"), 404, true, 1) }
}

#[test]
fn raised_errors_keep_status_and_json() {
    // SAFETY: `raises` holds nothing with a destructor.
    let fault = unsafe { guarded(raises, core::ptr::null_mut(), None) };
    let fault = fault.expect_err("it raises");
    assert_eq!((fault.status, fault.is_json), (404, true));
    assert_eq!(fault.to_json().as_bytes(), b"{\"error\":{}}");
    fault.release();
    let plain = run_fault(divides);
    assert_eq!(
        core::str::from_utf8(plain.to_json().as_bytes()),
        Ok(
            "{\"error\":{\"code\":\"validation_error\",\"fields\":[{\"code\":\"runtime_error\",\"message\":\"division by zero\",\"path\":\"$\"}],\"message\":\"validation failed\"}}"
        )
    );
}

fn run_fault(work: extern "C" fn(*mut u8)) -> Fault {
    // SAFETY: the works hold nothing with a destructor.
    unsafe { guarded(work, core::ptr::null_mut(), None) }.expect_err("it faults")
}

/// Recursion as generated code does it: a check of the stack limit, then a frame.
#[inline(never)]
fn recurse(context: *const Context, depth: u64) -> u64 {
    let marker = core::hint::black_box(0_u8);
    // SAFETY: this thread's context.
    if (&raw const marker as u64) < unsafe { (*context).stack_limit } {
        // SAFETY: inside a guard; frames hold nothing with a destructor.
        unsafe { fuse_fault(FaultKind::StackOverflow as i64, 9) }
    }
    if depth == 0 {
        return 0;
    }
    core::hint::black_box(recurse(context, depth - 1)) + 1
}

extern "C" fn deep(depth: *mut u8) {
    // SAFETY: the test passes a number.
    unsafe {
        let depth = depth.cast::<u64>();
        *depth = recurse(fuse_context(), *depth);
    }
}

#[test]
fn a_large_stack_holds_a_hundred_thousand_frames_and_then_faults() {
    let stack = Stack::reserve().expect("address space");
    let mut depth = 100_000_u64;
    // SAFETY: `deep` holds nothing with a destructor.
    let result = unsafe { guarded(deep, (&raw mut depth).cast(), Some(&stack)) };
    assert!(result.is_ok());
    assert_eq!(depth, 100_000);
    depth = u64::MAX;
    // SAFETY: as above.
    let result = unsafe { guarded(deep, (&raw mut depth).cast(), Some(&stack)) };
    assert_eq!(result.map_err(shown), Err(("stack overflow".to_owned(), 9)));
}
