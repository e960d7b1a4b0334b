//! Tasks: results, faults and tasks given up, with captures shared between threads. Alone in its process, because it looks at the whole
//! process's memory.

use core::ptr;

use fuse_abi::object::Header;
use fuse_core::{fuse_drop_text, fuse_rc_inc};
use fuse_runtime::fault::guard::guarded;
use fuse_runtime::fault::{Fault, fuse_assert_failed, fuse_fault_validation};
use fuse_runtime::memory::heap::Scratch;
use fuse_runtime::memory::{fuse_mark_shared, thread};
use fuse_runtime::object::{bytes, new_text};
use fuse_runtime::process::{
    fuse_task_await, fuse_task_failure, fuse_task_finish, fuse_task_give_up, fuse_task_newest,
    fuse_task_record, fuse_task_release, fuse_task_spawn, fuse_task_take_record,
    fuse_task_take_result,
};

type Entry = unsafe extern "C" fn(*mut u8, i64);

/// What generated code does besides running: gives up the captures (1) or the result (2).
unsafe fn give_back(job: *mut u8, step: i64) {
    // SAFETY: called by the runtime, once for each.
    unsafe {
        match step {
            1 => fuse_drop_text(fuse_task_take_record(job)),
            _ => fuse_drop_text(fuse_task_take_result(job)),
        }
    }
}

/// A text made from the captured one, or the captured one itself when it is long.
unsafe extern "C" fn doubles(job: *mut u8, step: i64) {
    // SAFETY: as generated code does.
    unsafe {
        if step != 0 {
            return give_back(job, step);
        }
        let text = fuse_task_record(job);
        if bytes(text).len() > 40 {
            return fuse_task_finish(job, text);
        }
        let result = new_text(&bytes(text).repeat(2));
        fuse_drop_text(text);
        fuse_task_finish(job, result);
    }
}

/// Starts a task on the same text, and gives its result.
unsafe extern "C" fn nests(job: *mut u8, step: i64) {
    // SAFETY: as generated code does.
    unsafe {
        if step != 0 {
            return give_back(job, step);
        }
        let text = fuse_task_record(job);
        let inner = start(doubles, text);
        let result = finish(inner);
        fuse_task_finish(job, new_text(&result));
    }
}

unsafe extern "C" fn faults(job: *mut u8, step: i64) {
    // SAFETY: as generated code does.
    unsafe {
        if step != 0 {
            return give_back(job, step);
        }
        fuse_assert_failed(fuse_task_record(job), 3)
    }
}

unsafe extern "C" fn invalid(job: *mut u8, step: i64) {
    // SAFETY: as generated code does.
    unsafe {
        if step != 0 {
            return give_back(job, step);
        }
        let (path, code) = (new_text(b"p"), new_text(b"c"));
        fuse_fault_validation(path, code, new_text(b"m"), 4)
    }
}

/// Takes its captured text many times, also through the result of a task of its own, and fails with all of them.
unsafe extern "C" fn holds_and_fails(job: *mut u8, step: i64) {
    // SAFETY: as generated code does, up to the fault.
    unsafe {
        if step != 0 {
            return give_back(job, step);
        }
        let text = fuse_task_record(job);
        for _ in 0..5 {
            fuse_rc_inc(text);
        }
        // What this one makes is shared with its own task, and goes with its heap.
        let own = new_text(&bytes(text).repeat(10_000));
        fuse_rc_inc(own);
        finish(start(doubles, own));
        fuse_rc_inc(text);
        let inner = start(doubles, text);
        let result = fuse_task_await(inner, 1);
        fuse_task_release(inner);
        fuse_rc_inc(result);
        invalid(job, step);
    }
}

/// References to an object that threads share.
unsafe fn references(object: *mut u8) -> i32 {
    // SAFETY: a live object, which no other thread touches now.
    unsafe { -(*object.cast::<Header>()).count }
}

extern "C" fn fails_tasks(_: *mut u8) {
    // SAFETY: what is started is finished; the text is live.
    unsafe {
        let text = new_text(&[b'x'; 41]);
        fuse_mark_shared(text);
        for _ in 0..10 {
            fuse_rc_inc(text);
            let task = start(holds_and_fails, text);
            let failure = fuse_task_failure(task, 1);
            assert!(!failure.is_null());
            fuse_drop_text(failure);
            assert_eq!(references(text), 1);
        }
        fuse_drop_text(text);
    }
}

/// Consumes the text.
unsafe fn start(entry: Entry, text: *mut u8) -> i64 {
    // SAFETY: a live text.
    unsafe {
        fuse_mark_shared(text);
        fuse_task_spawn(entry as *mut u8, text, true)
    }
}

unsafe fn finish(task: i64) -> Vec<u8> {
    // SAFETY: started and not finished.
    unsafe {
        let result = fuse_task_await(task, 1);
        let copy = bytes(result).to_vec();
        fuse_drop_text(result);
        fuse_task_release(task);
        copy
    }
}

fn shown(fault: Fault) -> (String, i64) {
    let text = String::from_utf8_lossy(fault.text()).into_owned();
    let site = fault.site;
    fault.release();
    (text, site)
}

extern "C" fn rounds(count: *mut u8) {
    for round in 0..count as usize {
        let own = format!("{round}").repeat(1 + round % 20);
        // SAFETY: what is started is finished; the texts are live.
        unsafe {
            let text = new_text(own.as_bytes());
            for _ in 0..3 {
                fuse_rc_inc(text);
            }
            let a = start(doubles, text);
            let b = start(nests, text);
            let c = start(doubles, text);
            let expected = if own.len() > 40 {
                own.clone()
            } else {
                own.repeat(2)
            };
            assert_eq!(finish(b), expected.as_bytes());
            assert_eq!(finish(a), expected.as_bytes());
            assert_eq!(bytes(text), own.as_bytes());
            assert_eq!(finish(c), expected.as_bytes());
            fuse_drop_text(text);
        }
    }
}

extern "C" fn leaves_tasks(_: *mut u8) {
    // SAFETY: the guard gives up what is started here.
    unsafe {
        for _ in 0..4 {
            start(nests, new_text(b"left"));
        }
        let task = start(faults, new_text(b"boom"));
        finish(task);
    }
}

extern "C" fn catches(_: *mut u8) {
    // SAFETY: what is started is finished or given up.
    unsafe {
        let newest = fuse_task_newest();
        let first = start(doubles, new_text(b"1"));
        let failing = start(invalid, new_text(b"2"));
        start(faults, new_text(b"3"));
        assert!(fuse_task_failure(first, 1).is_null());
        let failure = fuse_task_failure(failing, 1);
        let expected =
            br#"{"fields":[{"code":"c","message":"m","path":"p"}],"message":"validation failed"}"#;
        assert_eq!(bytes(failure), expected);
        fuse_drop_text(failure);
        fuse_task_give_up(newest);
        assert_eq!(fuse_task_newest(), newest);
    }
}

/// Runs `work` as a request would be.
fn request(
    heap: &mut Scratch,
    work: extern "C" fn(*mut u8),
    argument: usize,
) -> Result<(), (String, i64)> {
    // SAFETY: what the works hold when they are left has no destructor that matters here.
    let result =
        heap.using(|| unsafe { guarded(work, ptr::without_provenance_mut(argument), None) });
    result.map_err(shown)
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = status.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
    pages.expect("pages") * 4
}

#[test]
fn threads_start_tasks_side_by_side_and_nothing_grows() {
    let all = |count: usize| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                std::thread::spawn(move || {
                    let mut heap = Scratch::new();
                    for _ in 0..count {
                        assert_eq!(request(&mut heap, rounds, 20), Ok(()));
                        let boom = Err(("assert failed: boom".to_owned(), 3));
                        assert_eq!(request(&mut heap, leaves_tasks, 0), boom);
                        assert_eq!(request(&mut heap, catches, 0), Ok(()));
                        assert_eq!(request(&mut heap, fails_tasks, 0), Ok(()));
                    }
                    drop(heap);
                    // SAFETY: no object of this thread is used any more.
                    unsafe { thread::release() };
                })
            })
            .collect();
        for thread in threads {
            thread.join().expect("no assertion failed");
        }
    };
    all(20);
    let before = resident();
    all(100);
    let after = resident();
    assert!(after < before + 8192, "{before} KB, then {after} KB");
}
