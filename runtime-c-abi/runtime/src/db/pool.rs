//! The connections of a run, shared by all threads.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::connection::Connection;
use super::fault;
use super::source::Source;
use crate::fault::Fault;
use crate::process::run;

pub struct Pool {
    idle: Mutex<Vec<Connection>>,
    /// Told when a connection comes back.
    returned: Condvar,
}

/// The pool, and the run of a program it is for.
static POOL: Mutex<Option<(u64, Arc<Pool>)>> = Mutex::new(None);

impl Pool {
    /// The pool of this run, opened with its first use.
    pub fn get() -> Result<Arc<Pool>, Fault> {
        let mut current = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((run, pool)) = &*current
            && *run == run::number()
        {
            return Ok(pool.clone());
        }
        let source = Source::find()?;
        let opened: Result<Vec<Connection>, String> = (0..source.connections)
            .map(|_| Connection::open(&source.name, source.is_memory))
            .collect();
        let connections = opened.map_err(|detail| fault(&format!("db open failed: {detail}")))?;
        let pool = Arc::new(Pool {
            idle: Mutex::new(connections),
            returned: Condvar::new(),
        });
        if current.is_none() {
            // Without it, files keep what SQLite writes beside them.
            // SAFETY: a function that takes the null it is given.
            unsafe { __cxa_atexit(close, core::ptr::null_mut(), core::ptr::null_mut()) };
        }
        *current = Some((run::number(), pool.clone()));
        Ok(pool)
    }

    /// Waits for a connection.
    pub fn take(&self) -> Connection {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match idle.pop() {
                Some(connection) => return connection,
                None => {
                    idle = self
                        .returned
                        .wait(idle)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    pub fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
        drop(idle);
        self.returned.notify_one();
    }
}

unsafe extern "C" {
    /// `atexit` as shared C libraries export it.
    fn __cxa_atexit(
        function: extern "C" fn(*mut u8),
        argument: *mut u8,
        library: *mut u8,
    ) -> core::ffi::c_int;
}

/// Closes what no thread uses.
extern "C" fn close(_: *mut u8) {
    if let Ok(mut current) = POOL.try_lock()
        && let Some((_, pool)) = current.take()
        && let Ok(mut idle) = pool.idle.try_lock()
    {
        idle.clear();
    }
}
