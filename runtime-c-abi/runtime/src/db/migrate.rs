//! Migrations: procedures that are applied once per database, each in a transaction with its entry in the history.

use fuse_abi::FaultKind;
use fuse_abi::entry::{Migration, Program};

use super::transaction::{begin, commit, roll_back_all, with_connection};
use super::value::{Cell, Value};
use super::{exec, fault, query};
use crate::fault::guard::guarded;
use crate::fault::{Fault, constant_bytes};
use crate::memory::buffer::Buffer;
use crate::memory::heap::Scratch;
use crate::memory::stack::Stack;
use crate::process::{output, panics};

const CREATE_HISTORY: &str = "create table if not exists __fuse_migrations (package TEXT NOT NULL DEFAULT '', name TEXT NOT NULL, applied_at TEXT NOT NULL, PRIMARY KEY (package, name))";
/// A table of an older kind, whose rows have no package.
const REBUILD_HISTORY: [&str; 4] = [
    "alter table __fuse_migrations rename to __fuse_migrations_old",
    CREATE_HISTORY,
    "insert into __fuse_migrations (package, name, applied_at) select '', id, applied_at from __fuse_migrations_old",
    "drop table __fuse_migrations_old",
];

/// Applies the pending migrations of a program whose run has begun. 0, or 1 after a failure, which has been shown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_run_migrations(program: *const Program) -> i64 {
    panics::arm();
    // SAFETY: the program that runs.
    let result = unsafe { apply_all(&*program) };
    output::flush();
    match result {
        Ok(()) => 0,
        Err(fault) => {
            let mut line = Buffer::new();
            line.push(b"migration error: ");
            line.push(fault.text());
            line.push(b"\n");
            output::error(line.as_bytes());
            fault.release();
            1
        }
    }
}

unsafe fn apply_all(program: &Program) -> Result<(), Fault> {
    let stack = if program.needs_stack != 0 {
        let stack = Stack::reserve();
        if stack.is_none() {
            return Err(Fault::kind(FaultKind::OutOfMemory));
        }
        stack
    } else {
        None
    };
    if let Some(configs) = program.configs {
        // SAFETY: `call` gets a procedure of the program and holds nothing with a destructor.
        unsafe { guarded(call, configs as *mut u8, stack.as_ref())? };
    }
    prepare_history()?;
    // SAFETY: the program's table.
    let migrations: &[Migration] = unsafe {
        core::slice::from_raw_parts(program.migrations.data, program.migrations.len as usize)
    };
    let mut heap = Scratch::new();
    for migration in migrations {
        // SAFETY: the table's constants are live.
        let key = unsafe { [text(&migration.package), text(&migration.name)] };
        heap.using(|| apply(migration, &key, stack.as_ref()))?;
    }
    Ok(())
}

unsafe fn text(constant: &fuse_abi::entry::Text) -> Value {
    // SAFETY: the caller's.
    let bytes = unsafe { constant_bytes(constant) };
    Value::Text(String::from_utf8_lossy(bytes).into_owned())
}

/// In a transaction from the question whether it is pending to its entry, so that another process waits for both.
fn apply(migration: &Migration, key: &[Value; 2], stack: Option<&Stack>) -> Result<(), Fault> {
    begin(true)?;
    let result = apply_pending(migration, key, stack);
    match result {
        Ok(()) => commit(),
        Err(fault) => {
            roll_back_all();
            Err(fault)
        }
    }
}

fn apply_pending(
    migration: &Migration,
    key: &[Value; 2],
    stack: Option<&Stack>,
) -> Result<(), Fault> {
    let applied = query(
        "select 1 from __fuse_migrations where package = ? and name = ?",
        key,
        1,
    )?;
    if applied.count() > 0 {
        return Ok(());
    }
    // SAFETY: a procedure of the program; `call` holds nothing with a destructor.
    unsafe { guarded(call, migration.run as *mut u8, stack)? };
    let is_open = with_connection(|connection| connection.in_transaction())?;
    if !is_open {
        return Err(fault("the migration ended its transaction"));
    }
    exec(
        "insert into __fuse_migrations (package, name, applied_at) values (?, ?, CURRENT_TIMESTAMP)",
        key,
    )
}

extern "C" fn call(procedure: *mut u8) {
    // SAFETY: a procedure of the program, as an address.
    let procedure = unsafe { core::mem::transmute::<*mut u8, extern "C" fn()>(procedure) };
    procedure();
}

/// Makes the table of what has been applied, or brings an old one up to date.
fn prepare_history() -> Result<(), Fault> {
    begin(true)?;
    match bring_up_to_date() {
        Ok(()) => commit(),
        Err(fault) => {
            roll_back_all();
            Err(fault)
        }
    }
}

fn bring_up_to_date() -> Result<(), Fault> {
    exec(CREATE_HISTORY, &[])?;
    let columns = query(
        "select name from pragma_table_info('__fuse_migrations')",
        &[],
        usize::MAX,
    )?;
    let has = |name: &str| {
        (0..columns.count())
            .any(|row| matches!(columns.cell(row, 0), Cell::Text(text) if text == name))
    };
    if has("package") && has("name") {
        return Ok(());
    }
    if !has("id") {
        return Err(fault(
            "unsupported __fuse_migrations schema; expected columns (package, name) or legacy id",
        ));
    }
    for statement in REBUILD_HISTORY {
        exec(statement, &[])?;
    }
    Ok(())
}
