//! Values that statements take.

use fuse_abi::json::dynamic::{
    BOOL, BOOL_OFFSET, BYTES, FLOAT, INT, LIST, NULL, PAYLOAD_OFFSET, SIZE, STRING,
};
use fuse_abi::object::{SEQUENCE_DATA, Sequence};
use fuse_core::fuse_list_new;

use super::fault;
use crate::fault::Fault;
use crate::object::{bytes, new_text, string};

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    /// The kind and, for texts and bytes, the length; never the value, which may be a secret.
    pub fn summary(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Bool(_) => "bool".to_owned(),
            Value::Int(_) => "int".to_owned(),
            Value::Float(_) => "float".to_owned(),
            Value::Text(text) => format!("string(len={})", text.len()),
            Value::Bytes(bytes) => format!("bytes(len={})", bytes.len()),
        }
    }
}

/// What stands for a value in a query: one value, or several where a list was given.
pub enum Given {
    One(Value),
    List(Vec<Value>),
}

/// The elements of a `List<Dynamic>`, which are plain values.
///
/// # Safety
/// A live list of dynamic values.
pub unsafe fn read_list(list: *mut u8) -> Result<Vec<Value>, Fault> {
    // SAFETY: a list is initialised up to its length.
    unsafe {
        (0..(*list.cast::<Sequence>()).len)
            .map(|index| match read(element(list, index))? {
                Given::One(value) => Ok(value),
                Given::List(_) => Err(unsupported("List")),
            })
            .collect()
    }
}

/// The only element of a list.
///
/// # Safety
/// A live list of dynamic values with one element.
pub unsafe fn read_single(list: *mut u8) -> Result<Given, Fault> {
    // SAFETY: as stated.
    unsafe { read(element(list, 0)) }
}

fn element(list: *mut u8, index: u64) -> *mut u8 {
    list.wrapping_add((SEQUENCE_DATA + index * SIZE) as usize)
}

fn unsupported(kind: &str) -> Fault {
    fault(&format!("unsupported db param type {kind}"))
}

unsafe fn read(at: *mut u8) -> Result<Given, Fault> {
    // SAFETY: a live dynamic value: a tag, and a payload as the tag says.
    unsafe {
        let payload = at.add(PAYLOAD_OFFSET as usize);
        let object = || *payload.cast::<*mut u8>();
        Ok(Given::One(match *at {
            NULL => Value::Null,
            BOOL => Value::Bool(*at.add(BOOL_OFFSET as usize) != 0),
            INT => Value::Int(*payload.cast()),
            FLOAT => Value::Float(*payload.cast()),
            STRING => Value::Text(string(object()).to_owned()),
            BYTES => Value::Bytes(bytes(object()).to_vec()),
            LIST => return Ok(Given::List(read_list(object())?)),
            _ => return Err(unsupported("Map")),
        }))
    }
}

/// Writes a dynamic value.
///
/// # Safety
/// `out` has room for one.
pub unsafe fn write(out: *mut u8, value: Cell<'_>) {
    // SAFETY: as stated.
    unsafe {
        let payload = out.add(PAYLOAD_OFFSET as usize);
        *out = match value {
            Cell::Null => NULL,
            Cell::Bool(value) => {
                *out.add(BOOL_OFFSET as usize) = value as u8;
                BOOL
            }
            Cell::Int(value) => {
                payload.cast::<i64>().write(value);
                INT
            }
            Cell::Float(value) => {
                payload.cast::<f64>().write(value);
                FLOAT
            }
            Cell::Text(text) => {
                payload.cast::<*mut u8>().write(new_text(text.as_bytes()));
                STRING
            }
            Cell::Bytes(bytes) => {
                payload.cast::<*mut u8>().write(new_text(bytes));
                BYTES
            }
        };
    }
}

/// A value somewhere else.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Cell<'a> {
        match value {
            Value::Null => Cell::Null,
            Value::Bool(value) => Cell::Bool(*value),
            Value::Int(value) => Cell::Int(*value),
            Value::Float(value) => Cell::Float(*value),
            Value::Text(text) => Cell::Text(text),
            Value::Bytes(bytes) => Cell::Bytes(bytes),
        }
    }
}

/// A new `List<Dynamic>`.
pub fn new_list(values: &[Value]) -> *mut u8 {
    // SAFETY: the new list has room for all elements.
    unsafe {
        let list = fuse_list_new(SIZE as i64, values.len() as i64);
        for (index, value) in (0..).zip(values) {
            write(element(list, index), value.into());
        }
        (*list.cast::<Sequence>()).len = values.len() as u64;
        list
    }
}
