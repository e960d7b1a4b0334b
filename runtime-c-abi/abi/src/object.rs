//! Layouts of counted objects. All offsets and sizes in bytes; pointers and lengths are 64-bit on every target.

/// Header of every counted object, 8 bytes, 16-byte aligned.
///
/// `count` > 0: references of this thread, plain arithmetic; < 0: shared between threads, atomic; 0: immortal, never written.
#[repr(C)]
pub struct Header {
    pub count: i32,
    /// Capacity of lists and texts, in elements or bytes; variant of boxed enums; otherwise 0.
    pub aux: u32,
}

/// `String`, `Bytes`, `Html`: header, length in bytes, then the bytes. Not NUL-terminated.
/// Lists: header, length in elements, then the elements at their own layout.
#[repr(C)]
pub struct Sequence {
    pub header: Header,
    pub len: u64,
}

/// `Map<String, V>`: open addressing over a dense entry array in insertion order.
/// Entry: key (pointer to a String), hash (u64), value at its own layout; stride is a multiple of 8 and of the value's alignment (at most 8).
#[repr(C)]
pub struct Map {
    pub header: Header,
    pub len: u64,
    pub entries: *mut u8,
    /// Slots of u32: 0 empty, else entry index + 1. A power of two slots; null while the map is small and searched linearly.
    pub slots: *mut u32,
    pub entry_capacity: u64,
    pub slot_mask: u64,
}

pub const HEADER_SIZE: u64 = 8;
pub const COUNT_OFFSET: u64 = 0;
pub const AUX_OFFSET: u64 = 4;
pub const LEN_OFFSET: u64 = 8;
/// Where the elements of a list and the bytes of a text start.
pub const SEQUENCE_DATA: u64 = 16;
/// Fields of boxed structs, payloads of boxed enums and the content of a box start here.
pub const BOXED_DATA: u64 = 8;
pub const MAP_ENTRIES_OFFSET: u64 = 16;
pub const MAP_ENTRY_KEY: u64 = 0;
pub const MAP_ENTRY_HASH: u64 = 8;
pub const MAP_ENTRY_VALUE: u64 = 16;
/// Largest alignment of any value.
pub const MAX_ALIGN: u64 = 8;
/// Largest number of elements or bytes a sequence can hold.
pub const MAX_CAPACITY: u64 = u32::MAX as u64;

const _: () = assert!(core::mem::size_of::<Header>() as u64 == HEADER_SIZE);
const _: () = assert!(core::mem::size_of::<Sequence>() as u64 == SEQUENCE_DATA);
const _: () = assert!(core::mem::offset_of!(Map, entries) as u64 == MAP_ENTRIES_OFFSET);
