//! Definitions of rows that may fault.

/// Defines exported functions from bodies that return `Result<T, Fault>`. The wrapper takes the trailing site number and leaves for
/// the guard; it holds nothing but plain values when it does.
macro_rules! faulting {
    ($($(#[$meta:meta])* fn $symbol:ident($($name:ident: $type:ty),* $(,)?) -> $ret:ty = $body:path;)*) => {
        $(
            $(#[$meta])*
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $symbol($($name: $type,)* site: i64) -> $ret {
                // SAFETY: the contract of the row is the contract of the body.
                match unsafe { $body($($name),*) } {
                    Ok(value) => value,
                    Err(fault) => $crate::fault::leave(fault, site),
                }
            }
        )*
    };
}

/// Like [`faulting`], for rows that write an option through the hidden first pointer.
macro_rules! faulting_option {
    ($($(#[$meta:meta])* fn $symbol:ident($($name:ident: $type:ty),* $(,)?) -> $ret:ty = $body:path;)*) => {
        $(
            $(#[$meta])*
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $symbol(out: *mut u8, $($name: $type,)* site: i64) {
                // SAFETY: the contract of the row is the contract of the body; `out` has room for the option.
                match unsafe { $body($($name),*) } {
                    Ok(value) => unsafe { $crate::object::write_option::<$ret>(out, value) },
                    Err(fault) => $crate::fault::leave(fault, site),
                }
            }
        )*
    };
}
