//! Maps against `IndexMap`.

use fuse_abi::object::{MAP_ENTRY_VALUE, Map};
use fuse_core::map::{entry, entry_key, stride};
use fuse_core::{
    fuse_drop_text, fuse_map_copy, fuse_map_find, fuse_map_free, fuse_map_insert, fuse_map_new,
    fuse_map_remove_at,
};
use fuse_runtime::object::{bytes, new_text};
use indexmap::IndexMap;

const VALUE: i64 = 8;

struct Maps {
    own: *mut u8,
    model: IndexMap<Vec<u8>, u64>,
}

impl Maps {
    fn new(capacity: i64) -> Maps {
        Maps {
            // SAFETY: plain values.
            own: unsafe { fuse_map_new(VALUE, capacity) },
            model: IndexMap::new(),
        }
    }

    fn value_at(&self, index: i64) -> *mut u64 {
        // SAFETY: the index is within the map.
        unsafe {
            entry(self.own, stride(VALUE), index as u64)
                .add(MAP_ENTRY_VALUE as usize)
                .cast()
        }
    }

    fn find(&self, key: &[u8]) -> Option<i64> {
        let key = new_text(key);
        // SAFETY: live map and key.
        unsafe {
            let index = fuse_map_find(self.own, key, VALUE);
            fuse_drop_text(key);
            (index >= 0).then_some(index)
        }
    }

    fn set(&mut self, key: &[u8], value: u64) {
        let index = match self.find(key) {
            Some(index) => index,
            // SAFETY: the key is absent, the map ours.
            None => unsafe {
                self.own = fuse_map_insert(self.own, new_text(key), VALUE);
                (*self.own.cast::<Map>()).len as i64 - 1
            },
        };
        // SAFETY: the entry exists.
        unsafe { *self.value_at(index) = value };
        self.model.insert(key.to_vec(), value);
    }

    fn remove(&mut self, key: &[u8]) {
        let index = self.find(key);
        assert_eq!(
            index,
            self.model.get_index_of(key).map(|index| index as i64)
        );
        if let Some(index) = index {
            // SAFETY: the entry exists; its key is dropped before the gap closes.
            unsafe {
                fuse_drop_text(entry_key(entry(self.own, stride(VALUE), index as u64)));
                fuse_map_remove_at(self.own, index, VALUE);
            }
        }
        self.model.shift_remove(key);
    }

    fn check(&self) {
        // SAFETY: live map.
        unsafe {
            assert_eq!((*self.own.cast::<Map>()).len as usize, self.model.len());
            for (index, (key, value)) in self.model.iter().enumerate() {
                let own = entry_key(entry(self.own, stride(VALUE), index as u64));
                assert_eq!(bytes(own), key);
                assert_eq!(*self.value_at(index as i64), *value);
                assert_eq!(self.find(key), Some(index as i64));
            }
        }
    }

    fn free(self) {
        // SAFETY: live map; every key is dropped once.
        unsafe {
            for index in 0..(*self.own.cast::<Map>()).len {
                fuse_drop_text(entry_key(entry(self.own, stride(VALUE), index)));
            }
            fuse_map_free(self.own, VALUE);
        }
    }
}

/// Keys of all lengths, so that every branch of the hash is taken.
fn key(number: u64) -> Vec<u8> {
    let text = format!("{:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let length = (number % 41) as usize;
    text.bytes()
        .cycle()
        .take(length)
        .chain(number.to_le_bytes())
        .collect()
}

#[test]
fn behaves_like_the_model() {
    for capacity in [0, 1, 100] {
        let mut maps = Maps::new(capacity);
        let mut state = 7_u64;
        let rounds = if cfg!(miri) { 200 } else { 20_000 };
        for round in 0..rounds {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let name = key((state >> 33) % 300);
            if (state >> 20).is_multiple_of(3) {
                maps.remove(&name);
            } else {
                maps.set(&name, round);
            }
            if round % 997 == 0 {
                maps.check();
            }
        }
        maps.check();
        maps.free();
    }
}

#[test]
fn short_and_empty_keys() {
    let mut maps = Maps::new(0);
    for length in 0..40 {
        maps.set(&vec![b'a'; length], length as u64);
    }
    maps.check();
    assert_eq!(maps.find(b"b"), None);
    maps.free();
}

#[test]
fn a_copy_is_independent() {
    for count in [0, 3, 8, 9, if cfg!(miri) { 40 } else { 1000 }] {
        let mut maps = Maps::new(0);
        for number in 0..count {
            maps.set(&key(number), number);
        }
        // SAFETY: live map.
        let copy = Maps {
            own: unsafe { fuse_map_copy(maps.own, VALUE) },
            model: maps.model.clone(),
        };
        maps.set(b"new", 1);
        maps.remove(&key(0));
        copy.check();
        maps.check();
        copy.free();
        maps.check();
        maps.free();
    }
}

#[test]
fn large_maps_are_found_in_constant_time() {
    let mut maps = Maps::new(0);
    let count = if cfg!(miri) { 100 } else { 200_000 };
    for number in 0..count {
        maps.set(&key(number), number);
    }
    for number in 0..count {
        assert_eq!(maps.find(&key(number)), Some(number as i64));
        assert_eq!(maps.find(&key(number + count)), None);
    }
    maps.free();
}
