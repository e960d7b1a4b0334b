//! Sorting lists of scalars and texts: consumes the list, sorts in place when it is the only reference.

use core::cmp::Ordering;

use fuse_abi::object::{SEQUENCE_DATA, Sequence};
use fuse_core::{fuse_list_copy, fuse_list_free, fuse_rc_dec, fuse_rc_inc, fuse_rc_unique};

use crate::object::{bytes, elements};

/// The elements of a list that nobody else sees, and the list itself. Elements are 8 bytes; `counted` ones get another reference when
/// the list had to be copied.
unsafe fn unique<'a, T>(list: *mut u8, counted: bool) -> (*mut u8, &'a mut [T]) {
    // SAFETY: contract of the crate.
    unsafe {
        let mut list = list;
        if !fuse_rc_unique(list) {
            let len = (*list.cast::<Sequence>()).len as i64;
            let copy = fuse_list_copy(list, 8, 0, len);
            if counted {
                for &element in elements::<*mut u8>(copy) {
                    fuse_rc_inc(element);
                }
            }
            if fuse_rc_dec(list) {
                fuse_list_free(list, 8);
            }
            list = copy;
        }
        let len = (*list.cast::<Sequence>()).len as usize;
        let data = list.add(SEQUENCE_DATA as usize).cast::<T>();
        (list, core::slice::from_raw_parts_mut(data, len))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_sort_int(list: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let (list, elements) = unique::<i64>(list, false);
        elements.sort_unstable();
        list
    }
}

/// NaN last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_sort_float(list: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let (list, elements) = unique::<f64>(list, false);
        // Stable, because -0.0 and 0.0 are equal and can be told apart.
        elements.sort_by(|a, b| match a.partial_cmp(b) {
            Some(order) => order,
            None => match (a.is_nan(), b.is_nan()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => Ordering::Equal,
            },
        });
        list
    }
}

/// By bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fuse_list_sort_text(list: *mut u8) -> *mut u8 {
    // SAFETY: contract of the crate.
    unsafe {
        let (list, elements) = unique::<*mut u8>(list, true);
        elements.sort_by(|&a, &b| bytes(a).cmp(bytes(b)));
        list
    }
}
