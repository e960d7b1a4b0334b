//! The runtime behind the C ABI of `fuse-abi`: memory, faults and guards, process entry, texts, configuration, program flags and the
//! HTTP server. The archive made from it is linked into executables; the library form serves the JIT ([`symbols`], [`run`]).
//!
//! **Architecture Invariant:** generated code is only left by returning or through a guard; when it is left through a guard, no frame
//! in between holds anything with a destructor. What every program reaches (entry, `print`, faults) uses neither `std::fmt` nor
//! anything else that can panic, so that a small program stays small.
//!
//! Every exported function takes pointers as its row of the ABI table says; that the objects are live and of the right kind is the
//! safety contract of all of them.

#![allow(clippy::missing_safety_doc)]

#[macro_use]
mod export;

mod db;
pub mod fault;
mod html;
mod http;
mod http_client;
pub mod json;
pub mod memory;
pub mod object;
pub mod process;
mod table;
pub mod text;

#[cfg(not(feature = "entry"))]
pub use process::run::migrate;
pub use process::run::{Rendering, RunOptions, run};
#[cfg(not(feature = "entry"))]
pub use process::tests::{TestFailure, TestOptions, TestPlace, TestResult, run_tests};
pub use table::symbols;
