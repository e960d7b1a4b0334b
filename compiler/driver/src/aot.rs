//! The executable: six stages from a checked program to a verified file.

use std::path::{Path, PathBuf};

use fuse_codegen_llvm::Outputs;
use fuse_link::{BuildId, ExecutableFacts, LinkRequest, Sysroot};

use crate::cache::{Cache, CacheKey};
use crate::middle;
use crate::native::{self, CoreCode};
use crate::profile::HOST;
use crate::{Checked, DriverError, Profile, Timings, entry, files, identity};

/// Names of the stages, in order, as progress shows them.
pub const STAGES: [&str; 6] = [
    "compile program",
    "write cache artifacts",
    "emit native object",
    "prepare runtime",
    "link executable",
    "verify executable",
];

#[derive(Clone, Debug)]
pub struct AotRequest {
    pub profile: Profile,
    /// App to start instead of the manifest's choice or the first.
    pub app: Option<String>,
    /// Where the executable goes; otherwise `[build].native_bin`, otherwise `.fuse/build/program.aot` of the package.
    pub output: Option<PathBuf>,
}

/// A finished executable.
#[derive(Clone, Debug)]
pub struct AotReport {
    pub output: PathBuf,
    /// The file with symbols and line tables, for a profile that has one.
    pub symbols: Option<PathBuf>,
    pub build_id: BuildId,
    pub facts: ExecutableFacts,
    /// The object came from the cache.
    pub reused_object: bool,
}

/// Where an executable of this program goes.
pub fn output_path(checked: &Checked, requested: Option<&Path>) -> PathBuf {
    if let Some(path) = requested {
        return path.to_owned();
    }
    let configured = checked
        .manifest
        .as_ref()
        .and_then(|manifest| manifest.build.native_bin.as_deref());
    match configured {
        Some(path) => checked.root.join(path),
        None => default_output(&checked.root),
    }
}

/// The executable of the package at `root` that nobody placed elsewhere.
pub fn default_output(root: &Path) -> PathBuf {
    build_directory(root).join("program.aot")
}

/// Where build products of the package at `root` are kept.
pub fn build_directory(root: &Path) -> PathBuf {
    root.join(".fuse/build")
}

/// Builds an executable of a program without errors. `progress` hears the number of each stage, from 1, as it begins. When
/// anything fails, no file is left under the output name that was not there before.
///
/// # Errors
/// [`DriverError::NoApp`] when there is nothing to start, unreadable files, an unwritable output, and failures of the linker.
pub fn build(
    checked: &Checked,
    request: &AotRequest,
    timings: &mut Timings,
    progress: &mut dyn FnMut(usize, &'static str),
) -> Result<AotReport, DriverError> {
    let mut stage = |number: usize| progress(number, STAGES[number - 1]);
    let profile = request.profile;
    let output = output_path(checked, request.output.as_deref());

    stage(1);
    profile.require_supported(HOST)?;
    files::require_replaceable(&output)?;
    let symbols = profile
        .has_symbols_file()
        .then(|| fuse_link::symbols_path(&output));
    if let Some(symbols) = &symbols {
        files::require_replaceable(symbols)?;
    }
    let app = entry::chosen_app(checked, request.app.as_deref())?;
    let sysroot = Sysroot::locate(profile.target())?;
    let level = native::level(profile);
    let core = CoreCode::of(&sysroot, level)?;
    let cache = Cache::open(&build_directory(&checked.root));
    let key = CacheKey::new(checked, app.as_deref(), level, &core);
    let cached = cache.object(level, &key);
    let prepared = match cached {
        Some(_) => None,
        None => {
            let mut prepared = middle::prepare(checked, timings)?;
            if let Some(app) = &app {
                entry::put_first(&mut prepared.program.entry, app);
            }
            Some(prepared)
        }
    };

    stage(2);
    if let Some(prepared) = &prepared {
        // A package that cannot be written to is built without a cache.
        let _ = timings.measure("cache", || {
            cache.store_program(level, &key, &prepared.program)
        });
    }

    stage(3);
    let reused_object = cached.is_some();
    let object = match (cached, prepared) {
        (Some(object), _) => object,
        (None, Some(prepared)) => {
            let artifact = native::compile(&prepared, level, &core, Outputs::OBJECT, timings)?;
            let object = artifact
                .object
                .ok_or(DriverError::MissingOutput(crate::Emit::Object))?;
            let _ = timings.measure("cache", || cache.store_object(level, &key, &object));
            object
        }
        (None, None) => return Err(DriverError::MissingOutput(crate::Emit::Object)),
    };

    stage(4);
    let parent = files::parent_directory(&output)?;
    let object = files::temporary(&parent, &object)?;

    stage(5);
    let link = LinkRequest {
        target: profile.target(),
        profile: profile.link(),
        object: &object,
        extra_objects: &[],
        output: &output,
        symbols: symbols.as_deref(),
        build_info: &identity::build_info(profile),
        sysroot: &sysroot,
    };
    let linked = timings.measure("link", || fuse_link::link(&link))?;

    stage(6);
    let facts = timings.measure("verify", || -> Result<_, fuse_link::LinkError> {
        let facts = fuse_link::verify(&output)?;
        // What is linked for checks of memory is not for anybody else.
        if sysroot.sanitizer().is_none() {
            facts.require(profile.target(), &output)?;
        }
        Ok(facts)
    })?;
    Ok(AotReport {
        output,
        symbols,
        build_id: linked.build_id,
        facts,
        reused_object,
    })
}

/// Removes the build products of a package.
///
/// # Errors
/// [`DriverError::Write`] when the directory exists and cannot be removed.
pub fn clean(root: &Path) -> Result<(), DriverError> {
    let directory = build_directory(root);
    match std::fs::remove_dir_all(&directory) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(DriverError::Write {
            path: directory,
            source,
        }),
        _ => Ok(()),
    }
}
