//! The database: SQLite behind one pool that all threads share.
//!
//! A statement's rows are copied out of SQLite before anything of the program is made from them, so that no fault leaves a frame that
//! holds a connection.
//!
//! **Architecture Invariant:** nothing outside of this module refers to it except through rows of the ABI table and through
//! [`fuse_abi::entry::Program::migrate`]: programs without a database are linked without SQLite.

mod connection;
mod migrate;
mod pool;
mod query;
mod rows;
mod source;
mod transaction;
mod value;

pub use migrate::fuse_run_migrations;
pub use query::rows::{
    fuse_query_all, fuse_query_count, fuse_query_delete, fuse_query_exec, fuse_query_from,
    fuse_query_insert, fuse_query_limit, fuse_query_one, fuse_query_order_by, fuse_query_params,
    fuse_query_select, fuse_query_sql, fuse_query_texts, fuse_query_update, fuse_query_where,
};
pub use source::fuse_db_configure;
pub use transaction::{fuse_db_begin, fuse_db_commit, fuse_db_rollback};

use crate::fault::Fault;
use crate::object::string;
use crate::process::panics;
use rows::RowSet;
use value::Value;

/// A fault with a message.
fn fault(message: &str) -> Fault {
    Fault::message(message.as_bytes(), "runtime_error")
}

/// A fault for an argument of the wrong form.
fn bad_argument(message: &str) -> Fault {
    Fault::message(message.as_bytes(), "runtime_invalid_arguments")
}

/// Which of the two failure texts a statement has.
#[derive(Clone, Copy)]
enum Purpose {
    Exec,
    Query,
}

fn failure(purpose: Purpose, detail: &str, sql: &str, params: &[Value]) -> Fault {
    let name = match purpose {
        Purpose::Exec => "exec",
        Purpose::Query => "query",
    };
    let kinds: Vec<String> = params.iter().map(Value::summary).collect();
    fault(&format!(
        "db {name} failed: {detail}; sql: {sql}; params: [{}]",
        kinds.join(", ")
    ))
}

/// Runs a statement that gives no rows.
fn exec(sql: &str, params: &[Value]) -> Result<(), Fault> {
    panics::arm();
    let done = transaction::with_connection(|connection| connection.exec(sql, params))?;
    done.map_err(|detail| failure(Purpose::Exec, &detail, sql, params))
}

/// Runs a statement; at most `limit` of its rows.
fn query(sql: &str, params: &[Value], limit: usize) -> Result<RowSet, Fault> {
    panics::arm();
    let done = transaction::with_connection(|connection| connection.query(sql, params, limit))?;
    done.map_err(|detail| failure(Purpose::Query, &detail, sql, params))
}

unsafe fn raw_exec(sql: *mut u8, params: *mut u8) -> Result<(), Fault> {
    // SAFETY: contract of the crate.
    let (sql, params) = unsafe { (string(sql), value::read_list(params)?) };
    exec(sql, &params)
}

unsafe fn raw_query(sql: *mut u8, params: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let (sql, params) = unsafe { (string(sql), value::read_list(params)?) };
    Ok(query(sql, &params, usize::MAX)?.to_maps())
}

unsafe fn raw_one(sql: *mut u8, params: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let (sql, params) = unsafe { (string(sql), value::read_list(params)?) };
    Ok(query(sql, &params, 1)?.first_map())
}

faulting! {
    /// `db.exec(sql, params)`
    fn fuse_db_exec(sql: *mut u8, params: *mut u8) -> () = raw_exec;
    /// `db.query(sql, params)`: a list of maps of dynamic values
    fn fuse_db_query(sql: *mut u8, params: *mut u8) -> *mut u8 = raw_query;
    /// `db.one(sql, params)`: the first row or null
    fn fuse_db_one(sql: *mut u8, params: *mut u8) -> *mut u8 = raw_one;
}
