//! What `fuse explain` says about diagnostic codes: one Markdown file for each in the folder `explain/`, embedded at build time.
//!
//! A file is a heading with the code, prose that says what the code means and how to put it right, and two programs under the
//! headings `Wrong`, which is reported with the code, and `Right`, which is not. Where no text can show the mistake, such as a
//! file that cannot be read, there are no programs.

use crate::codes;

/// `(code, Markdown)`, sorted by code.
const EXPLANATIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/explanations.rs"));

/// A program of an explanation: path and text of its files.
pub type Files<'a> = Vec<(&'a str, &'a str)>;

/// The explanation of a code, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Explanation<'a> {
    pub prose: &'a str,
    pub wrong: Files<'a>,
    pub right: Files<'a>,
}

/// The explanation of a code, if there is one.
pub fn explanation(code: &str) -> Option<Explanation<'static>> {
    let found = EXPLANATIONS
        .binary_search_by_key(&code, |(known, _)| known)
        .ok()?;
    Some(read(EXPLANATIONS[found].1))
}

/// The text for people: what the code means, and the programs.
pub fn text(code: &str) -> Option<String> {
    let mut text = format!("{code}: {}\n", codes::meaning(code)?);
    let Some(explanation) = explanation(code) else {
        return Some(text);
    };
    text.push_str(&format!("\n{}\n", explanation.prose));
    for (title, files) in [("wrong", &explanation.wrong), ("right", &explanation.right)] {
        for (path, program) in files {
            let name = match *path {
                "main.fuse" => String::new(),
                path => format!(", {path}"),
            };
            text.push_str(&format!("\n{title}{name}:\n\n"));
            for line in program.lines() {
                let line = format!("    {line}");
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
    }
    Some(text)
}

fn read(markdown: &str) -> Explanation<'_> {
    let prose = markdown.split_once('\n').map_or("", |(_, rest)| rest);
    let (prose, programs) = prose.split_once("\n## Wrong\n").unwrap_or((prose, ""));
    let (wrong, right) = programs
        .split_once("\n## Right\n")
        .unwrap_or((programs, ""));
    Explanation {
        prose: prose.trim(),
        wrong: blocks(wrong),
        right: blocks(right),
    }
}

/// The fenced blocks of a section; a block without `file=` is the main program.
fn blocks(section: &str) -> Files<'_> {
    let mut files = Vec::new();
    let mut rest = section;
    while let Some((_, block)) = rest.split_once("```") {
        let Some((info, block)) = block.split_once('\n') else {
            break;
        };
        let Some(end) = block.find("```") else { break };
        let path = info
            .split_once("file=")
            .map_or("main.fuse", |(_, path)| path);
        files.push((path, &block[..end]));
        rest = &block[end + 3..];
    }
    files
}
