//! Rows of the ABI table about queries.

use super::Query;
use crate::db::value::Cell;
use crate::db::value::{Value, new_list, read_list, read_single};
use crate::db::{exec, query as run};
use crate::fault::Fault;
use crate::object::{bytes, elements, new_text, string};

/// The query that an object holds.
unsafe fn held(object: *mut u8) -> Query {
    // SAFETY: contract of the crate; only these rows make queries.
    Query::decode(unsafe { bytes(object) })
}

fn new(query: &Query) -> *mut u8 {
    new_text(&query.encode())
}

/// The texts of a `List<String>`.
unsafe fn texts<'a>(list: *mut u8) -> Vec<&'a str> {
    // SAFETY: contract of the crate.
    unsafe {
        elements::<*mut u8>(list)
            .iter()
            .map(|&text| string(text))
            .collect()
    }
}

unsafe fn from(table: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    Ok(new(&Query::from(unsafe { string(table) })?))
}

unsafe fn select(query: *mut u8, columns: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe {
        let mut query = held(query);
        query.select(&texts(columns))?;
        Ok(new(&query))
    }
}

unsafe fn filter(
    query: *mut u8,
    column: *mut u8,
    operator: *mut u8,
    value: *mut u8,
) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate; the value is the only one of its list.
    unsafe {
        let mut query = held(query);
        query.filter(string(column), string(operator), read_single(value)?)?;
        Ok(new(&query))
    }
}

unsafe fn order_by(query: *mut u8, column: *mut u8, direction: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    unsafe {
        let mut query = held(query);
        query.order_by(string(column), string(direction))?;
        Ok(new(&query))
    }
}

unsafe fn limit(query: *mut u8, count: i64) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let mut query = unsafe { held(query) };
    query.limit(count)?;
    Ok(new(&query))
}

unsafe fn insert(
    query: *mut u8,
    columns: *mut u8,
    values: *mut u8,
    replaces: bool,
) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate; there are as many values as columns.
    unsafe {
        let mut query = held(query);
        query.insert(&texts(columns), read_list(values)?, replaces)?;
        Ok(new(&query))
    }
}

unsafe fn update(query: *mut u8, column: *mut u8, value: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate; the value is the only one of its list.
    unsafe {
        let mut query = held(query);
        query.update(string(column), read_single(value)?)?;
        Ok(new(&query))
    }
}

unsafe fn delete(query: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let mut query = unsafe { held(query) };
    query.delete()?;
    Ok(new(&query))
}

unsafe fn count(query: *mut u8) -> Result<i64, Fault> {
    // SAFETY: contract of the crate.
    let query = unsafe { held(query) };
    if query.writes_rows() {
        return Err(crate::db::fault(
            "count is not supported for insert/upsert queries",
        ));
    }
    let rows = run(&query.count_sql(), &query.condition_params(), 1)?;
    match rows.cell(0, 0) {
        Cell::Int(count) => Ok(count),
        _ => Ok(0),
    }
}

/// The query for its first row only.
unsafe fn for_one(query: *mut u8) -> Result<Query, Fault> {
    // SAFETY: contract of the crate.
    let mut query = unsafe { held(query) };
    query.selects("one")?;
    query.limit = query.limit.or(Some(1));
    Ok(query)
}

unsafe fn for_all(query: *mut u8) -> Result<Query, Fault> {
    // SAFETY: contract of the crate.
    let query = unsafe { held(query) };
    query.selects("all")?;
    Ok(query)
}

unsafe fn one(query: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let query = unsafe { for_one(query)? };
    Ok(run(&query.sql(), &query.params(), 1)?.first_map())
}

unsafe fn all(query: *mut u8) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let query = unsafe { for_all(query)? };
    Ok(run(&query.sql(), &query.params(), usize::MAX)?.to_maps())
}

unsafe fn documents(
    query: *mut u8,
    columns: *mut u8,
    bools: *mut u8,
    first: bool,
) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate.
    let (mut query, columns, bools) = unsafe {
        let query = if first {
            for_one(query)
        } else {
            for_all(query)
        };
        (query?, texts(columns), texts(bools))
    };
    if query.columns.is_empty() {
        query.select(&columns)?;
    }
    let limit = if first { 1 } else { usize::MAX };
    Ok(run(&query.sql(), &query.params(), limit)?.to_documents(&bools))
}

unsafe fn execute(query: *mut u8) -> Result<(), Fault> {
    // SAFETY: contract of the crate.
    let query = unsafe { held(query) };
    exec(&query.sql(), &query.params())
}

faulting! {
    /// `db.from(table)`
    fn fuse_query_from(table: *mut u8) -> *mut u8 = from;
    fn fuse_query_select(query: *mut u8, columns: *mut u8) -> *mut u8 = select;
    fn fuse_query_where(query: *mut u8, column: *mut u8, operator: *mut u8, value: *mut u8) -> *mut u8 = filter;
    fn fuse_query_order_by(query: *mut u8, column: *mut u8, direction: *mut u8) -> *mut u8 = order_by;
    fn fuse_query_limit(query: *mut u8, count: i64) -> *mut u8 = limit;
    fn fuse_query_insert(query: *mut u8, columns: *mut u8, values: *mut u8, replaces: bool) -> *mut u8 = insert;
    fn fuse_query_update(query: *mut u8, column: *mut u8, value: *mut u8) -> *mut u8 = update;
    fn fuse_query_delete(query: *mut u8) -> *mut u8 = delete;
    fn fuse_query_count(query: *mut u8) -> i64 = count;
    /// The first row or null.
    fn fuse_query_one(query: *mut u8) -> *mut u8 = one;
    /// A list of maps of dynamic values.
    fn fuse_query_all(query: *mut u8) -> *mut u8 = all;
    /// Rows as JSON texts, with `columns` selected where the query does not say: (query, columns, columns of truth values, only the first).
    fn fuse_query_texts(query: *mut u8, columns: *mut u8, bools: *mut u8, first: bool) -> *mut u8 = documents;
    fn fuse_query_exec(query: *mut u8) -> () = execute;
}

/// The statement's text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_query_sql(query: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    new_text(unsafe { held(query) }.sql().as_bytes())
}

/// The statement's parameters, a `List<Dynamic>`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_query_params(query: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    let params: Vec<Value> = unsafe { held(query) }.params();
    new_list(&params)
}
