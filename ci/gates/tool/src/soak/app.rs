//! An app that takes failures as values: of rules, of documents, of tasks and of the tasks of tasks.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::{ALLOWED_KIB, built, resident};
use crate::compiler::bare;

/// Answers each number on a line with that many rounds, four failures in each, and with how many there were.
const PROGRAM: &str = r#"type Small:
  name: String(1..5)

fn small(text: String) -> Small:
  return Small(name = text)

fn rule(text: String) -> Int!std.Error.Validation:
  let small = Small(name = text)
  return small.name.len()

fn document(text: String) -> Int!std.Error.Validation:
  let small = json.decode<Small>(json.encode({"name": text})) ?!
  return small.name.len()

fn task(text: String) -> Int!std.Error.Validation:
  let task = spawn:
    small(text).name.len()
  return await task

fn inner(texts: List<String>) -> Int:
  let task = spawn:
    let kept = texts.append("own")
    small(kept.join(" ")).name.len()
  return await task

fn outer(text: String) -> Int!std.Error.Validation:
  let texts = [text, "more", text]
  let fine = spawn:
    texts.len()
  let task = spawn:
    let held = texts.append(text)
    inner(held) + held.len()
  let count = await fine
  return await task + count

fn failed(result: Int!std.Error.Validation) -> Int:
  match result:
    Ok(_n) -> 0
    Err(_e) -> 1

app "soak":
  var rounds = read_line()
  while rounds != null:
    var count = 0
    let many = (rounds ?? "0").to_int() ?? 0
    for i in 1..many:
      let text = "a text that is too long, number ${i}"
      count = count + failed(rule(text)) + failed(document(text)) + failed(task(text)) + failed(outer(text))
    print(count)
    rounds = read_line()
"#;

pub fn run(failures: usize) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    let directory = built(PROGRAM)?;
    let mut app = bare(&directory.path().join("program"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(io)?;
    let mut rounds = app.stdin.take().ok_or("no pipe")?;
    let mut counts = BufReader::new(app.stdout.take().ok_or("no pipe")?);
    let mut resident_after = |count: usize| {
        writeln!(rounds, "{count}").map_err(io)?;
        let mut line = String::new();
        counts.read_line(&mut line).map_err(io)?;
        if line.trim() != (4 * count).to_string() {
            return Err(format!("{line:?} of {} rounds failed", 4 * count));
        }
        resident(app.id())
    };
    let before = resident_after(4000)?;
    let after = resident_after(failures.div_ceil(4))?;
    drop(rounds);
    let status = app.wait().map_err(io)?;
    println!(
        "{failures} failures taken as values: resident {before} KiB before, {after} KiB after, end: {status}"
    );
    if !status.success() {
        return Err("the app did not end with success".to_owned());
    }
    if after > before + ALLOWED_KIB {
        return Err(format!("the app grew by {} KiB", after - before));
    }
    Ok(())
}
