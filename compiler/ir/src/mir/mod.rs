//! The mid-level IR: data structures only.
//!
//! A program goes through three phases, and each later pass states which it accepts:
//!
//! - [`Phase::Lowered`]: made by lowering. Ownership is implicit: every operand is `Copy`, assigning to a place overwrites
//!   what is there, nothing is dropped.
//! - [`Phase::Owned`]: made by the ownership passes, checked by the certifier. Every local is owned or borrowed, consuming
//!   operands are `Move`, `Clone`, `Drop` and `MakeUnique` are explicit, overwriting drops first.
//! - [`Phase::Expanded`]: made by expansion, the only phase back ends accept. `Clone`, `Drop`, `MakeUnique`, `Aggregate`, `ListPush`
//!   are gone: what remains are loads, stores, scalar operations, checks and calls.

mod constants;
pub mod function;
mod partial;
pub mod program;
pub mod text;
pub mod types;
mod typing;
mod visit;

pub use constants::*;
pub use function::*;
pub use partial::{Bit, Partial};
pub use program::*;
pub use types::*;
