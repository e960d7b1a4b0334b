//! Objects become an executable here: LLD inside the process, the link inputs of each target, and inspection of the result.
//!
//! Enters: object files, a [`Target`], a [`LinkProfile`] and the target's [`Sysroot`]. Leaves: an executable under its final
//! name, whole or not at all, and [`ExecutableFacts`] about it.
//!
//! **Architecture Invariant:** this is the only crate that names LLD, and linking reads nothing but the request and the
//! sysroot: no compiler, linker, libc development package or `PATH` of the machine it runs on.
//!
//! **API Boundary:** [`link`], [`verify`], [`inspect()`], [`Symbols`] and [`Sysroot::locate`]. LLD keeps global state; every call into it goes through one
//! lock, so callers may link from any thread.

#![deny(unsafe_op_in_unsafe_fn)]

mod build_id;
mod cache;
mod embedded;
mod error;
mod inspect;
mod link;
mod lld;
mod notes;
mod recipe;
mod symbols;
mod sysroot;
mod target;
mod verify;

pub use build_id::BuildId;
pub use error::{LinkError, LinkerMessage, Severity};
pub use inspect::{Inspection, Section, inspect};
pub use link::{LinkReport, LinkRequest, link, symbols_path};
pub use notes::Metadata;
pub use recipe::LinkProfile;
pub use symbols::{Frame, Sizes, Symbols, sizes};
pub use sysroot::Sysroot;
pub use target::Target;
pub use verify::{ExecutableFacts, ExecutableKind, Relro, verify};
