//! Reads a text both ways and compares. Shared with the fuzz target `json`.

use fuse_abi::json::{Cursor, SyntaxError, dynamic};
use fuse_abi::object::{MAP_ENTRY_KEY, MAP_ENTRY_VALUE, Map, SEQUENCE_DATA, Sequence};
use fuse_core::{fuse_json_float, fuse_json_int, fuse_json_string};
use fuse_runtime::json::{fuse_json_begin, fuse_json_end, fuse_json_finish, fuse_json_value};
use fuse_runtime::object::{new_text, string};
use serde::Deserialize;
use serde_json::Value;

pub enum Verdict {
    Same,
    /// Nested deeper than the language accepts.
    TooDeep,
    Differs(String),
}

#[repr(C, align(8))]
struct Slot([u8; dynamic::SIZE as usize]);

pub fn compare(text: &str) -> Verdict {
    let mut slot = Slot([0; dynamic::SIZE as usize]);
    let out = slot.0.as_mut_ptr();
    // SAFETY: the cursor owns the text; the value lives in this thread's heap.
    let (own, error) = unsafe {
        let cursor = fuse_json_begin(new_text(text.as_bytes()));
        fuse_json_value(out, cursor);
        let error = (*cursor.cast::<Cursor>()).error;
        let whole = fuse_json_finish(cursor, new_text(b"$"), 0);
        fuse_json_end(cursor);
        (whole.then(|| value(out)), error)
    };
    if error == SyntaxError::Depth as u64 {
        return Verdict::TooDeep;
    }
    let mut other = serde_json::Deserializer::from_str(text);
    other.disable_recursion_limit();
    let theirs = Value::deserialize(&mut other).and_then(|value| other.end().map(|()| value));
    match (own, theirs) {
        (Some(own), Ok(theirs)) if same(&own, &theirs) => scalars(text),
        (Some(own), Ok(theirs)) => Verdict::Differs(format!("{own:?} and {theirs}")),
        (None, Err(_)) => scalars(text),
        // Numbers beyond the doubles are infinite here and refused there.
        (Some(_), Err(theirs)) if theirs.to_string().starts_with("number out of range") => {
            Verdict::Same
        }
        (Some(own), Err(theirs)) => Verdict::Differs(format!("{own:?}, refused there: {theirs}")),
        (None, Ok(theirs)) => Verdict::Differs(format!(
            "{} here, there {theirs}",
            SyntaxError::message(error)
        )),
    }
}

/// The text as a Float, an Int and a String, which decoders of types read without a dynamic value in between.
fn scalars(text: &str) -> Verdict {
    let number: Option<f64> = serde_json::from_str(text).ok();
    let float = option(text, fuse_json_float, |at| {
        // SAFETY: the payload of an `Option<Float>`.
        unsafe { *at.cast::<f64>() }
    });
    // Beyond the doubles they refuse.
    if float != number && !float.is_some_and(f64::is_infinite) {
        return Verdict::Differs(format!("{float:?} and {number:?} as Float"));
    }
    let int = option(text, fuse_json_int, |at| {
        // SAFETY: the payload of an `Option<Int>`.
        unsafe { *at.cast::<i64>() }
    });
    let theirs: Option<i64> = serde_json::from_str(text).ok();
    // Whole numbers in another form are Ints here only.
    let is_whole = int.is_some_and(|int| number == Some(int as f64));
    if int != theirs && !(theirs.is_none() && is_whole) {
        return Verdict::Differs(format!("{int:?} and {theirs:?} as Int"));
    }
    // SAFETY: the cursor owns the text; the string read is ours.
    let own = unsafe {
        let cursor = fuse_json_begin(new_text(text.as_bytes()));
        let read = fuse_json_string(cursor);
        let whole = fuse_json_finish(cursor, new_text(b"$"), 0);
        fuse_json_end(cursor);
        (whole && !read.is_null()).then(|| string(read).to_owned())
    };
    let theirs: Option<String> = serde_json::from_str(text).ok();
    if own != theirs {
        return Verdict::Differs(format!("{own:?} and {theirs:?} as String"));
    }
    Verdict::Same
}

/// What a row reads from the whole text.
fn option<T>(
    text: &str,
    row: unsafe extern "C" fn(*mut u8, *mut u8),
    payload: impl FnOnce(*const u8) -> T,
) -> Option<T> {
    let mut slot = Slot([0; dynamic::SIZE as usize]);
    let out = slot.0.as_mut_ptr();
    // SAFETY: the cursor owns the text; the slot has room for an option of 16 bytes.
    unsafe {
        let cursor = fuse_json_begin(new_text(text.as_bytes()));
        row(out, cursor);
        let whole = fuse_json_finish(cursor, new_text(b"$"), 0);
        fuse_json_end(cursor);
        (whole && *out != 0).then(|| payload(out.add(8)))
    }
}

#[derive(Debug)]
enum Own {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Own>),
    Map(Vec<(String, Own)>),
}

unsafe fn value(at: *const u8) -> Own {
    // SAFETY: a dynamic value as the ABI lays it out.
    unsafe {
        let payload = at.add(dynamic::PAYLOAD_OFFSET as usize);
        let object = || *payload.cast::<*mut u8>();
        match *at {
            dynamic::NULL => Own::Null,
            dynamic::BOOL => Own::Bool(*at.add(dynamic::BOOL_OFFSET as usize) != 0),
            dynamic::INT => Own::Int(*payload.cast()),
            dynamic::FLOAT => Own::Float(*payload.cast()),
            dynamic::STRING => Own::Text(string(object()).to_owned()),
            dynamic::LIST => {
                let list = object();
                let count = (*list.cast::<Sequence>()).len;
                let element = |n| list.add((SEQUENCE_DATA + n * dynamic::SIZE) as usize);
                Own::List((0..count).map(|n| value(element(n))).collect())
            }
            dynamic::MAP => {
                let map = &*object().cast::<Map>();
                let stride = MAP_ENTRY_VALUE + dynamic::SIZE;
                let entry = |n| map.entries.add((n * stride) as usize);
                let pair = |n| {
                    let key = *entry(n).add(MAP_ENTRY_KEY as usize).cast::<*mut u8>();
                    let inside = value(entry(n).add(MAP_ENTRY_VALUE as usize));
                    (string(key).to_owned(), inside)
                };
                Own::Map((0..map.len).map(pair).collect())
            }
            other => panic!("tag {other}"),
        }
    }
}

fn same(own: &Own, theirs: &Value) -> bool {
    match (own, theirs) {
        (Own::Null, Value::Null) => true,
        (Own::Bool(a), Value::Bool(b)) => a == b,
        (Own::Int(a), Value::Number(b)) => {
            b.as_i64() == Some(*a) || (b.is_f64() && b.as_f64() == Some(*a as f64))
        }
        (Own::Float(a), Value::Number(b)) => b.as_f64() == Some(*a),
        (Own::Text(a), Value::String(b)) => a == b,
        (Own::List(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Own::Map(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => false,
    }
}
