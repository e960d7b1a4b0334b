//! `fuse check`

use std::path::Path;

use fuse_driver::{Purpose, Source, workspace};
use fuse_syntax::diagnostic::Severity;
use fuse_syntax::source::SourceMap;
use fuse_syntax::span::FileId;
use serde_json::json;

use super::{Outcome, Session};
use crate::args::CheckArgs;
use crate::failure::Failure;

pub fn run(session: &mut Session, args: &CheckArgs) -> Result<Outcome, Failure> {
    if args.workspace {
        return check_workspace(session);
    }
    Ok(match session.check(Purpose::Check)? {
        Some(_) => Outcome::Ok,
        None => Outcome::Failed,
    })
}

/// Checks every package; what is wrong with one does not keep the others from being checked.
fn check_workspace(session: &mut Session) -> Result<Outcome, Failure> {
    let source = session.source()?;
    let named = source.entry.clone().unwrap_or_default();
    let root = source.directory.join(&named);
    let shown = match named.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => named.display().to_string(),
    };
    if !root.is_dir() {
        return Err(Failure::new(format!("{shown} is not a directory"))
            .with_hint("`--workspace` takes the directory that the packages are under"));
    }
    session.start();
    let packages = workspace::packages(&root);
    if packages.is_empty() {
        let message = format!("workspace check: no fuse.toml files found under {shown}");
        return Err(Failure::new(message)
            .with_code("FUSE_WORKSPACE_NO_MANIFESTS")
            .with_hint("a package has a `fuse.toml` with `package.entry`"));
    }
    let mut failed = 0;
    for directory in &packages {
        let source = Source {
            entry: None,
            manifest_path: Some(directory.clone()),
            ..source.clone()
        };
        let name = match directory.strip_prefix(&root) {
            Ok(inner) if !inner.as_os_str().is_empty() => inner.display().to_string(),
            _ => ".".to_owned(),
        };
        let is_ok = check_package(session, &source, &name);
        failed += usize::from(!is_ok);
    }
    let count = packages.len();
    let text = match failed {
        0 => format!("workspace check: {count} package(s) — all ok"),
        _ => format!("workspace check: {failed} of {count} package(s) failed"),
    };
    let data = json!({"event": "check.workspace", "failed": failed, "packages": count});
    session.console.note(&text, &data);
    Ok(match failed {
        0 => Outcome::Ok,
        _ => Outcome::Failed,
    })
}

fn check_package(session: &mut Session, source: &Source, name: &str) -> bool {
    let findings = fuse_driver::check(source, Purpose::Check, &mut session.timings);
    let prefix = if name == "." { "" } else { name };
    let files = InPackage {
        paths: findings
            .files
            .iter()
            .map(|(_, file)| Path::new(prefix).join(&file.path).display().to_string())
            .collect(),
        files: &findings.files,
    };
    session.console.diagnostics(&findings.diagnostics, &files);
    let fails = |severity: Severity| severity == Severity::Error || session.source.deny_warnings;
    let is_ok = !findings.diagnostics.iter().any(|d| fails(d.severity));
    let (word, event) = match is_ok {
        true => ("ok", "check.ok"),
        false => ("failed", "check.failed"),
    };
    let data = json!({"event": event, "package": name});
    session
        .console
        .note(&format!("check: {name} — {word}"), &data);
    is_ok
}

/// The files of one package, as seen from the root of the workspace.
struct InPackage<'f> {
    paths: Vec<String>,
    files: &'f dyn SourceMap,
}

impl SourceMap for InPackage<'_> {
    fn path(&self, file: FileId) -> &str {
        self.paths.get(file.0 as usize).map_or("", String::as_str)
    }

    fn text(&self, file: FileId) -> &str {
        self.files.text(file)
    }
}
