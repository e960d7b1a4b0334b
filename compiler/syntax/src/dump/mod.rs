//! The tree as S-expressions, for `--emit=ast` and for tests. The form is stable: the same tree gives the same text.

mod expression;
mod item;
mod node;
mod statement;

use crate::ast::Module;
use crate::span::Span;
use node::Node;

/// What a dump shows besides the structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpOptions {
    /// Byte ranges, as `@start..end` behind the head of items, statements, expressions, types and patterns.
    pub spans: bool,
}

/// The tree without spans.
pub fn dump(module: &Module) -> String {
    dump_with(module, DumpOptions::default())
}

/// The tree, one form for `requires` and one per item.
pub fn dump_with(module: &Module, options: DumpOptions) -> String {
    let dumper = Dumper { options };
    let mut output = String::new();
    if !module.requires.is_empty() {
        let names = module.requires.iter().map(|name| Node::atom(&name.text));
        Node::list("requires", names).write(&mut output, 0);
        output.push('\n');
    }
    for item in &module.items {
        dumper.item(item).write(&mut output, 0);
        output.push('\n');
    }
    output
}

struct Dumper {
    options: DumpOptions,
}

impl Dumper {
    /// A list with the span behind its head, if spans are wanted.
    fn spanned(&self, head: &str, span: Span, children: impl IntoIterator<Item = Node>) -> Node {
        let range = self
            .options
            .spans
            .then(|| Node::Atom(format!("@{}..{}", span.start, span.end)));
        Node::list(head, range.into_iter().chain(children))
    }
}
