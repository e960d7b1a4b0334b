//! The runtime's primitives as safe calls, so that they can be measured one by one. They are called across crates here; in release
//! executables most of them are inlined.
//!
//! **Architecture Invariant:** nothing here is a primitive of its own: each function passes its arguments on.

use fuse_abi::json::Cursor;
use fuse_abi::object::{MAP_ENTRY_VALUE, Map as MapObject};
use fuse_core::map::{entry, entry_key, stride};
use fuse_core::{
    fuse_alloc, fuse_drop_text, fuse_free, fuse_json_float, fuse_json_int, fuse_map_find,
    fuse_map_free, fuse_map_insert, fuse_map_new, fuse_text_equal, fuse_text_new, fuse_text_push,
    fuse_text_push_float, fuse_text_push_int,
};
use fuse_runtime::fault::fuse_fault;
use fuse_runtime::fault::guard::guarded;
use fuse_runtime::memory::heap::Scratch;
use fuse_runtime::object::new_text;
use fuse_runtime::text::{fuse_bytes_to_string, fuse_text_to_float, fuse_text_to_int};

/// Takes `count` objects of `size` bytes and gives them back.
pub fn objects(count: usize, size: i64) {
    let mut newest = std::ptr::null_mut::<u8>();
    for _ in 0..count {
        // SAFETY: an object has room for a pointer behind its header; sizes below are at least that.
        unsafe {
            let object = fuse_alloc(size.max(16));
            object.add(8).cast::<*mut u8>().write(newest);
            newest = object;
        }
    }
    while !newest.is_null() {
        // SAFETY: each object is live, was given the one before it, and goes once.
        unsafe {
            let before = newest.add(8).cast::<*mut u8>().read();
            fuse_free(newest, size.max(16));
            newest = before;
        }
    }
}

/// A text with one reference.
pub struct Text(*mut u8);

impl Text {
    pub fn new(bytes: &[u8]) -> Text {
        Text(new_text(bytes))
    }

    pub fn empty() -> Text {
        // SAFETY: a capacity of 0 is one.
        Text(unsafe { fuse_text_new(0) })
    }

    pub fn push(&mut self, tail: &Text) {
        // SAFETY: both are live; the text is consumed and given back.
        self.0 = unsafe { fuse_text_push(self.0, tail.0) };
    }

    pub fn push_int(&mut self, value: i64) {
        // SAFETY: as above.
        self.0 = unsafe { fuse_text_push_int(self.0, value) };
    }

    pub fn push_float(&mut self, value: f64) {
        // SAFETY: as above.
        self.0 = unsafe { fuse_text_push_float(self.0, value) };
    }

    pub fn equals(&self, other: &Text) -> bool {
        // SAFETY: both are live.
        unsafe { fuse_text_equal(self.0, other.0) }
    }

    pub fn to_int(&self) -> Option<i64> {
        let mut out = [0_u64; 2];
        // SAFETY: an option of a number is a byte, and the number 8 bytes further.
        unsafe { fuse_text_to_int(out.as_mut_ptr().cast(), self.0) };
        (out[0] as u8 == 1).then_some(out[1] as i64)
    }

    pub fn to_float(&self) -> Option<f64> {
        let mut out = [0_u64; 2];
        // SAFETY: as above.
        unsafe { fuse_text_to_float(out.as_mut_ptr().cast(), self.0) };
        (out[0] as u8 == 1).then_some(f64::from_bits(out[1]))
    }

    /// A String of the bytes, where they are UTF-8: checked and copied.
    pub fn to_utf8(&self) -> Option<Text> {
        // SAFETY: the text is live.
        let text = unsafe { fuse_bytes_to_string(self.0) };
        (!text.is_null()).then_some(Text(text))
    }

    pub fn len(&self) -> usize {
        // SAFETY: the text is live.
        unsafe { fuse_core::text::len(self.0) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        // SAFETY: the one reference, given up once.
        unsafe { fuse_drop_text(self.0) };
    }
}

/// Bytes of a map's value: an Int.
const VALUE: i64 = 8;

/// A `Map<String, Int>` with one reference.
pub struct Map(*mut u8);

impl Map {
    #[expect(clippy::new_without_default, reason = "making one is what is measured")]
    pub fn new() -> Map {
        // SAFETY: values of 8 bytes, no entries.
        Map(unsafe { fuse_map_new(VALUE, 0) })
    }

    pub fn find(&self, key: &Text) -> Option<i64> {
        // SAFETY: map and key are live; an index found is below the length.
        unsafe {
            let index = fuse_map_find(self.0, key.0, VALUE);
            (index >= 0).then(|| {
                let entry = entry(self.0, stride(VALUE), index as u64);
                entry.add(MAP_ENTRY_VALUE as usize).cast::<i64>().read()
            })
        }
    }

    /// As `map[key] = value` does for a key that may be there.
    pub fn set(&mut self, key: &Text, value: i64) {
        // SAFETY: map and key are live; the map is ours alone, and gets a key of its own.
        unsafe {
            let mut index = fuse_map_find(self.0, key.0, VALUE);
            if index < 0 {
                let own = fuse_core::fuse_text_clone(key.0);
                self.0 = fuse_map_insert(self.0, own, VALUE);
                index = (*self.0.cast::<MapObject>()).len as i64 - 1;
            }
            let entry = entry(self.0, stride(VALUE), index as u64);
            entry
                .add(MAP_ENTRY_VALUE as usize)
                .cast::<i64>()
                .write(value);
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        // SAFETY: the one reference; keys go before the map's memory.
        unsafe {
            for index in 0..(*self.0.cast::<MapObject>()).len {
                fuse_drop_text(entry_key(entry(self.0, stride(VALUE), index)));
            }
            fuse_map_free(self.0, VALUE);
        }
    }
}

/// Reads one number of JSON text, as a field of type Int does.
pub fn json_int(text: &[u8]) -> Option<i64> {
    let mut out = [0_u64; 2];
    let mut cursor = cursor(text);
    // SAFETY: the cursor's text is live; an option of a number has the room of two words.
    unsafe { fuse_json_int(out.as_mut_ptr().cast(), (&raw mut cursor).cast()) };
    (out[0] as u8 == 1).then_some(out[1] as i64)
}

/// The same for Float.
pub fn json_float(text: &[u8]) -> Option<f64> {
    let mut out = [0_u64; 2];
    let mut cursor = cursor(text);
    // SAFETY: as above.
    unsafe { fuse_json_float(out.as_mut_ptr().cast(), (&raw mut cursor).cast()) };
    (out[0] as u8 == 1).then_some(f64::from_bits(out[1]))
}

fn cursor(text: &[u8]) -> Cursor {
    let range = text.as_ptr_range();
    Cursor {
        at: range.start,
        end: range.end,
        start: range.start,
        key: std::ptr::null(),
        key_len: 0,
        depth: 0,
        error: 0,
        data: std::ptr::null(),
        data_end: std::ptr::null(),
        text: std::ptr::null_mut(),
        key_text: std::ptr::null_mut(),
        problems: std::ptr::null_mut(),
        found: 0,
    }
}

/// The hash of a map's key.
pub fn hash(seed: u64, bytes: &[u8]) -> u64 {
    // SAFETY: the length is that of the bytes.
    unsafe { fuse_core::hash::hash_with(seed, bytes.as_ptr(), bytes.len()) }
}

extern "C" fn nothing(_: *mut u8) {}

extern "C" fn faults(_: *mut u8) {
    // SAFETY: only run inside a guard.
    unsafe { fuse_fault(fuse_abi::FaultKind::DivisionByZero as i64, 0) }
}

/// A guard around nothing.
pub fn guard() -> bool {
    // SAFETY: the work holds nothing with a destructor.
    unsafe { guarded(nothing, std::ptr::null_mut(), None) }.is_ok()
}

/// A guard, the fault inside it, and the heap emptied behind it, as for a request that faults.
pub fn fault(heap: &mut Scratch) -> bool {
    heap.using(|| {
        // SAFETY: as above.
        match unsafe { guarded(faults, std::ptr::null_mut(), None) } {
            Ok(()) => false,
            Err(fault) => {
                fault.release();
                true
            }
        }
    })
}
