//! The definitions against the ABI table: their signatures are checked here, and their addresses are handed to the JIT.

use fuse_abi::{abi_type, for_each_runtime_fn};

use fuse_core::*;

use crate::db::*;
use crate::fault::*;
use crate::html::*;
use crate::http::*;
use crate::http_client::*;
use crate::json::*;
use crate::memory::*;
use crate::process::*;
use crate::text::*;

/// The type of a row's function.
macro_rules! row_type {
    (@scan [Faults $(, $rest:ident)*] $params:tt $ret:ident) => { row_type!(@make [i64] $params $ret) };
    (@scan [$other:ident $(, $rest:ident)*] $params:tt $ret:ident) => { row_type!(@scan [$($rest),*] $params $ret) };
    (@scan [] $params:tt $ret:ident) => { row_type!(@make [] $params $ret) };
    (@make [$($site:ty)?] [$($param:ident),*] Out) => {
        unsafe extern "C" fn(*mut u8, $(abi_type!($param),)* $($site)?)
    };
    (@make [$($site:ty)?] [$($param:ident),*] $ret:ident) => {
        unsafe extern "C" fn($(abi_type!($param),)* $($site)?) -> abi_type!($ret)
    };
}

macro_rules! rows {
    ($($name:ident, $symbol:ident, $params:tt, $ret:ident, $attributes:tt;)*) => {
        /// Names and addresses of everything generated code can refer to.
        pub fn symbols() -> Vec<(&'static str, *const u8)> {
            vec![
                $({
                    let function: row_type!(@scan $attributes $params $ret) = $symbol;
                    (stringify!($symbol), function as *const u8)
                },)*
                ("fuse_run_main", fuse_run_main as *const u8),
                ("fuse_run_migrations", fuse_run_migrations as *const u8),
            ]
        }
    };
}

for_each_runtime_fn!(rows);
