//! Facts about control flow and data flow that several passes need. Nothing here changes a program.

pub mod bitset;
pub mod cfg;
pub mod forward;

pub use bitset::BitSet;
pub use cfg::Cfg;
pub use forward::solve;
