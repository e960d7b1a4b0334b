//! SIGINT and SIGTERM while a server runs: the first asks it to stop, the second ends the process.

use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicI32, Ordering};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

const SIGNALS: [libc::c_int; 2] = [libc::SIGINT, libc::SIGTERM];

/// Where the handler writes the signal's number; -1 while no server runs.
static WAKE: AtomicI32 = AtomicI32::new(-1);
/// The signal that came first.
static FIRST: AtomicI32 = AtomicI32::new(0);

/// Why a server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Signal(i32),
    /// It has done what it was asked to do.
    Done,
}

impl Stop {
    pub fn name(self) -> Option<&'static str> {
        match self {
            Stop::Signal(libc::SIGINT) => Some("SIGINT"),
            Stop::Signal(libc::SIGTERM) => Some("SIGTERM"),
            Stop::Signal(_) => Some("unknown"),
            Stop::Done => None,
        }
    }
}

/// Catches the signals while it lives.
pub struct Catcher {
    reader: UnixStream,
    writer: UnixStream,
    previous: [MaybeUninit<libc::sigaction>; 2],
}

/// Ends [`Catcher::wait`] from another thread.
pub struct Waker(UnixStream);

impl Waker {
    pub fn stop(&self) {
        // The pipe is only full when there is enough in it to stop already.
        let _ = (&self.0).write(&[0]);
    }
}

extern "C" fn caught(signal: libc::c_int) {
    // SAFETY: only calls that are allowed in signal handlers; errno is put back.
    unsafe {
        if FIRST.swap(signal, Ordering::Relaxed) != 0 {
            libc::_exit(128 + signal);
        }
        let errno = *libc::__errno_location();
        let byte = signal as u8;
        libc::write(WAKE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
    }
}

impl Catcher {
    pub fn install() -> io::Result<Catcher> {
        let (reader, writer) = UnixStream::pair()?;
        writer.set_nonblocking(true)?;
        FIRST.store(0, Ordering::Relaxed);
        WAKE.store(writer.as_raw_fd(), Ordering::Relaxed);
        let mut previous = [MaybeUninit::uninit(); 2];
        for (signal, previous) in SIGNALS.iter().zip(&mut previous) {
            // SAFETY: a zeroed sigaction is a valid one, completed here; the handler keeps to what handlers may do.
            unsafe {
                let mut action: libc::sigaction = core::mem::zeroed();
                action.sa_sigaction = caught as *const () as usize;
                action.sa_flags = libc::SA_RESTART;
                libc::sigemptyset(&raw mut action.sa_mask);
                libc::sigaction(*signal, &raw const action, previous.as_mut_ptr());
            }
        }
        Ok(Catcher {
            reader,
            writer,
            previous,
        })
    }

    pub fn waker(&self) -> io::Result<Waker> {
        Ok(Waker(self.writer.try_clone()?))
    }

    /// Waits for a signal or a [`Waker`].
    pub fn wait(&self) -> Stop {
        let mut byte = [0];
        loop {
            match (&self.reader).read(&mut byte) {
                Ok(1) if byte[0] == 0 => return Stop::Done,
                Ok(1) => return Stop::Signal(byte[0] as i32),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => return Stop::Done,
            }
        }
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        for (signal, previous) in SIGNALS.iter().zip(&self.previous) {
            // SAFETY: `install` filled it.
            unsafe { libc::sigaction(*signal, previous.as_ptr(), ptr::null_mut()) };
        }
        WAKE.store(-1, Ordering::Relaxed);
    }
}
