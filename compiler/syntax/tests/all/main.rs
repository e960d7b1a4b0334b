//! Tests of the crate through its public surface, one module per area.

mod declarations;
mod errors;
mod expressions;
mod format;
mod html;
mod layout;
mod limits;
mod mutation;
mod programs;
mod random;
mod rendering;
mod statements;
mod strings;
mod support;
mod types;
