//! Text rows that are not hot enough, or too large, for `core`.

mod case;
mod float;
mod join;
mod numeric;
mod push;
mod search;
mod sort;

pub use case::*;
pub use float::*;
pub use join::*;
pub use numeric::*;
pub use push::*;
pub use search::*;
pub use sort::*;
