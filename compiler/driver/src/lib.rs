//! What the commands of `fuse` do, free of terminal concerns: pipelines, profiles, cache, timings.
//!
//! ```text
//! check: load -> check -> lower
//! emit:  check -> ... -> text of a stage
//! run:   check -> ownership, expansion -> Cranelift -> the runtime, in this process
//! test:  check -> ownership, expansion -> Cranelift -> each test in a guard of its own, in this process
//! build: check -> ownership, expansion -> LLVM -> object -> link -> verify
//! fmt:   read -> format -> write
//! ```
//!
//! **Architecture Invariant:** nothing here prints or reads arguments, and no output file exists under its final name before it is
//! whole. What is wrong with a program is a diagnostic; what is wrong with the world is a [`DriverError`].
//!
//! **API Boundary:** [`check`], then [`emit`], [`jit`], [`test`] or [`aot`] on the result; [`format`] by itself.

#![forbid(unsafe_code)]

pub mod aot;
mod cache;
mod check;
pub mod codes;
mod emit;
mod entry;
pub mod environment;
mod error;
pub mod executable;
pub mod explain;
pub mod files;
pub mod format;
mod identity;
pub mod jit;
mod middle;
mod native;
mod profile;
pub mod test;
mod timings;
pub mod workspace;

pub use check::{Checked, Findings, Purpose, Source, check, lock, package_root};
pub use emit::{Emit, emit};
pub use error::DriverError;
pub use fuse_package::LockMode;
pub use identity::{COMPILER_DIGEST, CONTRACT, RUSTC_VERSION, VERSION, build_info};
pub use profile::Profile;
pub use timings::Timings;
