//! Programs of any size for measuring the compiler: modules as people write them, numbered, each using the one before.
//!
//! **Architecture Invariant:** the text depends on the number of lines alone.

#![forbid(unsafe_code)]

use std::fmt::Write as _;

/// One module of an order system; `@` stands for its number, `~` for the number of the module before.
const MODULE: &str = include_str!("module.fuse.txt");
/// The same without a module before it.
const FIRST: &str = include_str!("first.fuse.txt");

/// Lines of the programs every stage is measured on.
pub const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// What is measured, in the order in which a build does it.
pub const STAGES: [&str; 11] = [
    "lex",
    "parse",
    "check",
    "lower",
    "simplify",
    "ownership",
    "certify",
    "expand",
    "cranelift",
    "llvm-o2",
    "link",
];

/// Modules of a program of at least `lines` lines, `main.fuse` first, by path.
pub fn program(lines: usize) -> Vec<(String, String)> {
    let count = lines.div_ceil(MODULE.lines().count()).max(1);
    let mut files = vec![("main.fuse".to_string(), main(count))];
    for number in 0..count {
        let text = match number {
            0 => FIRST.replace('@', "0"),
            _ => MODULE
                .replace('@', &number.to_string())
                .replace('~', &(number - 1).to_string()),
        };
        files.push((format!("orders{number}.fuse"), text));
    }
    files
}

/// Lines of all modules together.
pub fn lines(files: &[(String, String)]) -> usize {
    files.iter().map(|(_, text)| text.lines().count()).sum()
}

fn main(count: usize) -> String {
    let last = count - 1;
    let mut text = String::new();
    let _ = write!(
        text,
        "import {{ report{last} }} from \"./orders{last}\"\n\napp \"orders\":\n  print(report{last}(20))\n"
    );
    text
}
