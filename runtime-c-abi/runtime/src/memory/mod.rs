//! Memory: threads' contexts, heaps that are discarded whole, growth of objects.

#[cfg(feature = "audit")]
pub mod audit;
pub mod buffer;
mod grow;
pub mod heap;
pub mod ledger;
#[cfg(feature = "address-sanitizer")]
pub mod sanitizer;
mod shared;
pub mod stack;
pub mod thread;

pub use grow::{fuse_list_grow_slow, fuse_map_grow_slow, fuse_text_reserve_slow};
pub use heap::{fuse_alloc_large_slow, fuse_alloc_slow, fuse_free_large_slow};
pub use shared::{
    fuse_hash_seed_slow, fuse_mark_shared, fuse_shared_dec_slow, fuse_shared_inc_slow,
};
pub use thread::fuse_context;
