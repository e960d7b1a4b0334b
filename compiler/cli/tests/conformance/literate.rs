//! Reads Markdown with examples; `spec/conformance/README.md` says how they are written.

use crate::example::{Example, ExpectedDiagnostic};
use crate::serve;

/// The examples of one file, in order. An error names the line of what cannot be read.
pub fn examples(name: &str, text: &str) -> Result<Vec<Example>, String> {
    let mut examples: Vec<Example> = Vec::new();
    let mut current = Example::default();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let number = index + 1;
        if let Some(title) = heading(line) {
            finish(&mut examples, std::mem::take(&mut current))?;
            current.name = format!("{name}: {title}");
            current.line = number;
        } else if let Some(info) = line.strip_prefix("```") {
            let mut block = String::new();
            loop {
                match lines.next() {
                    Some((_, "```")) => break,
                    Some((_, line)) => {
                        block.push_str(line);
                        block.push('\n');
                    }
                    None => return Err(format!("line {number}: the block is not closed")),
                }
            }
            apply(&mut current, info, block).map_err(|what| format!("line {number}: {what}"))?;
        }
    }
    finish(&mut examples, current)?;
    Ok(examples)
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    (title.len() < line.len()).then(|| title.trim())
}

fn finish(examples: &mut Vec<Example>, example: Example) -> Result<(), String> {
    if example.command.is_some() || example.files.iter().any(|(path, _)| path == "main.fuse") {
        examples.push(example);
        return Ok(());
    }
    let prose = Example {
        name: example.name.clone(),
        line: example.line,
        ..Example::default()
    };
    if example == prose {
        Ok(())
    } else {
        Err(format!("line {}: blocks without a program", example.line))
    }
}

fn apply(example: &mut Example, info: &str, block: String) -> Result<(), String> {
    let (kind, attribute) = info.split_once(' ').unwrap_or((info, ""));
    let path = attribute.strip_prefix("file=").map(str::trim);
    match (kind, path) {
        ("hex", Some(path)) => {
            let bytes = hex(&block).ok_or("`hex` blocks are pairs of hexadecimal digits")?;
            example.binary_files.push((path.to_owned(), bytes));
            Ok(())
        }
        ("fuse", None) => add_file(example, "main.fuse", block),
        (_, Some(path)) => add_file(example, path, block),
        ("stdout", _) => set(&mut example.stdout, block),
        ("stderr", _) => set(&mut example.stderr, block),
        ("stdin", _) => set(&mut example.stdin, block),
        ("origin", _) => set(&mut example.origin, block),
        ("http", _) => {
            example.http = serve::exchanges(&block)?;
            Ok(())
        }
        ("formatted", _) => {
            example.formatted = Some(block);
            Ok(())
        }
        ("exit", _) => {
            let code = block.trim();
            example.exit = code
                .parse()
                .map_err(|_| format!("`{code}` is no exit code"))?;
            Ok(())
        }
        ("command", _) => {
            example.command = Some(block.split_whitespace().map(str::to_owned).collect());
            Ok(())
        }
        ("args", _) => {
            example.args = block.lines().map(str::to_owned).collect();
            Ok(())
        }
        ("env", _) => {
            for line in block.lines() {
                let pair = line.split_once('=').ok_or("`env` lines are NAME=value")?;
                example.env.push((pair.0.to_owned(), pair.1.to_owned()));
            }
            Ok(())
        }
        ("diagnostics", _) => {
            example.diagnostics = Some(diagnostics(&block)?);
            Ok(())
        }
        (other, _) => Err(format!("unknown block `{other}`")),
    }
}

fn add_file(example: &mut Example, path: &str, text: String) -> Result<(), String> {
    if example.files.iter().any(|(known, _)| known == path) {
        return Err(format!("a second `{path}` under one heading"));
    }
    example.files.push((path.to_owned(), text));
    Ok(())
}

pub fn hex(block: &str) -> Option<Vec<u8>> {
    block
        .split_whitespace()
        .map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect()
}

fn set(field: &mut String, block: String) -> Result<(), String> {
    if !field.is_empty() {
        return Err("the same block twice under one heading".to_owned());
    }
    *field = block;
    Ok(())
}

/// A line of its own for each diagnostic; a line `hint: TEXT` belongs to the one before.
fn diagnostics(block: &str) -> Result<Vec<ExpectedDiagnostic>, String> {
    let mut expected: Vec<ExpectedDiagnostic> = Vec::new();
    for line in block.lines() {
        match (line.trim().strip_prefix("hint: "), expected.last_mut()) {
            (Some(hint), Some(last)) => last.hints.push(hint.to_owned()),
            (Some(_), None) => return Err(format!("`{line}` belongs to no diagnostic")),
            (None, _) => expected.push(diagnostic(line)?),
        }
    }
    Ok(expected)
}

fn diagnostic(line: &str) -> Result<ExpectedDiagnostic, String> {
    let mut parts = line.trim().splitn(3, ' ');
    match (parts.next(), parts.next()) {
        (Some(code), Some(position)) if !code.is_empty() => Ok(ExpectedDiagnostic {
            code: code.to_owned(),
            position: position.to_owned(),
            message: parts.next().unwrap_or_default().to_owned(),
            hints: Vec::new(),
        }),
        _ => Err(format!("`{line}` is not `CODE LINE:COL [text]`")),
    }
}

#[test]
fn examples_are_read_with_all_their_blocks() {
    let text = "# Title\n\nprose\n\n## One\n\n```fuse\napp \"a\":\n  print(1)\n```\n\n```fuse file=lib/a.fuse\nx\n```\n\n\
                ```stdout\n1\n```\n```env\nA=b=c\n```\n```args\n--n\n5\n```\n```exit\n2\n```\n\n\
                ## Two\n```fuse\ny\n```\n```diagnostics\nFUSE_X 1:2 some text\nhint: do it\nFUSE_Y lib/a.fuse:3:4\n```\n";
    let found = examples("area/file", text).expect("it reads");
    assert_eq!(found.len(), 2);
    let one = &found[0];
    assert_eq!(one.name, "area/file: One");
    assert_eq!(one.area(), "area");
    assert_eq!(one.files[0].1, "app \"a\":\n  print(1)\n");
    assert_eq!(one.files[1], ("lib/a.fuse".to_owned(), "x\n".to_owned()));
    assert_eq!(one.stdout, "1\n");
    assert_eq!(one.env, [("A".to_owned(), "b=c".to_owned())]);
    assert_eq!(one.args, ["--n", "5"]);
    assert_eq!(one.exit, 2);
    let diagnostics = found[1].diagnostics.as_ref().expect("expected diagnostics");
    assert_eq!(diagnostics[0].message, "some text");
    assert_eq!(diagnostics[0].hints, ["do it"]);
    assert_eq!(diagnostics[1].position, "lib/a.fuse:3:4");
    let text = "## A\n```toml file=fuse.toml\nx\n```\n```hex file=a.md\nff 0a\n```\n```command\ncheck --quiet\n```\n";
    let found = examples("f", text).expect("it reads");
    assert_eq!(found[0].command.as_ref().map(Vec::len), Some(2));
    assert_eq!(
        found[0].binary_files,
        [("a.md".to_owned(), vec![0xff, 0x0a])]
    );
}

#[test]
fn what_cannot_be_meant_is_an_error() {
    for text in [
        "## A\n```fuse\nx\n",
        "## A\n```stdout\nx\n```\n",
        "## A\n```fuse\nx\n```\n```fuse\ny\n```\n",
        "## A\n```fuse\nx\n```\n```stdoot\ny\n```\n",
        "## A\n```fuse\nx\n```\n```exit\none\n```\n",
        "## A\n```fuse\nx\n```\n```hex file=a\nxy\n```\n",
        "## A\n```fuse\nx\n```\n```diagnostics\nFUSE_X\n```\n",
        "## A\n```fuse\nx\n```\n```diagnostics\nhint: do it\n```\n",
    ] {
        assert!(examples("f", text).is_err(), "{text}");
    }
}
