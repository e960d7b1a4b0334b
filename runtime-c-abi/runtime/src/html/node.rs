//! `html.node`: an element whose name is a value.

use fuse_core::text::push_bytes;

use super::attributes::push_attributes;
use super::invalid;
use crate::fault::Fault;
use crate::object::{bytes, elements};

/// Elements without children and end tag.
const VOID: &[&str] = &[
    "area", "base", "basefont", "br", "col", "embed", "hr", "image", "img", "input", "isindex",
    "keygen", "link", "meta", "param", "source", "track", "wbr",
];

fn is_tag(name: &[u8]) -> bool {
    let rest = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
    name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(rest)
}

unsafe fn push_node(
    markup: *mut u8,
    name: *mut u8,
    attrs: *mut u8,
    children: *mut u8,
) -> Result<*mut u8, Fault> {
    // SAFETY: contract of the crate; children are texts of their own.
    unsafe {
        let tag = bytes(name);
        if !is_tag(tag) {
            return Err(invalid("html.node tag name is not valid: ", tag));
        }
        let children = elements::<*mut u8>(children);
        let is_void = VOID.iter().any(|v| tag.eq_ignore_ascii_case(v.as_bytes()));
        if is_void && !children.is_empty() {
            return Err(invalid("html.node element takes no children: ", tag));
        }
        let mut markup = push_bytes(markup, b"<".as_ptr(), 1);
        markup = push_bytes(markup, tag.as_ptr(), tag.len());
        markup = push_attributes(markup, attrs)?;
        markup = push_bytes(markup, b">".as_ptr(), 1);
        if is_void {
            return Ok(markup);
        }
        for &child in children {
            let child = bytes(child);
            markup = push_bytes(markup, child.as_ptr(), child.len());
        }
        markup = push_bytes(markup, b"</".as_ptr(), 2);
        markup = push_bytes(markup, tag.as_ptr(), tag.len());
        Ok(push_bytes(markup, b">".as_ptr(), 1))
    }
}

faulting! {
    /// (markup, name, `Map<String, String>`, `List<Html>`)
    fn fuse_html_push_node(
        markup: *mut u8,
        name: *mut u8,
        attrs: *mut u8,
        children: *mut u8,
    ) -> *mut u8 = push_node;
}
