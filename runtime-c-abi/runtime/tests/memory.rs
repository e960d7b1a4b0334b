//! Allocator, counts and growth against simple models.

use fuse_abi::context::SMALL_MAX;
use fuse_abi::object::{MAX_CAPACITY, SEQUENCE_DATA, Sequence};
use fuse_core::{
    fuse_alloc, fuse_drop_text, fuse_free, fuse_list_free, fuse_list_grow, fuse_list_new,
    fuse_mark_immortal, fuse_rc_dec, fuse_rc_inc, fuse_rc_unique, fuse_text_new, fuse_text_push,
};
use fuse_runtime::memory::heap::{Scratch, chunk_bytes};
use fuse_runtime::object::{bytes, new_text};

/// A small deterministic generator (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

const ROUNDS: u64 = if cfg!(miri) { 500 } else { 100_000 };

#[test]
fn objects_keep_their_bytes_and_do_not_overlap() {
    let mut random = Random(1);
    let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
    for round in 0..ROUNDS {
        if random.below(3) > 0 || live.is_empty() {
            let size = match random.below(20) {
                0 => SMALL_MAX + random.below(100_000),
                1..4 => 1 + random.below(SMALL_MAX),
                _ => 1 + random.below(200),
            };
            let mark = round as u8;
            // SAFETY: the object has that many bytes.
            unsafe {
                let object = fuse_alloc(size as i64);
                assert_eq!(object as usize % 16, 0);
                object.write_bytes(mark, size as usize);
                live.push((object, size as usize, mark));
            }
        } else {
            let (object, size, mark) = live.swap_remove(random.below(live.len() as u64) as usize);
            // SAFETY: the object is live and was written in full.
            unsafe {
                let held = core::slice::from_raw_parts(object, size);
                assert!(held.iter().all(|&byte| byte == mark));
                fuse_free(object, size as i64);
            }
        }
    }
    for (object, size, _) in live {
        // SAFETY: live.
        unsafe { fuse_free(object, size as i64) };
    }
}

#[test]
fn freed_objects_are_used_again() {
    // SAFETY: objects are freed with their size.
    unsafe {
        let first = fuse_alloc(40);
        fuse_free(first, 40);
        assert_eq!(fuse_alloc(48), first);
        fuse_free(first, 33);
        let before = chunk_bytes();
        for _ in 0..ROUNDS {
            let object = fuse_alloc(1000);
            fuse_free(object, 1000);
        }
        assert_eq!(chunk_bytes(), before);
    }
}

#[test]
fn a_scratch_heap_forgets_everything_and_keeps_its_size() {
    let mut scratch = Scratch::new();
    let outside = new_text(b"outside");
    let mut largest = 0;
    for _ in 0..50 {
        let used = scratch.using(|| {
            for size in [16, 1000, 30_000, 200_000] {
                for _ in 0..20 {
                    // SAFETY: never used.
                    unsafe { fuse_alloc(size) };
                }
            }
            chunk_bytes()
        });
        largest = largest.max(used);
        // SAFETY: the outer heap is in use again, and its objects are untouched.
        unsafe { assert_eq!(bytes(outside), b"outside") };
    }
    assert!(largest <= 4 * 1024 * 1024, "{largest}");
    // SAFETY: ours.
    unsafe { fuse_drop_text(outside) };
}

#[test]
fn appending_to_a_text_takes_constant_time_on_average() {
    let piece = new_text(b"0123456789");
    let mut text = new_text(b"");
    let mut moves = 0;
    let count = if cfg!(miri) { 1000 } else { 1_000_000 };
    for _ in 0..count {
        // SAFETY: the text is ours, `piece` is live.
        let grown = unsafe { fuse_text_push(text, piece) };
        moves += (grown != text) as u32;
        text = grown;
    }
    // SAFETY: ours.
    unsafe {
        assert_eq!(bytes(text).len(), count * 10);
        assert!(bytes(text).chunks(10).all(|chunk| chunk == b"0123456789"));
        fuse_drop_text(text);
        fuse_drop_text(piece);
    }
    assert!(moves < 30, "{moves}");
}

#[test]
fn pushing_copies_what_is_shared_or_immortal() {
    // SAFETY: counts are kept as the functions say.
    unsafe {
        let shared = new_text(b"a");
        fuse_rc_inc(shared);
        let longer = fuse_text_push(shared, shared);
        assert_eq!((bytes(shared), bytes(longer)), (&b"a"[..], &b"aa"[..]));
        assert!(fuse_rc_unique(shared) && fuse_rc_unique(longer));

        fuse_mark_immortal(longer);
        let copy = fuse_text_push(longer, shared);
        assert_eq!((bytes(longer), bytes(copy)), (&b"aa"[..], &b"aaa"[..]));
        assert!(!fuse_rc_unique(longer));
        assert!(!fuse_rc_dec(longer));

        let doubled = fuse_text_push(copy, copy);
        assert_eq!(bytes(doubled), b"aaaaaa");
        fuse_drop_text(doubled);
        fuse_drop_text(shared);
    }
}

#[test]
fn shared_counts() {
    // SAFETY: counts are kept as the functions say.
    unsafe {
        let text = new_text(b"x");
        (*text.cast::<Sequence>()).header.count = -1;
        assert!(fuse_rc_unique(text));
        fuse_rc_inc(text);
        assert!(!fuse_rc_unique(text));
        assert!(!fuse_rc_dec(text));
        assert!(fuse_rc_dec(text));
        fuse_drop_text(text);
    }
}

#[test]
fn lists_grow_and_keep_their_elements() {
    for element_size in [0_i64, 1, 8, 24, 40_000] {
        // SAFETY: the list has room for what is written.
        unsafe {
            let mut list = fuse_list_new(element_size, 0);
            let count: i64 = if element_size > 1000 { 20 } else { 3000 };
            for index in 0..count {
                list = fuse_list_grow(list, element_size, index + 1);
                assert!((*list.cast::<Sequence>()).header.aux as i64 > index);
                let at = list.add((SEQUENCE_DATA as i64 + index * element_size) as usize);
                at.write_bytes(index as u8, element_size as usize);
                (*list.cast::<Sequence>()).len = index as u64 + 1;
            }
            for index in 0..count {
                let at = list.add((SEQUENCE_DATA as i64 + index * element_size) as usize);
                let element = core::slice::from_raw_parts(at, element_size as usize);
                assert!(element.iter().all(|&byte| byte == index as u8));
            }
            fuse_list_free(list, element_size);
        }
    }
}

#[test]
fn capacities_stay_within_their_field() {
    // SAFETY: lists of empty elements need no storage.
    unsafe {
        let list = fuse_list_new(0, 7);
        assert_eq!((*list.cast::<Sequence>()).header.aux as u64, MAX_CAPACITY);
        fuse_list_free(list, 0);
        let text = fuse_text_new(100);
        assert!((*text.cast::<Sequence>()).header.aux >= 100);
        fuse_drop_text(text);
    }
}
