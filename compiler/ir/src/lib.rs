//! The mid-level IR: data, layouts, lowering from the canonical program, ownership passes, certifier, expansion.
//!
//! **Architecture Invariant:** every fact a back end needs about counts, layouts and types is explicit in `Expanded` MIR.
//! This crate knows no back end, and no back end knows the canonical program.

#![forbid(unsafe_code)]

pub mod analysis;
pub mod certify;
pub mod expand;
pub mod image;
pub mod layout;
pub mod lower;
pub mod mir;
pub mod ownership;
pub mod pipeline;
pub mod reach;
pub mod simplify;
pub mod verify;
