//! What the runtime defines for this crate.

use fuse_abi::Context;
use fuse_abi::json::Cursor;

unsafe extern "C" {
    /// This thread's context. The same pointer for the life of the thread.
    pub fn fuse_context() -> *mut Context;

    /// An object of the size class, when the context has neither a freed one nor room in its chunk. Leaves for the guard when the
    /// system has no memory.
    #[cold]
    pub fn fuse_alloc_slow(context: *mut Context, class: u64) -> *mut u8;

    /// An object larger than `SMALL_MAX`.
    #[cold]
    pub fn fuse_alloc_large_slow(size: u64) -> *mut u8;

    #[cold]
    pub fn fuse_free_large_slow(object: *mut u8);

    /// Consumes a text; gives a unique one with the same bytes and room for `extra` more, at least doubling a capacity that was
    /// too small. Leaves for the guard when the result would be longer than `MAX_CAPACITY`.
    #[cold]
    pub fn fuse_text_reserve_slow(text: *mut u8, extra: u64) -> *mut u8;

    /// Consumes a text; gives it with the text of any float at its end.
    #[cold]
    pub fn fuse_text_push_float_slow(text: *mut u8, value: f64) -> *mut u8;

    /// The same for JSON.
    #[cold]
    pub fn fuse_text_push_json_float_slow(text: *mut u8, value: f64) -> *mut u8;

    /// The unique list with room for at least `capacity` elements, at least doubled; possibly moved.
    #[cold]
    pub fn fuse_list_grow_slow(list: *mut u8, element_size: u64, capacity: u64) -> *mut u8;

    /// Gives the unique map room for at least `capacity` entries of `stride` bytes.
    #[cold]
    pub fn fuse_map_grow_slow(map: *mut u8, stride: u64, capacity: u64);

    /// Chooses the process's seed if that has not happened yet, and stores it in the context. Never 0.
    #[cold]
    pub fn fuse_hash_seed_slow(context: *mut Context) -> u64;

    /// The last reference check for objects shared between threads (count below 0).
    #[cold]
    pub fn fuse_shared_inc_slow(object: *mut u8);

    /// True when that was the last reference.
    #[cold]
    pub fn fuse_shared_dec_slow(object: *mut u8) -> bool;
}

unsafe extern "C" {
    /// Reading fails with the error of this number, unless it has failed before.
    #[cold]
    pub fn fuse_json_fail(cursor: *mut Cursor, error: u64);

    /// Reads the key at the opening quote, which holds an escape or is not well formed.
    #[cold]
    pub fn fuse_json_key_slow(cursor: *mut Cursor) -> bool;

    /// What stands there is no Bool.
    #[cold]
    pub fn fuse_json_bool_slow(cursor: *mut Cursor);

    /// An Int in another form than up to 18 digits, or something else.
    #[cold]
    pub fn fuse_json_int_slow(out: *mut u8, cursor: *mut Cursor);

    /// A Float in another form than up to 15 digits with a point among them, or something else.
    #[cold]
    pub fn fuse_json_float_slow(out: *mut u8, cursor: *mut Cursor);

    /// What stands there is no string.
    #[cold]
    pub fn fuse_json_mismatch_string(cursor: *mut Cursor);

    /// A string with escapes, or one that is not well formed.
    #[cold]
    pub fn fuse_json_string_slow(cursor: *mut Cursor) -> *mut u8;
}
