//! Diagnostics for people and for tools. Both forms are plain text for the caller to print.

mod excerpt;
mod json;
mod text;

pub use json::json_lines;
pub use text::{Color, text};
