//! Transactions: a connection that belongs to the work of a guard until it commits or rolls back.

use core::cell::RefCell;
use std::sync::Arc;

use super::connection::Connection;
use super::fault;
use super::pool::Pool;
use crate::fault::{Fault, leave};
use crate::memory::thread;

/// What a thread has open.
struct Pinned {
    connection: Connection,
    pool: Arc<Pool>,
    /// Inside a migration, which is a transaction itself, a `transaction` is a savepoint.
    is_migration: bool,
    in_savepoint: bool,
}

thread_local! {
    static PINNED: RefCell<Option<Pinned>> = const { RefCell::new(None) };
}

/// Calls `work` with the connection of the transaction, else with one that is free.
pub fn with_connection<T>(work: impl FnOnce(&Connection) -> T) -> Result<T, Fault> {
    PINNED.with_borrow(|pinned| {
        if let Some(pinned) = pinned {
            return Ok(work(&pinned.connection));
        }
        let pool = Pool::get()?;
        let connection = pool.take();
        let result = work(&connection);
        pool.give_back(connection);
        Ok(result)
    })
}

fn failed(detail: &str) -> Fault {
    fault(&format!("db exec failed: {detail}"))
}

/// Opens a transaction that writes, so that it cannot fail later because another one was faster.
pub fn begin(is_migration: bool) -> Result<(), Fault> {
    crate::process::panics::arm();
    PINNED.with_borrow_mut(|pinned| {
        if let Some(pinned) = pinned {
            if !pinned.is_migration || pinned.in_savepoint {
                return Err(fault("db transaction already active"));
            }
            let started = pinned.connection.exec("savepoint fuse_transaction", &[]);
            started.map_err(|detail| failed(&detail))?;
            pinned.in_savepoint = true;
            return Ok(());
        }
        let pool = Pool::get()?;
        let connection = pool.take();
        if let Err(detail) = connection.exec("begin immediate", &[]) {
            pool.give_back(connection);
            return Err(failed(&detail));
        }
        *pinned = Some(Pinned {
            connection,
            pool,
            is_migration,
            in_savepoint: false,
        });
        // SAFETY: this thread's own state.
        unsafe { (*thread::current()).abandon_transaction = Some(roll_back_all) };
        Ok(())
    })
}

/// Commits the innermost open transaction or savepoint. When that fails, nothing of it stays.
pub fn commit() -> Result<(), Fault> {
    let done = PINNED.with_borrow_mut(|pinned| match pinned {
        Some(pinned) if pinned.in_savepoint => {
            pinned.in_savepoint = false;
            pinned.connection.exec("release fuse_transaction", &[])
        }
        Some(pinned) => pinned.connection.exec("commit", &[]),
        None => Ok(()),
    });
    match done {
        Ok(()) => {
            unpin_unless_migrating();
            Ok(())
        }
        Err(detail) => {
            roll_back_all();
            Err(failed(&detail))
        }
    }
}

/// Ends the savepoint, or the whole transaction.
fn roll_back() {
    let in_savepoint = PINNED.with_borrow_mut(|pinned| match pinned {
        Some(pinned) if pinned.in_savepoint => {
            pinned.in_savepoint = false;
            // A failure ends the transaction of the migration, and with it the migration.
            let _ = pinned.connection.exec("rollback to fuse_transaction", &[]);
            let _ = pinned.connection.exec("release fuse_transaction", &[]);
            true
        }
        _ => false,
    });
    if !in_savepoint {
        roll_back_all();
    }
}

/// After a fault: nothing of this thread's transaction stays.
pub fn roll_back_all() {
    PINNED.with_borrow(|pinned| {
        if let Some(pinned) = pinned
            && pinned.connection.in_transaction()
        {
            // SQLite has rolled back itself where this fails.
            let _ = pinned.connection.exec("rollback", &[]);
        }
    });
    unpin();
}

fn unpin_unless_migrating() {
    let stays = PINNED.with_borrow(|pinned| {
        pinned
            .as_ref()
            .is_some_and(|pinned| pinned.connection.in_transaction())
    });
    if !stays {
        unpin();
    }
}

fn unpin() {
    // SAFETY: this thread's own state.
    unsafe { (*thread::current()).abandon_transaction = None };
    if let Some(pinned) = PINNED.take() {
        pinned.pool.give_back(pinned.connection);
    }
}

/// `transaction:` begins.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_db_begin(site: i64) {
    if let Err(fault) = begin(false) {
        leave(fault, site);
    }
}

/// The block of a `transaction:` has ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_db_commit(site: i64) {
    if let Err(fault) = commit() {
        leave(fault, site);
    }
}

/// The block of a `transaction:` is left with an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_db_rollback() {
    roll_back();
}
