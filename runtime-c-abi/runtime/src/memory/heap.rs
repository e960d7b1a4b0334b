//! Heaps: chunks that are cut up for small objects, and the large objects made while the heap was in use.
//!
//! A thread starts in its base heap. Work that may fault and must not leave anything behind (a route, a test) gets a heap of its own,
//! which is emptied at once afterwards without looking at its objects.

use core::ptr;

use fuse_abi::FaultKind;
use fuse_abi::context::{Context, SIZE_CLASSES, class_size, size_class};
use fuse_core::alloc::whole_blocks;

use crate::fault::{Fault, leave};
#[cfg(feature = "audit")]
use crate::memory::audit;
use crate::memory::ledger;
use crate::memory::thread::{self, Thread};

/// Size of a heap's first chunk; each further one is twice as large, up to the limit.
const FIRST_CHUNK: usize = 128 * 1024;
const LARGEST_CHUNK: usize = 8 * 1024 * 1024;
/// What an emptied heap keeps for its next use.
const KEPT: usize = 1024 * 1024;
/// Large objects up to this size, links included, are kept when they are freed, up to [`KEPT`] bytes of them: what the C library gets back
/// it gives to the system, and touching new pages costs more than most work on such an object.
const LARGEST_REUSED: usize = 512 * 1024;
/// When memory is audited, freed objects go back at once: who watches the C library's allocations sees the end of each.
const REUSES: bool = !cfg!(feature = "audit");
/// Kept objects have the sizes of further size classes.
const REUSED_CLASSES: usize = size_class(LARGEST_REUSED as u64) + 1 - SIZE_CLASSES;
/// Space before a large object for its links; keeps the object aligned to 16.
const LARGE_HEADER: usize = size_of::<Links>();

#[repr(C, align(16))]
struct Links {
    next: *mut Links,
    previous: *mut Links,
    /// With the links.
    size: usize,
    #[cfg(feature = "audit")]
    heap: *mut Heap,
}

impl Links {
    /// The fixed point of a ring that holds nothing else.
    const fn ring(place: *mut Links) -> Links {
        Links {
            next: place,
            previous: place,
            size: 0,
            #[cfg(feature = "audit")]
            heap: ptr::null_mut(),
        }
    }
}

/// Stands at the start of each chunk.
#[repr(C, align(16))]
struct Chunk {
    next: *mut Chunk,
    size: usize,
}

pub struct Heap {
    /// Chunks in use, the newest first.
    chunks: *mut Chunk,
    /// Chunks kept from earlier uses.
    spare: *mut Chunk,
    next_chunk: usize,
    /// Ring of large objects; this is its fixed point, so a heap never moves.
    large: Links,
    /// Freed large objects per class, linked by `next`, and their bytes.
    kept: [*mut Links; REUSED_CLASSES],
    kept_size: usize,
    /// The work that used it ended in a fault.
    #[cfg(feature = "audit")]
    faulted: bool,
    /// Allocator state while another heap is in use.
    bump: *mut u8,
    bump_end: *mut u8,
    free: [*mut u8; SIZE_CLASSES],
}

impl Heap {
    /// A new empty heap, or null without memory.
    fn create() -> *mut Heap {
        // SAFETY: the memory is large enough for a heap and aligned by malloc; every field is written.
        unsafe {
            let heap = libc::malloc(size_of::<Heap>()).cast::<Heap>();
            if heap.is_null() {
                return heap;
            }
            heap.write(Heap {
                chunks: ptr::null_mut(),
                spare: ptr::null_mut(),
                next_chunk: FIRST_CHUNK,
                large: Links::ring(ptr::null_mut()),
                kept: [ptr::null_mut(); REUSED_CLASSES],
                kept_size: 0,
                #[cfg(feature = "audit")]
                faulted: false,
                bump: ptr::null_mut(),
                bump_end: ptr::null_mut(),
                free: [ptr::null_mut(); SIZE_CLASSES],
            });
            let ring = &raw mut (*heap).large;
            (*heap).large = Links::ring(ring);
            heap
        }
    }

    /// Takes the newest spare chunk that is large enough, else asks the system. Null without memory.
    unsafe fn take_chunk(&mut self) -> *mut Chunk {
        // SAFETY: spare chunks are ours; a new mapping is at least a page long.
        unsafe {
            let chunk = if self.spare.is_null() {
                let size = self.next_chunk;
                let memory = map(size);
                if memory.is_null() {
                    return ptr::null_mut();
                }
                if size < LARGEST_CHUNK {
                    self.next_chunk = size * 2;
                }
                let chunk = memory.cast::<Chunk>();
                (*chunk).size = size;
                chunk
            } else {
                let chunk = self.spare;
                self.spare = (*chunk).next;
                chunk
            };
            (*chunk).next = self.chunks;
            self.chunks = chunk;
            chunk
        }
    }

    /// A kept object of this size, or null.
    unsafe fn take_kept(&mut self, size: usize) -> *mut Links {
        let Some(first) = reused_class(size).and_then(|class| self.kept.get_mut(class)) else {
            return ptr::null_mut();
        };
        let links = *first;
        if !links.is_null() {
            // SAFETY: kept objects are ours.
            *first = unsafe { (*links).next };
            self.kept_size -= size;
        }
        links
    }

    /// Keeps a freed object, unless it is too large or there are enough.
    unsafe fn keep(&mut self, links: *mut Links) -> bool {
        // SAFETY: the object is ours now.
        unsafe {
            let size = (*links).size;
            let Some(first) = reused_class(size).and_then(|class| self.kept.get_mut(class)) else {
                return false;
            };
            if self.kept_size + size > KEPT {
                return false;
            }
            (*links).next = *first;
            *first = links;
            self.kept_size += size;
            true
        }
    }

    unsafe fn release_kept(&mut self) {
        for first in &mut self.kept {
            let mut links = std::mem::replace(first, ptr::null_mut());
            while !links.is_null() {
                // SAFETY: kept objects are ours, and came from malloc.
                unsafe {
                    let next = (*links).next;
                    libc::free(links.cast());
                    links = next;
                }
            }
        }
        self.kept_size = 0;
    }

    /// Frees everything but up to `keep` bytes of chunks, and of large objects kept. The allocator state must be cleared as well. Takes
    /// an address, because the ring holds addresses into the heap that a unique reference would invalidate.
    unsafe fn empty(heap: *mut Heap, keep: usize) {
        // SAFETY: chunks and large objects in the lists are this heap's and nobody uses them any more.
        unsafe {
            let ring = &raw mut (*heap).large;
            let mut object = (*heap).large.next;
            while object != ring {
                let next = (*object).next;
                if keep == 0 || !(*heap).keep(object) {
                    libc::free(object.cast());
                }
                object = next;
            }
            (*heap).large = Links::ring(ring);
            #[cfg(feature = "audit")]
            {
                (*heap).faulted = false;
            }
            if (*heap).kept_size > keep {
                (*heap).release_kept();
            }
            let mut kept = 0;
            let mut spare = ptr::null_mut();
            for list in [(*heap).spare, (*heap).chunks] {
                let mut chunk = list;
                while !chunk.is_null() {
                    let next = (*chunk).next;
                    let size = (*chunk).size;
                    if kept + size <= keep {
                        kept += size;
                        (*chunk).next = spare;
                        spare = chunk;
                    } else {
                        libc::munmap(chunk.cast(), size);
                    }
                    chunk = next;
                }
            }
            (*heap).spare = spare;
            (*heap).chunks = ptr::null_mut();
            (*heap).next_chunk = FIRST_CHUNK;
        }
    }
}

/// Memory from the system, or null.
unsafe fn map(size: usize) -> *mut u8 {
    // SAFETY: a private anonymous mapping wherever the system likes.
    unsafe {
        let memory = libc::mmap(
            ptr::null_mut(),
            size,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if memory == libc::MAP_FAILED {
            ptr::null_mut()
        } else {
            memory.cast()
        }
    }
}

/// The heap in use by the thread, made on first need.
unsafe fn in_use(thread: *mut Thread) -> *mut Heap {
    // SAFETY: the thread is the current one.
    unsafe {
        if (*thread).heap.is_null() {
            (*thread).heap = Heap::create();
            if (*thread).heap.is_null() {
                out_of_memory();
            }
        }
        (*thread).heap
    }
}

/// Leaves for the guard.
#[cold]
pub fn out_of_memory() -> ! {
    leave(Fault::kind(FaultKind::OutOfMemory), 0)
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_alloc_slow(context: *mut Context, class: u64) -> *mut u8 {
    // SAFETY: a context is the start of its thread; the chunk is larger than any size class.
    unsafe {
        save_rest(context);
        let heap = in_use(context.cast());
        let chunk = (*heap).take_chunk();
        if chunk.is_null() {
            out_of_memory();
        }
        let start = chunk.cast::<u8>().add(size_of::<Chunk>());
        (*context).bump = start.add(class_size(class as usize) as usize);
        (*context).bump_end = chunk.cast::<u8>().add((*chunk).size);
        start
    }
}

/// Puts what is left of the chunk into the free lists.
unsafe fn save_rest(context: *mut Context) {
    // SAFETY: the bytes between `bump` and its end are unused and multiples of 16.
    unsafe {
        let mut left = (*context).bump_end as usize - (*context).bump as usize;
        let mut class = SIZE_CLASSES;
        while class > 0 && left >= 16 {
            class -= 1;
            let size = class_size(class) as usize;
            while left >= size {
                let object = (*context).bump;
                let free = (&raw mut (*context).free).cast::<*mut u8>().add(class);
                *object.cast::<*mut u8>() = *free;
                *free = object;
                (*context).bump = object.add(size);
                left -= size;
            }
        }
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_alloc_large_slow(size: u64) -> *mut u8 {
    // SAFETY: the memory has room for the links and the object.
    unsafe {
        let thread = thread::current();
        let heap = in_use(thread);
        let Some(whole) = large_size(size) else {
            out_of_memory()
        };
        let mut links = (*heap).take_kept(whole);
        if links.is_null() {
            links = libc::malloc(whole).cast::<Links>();
        }
        if links.is_null() {
            out_of_memory();
        }
        let ring = &raw mut (*heap).large;
        links.write(Links {
            next: (*ring).next,
            previous: ring,
            size: whole,
            #[cfg(feature = "audit")]
            heap,
        });
        relink(links);
        links.cast::<u8>().add(LARGE_HEADER)
    }
}

/// Bytes of a large object and its links, rounded up so that objects of about the same size can take each other's place.
fn large_size(size: u64) -> Option<usize> {
    if size > isize::MAX as u64 - LARGE_HEADER as u64 {
        return None;
    }
    if !REUSES {
        return Some(whole_blocks(size) as usize + LARGE_HEADER);
    }
    let whole = size as usize + LARGE_HEADER;
    if whole > LARGEST_REUSED {
        return Some(whole);
    }
    Some(class_size(size_class(whole as u64)) as usize)
}

/// Number of the list of kept objects of this size.
fn reused_class(size: usize) -> Option<usize> {
    if !REUSES || size > LARGEST_REUSED {
        return None;
    }
    size_class(size as u64).checked_sub(SIZE_CLASSES)
}

/// Makes the neighbours point to `links`.
unsafe fn relink(links: *mut Links) {
    // SAFETY: neighbours in the ring are live.
    unsafe {
        (*(*links).previous).next = links;
        (*(*links).next).previous = links;
    }
}

#[unsafe(no_mangle)]
#[cold]
pub unsafe extern "C" fn fuse_free_large_slow(object: *mut u8) {
    // SAFETY: a large object is preceded by its links.
    unsafe {
        let links = object.sub(LARGE_HEADER).cast::<Links>();
        #[cfg(feature = "audit")]
        if (*links).heap != in_use(thread::current()) {
            audit::fail(
                "memory audit: an object is freed while another heap than its own is in use\n",
            );
        }
        ledger::forget(object);
        (*(*links).previous).next = (*links).next;
        (*(*links).next).previous = (*links).previous;
        if !(*in_use(thread::current())).keep(links) {
            libc::free(links.cast());
        }
    }
}

/// A large object with room for `size` bytes, moved if there is no room where it is. Beyond what is kept the C library moves it, which for
/// large sizes moves pages instead of bytes.
pub(super) unsafe fn resize_large(object: *mut u8, size: u64) -> *mut u8 {
    // SAFETY: a large object is preceded by its links; after moving, the neighbours are told.
    unsafe {
        let Some(whole) = large_size(size) else {
            out_of_memory()
        };
        let links = object.sub(LARGE_HEADER).cast::<Links>();
        let before = (*links).size;
        if whole <= before {
            return object;
        }
        if whole <= LARGEST_REUSED {
            let moved = fuse_alloc_large_slow(size);
            ptr::copy_nonoverlapping(object, moved, before - LARGE_HEADER);
            fuse_free_large_slow(object);
            return moved;
        }
        ledger::forget(object);
        let links = libc::realloc(links.cast(), whole).cast::<Links>();
        if links.is_null() {
            out_of_memory();
        }
        (*links).size = whole;
        relink(links);
        links.cast::<u8>().add(LARGE_HEADER)
    }
}

unsafe fn save_state(thread: *mut Thread) {
    // SAFETY: the thread is the current one; its heap, if any, is live.
    unsafe {
        let heap = (*thread).heap;
        if !heap.is_null() {
            (*heap).bump = (*thread).context.bump;
            (*heap).bump_end = (*thread).context.bump_end;
            (*heap).free = (*thread).context.free;
        }
    }
}

unsafe fn load_state(thread: *mut Thread, heap: *mut Heap) {
    // SAFETY: the thread is the current one; the heap is live or null.
    unsafe {
        (*thread).heap = heap;
        if heap.is_null() {
            clear_state(thread);
        } else {
            (*thread).context.bump = (*heap).bump;
            (*thread).context.bump_end = (*heap).bump_end;
            (*thread).context.free = (*heap).free;
        }
    }
}

unsafe fn clear_state(thread: *mut Thread) {
    // SAFETY: the thread is the current one.
    unsafe {
        (*thread).context.bump = ptr::null_mut();
        (*thread).context.bump_end = ptr::null_mut();
        (*thread).context.free = [ptr::null_mut(); SIZE_CLASSES];
    }
}

/// Address and size of the memory of a heap, ascending.
pub struct Places(Vec<(usize, usize)>);

impl Places {
    pub fn contain(&self, object: usize) -> bool {
        let after = self.0.partition_point(|(start, _)| *start <= object);
        let before = after.checked_sub(1).map(|index| self.0[index]);
        before.is_some_and(|(start, size)| object - start < size)
    }
}

/// A heap for work whose memory goes all at once. Belongs to the thread that uses it.
pub struct Scratch(*mut Heap);

impl Scratch {
    pub fn new() -> Scratch {
        let heap = Heap::create();
        if heap.is_null() {
            out_of_memory();
        }
        Scratch(heap)
    }

    /// Runs `work` with this heap in use, then empties the heap. Nothing allocated inside may be used afterwards. `work` must not be
    /// left through an outer guard: it contains the guard.
    pub fn using<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let thread = thread::current();
        // SAFETY: the heap is ours alone, and in use only here.
        unsafe {
            let outer = (*thread).heap;
            save_state(thread);
            load_state(thread, self.0);
            let result = work();
            #[cfg(feature = "audit")]
            check(self.0, "a request, test or migration");
            Heap::empty(self.0, KEPT);
            clear_state(thread);
            save_state(thread);
            load_state(thread, outer);
            result
        }
    }
}

impl Scratch {
    /// Runs `work` with this heap in use. What it allocated stays until the heap is dropped.
    pub fn filled<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let thread = thread::current();
        // SAFETY: the heap is ours alone, and in use only here.
        unsafe {
            let outer = (*thread).heap;
            save_state(thread);
            load_state(thread, self.0);
            let result = work();
            save_state(thread);
            load_state(thread, outer);
            result
        }
    }
}

impl Scratch {
    /// Where its objects are. The heap is not in use.
    pub fn places(&self) -> Places {
        let mut ranges = Vec::new();
        // SAFETY: the lists are ours alone.
        unsafe {
            let mut chunk = (*self.0).chunks;
            while !chunk.is_null() {
                ranges.push((chunk as usize, (*chunk).size));
                chunk = (*chunk).next;
            }
            let ring = &raw mut (*self.0).large;
            let mut links = (*ring).next;
            while links != ring {
                ranges.push((links as usize, (*links).size));
                links = (*links).next;
            }
        }
        ranges.sort_unstable();
        Places(ranges)
    }

    /// Frees the heap with whatever is in it, because those who would have freed it object by object have ended in a fault.
    pub fn discard(self) {
        #[cfg(feature = "audit")]
        // SAFETY: the heap is ours alone.
        unsafe {
            (*self.0).faulted = true;
        }
        drop(self);
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Scratch::new()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the heap is not in use, and ours alone.
        unsafe {
            #[cfg(feature = "audit")]
            check(self.0, "a task");
            Heap::empty(self.0, 0);
            libc::free(self.0.cast());
        }
    }
}

/// Frees the thread's base heap with everything in it. No object made by this thread may be used afterwards.
///
/// # Safety
/// Must be called outside of any guard and any [`Scratch::using`].
pub unsafe fn release_base() {
    let thread = thread::current();
    // SAFETY: the caller says that nothing refers into the heap.
    unsafe {
        let heap = (*thread).heap;
        if !heap.is_null() {
            #[cfg(feature = "audit")]
            check(heap, "a thread");
            Heap::empty(heap, 0);
            libc::free(heap.cast());
        }
        load_state(thread, ptr::null_mut());
    }
}

/// The work of the heap in use has ended in a fault: its objects will go with the heap.
#[cfg(feature = "audit")]
pub fn note_fault() {
    // SAFETY: this thread's own state.
    unsafe {
        let heap = (*thread::current()).heap;
        if !heap.is_null() {
            (*heap).faulted = true;
        }
    }
}

/// Ends the process if the heap in use has objects that nobody will free. `place` is what has ended.
#[cfg(feature = "audit")]
pub fn check_in_use(place: &str) {
    // SAFETY: this thread's own heap, whose work has ended.
    unsafe { check((*thread::current()).heap, place) }
}

#[cfg(feature = "audit")]
unsafe fn check(heap: *mut Heap, place: &str) {
    // SAFETY: the objects in the ring are live.
    unsafe {
        if heap.is_null() || (*heap).faulted {
            return;
        }
        let ring = &raw mut (*heap).large;
        let mut objects = std::collections::BTreeMap::new();
        let mut links = (*ring).next;
        while links != ring {
            let object = links.cast::<u8>().add(LARGE_HEADER);
            objects.insert(object as usize, (*links).size - LARGE_HEADER);
            links = (*links).next;
        }
        audit::check(objects, place);
    }
}

/// Bytes of chunks that belong to the heap in use, for tests and reports.
pub fn chunk_bytes() -> usize {
    let mut sum = 0;
    // SAFETY: the lists are this thread's.
    unsafe {
        let heap = (*thread::current()).heap;
        if heap.is_null() {
            return 0;
        }
        for list in [(*heap).chunks, (*heap).spare] {
            let mut chunk = list;
            while !chunk.is_null() {
                sum += (*chunk).size;
                chunk = (*chunk).next;
            }
        }
    }
    sum
}
