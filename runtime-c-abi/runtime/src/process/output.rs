//! Standard output, buffered, and standard error, not buffered. Both through `write(2)`: every program has this, so it is kept small.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use fuse_core::bytes;

use crate::fault::{Fault, leave};
use crate::object;

const CAPACITY: usize = 16 * 1024;

struct State {
    len: usize,
    terminal: Terminal,
    /// The reader is gone, or writing failed; what is printed goes nowhere.
    closed: bool,
    /// Writing failed, and not because the reader is gone.
    failed: bool,
    data: [u8; CAPACITY],
}

/// Is standard output a terminal, where lines are shown as they are printed? The first value is 0, so that the buffer takes no space in
/// the executable.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Terminal {
    Unknown = 0,
    Yes,
    No,
}

struct Output {
    lock: UnsafeCell<libc::pthread_mutex_t>,
    state: UnsafeCell<State>,
}

// SAFETY: the state is only touched under the lock.
unsafe impl Sync for Output {}

static OUTPUT: Output = Output {
    lock: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER),
    state: UnsafeCell::new(State {
        len: 0,
        terminal: Terminal::Unknown,
        closed: false,
        failed: false,
        data: [0; CAPACITY],
    }),
};

/// While a server runs, a closed standard output does not end anything.
static SERVING: AtomicBool = AtomicBool::new(false);

pub fn set_serving(serving: bool) {
    SERVING.store(serving, Ordering::Relaxed);
}

/// Runs `work` on the state. `work` must not leave for a guard.
fn locked<T>(work: impl FnOnce(&mut State) -> T) -> T {
    // SAFETY: the mutex is initialised and never moved; the state is ours between lock and unlock.
    unsafe {
        libc::pthread_mutex_lock(OUTPUT.lock.get());
        let result = work(&mut *OUTPUT.state.get());
        libc::pthread_mutex_unlock(OUTPUT.lock.get());
        result
    }
}

impl State {
    fn flush(&mut self) {
        let len = self.len;
        self.len = 0;
        let start = self.data.as_ptr();
        // SAFETY: `len` bytes of the buffer are initialised.
        self.send(unsafe { core::slice::from_raw_parts(start, len) });
    }

    fn send(&mut self, bytes: &[u8]) {
        if !self.closed && !write_all(libc::STDOUT_FILENO, bytes) {
            self.closed = true;
            self.failed = errno() != libc::EPIPE;
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if CAPACITY - self.len < bytes.len() {
            self.flush();
        }
        if bytes.len() > CAPACITY {
            self.send(bytes);
            return;
        }
        // SAFETY: there is room for `bytes` behind `len`.
        unsafe {
            bytes::copy(
                bytes.as_ptr(),
                self.data.as_mut_ptr().add(self.len),
                bytes.len(),
            );
        }
        self.len += bytes.len();
    }

    fn is_terminal(&mut self) -> bool {
        if let Terminal::Unknown = self.terminal {
            // SAFETY: asks about a descriptor number.
            let terminal = unsafe { libc::isatty(libc::STDOUT_FILENO) } == 1;
            self.terminal = if terminal {
                Terminal::Yes
            } else {
                Terminal::No
            };
        }
        matches!(self.terminal, Terminal::Yes)
    }
}

/// False when the other side is gone or the descriptor is bad.
fn write_all(descriptor: i32, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        // SAFETY: the bytes are initialised.
        let written = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        if written < 0 {
            match errno() {
                libc::EINTR => {}
                libc::EAGAIN => wait_writable(descriptor),
                _ => return false,
            }
        } else {
            // SAFETY: the system wrote at most what it was given.
            bytes = unsafe { bytes.get_unchecked(written as usize..) };
        }
    }
    true
}

/// The descriptor was made non-blocking by somebody else who has it too.
fn wait_writable(descriptor: i32) {
    let mut poll = libc::pollfd {
        fd: descriptor,
        events: libc::POLLOUT,
        revents: 0,
    };
    // SAFETY: one valid entry.
    unsafe { libc::poll(&raw mut poll, 1, -1) };
}

/// The error of the last system call.
pub fn errno() -> i32 {
    // SAFETY: the C library's own thread-local variable.
    unsafe { *libc::__errno_location() }
}

/// Adds to standard output, without a newline. False when nobody reads it any more.
pub fn print(text: &[u8], newline: bool) -> bool {
    locked(|state| {
        state.push(text);
        if newline {
            state.push(b"\n");
            if state.is_terminal() {
                state.flush();
            }
        }
        !state.closed
    })
}

/// Shows what has been printed so far. False when nobody reads it any more.
pub fn flush() -> bool {
    locked(|state| {
        state.flush();
        !state.closed
    })
}

/// [`flush`] for the end of a process that may be anywhere, even inside of this file: not if that means waiting.
pub fn flush_if_free() {
    // SAFETY: as `locked`.
    unsafe {
        if libc::pthread_mutex_trylock(OUTPUT.lock.get()) == 0 {
            (*OUTPUT.state.get()).flush();
        }
    }
}

/// Could something not be written although there was a reader?
pub fn has_failed() -> bool {
    locked(|state| state.failed)
}

/// Forgets what another run in this process left behind.
pub fn reset() {
    locked(|state| {
        state.len = 0;
        state.terminal = Terminal::Unknown;
        state.closed = false;
        state.failed = false;
    });
}

/// Writes to standard error, in one piece. A closed standard error is ignored.
pub fn error(text: &[u8]) {
    write_all(libc::STDERR_FILENO, text);
}

/// Prints a line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_print(text: *mut u8) {
    // SAFETY: contract of the crate.
    let open = print(unsafe { object::bytes(text) }, true);
    if !open && !SERVING.load(Ordering::Relaxed) {
        leave(Fault::QUIET, 0);
    }
}
