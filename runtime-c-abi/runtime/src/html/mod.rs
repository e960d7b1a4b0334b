//! Markup whose form only running the program tells: attributes from maps, elements by name, files and where they are.

mod asset;
mod attributes;
mod node;
mod raw;
mod svg;

pub use asset::fuse_asset;
pub use attributes::fuse_html_push_attributes;
pub use node::fuse_html_push_node;
pub use raw::fuse_html_push_raw_text;
pub use svg::fuse_svg_inline;

use crate::fault::Fault;
use crate::memory::buffer::Buffer;

/// A fault about a value that is shown.
fn invalid(message: &str, value: &[u8]) -> Fault {
    let mut text = Buffer::new();
    text.push(message.as_bytes());
    text.push(value);
    Fault::from_buffer(text, "runtime_invalid_arguments")
}
