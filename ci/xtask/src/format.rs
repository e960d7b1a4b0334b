//! The house style for the FUSE programs of the repository: fixtures, and the examples of the conformance files.

use std::fs;
use std::path::{Path, PathBuf};

use fuse_syntax::span::FileId;

use crate::Result;

/// Where programs are.
const PLACES: &[&str] = &[
    "benches/fixtures",
    "spec/conformance",
    "compiler/driver/explain",
];
/// Examples whose blanks and line ends are their point.
const LEFT_ALONE: [&str; 3] = [
    "spec/conformance/format",
    "spec/conformance/syntax",
    "spec/conformance/diagnostics/syntax",
];

/// Formats every program, or with `check` fails when one is not formatted. Programs with syntax errors stay as they are.
pub fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for place in PLACES {
        collect(&root.join(place), &mut files)?;
    }
    files.sort();
    let mut changed = Vec::new();
    for file in files {
        if LEFT_ALONE
            .iter()
            .any(|part| file.starts_with(root.join(part)))
        {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let formatted = if file.extension().is_some_and(|e| e == "md") {
            examples(&text)
        } else {
            program(&text)
        };
        if formatted != text {
            if !check {
                fs::write(&file, formatted)?;
            }
            let shown = file.strip_prefix(&root).unwrap_or(&file);
            changed.push(shown.display().to_string());
        }
    }
    for file in &changed {
        println!("{file}");
    }
    if check && !changed.is_empty() {
        return Err("these programs are not formatted; run `cargo xtask format`".into());
    }
    Ok(())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !directory.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "fuse" || e == "md") {
            files.push(path);
        }
    }
    Ok(())
}

fn program(text: &str) -> String {
    fuse_syntax::format(FileId(0), text).unwrap_or_else(|_| text.to_owned())
}

/// Formats the FUSE blocks of a Markdown file.
fn examples(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        output.push_str(line);
        if !line.starts_with("```") {
            continue;
        }
        let is_fuse = line.trim_end() == "```fuse" || line.starts_with("```fuse ");
        let mut block = String::new();
        let mut end = "";
        for line in lines.by_ref() {
            if line.trim_end() == "```" {
                end = line;
                break;
            }
            block.push_str(line);
        }
        if is_fuse {
            block = program(&block);
        }
        output.push_str(&block);
        output.push_str(end);
    }
    output
}
