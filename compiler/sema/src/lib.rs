//! From syntax trees to the canonical program: names, types, checks, generics, effects.
//!
//! **Architecture Invariant:** the result of this crate is complete. No later stage looks at names, chooses an overload,
//! fills in a default or inserts a conversion, and nothing here knows that back ends exist.

#![forbid(unsafe_code)]

pub mod program;
pub mod types;
