//! Fast paths of the allocator: segregated free lists, else cutting the next piece off a chunk.
//!
//! Sizes are known at every free, so objects carry no size of their own.

use fuse_abi::context::{SMALL_MAX, class_size, size_class};
use fuse_abi::object::Header;

use crate::cold::{fuse_alloc_large_slow, fuse_alloc_slow, fuse_context, fuse_free_large_slow};

/// Largest size that is cut off a chunk. When memory is audited, none is: whatever watches the C library's allocations sees each object.
pub const CUT_MAX: u64 = if cfg!(feature = "audit") {
    0
} else {
    SMALL_MAX
};

/// Memory for `size` bytes, aligned to 16: a header with one reference and `aux` 0, the rest not initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_alloc(size: i64) -> *mut u8 {
    // SAFETY: the memory is ours and has room for a header, which is smaller than the smallest class. Freed memory holds a link there,
    // so the header is written whatever the memory was before.
    unsafe {
        let object = allocate(size);
        object.cast::<Header>().write(Header { count: 1, aux: 0 });
        object
    }
}

#[inline(always)]
unsafe fn allocate(size: i64) -> *mut u8 {
    let size = size as u64;
    // SAFETY: the context is this thread's and nobody else refers to it during the call; class < SIZE_CLASSES for sizes up to
    // CUT_MAX; freed objects hold a link in their first word.
    unsafe {
        if size > CUT_MAX {
            return fuse_alloc_large_slow(size);
        }
        let class = size_class(size);
        let context = fuse_context();
        let free = (&raw mut (*context).free).cast::<*mut u8>().add(class);
        let object = *free;
        if !object.is_null() {
            *free = *object.cast::<*mut u8>();
            return object;
        }
        let object = (*context).bump;
        let rounded = class_size(class);
        if ((*context).bump_end as u64).wrapping_sub(object as u64) >= rounded {
            (*context).bump = object.wrapping_add(rounded as usize);
            return object;
        }
        fuse_alloc_slow(context, class as u64)
    }
}

/// Gives back an object of [`fuse_alloc`]; `size` is what was asked for, or any size of the same class.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_free(object: *mut u8, size: i64) {
    let size = size as u64;
    // SAFETY: as in `fuse_alloc`; the object is dead, so its first word is ours.
    unsafe {
        if size > CUT_MAX {
            return fuse_free_large_slow(object);
        }
        let context = fuse_context();
        let free = (&raw mut (*context).free)
            .cast::<*mut u8>()
            .add(size_class(size));
        *object.cast::<*mut u8>() = *free;
        *free = object;
    }
}

/// The least that a size class gives: [`crate::bytes::copy_to_new`] counts on it.
#[inline(always)]
pub fn whole_blocks(size: u64) -> u64 {
    size.wrapping_add(15) & !15
}

/// How many bytes an allocation of `size` really has.
#[inline(always)]
pub fn usable_size(size: u64) -> u64 {
    if cfg!(feature = "audit") {
        whole_blocks(size)
    } else if size > CUT_MAX {
        size
    } else {
        class_size(size_class(size))
    }
}
