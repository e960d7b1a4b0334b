//! S-expressions and their layout.

use std::fmt::Write;

/// Lists that fit are written on one line.
const WIDTH: usize = 100;

pub(super) enum Node {
    Atom(String),
    List(Vec<Node>),
}

impl Node {
    pub fn atom(text: &str) -> Node {
        Node::Atom(text.to_string())
    }

    /// A quoted string.
    pub fn text(text: &str) -> Node {
        Node::Atom(format!("{text:?}"))
    }

    /// `(head child ...)`
    pub fn list(head: &str, children: impl IntoIterator<Item = Node>) -> Node {
        Node::List(std::iter::once(Node::atom(head)).chain(children).collect())
    }

    /// `(child ...)`
    pub fn group(children: impl IntoIterator<Item = Node>) -> Node {
        Node::List(children.into_iter().collect())
    }

    /// Writes the node at an indentation: on one line if it fits, otherwise one child per line.
    pub fn write(&self, output: &mut String, indent: usize) {
        let Node::List(children) = self else {
            return self.write_flat(output);
        };
        if self.flat_width(WIDTH.saturating_sub(indent)).is_some() {
            return self.write_flat(output);
        }
        output.push('(');
        let mut at_head = true;
        for (index, child) in children.iter().enumerate() {
            // Atoms at the beginning stay on the first line.
            at_head &= index == 0 || matches!(child, Node::Atom(_));
            if index > 0 && at_head {
                output.push(' ');
            } else if index > 0 {
                let _ = write!(output, "\n{:width$}", "", width = indent + 2);
            }
            child.write(output, indent + 2);
        }
        output.push(')');
    }

    fn write_flat(&self, output: &mut String) {
        match self {
            Node::Atom(text) => output.push_str(text),
            Node::List(children) => {
                output.push('(');
                for (index, child) in children.iter().enumerate() {
                    if index > 0 {
                        output.push(' ');
                    }
                    child.write_flat(output);
                }
                output.push(')');
            }
        }
    }

    /// The width on one line, if it is at most `limit`.
    fn flat_width(&self, limit: usize) -> Option<usize> {
        let width = match self {
            Node::Atom(text) => text.len(),
            Node::List(children) => {
                let mut width = 2 + children.len().saturating_sub(1);
                for child in children {
                    width += child.flat_width(limit.checked_sub(width)?)?;
                }
                width
            }
        };
        (width <= limit).then_some(width)
    }
}
