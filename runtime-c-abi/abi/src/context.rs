//! State of one thread that generated code and the inlined primitives reach directly.

/// Size classes of small objects, see [`class_size`]. Class 0 is 16 bytes, class 39 is 32 KiB.
pub const SIZE_CLASSES: usize = 40;
/// Largest size in bytes that comes from a size class; larger objects come from the C library.
pub const SMALL_MAX: u64 = 32 * 1024;

/// What [`crate::RuntimeFn::Context`] points to. The allocator's part belongs to the heap in use.
#[repr(C)]
pub struct Context {
    /// A recursive function faults when the stack pointer is below this address.
    pub stack_limit: u64,
    /// Next unused byte of the chunk being cut up, and its end.
    pub bump: *mut u8,
    pub bump_end: *mut u8,
    /// Seed of the hash of map keys, the same for all threads; 0 until a map needs it.
    pub hash_seed: u64,
    /// Freed objects per size class; the first word of each links to the next.
    pub free: [*mut u8; SIZE_CLASSES],
}

/// Where [`Context::stack_limit`] is.
pub const CONTEXT_STACK_LIMIT_OFFSET: u64 = 0;

const _: () =
    assert!(core::mem::offset_of!(Context, stack_limit) as u64 == CONTEXT_STACK_LIMIT_OFFSET);

impl Context {
    /// A context without memory.
    pub const EMPTY: Context = Context {
        stack_limit: 0,
        bump: core::ptr::null_mut(),
        bump_end: core::ptr::null_mut(),
        hash_seed: 0,
        free: [core::ptr::null_mut(); SIZE_CLASSES],
    };
}

/// The class that holds `size` bytes, 1 to [`SMALL_MAX`]: steps of 16 bytes up to 128, then four steps per doubling.
#[inline(always)]
pub const fn size_class(size: u64) -> usize {
    let last_unit = (size.wrapping_sub(1)) >> 4;
    if last_unit < 8 {
        last_unit as usize
    } else {
        let exponent = 63 - last_unit.leading_zeros();
        let step = (last_unit >> (exponent.wrapping_sub(2))) & 3;
        (8 + (exponent.wrapping_sub(3)) * 4) as usize + step as usize
    }
}

/// Bytes of an object of the class.
#[inline(always)]
pub const fn class_size(class: usize) -> u64 {
    if class < 8 {
        ((class + 1) * 16) as u64
    } else {
        let exponent = 3 + (class - 8) / 4;
        let step = (class - 8) & 3;
        (((step + 5) << (exponent - 2)) * 16) as u64
    }
}

const _: () = {
    assert!(size_class(SMALL_MAX) == SIZE_CLASSES - 1);
    assert!(class_size(SIZE_CLASSES - 1) == SMALL_MAX);
    let mut size = 1;
    while size <= SMALL_MAX {
        let class = size_class(size);
        assert!(class_size(class) >= size && (class == 0 || class_size(class - 1) < size));
        size += 1;
    }
};
