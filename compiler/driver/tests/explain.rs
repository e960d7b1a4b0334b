//! Every diagnostic code is explained, and the programs of its explanation show what they say.

use std::collections::BTreeSet;
use std::fs;

use fuse_driver::explain::{self, Files};
use fuse_driver::jit::{self, RunRequest};
use fuse_driver::{DriverError, Purpose, Source, Timings, codes};
use fuse_syntax::diagnostic::{Diagnostic, Severity};

/// Codes of mistakes that no text can show, or only an unreasonably long one, those of
/// repositories and locks, and of what is not built yet, which no program shows for long.
const WITHOUT_PROGRAMS: &[&str] = &[
    "FUSE_ASSET_READ",
    "FUSE_ASSET_UTF8",
    "FUSE_DEP_CACHE_DIR_CREATE_FAILED",
    "FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED",
    "FUSE_DEP_CHECKOUT_NOT_GIT",
    "FUSE_DEP_GIT_COMMAND_FAILED",
    "FUSE_DEP_GIT_COMMAND_START_FAILED",
    "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
    "FUSE_DEP_MANIFEST_DIR_REQUIRED",
    "FUSE_LOCK_ENTRY_MISSING_GIT",
    "FUSE_LOCK_ENTRY_MISSING_PATH",
    "FUSE_LOCK_ENTRY_MISSING_REV",
    "FUSE_LOCK_ENTRY_UNKNOWN_SOURCE",
    "FUSE_LOCK_FROZEN",
    "FUSE_LOCK_OUT_OF_DATE",
    "FUSE_LOCK_PARSE_FAILED",
    "FUSE_LOCK_READ_FAILED",
    "FUSE_LOCK_UNSUPPORTED_VERSION",
    "FUSE_LOCK_WRITE_FAILED",
    "FUSE_MANIFEST_ENTRY_READ",
    "FUSE_MANIFEST_READ_FAILED",
    "FUSE_NOT_COMPARABLE",
    "FUSE_SOURCE_UTF8",
    "FUSE_SYNTAX_FILE_TOO_LARGE",
    "FUSE_SYNTAX_TOO_MANY_ERRORS",
    "FUSE_UNSUPPORTED",
    "FUSE_WORKSPACE_NO_MANIFESTS",
];

fn known() -> BTreeSet<&'static str> {
    codes::all().map(|(code, _)| code).collect()
}

/// What is reported about a package with these files, by the stages that can report the code.
fn found(code: &str, files: &Files<'_>) -> Vec<Diagnostic> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a writable directory");
        fs::write(path, text).expect("a writable directory");
    }
    let has = |name: &str| files.iter().any(|(path, _)| *path == name);
    // A package is checked as one when its manifest names an entry, or when there is nothing else to check.
    let manifest = files.iter().find(|(path, _)| *path == "fuse.toml");
    let by_manifest = !has("main.fuse") || manifest.is_some_and(|(_, text)| text.contains("entry"));
    let source = Source {
        directory: directory.path().to_owned(),
        manifest_path: None,
        entry: (!by_manifest).then(|| "main.fuse".into()),
        strict_architecture: code.starts_with("FUSE_STRICT_"),
        ..Source::default()
    };
    let mut findings = fuse_driver::check(&source, Purpose::Check, &mut Timings::default());
    if let Some(checked) = findings.checked.filter(|_| code == "FUSE_APP_MISSING") {
        let request = RunRequest {
            app: None,
            arguments: Vec::new(),
            variables: Vec::new(),
            optimize: false,
        };
        if let Err(DriverError::NoApp(found)) =
            jit::compile(&checked, &request, &mut Timings::default())
        {
            findings.diagnostics.push(*found);
        }
    }
    findings.diagnostics
}

#[test]
fn every_code_is_explained() {
    let missing: Vec<&str> = known()
        .into_iter()
        .filter(|code| explain::explanation(code).is_none())
        .collect();
    assert_eq!(missing, [""; 0], "write compiler/driver/explain/CODE.md");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/explain");
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        let code = path.file_stem().expect("a name").to_string_lossy();
        assert!(known().contains(code.as_ref()), "{code} is in no table");
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.starts_with(&format!("# {code}\n\n")), "{code}");
    }
}

#[test]
fn wrong_programs_are_reported_with_the_code() {
    let mut silent = Vec::new();
    for code in known() {
        let Some(explanation) = explain::explanation(code) else {
            continue;
        };
        if WITHOUT_PROGRAMS.contains(&code) {
            assert!(explanation.wrong.is_empty(), "{code}");
            continue;
        }
        let reported = found(code, &explanation.wrong);
        if !reported.iter().any(|diagnostic| diagnostic.code == code) {
            silent.push((code, reported));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn right_programs_have_no_errors() {
    let mut wrong = Vec::new();
    for code in known() {
        let Some(explanation) = explain::explanation(code) else {
            continue;
        };
        if WITHOUT_PROGRAMS.contains(&code) {
            assert!(explanation.right.is_empty(), "{code}");
            continue;
        }
        assert!(!explanation.right.is_empty(), "{code}");
        // What is not built yet is no fault of the program.
        let reported = found(code, &explanation.right);
        let serious = |diagnostic: &&Diagnostic| {
            diagnostic.code == code
                || diagnostic.severity == Severity::Error && diagnostic.code != "FUSE_UNSUPPORTED"
        };
        if let Some(diagnostic) = reported.iter().find(serious) {
            wrong.push((code, diagnostic.code, diagnostic.message.clone()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_text_shows_meaning_prose_and_programs() {
    let text = explain::text("FUSE_IMPORT_UNKNOWN").expect("it exists");
    let start = "FUSE_IMPORT_UNKNOWN: a module does not export an imported name\n\nThe module has";
    assert!(text.starts_with(start), "{text}");
    for part in [
        "\nwrong:\n\n    import { two } from \"./lib\"\n",
        "\nwrong, lib.fuse:\n\n    fn one() -> Int:\n      return 1\n",
        "\nright:\n\n    import { one } from \"./lib\"\n",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(explain::text("FUSE_NO_SUCH_CODE"), None);
}
