//! Objects become an executable here: LLD inside the process, the link inputs of each target, and inspection of the result.
//!
//! Enters: object files, a [`Target`], a [`LinkProfile`] and the target's [`Sysroot`]. Leaves: an executable under its final
//! name, whole or not at all, and [`ExecutableFacts`] about it.
//!
//! **Architecture Invariant:** this is the only crate that names LLD, and linking reads nothing but the request and the
//! sysroot: no compiler, linker, libc development package or `PATH` of the machine it runs on.
//!
//! **API Boundary:** [`link`], [`verify`] and [`Sysroot::locate`]. LLD keeps global state; every call into it goes through one
//! lock, so callers may link from any thread.

#![deny(unsafe_op_in_unsafe_fn)]

mod cache;
mod embedded;
mod error;
mod link;
mod lld;
mod recipe;
mod sysroot;
mod target;
mod verify;

pub use error::{LinkError, LinkerMessage, Severity};
pub use link::{LinkReport, LinkRequest, link};
pub use recipe::LinkProfile;
pub use sysroot::Sysroot;
pub use target::Target;
pub use verify::{ExecutableFacts, ExecutableKind, Relro, verify};
