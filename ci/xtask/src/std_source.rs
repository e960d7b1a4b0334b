//! The source of Rust's standard library, the exact release of the installed rustc.
//!
//! Asked in this order: the cache; the toolchain's own `rust-src`; rustup; Debian's `rust-src`, through apt directories of its own so
//! that the machine's apt configuration stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Result, tools};

/// Debian releases that may carry a current `rust-src`.
const SUITES: [&str; 3] = ["bookworm", "trixie", "trixie-backports"];
const MIRROR: &str = "http://deb.debian.org/debian";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Puts the `library` folder of rustc `release` into `directory`.
pub fn provide(release: &str, directory: &Path) -> Result<()> {
    let cached = tools::cache()?.join(format!("rust-library-{release}.tar.xz"));
    if !cached.is_file() {
        let scratch = tempfile::tempdir()?;
        let library = match installed()? {
            Some(library) => library,
            None => fetch(release, scratch.path())?,
        };
        store(&library, &cached)?;
    }
    fs::create_dir_all(directory)?;
    tools::run(
        Command::new("tar")
            .arg("-xJf")
            .arg(&cached)
            .arg("-C")
            .arg(directory),
    )
}

/// The `rust-src` component of the toolchain.
fn installed() -> Result<Option<PathBuf>> {
    let sysroot = tools::output(tools::rustc().args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    Ok(library.join("std/Cargo.toml").is_file().then_some(library))
}

fn fetch(release: &str, scratch: &Path) -> Result<PathBuf> {
    eprintln!("[std] fetching the source of Rust's standard library {release}");
    let mut rustup = Command::new("timeout");
    rustup.args(["120", "rustup", "component", "add", "rust-src"]);
    let rustup = match tools::run(&mut rustup).and_then(|()| installed()) {
        Ok(Some(library)) => return Ok(library),
        Ok(None) => "it is not in the toolchain".into(),
        Err(error) => error,
    };
    eprintln!("[std] not from rustup ({rustup}); trying Debian");
    from_debian(release, scratch).map_err(|debian| {
        format!("no source of the standard library {release}: rustup: {rustup}; Debian: {debian}")
            .into()
    })
}

fn from_debian(release: &str, scratch: &Path) -> Result<PathBuf> {
    let apt = scratch.join("apt");
    for directory in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(directory))?;
    }
    let sources = SUITES.map(|suite| format!("deb [signed-by={KEYRING}] {MIRROR} {suite} main\n"));
    fs::write(apt.join("sources.list"), sources.concat())?;
    let command = |program: &str| {
        let mut command = Command::new(program);
        let option = |name: &str, path: &Path| format!("-oDir::{name}={}", path.display());
        command
            .arg(option("Etc::sourcelist", &apt.join("sources.list")))
            .arg(option("Etc::sourceparts", Path::new("/dev/null")))
            .arg(option("State::lists", &apt.join("lists")))
            .arg(option("Cache", &apt.join("cache")))
            // The sandbox user cannot write into our directories.
            .arg("-oAPT::Sandbox::User=root")
            .arg("-qq")
            .current_dir(scratch);
        command
    };
    tools::run(command("apt-get").arg("update"))?;
    let listing = tools::output(command("apt-cache").args(["madison", "rust-src"]))?;
    // `rust-src | VERSION | ARCHIVE`
    let version = listing
        .lines()
        .filter_map(|line| line.split('|').nth(1))
        .map(str::trim)
        .find(|version| version.starts_with(&format!("{release}+")))
        .ok_or_else(|| format!("no package `rust-src` of version {release}"))?;
    tools::run(command("apt-get").args(["download", &format!("rust-src={version}")]))?;
    let package = fs::read_dir(scratch)?
        .filter_map(std::result::Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or("apt-get downloaded nothing")?;
    let unpacked = scratch.join("package");
    tools::run(Command::new("dpkg").arg("-x").arg(package).arg(&unpacked))?;
    let library = unpacked.join(format!("usr/src/rustc-{release}/library"));
    if library.join("std/Cargo.toml").is_file() {
        Ok(library)
    } else {
        Err("the package `rust-src` is laid out in an unknown way".into())
    }
}

/// Keeps `library` as `cached`, whole or not at all. A distribution drops old versions; the cache does not.
fn store(library: &Path, cached: &Path) -> Result<()> {
    let parent = cached.parent().ok_or("the cache has no directory")?;
    let above = library.parent().ok_or("the library has no directory")?;
    fs::create_dir_all(parent)?;
    let unfinished = tempfile::Builder::new()
        .prefix(".rust-library-")
        .tempfile_in(parent)?;
    tools::run(
        Command::new("tar")
            .args(["--use-compress-program", "xz -3 -T0", "-cf"])
            .arg(unfinished.path())
            .arg("-C")
            .arg(above)
            .arg("library"),
    )?;
    unfinished.persist(cached)?;
    Ok(())
}
