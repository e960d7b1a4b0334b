//! What a task holds of values that other heaps own, so that its fault can give it back.
//!
//! A fault leaves no trace of the references that the abandoned frames and objects held. Those to objects of the task's own heap go with it.
//! The others are of shared objects, whose counts change through calls ([`crate::memory::shared`]): while a task runs, these are
//! written down. The captures are pinned by the task's job, so none of the objects dies meanwhile, and the sum is exactly what is held.

use core::hash::{BuildHasherDefault, Hasher};
use core::ptr;
use core::sync::atomic::Ordering;

use crate::memory::heap::Scratch;
use crate::memory::shared::count;
use crate::memory::thread;

#[expect(
    clippy::disallowed_types,
    reason = "counts are added up, in whatever order"
)]
type Sums = std::collections::HashMap<usize, i32, BuildHasherDefault<Address>>;

/// References taken less references given back, per object; no zeros.
pub struct Ledger {
    sums: Sums,
    /// Called through an address, so that programs without tasks are without all this.
    add: fn(&mut Ledger, usize, i32),
    forget: fn(&mut Ledger, usize),
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger {
            sums: Sums::default(),
            add: Ledger::add,
            forget: Ledger::forget,
        }
    }
}

impl Ledger {
    /// Runs `work` with this ledger written by the thread, or none.
    pub fn keeping<T>(&mut self, is_kept: bool, work: impl FnOnce() -> T) -> T {
        let thread = thread::current();
        let ledger = if is_kept {
            ptr::from_mut(self)
        } else {
            ptr::null_mut()
        };
        // SAFETY: this thread's own state; the ledger outlives its being there.
        unsafe {
            let outer = core::mem::replace(&mut (*thread).ledger, ledger);
            let result = work();
            (*thread).ledger = outer;
            result
        }
    }

    fn add(&mut self, object: usize, references: i32) {
        let sum = self.sums.entry(object).or_insert(0);
        *sum = sum.wrapping_add(references);
        if *sum == 0 {
            self.sums.remove(&object);
        }
    }

    fn forget(&mut self, object: usize) {
        self.sums.remove(&object);
    }

    /// Forgets objects of the task's own heap, which goes as a whole.
    pub fn without(&mut self, heap: &Scratch) {
        if !self.sums.is_empty() {
            let owned = heap.places();
            self.sums.retain(|object, _| !owned.contain(*object));
        }
    }

    /// The references are held by something that this thread goes on with: the result of the task.
    pub fn hand_over(self) {
        // SAFETY: this thread's own state.
        unsafe {
            if let Some(ledger) = (*thread::current()).ledger.as_mut() {
                for (object, references) in self.sums {
                    ledger.add(object, references);
                }
            }
        }
    }

    /// Gives back everything that is held, because whatever held it is gone.
    ///
    /// # Safety
    /// The captures of the task are still pinned, so no count reaches its end here.
    pub unsafe fn settle(self) {
        for (object, references) in self.sums {
            // SAFETY: as stated; the counts of shared objects are below zero.
            unsafe { count(object as *mut u8).fetch_add(references, Ordering::Release) };
        }
    }
}

/// One reference more or less to a shared object, by this thread.
#[inline]
pub fn note(object: *mut u8, references: i32) {
    // SAFETY: this thread's own state.
    unsafe {
        if let Some(ledger) = (*thread::current()).ledger.as_mut() {
            (ledger.add)(ledger, object as usize, references);
        }
    }
}

/// The object ends here; its place may get another one.
#[inline]
pub fn forget(object: *mut u8) {
    // SAFETY: this thread's own state.
    unsafe {
        if let Some(ledger) = (*thread::current()).ledger.as_mut() {
            (ledger.forget)(ledger, object as usize);
        }
    }
}

/// Addresses of objects are multiples of 16 and near each other.
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte) ^ self.0 as usize);
        }
    }

    fn write_usize(&mut self, address: usize) {
        // The table looks at the top and the bottom bits.
        self.0 = (address as u64)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
