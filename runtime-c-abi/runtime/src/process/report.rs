//! What a failed program shows: the fatal envelope of executables, or the launcher's line.

use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use fuse_abi::FaultKind;
use fuse_abi::entry::{Program, Site};
use fuse_core::number;

use crate::fault::{Fault, constant_bytes, push_json_string};
use crate::memory::buffer::Buffer;
use crate::process::output;
use crate::process::run::Rendering;

pub const EXIT_FAULT: i32 = 1;
pub const EXIT_PANIC: i32 = 101;

static PROGRAM: AtomicPtr<Program> = AtomicPtr::new(ptr::null_mut());
static LAUNCHER: AtomicBool = AtomicBool::new(false);

/// Which program runs in this process, and how its failures look.
pub fn set_program(program: &Program, rendering: Rendering) {
    PROGRAM.store(ptr::from_ref(program).cast_mut(), Ordering::Relaxed);
    LAUNCHER.store(matches!(rendering, Rendering::Launcher), Ordering::Relaxed);
}

/// The running program.
pub fn program<'a>() -> Option<&'a Program> {
    // SAFETY: null, or the program of the current run, which outlives it.
    unsafe { PROGRAM.load(Ordering::Relaxed).as_ref() }
}

pub fn rendering() -> Rendering {
    if LAUNCHER.load(Ordering::Relaxed) {
        Rendering::Launcher
    } else {
        Rendering::Executable
    }
}

/// Where a report is put together.
pub trait Sink {
    fn push(&mut self, bytes: &[u8]);

    fn push_int(&mut self, value: i64) {
        let mut digits = [0; number::MAX_DIGITS];
        // SAFETY: there is room for the longest number.
        let count = unsafe { number::write(value, digits.as_mut_ptr()) };
        // SAFETY: no number is longer. Unchecked because this is reached from every program.
        let digits = unsafe { digits.get_unchecked(..count) };
        self.push(digits);
    }
}

/// A line for those who cannot ask for memory: signal handlers, and what runs when there is none. What does not fit is left out.
pub struct Line {
    len: usize,
    data: [MaybeUninit<u8>; Line::ROOM],
}

impl Line {
    const ROOM: usize = 2048;

    pub const fn empty() -> Line {
        Line {
            len: 0,
            data: [MaybeUninit::uninit(); Line::ROOM],
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: `push` initialised `len` bytes.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr().cast(), self.len) }
    }
}

impl Sink for Line {
    #[inline(never)]
    fn push(&mut self, bytes: &[u8]) {
        let room = Line::ROOM - self.len;
        let count = if bytes.len() < room {
            bytes.len()
        } else {
            room
        };
        // SAFETY: there is room for `count` bytes behind `len`.
        unsafe {
            fuse_core::bytes::copy(
                bytes.as_ptr(),
                self.data.as_mut_ptr().cast::<u8>().add(self.len),
                count,
            );
        }
        self.len += count;
    }
}

/// The fatal envelope, one line: `fatal: class=C pid=P message=M BUILDINFO`.
pub fn envelope(line: &mut dyn Sink, class: &str, message: &[u8]) {
    line.push(b"fatal: class=");
    line.push(class.as_bytes());
    line.push(b" pid=");
    push_pid(line);
    line.push(b" message=");
    let mut rest = message;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'\n' => line.push(b"\\n"),
            b'\r' => line.push(b"\\r"),
            _ => line.push(&[byte]),
        }
        rest = tail;
    }
    line.push(b" ");
    push_build_info(line);
    line.push(b"\n");
}

pub fn push_pid(line: &mut dyn Sink) {
    // SAFETY: no preconditions.
    line.push_int(unsafe { libc::getpid() } as i64);
}

pub fn push_build_info(line: &mut dyn Sink) {
    if let Some(program) = program() {
        line.push(build_info(program));
    }
}

/// The build-info line.
pub fn build_info(program: &Program) -> &[u8] {
    // SAFETY: a program's constants.
    let room = unsafe { constant_bytes(&program.build_info) };
    room.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// The place with this number, if it is one.
pub fn site(program: &Program, number: i64) -> Option<&Site> {
    if number <= 0 || number as u64 >= program.sites.len {
        return None;
    }
    // SAFETY: the number is within the table.
    let site = unsafe { &*program.sites.data.add(number as usize) };
    (site.line != 0).then_some(site)
}

/// `  at PATH:LINE:COL in FUNCTION`, where the site is known.
pub fn push_site(line: &mut Buffer, site: i64) {
    let Some(site) = program().and_then(|program| self::site(program, site)) else {
        return;
    };
    // SAFETY: the texts of sites are constants.
    unsafe {
        line.push(b"  at ");
        line.push(constant_bytes(&site.file));
        line.push(b":");
        line.push_int(site.line as i64);
        line.push(b":");
        line.push_int(site.column as i64);
        if site.function.len > 0 {
            line.push(b" in ");
            line.push(constant_bytes(&site.function));
        }
        line.push(b"\n");
    }
}

/// The same as a line of JSON.
fn push_site_json(line: &mut Buffer, site: i64) {
    let Some(site) = program().and_then(|program| self::site(program, site)) else {
        return;
    };
    // SAFETY: the texts of sites are constants.
    let (file, function) = unsafe { (constant_bytes(&site.file), constant_bytes(&site.function)) };
    line.push(b"{\"column\":");
    line.push_int(site.column as i64);
    line.push(b",\"function\":");
    push_json_string(line, function);
    line.push(b",\"kind\":\"fault_place\",\"line\":");
    line.push_int(site.line as i64);
    line.push(b",\"path\":");
    push_json_string(line, file);
    line.push(b"}\n");
}

/// Does the launcher show messages as JSON?
pub fn shows_json() -> bool {
    // SAFETY: a C string; the result is null or a C string.
    unsafe {
        let value = libc::getenv(c"FUSE_DIAGNOSTICS".as_ptr());
        LAUNCHER.load(Ordering::Relaxed)
            && !value.is_null()
            && libc::strcmp(value, c"json".as_ptr()) == 0
    }
}

/// Shows a fault that ended the program, and gives the exit code.
pub fn fault(fault: &Fault) -> i32 {
    output::flush();
    let mut line = Buffer::new();
    match rendering() {
        Rendering::Executable if fault.internal => {
            envelope(&mut line, "internal_error", fault.text());
        }
        Rendering::Executable => envelope(&mut line, "runtime_fatal", fault.text()),
        // Executables do not carry code for a rendering that they never use.
        Rendering::Launcher if !cfg!(feature = "entry") && shows_json() => {
            json_fault(fault);
            return EXIT_FAULT;
        }
        Rendering::Launcher => {
            line.push(b"run error: ");
            line.push(fault.text());
            line.push(b"\n");
        }
    }
    push_site(&mut line, fault.site);
    output::error(line.as_bytes());
    if fault.internal {
        EXIT_PANIC
    } else {
        EXIT_FAULT
    }
}

/// The thread that reports the process's end; 0 while there is none.
static REPORTING: AtomicUsize = AtomicUsize::new(0);

/// Makes this thread the only one that reports an end which no guard sees. Others wait for it; a mistake while reporting ends the process.
pub fn claim() {
    // SAFETY: no preconditions; the second ends the process, the third waits.
    unsafe {
        let thread = libc::pthread_self() as usize;
        match REPORTING.compare_exchange(0, thread, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => {}
            Err(other) if other == thread => libc::_exit(EXIT_PANIC),
            Err(_) => loop {
                libc::pause();
            },
        }
    }
}

/// Ends the process because there is no memory, without asking for any.
#[cold]
pub fn out_of_memory() -> ! {
    claim();
    let message = FaultKind::OutOfMemory.message().as_bytes();
    let mut line = Line::empty();
    match rendering() {
        Rendering::Executable => envelope(&mut line, "runtime_fatal", message),
        Rendering::Launcher => {
            line.push(b"run error: ");
            line.push(message);
            line.push(b"\n");
        }
    }
    end(line.as_bytes(), EXIT_FAULT)
}

/// Ends the process with a last line, from anywhere: nothing is waited for and nothing else is run.
pub fn end(line: &[u8], code: i32) -> ! {
    output::flush_if_free();
    output::error(line);
    // SAFETY: ends the process; other threads may be anywhere.
    unsafe { libc::_exit(code) }
}

/// Shows a fault as one line of JSON, and where it happened on the next.
pub fn json_fault(fault: &Fault) {
    output::flush();
    let mut line = fault.to_json();
    line.push(b"\n");
    if shows_json() {
        push_site_json(&mut line, fault.site);
    } else {
        push_site(&mut line, fault.site);
    }
    output::error(line.as_bytes());
}

/// A fault outside of every guard: nothing is left to return to.
pub fn fatal_and_exit(reason: &Fault) -> ! {
    let code = if reason.quiet { 0 } else { fault(reason) };
    // SAFETY: ends the process; everything worth keeping has been written.
    unsafe { libc::_exit(code) }
}
