//! What is wrong with a well-formed text: collected with paths that grow from the inside out.
//!
//! A problem is recorded at the depth of the value it is about; the reader of the container it lies in puts its own part in front and
//! brings it one level out. So the problems of the containers still open are always the last ones of the list.

use core::ptr::null_mut;

use fuse_abi::json::{Cursor, SyntaxError};
use fuse_abi::object::{SEQUENCE_DATA, Sequence};
use fuse_core::json::peek;
use fuse_core::text::push_bytes;
use fuse_core::{fuse_drop_text, fuse_list_free, fuse_list_grow, fuse_list_new, fuse_rc_inc};

use super::{has_failed, key, skip};
use crate::fault::{Fault, validation_json};
use crate::memory::buffer::Buffer;
use crate::object::{bytes, new_text};

/// Problems that are reported of one text; the rest is only counted.
const MOST: u64 = 100;

/// All texts are owned.
#[repr(C)]
struct Problem {
    /// Containers open around what the path is relative to.
    level: u64,
    path: *mut u8,
    code: *mut u8,
    message: *mut u8,
    /// First field of the path, for the order of an object's problems; null where that is none.
    rank: *mut u8,
}

const SIZE: i64 = size_of::<Problem>() as i64;

unsafe fn problems<'a>(cursor: *mut Cursor) -> &'a mut [Problem] {
    // SAFETY: the list holds problems and is the cursor's own; callers end the borrow before the list grows.
    unsafe {
        let list = (*cursor).problems;
        if list.is_null() {
            return &mut [];
        }
        let count = (*list.cast::<Sequence>()).len as usize;
        core::slice::from_raw_parts_mut(list.add(SEQUENCE_DATA as usize).cast(), count)
    }
}

fn joined(parts: &[&[u8]]) -> *mut u8 {
    let mut text = new_text(b"");
    for part in parts {
        // SAFETY: the parts lie outside of the new text.
        text = unsafe { push_bytes(text, part.as_ptr(), part.len()) };
    }
    text
}

/// Records a problem of the value just read.
pub(super) unsafe fn record(cursor: *mut Cursor, code: &[u8], message: &[u8]) {
    // SAFETY: contract of the module; growing makes room.
    unsafe {
        if has_failed(cursor) {
            return;
        }
        (*cursor).found += 1;
        if (*cursor).found > MOST {
            return;
        }
        if (*cursor).problems.is_null() {
            (*cursor).problems = fuse_list_new(SIZE, 4);
        }
        let count = (*(*cursor).problems.cast::<Sequence>()).len;
        let list = fuse_list_grow((*cursor).problems, SIZE, count as i64 + 1);
        (*cursor).problems = list;
        let problem = Problem {
            level: (*cursor).depth,
            path: new_text(b""),
            code: new_text(code),
            message: new_text(message),
            rank: null_mut(),
        };
        let all = list.add(SEQUENCE_DATA as usize).cast::<Problem>();
        all.add(count as usize).write(problem);
        (*list.cast::<Sequence>()).len = count + 1;
    }
}

/// Records that a value that has been read has another type.
pub(super) unsafe fn record_mismatch(cursor: *mut Cursor, expected: &[u8]) {
    let mut message = Buffer::new();
    message.push(b"expected ");
    message.push(expected);
    // SAFETY: contract of the module.
    unsafe { record(cursor, b"type_mismatch", message.as_bytes()) }
}

/// Steps over a value of another type and records that.
pub(super) unsafe fn mismatch(cursor: *mut Cursor, expected: &[u8]) {
    // SAFETY: contract of the module.
    unsafe {
        if skip::value(cursor) {
            record_mismatch(cursor, expected);
        }
    }
}

/// Puts `component` in front of the paths of all problems deeper than or at `level` and brings these to the level outside.
unsafe fn prefix(cursor: *mut Cursor, level: u64, component: &[&[u8]], rank: Option<&[u8]>) {
    // SAFETY: contract of the module.
    unsafe {
        for problem in problems(cursor).iter_mut().rev() {
            if problem.level < level {
                break;
            }
            let mut parts = [&b""[..]; 4];
            parts[..component.len()].copy_from_slice(component);
            parts[component.len()] = bytes(problem.path);
            let path = joined(&parts);
            fuse_drop_text(problem.path);
            problem.path = path;
            problem.level = level.saturating_sub(1);
            set_rank(problem, rank.map_or(null_mut(), new_text));
        }
    }
}

unsafe fn set_rank(problem: &mut Problem, rank: *mut u8) {
    // SAFETY: ranks are owned.
    unsafe {
        if !problem.rank.is_null() {
            fuse_drop_text(problem.rank);
        }
        problem.rank = rank;
    }
}

/// Records a problem of a field of the value just read.
pub(super) unsafe fn record_in_field(
    cursor: *mut Cursor,
    name: &[u8],
    code: &[u8],
    message: &[u8],
) {
    // SAFETY: contract of the module. The field lies one level further in.
    unsafe {
        (*cursor).depth += 1;
        record(cursor, code, message);
        prefix_field(cursor, (*cursor).depth, name);
        (*cursor).depth -= 1;
    }
}

unsafe fn prefix_field(cursor: *mut Cursor, level: u64, name: &[u8]) {
    // SAFETY: contract of the module.
    unsafe { prefix(cursor, level, &[b".", name], Some(name)) }
}

/// The problems of the field just read get their place; is there more to read?
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_in_field(cursor: *mut u8, name: *mut u8) -> bool {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        prefix_field(cursor, (*cursor).depth, bytes(name));
        !has_failed(cursor)
    }
}

/// The problems of the element just read get their place; is there more to read?
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_in_item(cursor: *mut u8, index: i64) -> bool {
    let cursor = cursor.cast::<Cursor>();
    let mut component = Buffer::new();
    component.push(b"[");
    component.push_int(index);
    component.push(b"]");
    // SAFETY: contract of the module.
    unsafe {
        prefix(cursor, (*cursor).depth, &[component.as_bytes()], None);
        !has_failed(cursor)
    }
}

/// A value of another type: (cursor, what was expected). It is stepped over.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_mismatch(cursor: *mut u8, expected: *mut u8) {
    // SAFETY: contract of the module.
    unsafe { mismatch(cursor.cast(), bytes(expected)) }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_mismatch_string(cursor: *mut Cursor) {
    // SAFETY: contract of the module.
    unsafe { mismatch(cursor, b"String") }
}

/// The value just read is not acceptable: (cursor, code, message)
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_reject(cursor: *mut u8, code: *mut u8, message: *mut u8) {
    // SAFETY: contract of the module.
    unsafe { record(cursor.cast(), bytes(code), bytes(message)) }
}

/// Steps over the value of the key just read, which is a problem itself.
unsafe fn refuse_key(cursor: *mut Cursor, code: &[u8], message: &[u8]) {
    // SAFETY: contract of the module; the name is kept because stepping over the value may read other keys.
    unsafe {
        let name = new_text(key(cursor));
        if skip::value(cursor) {
            record(cursor, code, message);
            prefix_field(cursor, (*cursor).depth, bytes(name));
        }
        fuse_drop_text(name);
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_unknown(cursor: *mut u8) {
    // SAFETY: contract of the module.
    unsafe { refuse_key(cursor.cast(), b"unknown_field", b"unknown field") }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_duplicate(cursor: *mut u8) {
    // SAFETY: contract of the module.
    unsafe { refuse_key(cursor.cast(), b"duplicate_field", b"duplicate field") }
}

/// A field that the object just closed does not have.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_missing(cursor: *mut u8, name: *mut u8) {
    // SAFETY: contract of the module.
    unsafe {
        record_in_field(
            cursor.cast(),
            bytes(name),
            b"missing_field",
            b"missing field",
        );
    }
}

/// Problems of the object just closed in the order of its keys, whatever order they came in.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_sort(cursor: *mut u8) {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        let level = (*cursor).depth;
        let all = problems(cursor);
        let own = all.iter().rev().take_while(|p| p.level >= level).count();
        let start = all.len() - own;
        all[start..].sort_by(|a, b| rank(a).cmp(rank(b)));
    }
}

unsafe fn rank_bytes<'a>(problem: &Problem) -> &'a [u8] {
    // SAFETY: ranks are owned texts.
    unsafe {
        if problem.rank.is_null() {
            b""
        } else {
            bytes(problem.rank)
        }
    }
}

fn rank(problem: &Problem) -> &[u8] {
    // SAFETY: the text is live as long as the problem.
    unsafe { rank_bytes(problem) }
}

/// (cursor, path of the whole, form): true when the text was one value without problems. Otherwise the problems have their full
/// paths. A text that is no JSON is one problem; form 0: `invalid_json` with the detail, 1: `invalid_value` with a sentence.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_finish(cursor: *mut u8, root: *mut u8, form: i64) -> bool {
    let cursor = cursor.cast::<Cursor>();
    // SAFETY: contract of the module.
    unsafe {
        peek(cursor);
        if !has_failed(cursor) && (*cursor).at != (*cursor).end {
            super::fuse_json_fail(cursor, SyntaxError::Trailing as u64);
        }
        if has_failed(cursor) {
            let detail = SyntaxError::message((*cursor).error).as_bytes();
            (*cursor).error = 0;
            release(cursor);
            (*cursor).found = 0;
            if form == 0 {
                record(cursor, b"invalid_json", detail);
            } else {
                let mut message = Buffer::new();
                message.push(b"invalid JSON value: ");
                message.push(detail);
                record(cursor, b"invalid_value", message.as_bytes());
            }
        }
        if (*cursor).found == 0 {
            return true;
        }
        (*cursor).depth = 0;
        prefix(cursor, 0, &[bytes(root)], None);
        false
    }
}

/// Path, code and message of every problem.
pub(crate) unsafe fn each(cursor: *mut Cursor, mut emit: impl FnMut(&[u8], &[u8], &[u8])) {
    // SAFETY: contract of the module; the texts are live for the call.
    unsafe {
        for problem in problems(cursor).iter() {
            emit(
                bytes(problem.path),
                bytes(problem.code),
                bytes(problem.message),
            );
        }
    }
}

/// Number of problems that can be asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_problems(cursor: *mut u8) -> i64 {
    // SAFETY: contract of the module.
    unsafe { problems(cursor.cast()).len() as i64 }
}

/// (cursor, number, 0 path / 1 code / 2 message)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_json_problem(cursor: *mut u8, index: i64, part: i64) -> *mut u8 {
    // SAFETY: contract of the module; the caller keeps the number below the count.
    unsafe {
        let problem = &problems(cursor.cast())[index as usize];
        let text = match part {
            0 => problem.path,
            1 => problem.code,
            _ => problem.message,
        };
        fuse_rc_inc(text);
        text
    }
}

/// Leaves for the guard with the validation error of all problems.
#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_json_fault(cursor: *mut u8, site: i64) -> ! {
    let mut document = Buffer::new();
    // SAFETY: contract of the module; the texts outlive the document's making.
    unsafe {
        let all = problems(cursor.cast());
        let mut fields = [(&b""[..], &b""[..], &b""[..]); MOST as usize];
        for (field, problem) in fields.iter_mut().zip(all.iter()) {
            *field = (
                bytes(problem.path),
                bytes(problem.code),
                bytes(problem.message),
            );
        }
        validation_json(&mut document, &fields[..all.len()]);
    }
    crate::fault::leave(Fault::json(document, 400), site)
}

/// Frees the list.
pub(super) unsafe fn release(cursor: *mut Cursor) {
    // SAFETY: contract of the module.
    unsafe {
        let list = (*cursor).problems;
        if list.is_null() {
            return;
        }
        for problem in problems(cursor) {
            fuse_drop_text(problem.path);
            fuse_drop_text(problem.code);
            fuse_drop_text(problem.message);
            set_rank(problem, null_mut());
        }
        (*cursor).problems = null_mut();
        fuse_list_free(list, SIZE);
    }
}
