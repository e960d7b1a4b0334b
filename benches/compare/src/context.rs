//! Where and from what figures come: every set of figures is kept with this.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::build;

/// Host, triple, revision and command line.
pub fn context() -> Result<Value, String> {
    let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    let revision = git(&["rev-parse", "HEAD"])? + if changed { " with changes" } else { "" };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let program = build::scratch()?.join("context");
    let source = program.with_extension("fuse");
    std::fs::write(&source, "app \"context\":\n  print(\"\")\n")
        .map_err(|error| format!("{}: {error}", source.display()))?;
    build::fuse_aot(&source, "release", &program)?;
    let info = build_info(&program)?;
    let triple = info
        .split(' ')
        .find_map(|pair| pair.strip_prefix("target="))
        .unwrap_or("unknown");
    Ok(json!({
        "host": format!(
            "{}, {cores} cores, Linux {}",
            first_line("/proc/cpuinfo", "model name"),
            first_line("/proc/sys/kernel/osrelease", "")
        ),
        "triple": triple,
        "revision": revision,
        "command": std::env::args().collect::<Vec<_>>().join(" "),
        "fuse": info,
        "compiler": compiler()?,
        "tools": tools(),
    }))
}

/// What git says about the repository.
pub fn git(words: &[&str]) -> Result<String, String> {
    says(Command::new("git").arg("-C").arg(build::root()).args(words))
}

/// The compiler: a release carries LLVM, other builds load it, which every start of `fuse run` pays for.
fn compiler() -> Result<String, String> {
    let fuse = build::fuse();
    let bytes = std::fs::metadata(&fuse).map_err(|error| format!("{}: {error}", fuse.display()))?;
    let said = says(Command::new(&fuse).arg("inspect").arg(&fuse))?;
    let loads = said
        .lines()
        .any(|line| line.starts_with("needed") && line.contains("libLLVM"));
    let llvm = if loads { "loaded" } else { "inside" };
    Ok(format!(
        "{}, {} bytes, LLVM {llvm}",
        fuse.display(),
        bytes.len()
    ))
}

/// What an executable says for `FUSE_AOT_BUILD_INFO=1`.
pub fn build_info(executable: &Path) -> Result<String, String> {
    says(Command::new(executable).env("FUSE_AOT_BUILD_INFO", "1"))
}

/// Versions of the other languages' tools, as they say them.
fn tools() -> Value {
    let tools = [
        ("clang-22", "--version"),
        ("rustc", "--version"),
        ("go", "version"),
        ("node", "--version"),
    ];
    let versions: Map<String, Value> = tools
        .iter()
        .map(|(tool, flag)| {
            let said = says(Command::new(tool).arg(flag)).unwrap_or_default();
            let said = said.lines().next().unwrap_or("not installed").to_owned();
            ((*tool).to_owned(), json!(said))
        })
        .collect();
    Value::Object(versions)
}

fn says(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The rest of the first line of a file that begins with `key`.
fn first_line(path: &str, key: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rest = text.lines().find_map(|line| line.strip_prefix(key));
    rest.map_or_else(
        || "unknown".to_owned(),
        |rest| rest.trim_start_matches([':', '\t', ' ']).to_owned(),
    )
}
