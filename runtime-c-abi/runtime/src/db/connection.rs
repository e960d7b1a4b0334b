//! One connection to SQLite.

use core::ffi::{CStr, c_int};
use core::ptr;
use std::ffi::CString;

use libsqlite3_sys as sqlite;

use super::rows::RowSet;
use super::value::Value;

/// How long a statement waits for another process or connection, in milliseconds.
const BUSY_TIMEOUT: c_int = 5000;

/// Used by one thread at a time; closed when dropped.
pub struct Connection(*mut sqlite::sqlite3);

// SAFETY: SQLite is compiled for use by several threads, and a connection is owned.
unsafe impl Send for Connection {}

/// Finalized when dropped.
struct Statement(*mut sqlite::sqlite3_stmt);

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: null or a statement that nobody uses any more.
        unsafe { sqlite::sqlite3_finalize(self.0) };
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: no statement outlives the call that made it.
        unsafe { sqlite::sqlite3_close(self.0) };
    }
}

impl Connection {
    /// Opens or creates a database. The error is SQLite's text.
    pub fn open(name: &str, is_memory: bool) -> Result<Connection, String> {
        let Ok(name) = CString::new(name) else {
            return Err("the file name holds a zero byte".to_owned());
        };
        let mut handle = ptr::null_mut();
        let flags = sqlite::SQLITE_OPEN_READWRITE
            | sqlite::SQLITE_OPEN_CREATE
            | sqlite::SQLITE_OPEN_URI
            | sqlite::SQLITE_OPEN_NOMUTEX
            | sqlite::SQLITE_OPEN_EXRESCODE;
        // SAFETY: a C string and a place for the handle, which is owned even when opening fails.
        let (code, connection) = unsafe {
            let code = sqlite::sqlite3_open_v2(name.as_ptr(), &mut handle, flags, ptr::null());
            (code, Connection(handle))
        };
        if code != sqlite::SQLITE_OK {
            return Err(connection.message());
        }
        // SAFETY: an open connection.
        unsafe { sqlite::sqlite3_busy_timeout(connection.0, BUSY_TIMEOUT) };
        connection.exec("pragma foreign_keys = on", &[])?;
        if !is_memory {
            // Readers and a writer do not wait for each other. A file that cannot be written stays as it is.
            let _ = connection.query("pragma journal_mode = wal", &[], 1);
        }
        Ok(connection)
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        // SAFETY: an open connection.
        unsafe { sqlite::sqlite3_get_autocommit(self.0) == 0 }
    }

    /// Text of the last failure.
    fn message(&self) -> String {
        if self.0.is_null() {
            return "out of memory".to_owned();
        }
        // SAFETY: an open connection; the text lives until the next call.
        unsafe { CStr::from_ptr(sqlite::sqlite3_errmsg(self.0)) }
            .to_string_lossy()
            .into_owned()
    }

    /// Runs a statement that gives no rows.
    pub fn exec(&self, sql: &str, params: &[Value]) -> Result<(), String> {
        let statement = self.prepare(sql, params)?;
        // SAFETY: a prepared statement.
        if unsafe { sqlite::sqlite3_column_count(statement.0) } != 0 {
            return Err("Execute returned results - did you mean to call query?".to_owned());
        }
        self.step(&statement).map(|_| ())
    }

    /// Runs a statement; at most `limit` of its rows.
    pub fn query(&self, sql: &str, params: &[Value], limit: usize) -> Result<RowSet, String> {
        let statement = self.prepare(sql, params)?;
        // SAFETY: a prepared statement; names live as long as it does and are copied at once.
        let mut rows = unsafe {
            let columns = sqlite::sqlite3_column_count(statement.0);
            RowSet::new((0..columns).map(|index| {
                let name = sqlite::sqlite3_column_name(statement.0, index);
                if name.is_null() {
                    String::new()
                } else {
                    CStr::from_ptr(name).to_string_lossy().into_owned()
                }
            }))
        };
        while rows.count() < limit && self.step(&statement)? {
            for index in 0..rows.columns() as c_int {
                // SAFETY: the statement stands at a row; contents are copied before the next step.
                unsafe { read_cell(&mut rows, statement.0, index) };
            }
            rows.end_row();
        }
        Ok(rows)
    }

    /// Whether there is a row.
    fn step(&self, statement: &Statement) -> Result<bool, String> {
        // SAFETY: a prepared statement of this connection.
        match unsafe { sqlite::sqlite3_step(statement.0) } {
            sqlite::SQLITE_ROW => Ok(true),
            sqlite::SQLITE_DONE => Ok(false),
            _ => Err(self.message()),
        }
    }

    /// The one statement of the text, with its parameters.
    fn prepare(&self, sql: &str, params: &[Value]) -> Result<Statement, String> {
        if sql.contains('\0') {
            return Err("the statement holds a zero byte".to_owned());
        }
        let (statement, rest) = self.prepare_first(sql)?;
        if statement.0.is_null() {
            return Err("the text holds no statement".to_owned());
        }
        // What is left may be blanks and comments.
        if !rest.is_empty()
            && self
                .prepare_first(rest)
                .map_or(true, |(next, _)| !next.0.is_null())
        {
            return Err("Multiple statements provided".to_owned());
        }
        // SAFETY: a prepared statement.
        let needed = unsafe { sqlite::sqlite3_bind_parameter_count(statement.0) } as usize;
        if needed != params.len() {
            return Err(format!(
                "Wrong number of parameters passed to query. Got {}, needed {needed}",
                params.len()
            ));
        }
        for (index, value) in (1..).zip(params) {
            self.bind(&statement, index, value)?;
        }
        Ok(statement)
    }

    /// The first statement, null if there is none, and the text behind it.
    fn prepare_first<'a>(&self, sql: &'a str) -> Result<(Statement, &'a str), String> {
        let mut statement = ptr::null_mut();
        let mut tail = ptr::null();
        let Ok(length) = c_int::try_from(sql.len()) else {
            return Err("the statement is too long".to_owned());
        };
        // SAFETY: the text and its length; SQLite sets `tail` to a place in the text.
        let (code, statement) = unsafe {
            let code = sqlite::sqlite3_prepare_v2(
                self.0,
                sql.as_ptr().cast(),
                length,
                &mut statement,
                &mut tail,
            );
            (code, Statement(statement))
        };
        if code != sqlite::SQLITE_OK {
            return Err(self.message());
        }
        let read = tail as usize - sql.as_ptr() as usize;
        Ok((statement, sql.get(read..).unwrap_or_default()))
    }

    fn bind(&self, statement: &Statement, index: c_int, value: &Value) -> Result<(), String> {
        // SAFETY: the statement is live, and texts and bytes are copied by SQLite.
        let code = unsafe {
            let statement = statement.0;
            match value {
                Value::Null => sqlite::sqlite3_bind_null(statement, index),
                Value::Bool(value) => {
                    sqlite::sqlite3_bind_int64(statement, index, i64::from(*value))
                }
                Value::Int(value) => sqlite::sqlite3_bind_int64(statement, index, *value),
                Value::Float(value) => sqlite::sqlite3_bind_double(statement, index, *value),
                Value::Text(text) => sqlite::sqlite3_bind_text64(
                    statement,
                    index,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    sqlite::SQLITE_TRANSIENT(),
                    sqlite::SQLITE_UTF8 as u8,
                ),
                Value::Bytes(bytes) if bytes.is_empty() => {
                    sqlite::sqlite3_bind_zeroblob(statement, index, 0)
                }
                Value::Bytes(bytes) => sqlite::sqlite3_bind_blob64(
                    statement,
                    index,
                    bytes.as_ptr().cast(),
                    bytes.len() as u64,
                    sqlite::SQLITE_TRANSIENT(),
                ),
            }
        };
        if code == sqlite::SQLITE_OK {
            Ok(())
        } else {
            Err(self.message())
        }
    }
}

/// Adds a column of the row that the statement stands at.
unsafe fn read_cell(rows: &mut RowSet, statement: *mut sqlite::sqlite3_stmt, index: c_int) {
    // SAFETY: the caller's; length and address belong together as long as neither is converted in between.
    unsafe {
        let bytes = |data: *const u8| {
            let length = sqlite::sqlite3_column_bytes(statement, index) as usize;
            if data.is_null() {
                &[]
            } else {
                core::slice::from_raw_parts(data, length)
            }
        };
        match sqlite::sqlite3_column_type(statement, index) {
            sqlite::SQLITE_INTEGER => {
                rows.push_int(sqlite::sqlite3_column_int64(statement, index));
            }
            sqlite::SQLITE_FLOAT => {
                rows.push_float(sqlite::sqlite3_column_double(statement, index));
            }
            sqlite::SQLITE_TEXT => {
                rows.push_text(bytes(sqlite::sqlite3_column_text(statement, index)));
            }
            sqlite::SQLITE_BLOB => {
                rows.push_bytes(bytes(sqlite::sqlite3_column_blob(statement, index).cast()));
            }
            _ => rows.push_null(),
        }
    }
}
