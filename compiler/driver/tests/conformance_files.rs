//! Codes, rules and conformance files name each other: every code is expected by an example, every file that a rule names exists, and
//! every file is named by a rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fuse_driver::codes;

/// Codes that no text brings about, each with the reason and the test that does.
const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    (
        "FUSE_DEP_CACHE_DIR_CREATE_FAILED",
        "a file stands where a directory is to be made",
        PACKAGES,
        "places_that_cannot_be_written_are_reported",
    ),
    (
        "FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED",
        "a file stands where a directory is to be made",
        PACKAGES,
        "places_that_cannot_be_written_are_reported",
    ),
    (
        "FUSE_DEP_CHECKOUT_NOT_GIT",
        "needs a repository and what stands in its place",
        PACKAGES,
        "a_checkout_is_whole_or_not_there",
    ),
    (
        "FUSE_DEP_GIT_COMMAND_FAILED",
        "needs the program `git`",
        PACKAGES,
        "what_is_wrong_with_a_repository_is_said_at_its_declaration",
    ),
    (
        "FUSE_DEP_GIT_COMMAND_START_FAILED",
        "needs a place without the program `git`",
        PACKAGES,
        "what_is_wrong_with_a_repository_is_said_at_its_declaration",
    ),
    (
        "FUSE_DEP_GIT_REF_RESOLVE_FAILED",
        "needs a repository",
        PACKAGES,
        "what_is_wrong_with_a_repository_is_said_at_its_declaration",
    ),
    (
        "FUSE_DEP_MANIFEST_DIR_REQUIRED",
        "a message of a command, without a manifest to point into",
        PACKAGES,
        "locking_is_a_command_of_its_own",
    ),
    (
        "FUSE_DEP_SUBDIR_NOT_FOUND",
        "needs a repository",
        PACKAGES,
        "what_is_wrong_with_a_repository_is_said_at_its_declaration",
    ),
    (
        "FUSE_LOCK_READ_FAILED",
        "a directory stands where the lock should be",
        PACKAGES,
        "places_that_cannot_be_written_are_reported",
    ),
    (
        "FUSE_LOCK_WRITE_FAILED",
        "needs a place where nothing can be written",
        PACKAGES,
        "a_lock_that_cannot_be_written_is_reported",
    ),
    (
        "FUSE_SYNTAX_FILE_TOO_LARGE",
        "needs a file of 4 GiB",
        "compiler/syntax/src/parser/mod.rs",
        "files_beyond_the_limit_are_reported",
    ),
    (
        "FUSE_WORKSPACE_NO_MANIFESTS",
        "a message of a command, without a file to point into",
        COMMANDS,
        "a_workspace_without_packages_is_an_error_with_a_code",
    ),
];

const PACKAGES: &str = "compiler/cli/tests/packages.rs";
const COMMANDS: &str = "compiler/cli/tests/commands.rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every conformance file by what it is called in rules, `area/file`.
fn files() -> BTreeMap<String, String> {
    fn collect(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, root, files);
            } else if path.extension().is_some_and(|e| e == "md") && path != root.join("README.md")
            {
                let name = path
                    .strip_prefix(root)
                    .expect("it is below")
                    .with_extension("");
                let name = name.to_string_lossy().replace('\\', "/");
                files.insert(name, read(&path));
            }
        }
    }
    let root = root().join("spec/conformance");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    files
}

/// The first words of the lines in `diagnostics` blocks.
fn expected_codes(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```diagnostics";
        } else if inside {
            let first = line.split_whitespace().next();
            found.extend(first.filter(|word| *word != "hint:"));
        }
    }
    found
}

/// What stands in brackets in a document and looks like the name of a file: `[area/file]`.
fn named(document: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in document.split('[').skip(1) {
        let Some((name, _)) = part.split_once(']') else {
            continue;
        };
        let is_word =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '/';
        if name.contains('/') && name.chars().all(is_word) {
            found.push(name);
        }
    }
    found
}

fn rules() -> String {
    ["spec/fls.md", "spec/runtime.md"]
        .map(|path| read(&root().join(path)))
        .concat()
}

#[test]
fn every_code_is_expected_by_an_example() {
    let files = files();
    let expected: BTreeSet<&str> = files
        .values()
        .flat_map(|text| expected_codes(text))
        .collect();
    let known: BTreeSet<&str> = codes::all().map(|(code, _)| code).collect();
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|row| row.0).collect();
    let missing: Vec<&&str> = known
        .iter()
        .filter(|code| !expected.contains(*code) && !elsewhere.contains(*code))
        .collect();
    assert!(missing.is_empty(), "no example expects {missing:#?}");
    let needless: Vec<&&str> = elsewhere
        .iter()
        .filter(|code| expected.contains(*code) || !known.contains(*code))
        .collect();
    assert!(needless.is_empty(), "not to be listed here: {needless:#?}");
    let unknown: Vec<&&str> = expected.difference(&known).collect();
    assert!(unknown.is_empty(), "codes that do not exist: {unknown:#?}");
}

#[test]
fn tests_named_for_codes_exist_and_look_for_them() {
    for (code, reason, path, test) in ELSEWHERE {
        assert!(!reason.is_empty(), "{code}");
        let text = read(&root().join(path));
        let start = text.find(&format!("fn {test}("));
        let body = &text[start.unwrap_or_else(|| panic!("{path} has no test {test}"))..];
        let end = body.find("\n}\n").unwrap_or(body.len());
        assert!(body[..end].contains(code), "{test} does not name {code}");
    }
}

#[test]
fn every_file_a_rule_names_exists() {
    let files = files();
    let rules = rules();
    let missing: Vec<&str> = named(&rules)
        .into_iter()
        .filter(|name| !files.contains_key(*name) && !root().join("spec").join(name).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_file_is_named_by_a_rule() {
    let rules = rules();
    let named: BTreeSet<&str> = named(&rules).into_iter().collect();
    let files = files();
    let unnamed: Vec<&String> = files
        .keys()
        .filter(|name| !named.contains(name.as_str()))
        .collect();
    assert!(unnamed.is_empty(), "no rule names {unnamed:#?}");
}
