//! Faults and memory. Alone in its process, because it looks at the whole process's memory.

use fuse_core::{fuse_alloc, fuse_text_new};
use fuse_runtime::fault::guard::guarded;
use fuse_runtime::fault::{Fault, fuse_assert_failed};
use fuse_runtime::memory::heap::Scratch;
use fuse_runtime::object::new_text;

fn shown(fault: Fault) -> (String, i64) {
    let text = String::from_utf8_lossy(fault.text()).into_owned();
    let site = fault.site;
    fault.release();
    (text, site)
}

/// Allocates all sorts, then faults.
extern "C" fn litters(_: *mut u8) {
    // SAFETY: inside a guard and a heap of its own.
    unsafe {
        for size in [16, 48, 300, 5000, 50_000] {
            fuse_alloc(size).write_bytes(1, size as usize);
        }
        fuse_text_new(100);
        fuse_assert_failed(new_text(b"again"), 1)
    }
}

/// Resident memory of this process in kilobytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = status
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse().ok())
        .expect("pages");
    pages * 4
}

#[test]
fn faulting_does_not_grow_the_process() {
    let mut heap = Scratch::new();
    let mut fault_many = |count: u32| {
        for _ in 0..count {
            // SAFETY: `litters` holds nothing with a destructor.
            let result = heap.using(|| unsafe { guarded(litters, core::ptr::null_mut(), None) });
            assert_eq!(
                result.map_err(shown),
                Err(("assert failed: again".to_owned(), 1))
            );
        }
    };
    fault_many(1000);
    let before = resident();
    fault_many(100_000);
    let after = resident();
    assert!(after < before + 2048, "{before} KB, then {after} KB");
}
