//! Statements, one file per family of operations.

mod arith;
mod calls;
mod checks;
mod counts;
mod float;
mod memory;
mod places;
mod tags;
