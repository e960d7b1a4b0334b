//! Hot primitives: counted objects, the allocator's fast paths, texts, lists and maps.
//!
//! Compiled twice: as a library of the runtime, and to LLVM bitcode that is linked into every program before optimisation, so that
//! these functions inline into generated code. What is rare or large is a function of the runtime ([`cold`]).
//!
//! **Architecture Invariant:** no state is defined here (it lives behind [`cold::fuse_context`]) and nothing here can panic, so that
//! the bitcode refers to nothing but the runtime's `fuse_*` functions and `memcpy`, `memmove`, `memcmp`.
//!
//! All functions take pointers to objects laid out as `fuse_abi::object` says; the caller guarantees that they are live and of the
//! right kind. That is the safety contract of every `unsafe` function here unless it says more.

#![no_std]
#![allow(clippy::missing_safety_doc)]

pub mod alloc;
pub mod block;
pub mod bytes;
pub mod cold;
pub mod count;
pub mod escape;
pub mod hash;
pub mod html;
pub mod json;
pub mod list;
pub mod map;
pub mod number;
pub mod text;

pub use alloc::{fuse_alloc, fuse_free};
pub use count::{fuse_mark_immortal, fuse_rc_dec, fuse_rc_inc, fuse_rc_unique};
pub use escape::{fuse_text_push_json, fuse_text_put_json};
pub use html::{
    fuse_html_push_text, fuse_html_push_value, fuse_html_put_text, fuse_html_put_value,
};
pub use json::{
    fuse_json_array, fuse_json_bool, fuse_json_float, fuse_json_int, fuse_json_item, fuse_json_key,
    fuse_json_key_text, fuse_json_key_word, fuse_json_null, fuse_json_object, fuse_json_string,
};
pub use list::{fuse_list_copy, fuse_list_free, fuse_list_grow, fuse_list_new};
pub use map::{
    fuse_map_copy, fuse_map_find, fuse_map_free, fuse_map_insert, fuse_map_new, fuse_map_remove_at,
};
pub use number::{
    fuse_text_push_float, fuse_text_push_int, fuse_text_push_json_float, fuse_text_put_float,
    fuse_text_put_int, fuse_text_put_json_float,
};
pub use text::{
    fuse_drop_text, fuse_text_clone, fuse_text_compare, fuse_text_equal, fuse_text_new,
    fuse_text_push, fuse_text_push_bool, fuse_text_put, fuse_text_put_bool, fuse_text_put_byte,
    fuse_text_reserve, fuse_text_word,
};
