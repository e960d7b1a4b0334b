//! The same input gives the same bytes: objects, executables and symbols files, whatever the directory, user, language, time zone, moment,
//! number of cores and cache.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::compiler::{PROFILES, bare, fuse, succeed};
use crate::programs::{self, Program};

/// What surrounds a build.
#[derive(Clone, Copy)]
struct Surroundings {
    name: &'static str,
    /// Directory below the scratch directory.
    directory: &'static str,
    variables: &'static [(&'static str, &'static str)],
    /// Somebody else than the superuser, where this is the superuser.
    other_user: bool,
    one_core: bool,
    /// Builds twice; the second build has everything in the cache.
    warm: bool,
}

const PLAIN: Surroundings = Surroundings {
    name: "plain",
    directory: "a",
    variables: &[("LANG", "C")],
    other_user: false,
    one_core: false,
    warm: false,
};

/// One thing is different in each.
const VARIATIONS: [Surroundings; 6] = [
    Surroundings {
        name: "another moment",
        ..PLAIN
    },
    Surroundings {
        name: "another directory",
        directory: "somewhere/else with blanks/ü",
        ..PLAIN
    },
    Surroundings {
        name: "another language and time zone",
        variables: &[
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("TZ", "Pacific/Kiritimati"),
            ("USER", "somebody"),
            ("HOSTNAME", "elsewhere"),
            ("SOURCE_DATE_EPOCH", "1"),
        ],
        ..PLAIN
    },
    Surroundings {
        name: "another user",
        other_user: true,
        ..PLAIN
    },
    Surroundings {
        name: "one core",
        one_core: true,
        ..PLAIN
    },
    Surroundings {
        name: "a warm cache",
        warm: true,
        ..PLAIN
    },
];

/// Everything is different.
const EVERYTHING: Surroundings = Surroundings {
    name: "everything at once",
    directory: VARIATIONS[1].directory,
    variables: VARIATIONS[2].variables,
    other_user: true,
    one_core: true,
    warm: true,
};

/// A user who owns nothing, on every system.
const NOBODY: u32 = 65534;

/// Every fixture in every profile with one thing different at a time, and every `every`th conformance program in both ways of linking
/// with everything different at once.
pub fn run(every: usize) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    open_to_all(scratch.path())?;
    let mut builds = 0;
    let mut differing = Vec::new();
    let mut compare = |program: &Program, profile: &str, varied: &[Surroundings]| {
        let plain = products(program, profile, PLAIN, scratch.path())?;
        builds += 1;
        for surroundings in varied {
            builds += 1;
            let other = products(program, profile, *surroundings, scratch.path())?;
            if plain != other {
                let what: Vec<&str> = plain
                    .iter()
                    .filter(|(name, digest)| other.get(*name) != Some(digest))
                    .map(|(name, _)| name.as_str())
                    .collect();
                differing.push(format!(
                    "{}, {profile}, {}: {}",
                    program.name,
                    surroundings.name,
                    what.join(", ")
                ));
            }
        }
        Ok::<(), String>(())
    };
    for program in programs::fixtures()? {
        for profile in PROFILES {
            compare(&program, profile, &VARIATIONS)?;
        }
    }
    for program in programs::conformance()?.iter().step_by(every) {
        for profile in ["release", "static"] {
            compare(program, profile, &[EVERYTHING])?;
        }
    }
    println!("{builds} builds, {} differ", differing.len());
    if superuser(scratch.path())? {
        println!("varied: moment, directory, language, time zone, user, cores, cache");
    } else {
        println!(
            "varied: moment, directory, language, time zone, cores, cache (not the user: not started as root)"
        );
    }
    if differing.is_empty() {
        Ok(())
    } else {
        Err(differing.join("\n"))
    }
}

/// Digests of what a build makes, by name.
fn products(
    program: &Program,
    profile: &str,
    surroundings: Surroundings,
    scratch: &Path,
) -> Result<BTreeMap<String, String>, String> {
    let directory = scratch.join(surroundings.directory);
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(failed)?;
    }
    fs::create_dir_all(&directory).map_err(failed)?;
    program.write(&directory)?;
    let other_user = surroundings.other_user && superuser(scratch)?;
    if other_user {
        give(&directory, NOBODY)?;
    }
    let fuse = fuse()?;
    let before = surroundings.warm.then(|| shares_object(profile));
    for profile in before.into_iter().chain([profile]) {
        let mut command = if surroundings.one_core {
            let mut command = bare(Path::new("taskset"));
            command
                .env("PATH", "/usr/bin:/bin")
                .args(["-c", "0"])
                .arg(&fuse);
            command
        } else {
            bare(&fuse)
        };
        command
            .args([
                "build",
                "--quiet",
                "--profile",
                profile,
                "-o",
                "program",
                program.entry,
            ])
            .current_dir(&directory)
            .env(
                "FUSE_CACHE_DIR",
                scratch.join(if other_user {
                    "cache-of-other"
                } else {
                    "cache"
                }),
            )
            .envs(surroundings.variables.iter().copied());
        if other_user {
            command.uid(NOBODY).gid(NOBODY);
        }
        succeed(&mut command).map_err(|error| format!("{}: {error}", program.name))?;
    }
    let level = if profile == "debug" { "o0" } else { "o2" };
    let object = format!(".fuse/build/program-{level}.o");
    let mut digests = BTreeMap::new();
    for name in ["program", "program.debug", &object] {
        match fs::read(directory.join(name)) {
            Ok(bytes) => {
                let digest = Sha256::digest(&bytes);
                digests.insert(name.to_owned(), format!("{digest:x}"));
            }
            // The symbols file belongs to one profile only.
            Err(_) if name == "program.debug" && profile != "release-with-symbols" => {}
            Err(error) => return Err(format!("{}: {name}: {error}", program.name)),
        }
    }
    Ok(digests)
}

/// A profile, another one if there is one, whose build leaves the object in the cache that this one takes.
fn shares_object(profile: &str) -> &str {
    match profile {
        "debug" => "debug",
        "static" => "release",
        _ => "static",
    }
}

/// Is this the superuser, who can act as somebody else? Told by whom new files belong to.
fn superuser(scratch: &Path) -> Result<bool, String> {
    let owner = fs::metadata(scratch).map_err(|error| error.to_string())?;
    Ok(owner.uid() == 0)
}

fn open_to_all(directory: &Path) -> Result<(), String> {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o777))
        .map_err(|error| error.to_string())
}

/// Makes a directory and all in it somebody's.
fn give(directory: &Path, user: u32) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    chown(directory, Some(user), Some(user)).map_err(failed)?;
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            give(&path, user)?;
        } else {
            chown(&path, Some(user), Some(user)).map_err(failed)?;
        }
    }
    Ok(())
}
