//! `main` of executables.

use std::alloc::{GlobalAlloc, Layout, System};

use fuse_abi::entry::Program;

use crate::memory::buffer::Buffer;
use crate::process::run::{Rendering, finish, first_app, run_app, run_migrations};
use crate::process::{crash, output, report};

unsafe extern "C" {
    /// Defined by generated code.
    static fuse_program: Program;
}

/// Is the variable exactly `1`?
fn is_set(name: &core::ffi::CStr) -> bool {
    // SAFETY: a C string; the result is null or a C string.
    unsafe {
        let value = libc::getenv(name.as_ptr());
        !value.is_null() && *value == b'1' as libc::c_char && *value.add(1) == 0
    }
}

/// # Safety
/// Called by the C library's start code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(count: i32, arguments: *const *const u8) -> i32 {
    // SAFETY: generated code defines the program, as the ABI says; the start code passes `count` arguments.
    unsafe {
        let program = &fuse_program;
        if is_set(c"FUSE_AOT_BUILD_INFO") {
            report::set_program(program, Rendering::Executable);
            output::print(report::build_info(program), true);
            return finish(0);
        }
        crash::install();
        if is_set(c"FUSE_AOT_STARTUP_TRACE") {
            report::set_program(program, Rendering::Executable);
            let mut line = Buffer::new();
            line.push(b"startup: pid=");
            report::push_pid(&mut line);
            line.push(b" ");
            report::push_build_info(&mut line);
            line.push(b"\n");
            output::error(line.as_bytes());
        }
        if is_set(c"FUSE_AOT_MIGRATE") {
            return run_migrations(program, Rendering::Executable);
        }
        let own = if count > 0 { 1 } else { 0 };
        run_app(
            program,
            Rendering::Executable,
            (count - own) as usize,
            arguments.add(own as usize),
            first_app(program),
        )
    }
}

/// Memory of the runtime's own: without any left, the process ends with the envelope instead of a panic.
struct OrEnd;

#[global_allocator]
static ALLOCATOR: OrEnd = OrEnd;

fn or_end(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        report::out_of_memory();
    }
    memory
}

// SAFETY: the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for OrEnd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        or_end(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        or_end(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract.
        or_end(unsafe { System.realloc(memory, layout, size) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(memory, layout) }
    }
}
