//! The C ABI between generated code and the runtime, stated once: object layouts, entry tables, fault kinds, and THE table of
//! runtime functions. LLVM declarations, Cranelift signatures, the JIT's symbol addresses and the compile-time check of the
//! runtime's definitions all come from here.
//!
//! **Architecture Invariant:** no layout constant, symbol name or fault message exists anywhere else.

#![no_std]
#![forbid(unsafe_code)]

pub mod context;
pub mod entry;
pub mod fault;
pub mod http;
pub mod json;
pub mod note;
pub mod object;
pub mod pattern;
pub mod table;

pub use context::{CONTEXT_STACK_LIMIT_OFFSET, Context};
pub use fault::FaultKind;
pub use table::{Attribute, ParamKind, ReturnKind, RuntimeFn};
