//! Repositories of git dependencies, through the program `git`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::dependency::Reference;
use crate::lock::is_commit;

/// Where git dependencies come from. `directory` is that of the manifest, where relative addresses start.
pub trait GitRepositories {
    /// The commit a reference is at.
    ///
    /// # Errors
    /// A repository that cannot be asked, and a reference it does not have.
    fn resolve(
        &self,
        url: &str,
        reference: &Reference,
        directory: &Path,
    ) -> Result<String, GitError>;

    /// Makes `target`, which does not exist, a checkout of a commit: whole, or not at all.
    ///
    /// # Errors
    /// A repository that cannot be fetched, a commit it does not have, and a place that cannot be written.
    fn check_out(
        &self,
        url: &str,
        commit: &str,
        directory: &Path,
        target: &Path,
    ) -> Result<(), GitError>;
}

/// Why a repository is of no use.
#[derive(Clone, Debug)]
pub struct GitError {
    pub code: &'static str,
    pub message: String,
}

impl GitError {
    fn new(code: &'static str, message: impl Into<String>) -> GitError {
        GitError {
            code,
            message: message.into(),
        }
    }
}

/// Uses the program `git`, which must be in `PATH`.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitProgram;

/// No hooks or commands of a repository run, file contents stay as they are, and a silent server does not hold a build up.
const SETTINGS: [&str; 5] = [
    "core.hooksPath=/dev/null",
    "core.autocrlf=false",
    "protocol.ext.allow=never",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
];

/// Would lead `git` to another repository when `fuse` runs in a hook.
const FOREIGN: [&str; 5] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
];

impl GitRepositories for GitProgram {
    fn resolve(
        &self,
        url: &str,
        reference: &Reference,
        directory: &Path,
    ) -> Result<String, GitError> {
        let names: Vec<String> = match reference {
            Reference::Rev(rev) if is_commit(rev) => return Ok(rev.clone()),
            Reference::Rev(rev) => return abbreviated(url, rev, directory),
            Reference::Head => vec!["HEAD".to_string()],
            Reference::Branch(name) => vec![format!("refs/heads/{name}")],
            Reference::Tag(name) => vec![format!("refs/tags/{name}")],
            Reference::Version(name) => {
                vec![format!("refs/tags/v{name}"), format!("refs/tags/{name}")]
            }
        };
        for name in &names {
            // An annotated tag is an object of its own; `^{}` is the commit it stands for.
            let peeled = format!("{name}^{{}}");
            let listing = git(directory, &["ls-remote", "--", url, name, &peeled])?;
            let find = |wanted: &str| {
                let mut rows = listing.lines().filter_map(|row| row.split_once('\t'));
                rows.find(|(_, found)| *found == wanted)
                    .map(|(commit, _)| commit.to_string())
            };
            if let Some(commit) = find(&peeled).or_else(|| find(name)) {
                return Ok(commit);
            }
        }
        Err(unresolved(url, &names.join("` or `")))
    }

    fn check_out(
        &self,
        url: &str,
        commit: &str,
        directory: &Path,
        target: &Path,
    ) -> Result<(), GitError> {
        let parent = target.parent().unwrap_or(target);
        if let Some(cache) = parent.parent() {
            create(cache, "FUSE_DEP_CACHE_DIR_CREATE_FAILED")?;
        }
        create(parent, "FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED")?;
        let fresh = tempfile::Builder::new()
            .prefix(".incoming-")
            .tempdir_in(parent)
            .map_err(|error| not_created("FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED", &error))?;
        let path = fresh.path().to_string_lossy().into_owned();
        git(
            directory,
            &["clone", "--quiet", "--no-checkout", "--", url, &path],
        )?;
        git(fresh.path(), &["checkout", "--quiet", "--detach", commit])?;
        let fresh = fresh.keep();
        if let Err(error) = fs::rename(&fresh, target) {
            // Somebody else may have been faster.
            let _ = fs::remove_dir_all(&fresh);
            if !target.exists() {
                return Err(not_created("FUSE_DEP_CHECKOUT_DIR_CREATE_FAILED", &error));
            }
        }
        Ok(())
    }
}

/// The whole id of a commit that is named by its first digits, or of anything else git understands as one.
fn abbreviated(url: &str, rev: &str, directory: &Path) -> Result<String, GitError> {
    let fresh = tempfile::tempdir()
        .map_err(|error| not_created("FUSE_DEP_CACHE_DIR_CREATE_FAILED", &error))?;
    let path = fresh.path().to_string_lossy().into_owned();
    git(directory, &["clone", "--quiet", "--bare", "--", url, &path])?;
    let commit = format!("{rev}^{{commit}}");
    match git(fresh.path(), &["rev-parse", "--verify", "--quiet", &commit]) {
        Ok(found) if is_commit(found.trim()) => Ok(found.trim().to_string()),
        _ => Err(unresolved(url, rev)),
    }
}

fn unresolved(url: &str, reference: &str) -> GitError {
    let message = format!("`{url}` has no `{reference}`");
    GitError::new("FUSE_DEP_GIT_REF_RESOLVE_FAILED", message)
}

fn create(directory: &Path, code: &'static str) -> Result<(), GitError> {
    fs::create_dir_all(directory).map_err(|error| not_created(code, &error))
}

fn not_created(code: &'static str, error: &std::io::Error) -> GitError {
    let reason = crate::loader::describe(error);
    GitError::new(
        code,
        format!("no directory for checkouts can be made: {reason}"),
    )
}

/// Standard output of a run of `git`.
fn git(directory: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let mut command = Command::new("git");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for name in FOREIGN {
        command.env_remove(name);
    }
    let output = command
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            let reason = crate::loader::describe(&error);
            let message = format!("the program `git` cannot be started: {reason}");
            GitError::new("FUSE_DEP_GIT_COMMAND_START_FAILED", message)
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let reason = errors
        .lines()
        .find_map(|line| {
            line.strip_prefix("fatal: ")
                .or(line.strip_prefix("error: "))
        })
        .or(errors.lines().next())
        .unwrap_or("no reason given");
    let word = arguments.first().copied().unwrap_or_default();
    let message = format!("`git {word}` failed: {reason}");
    Err(GitError::new("FUSE_DEP_GIT_COMMAND_FAILED", message))
}
