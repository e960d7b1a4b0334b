//! `fuse deps`

use fuse_driver::{DriverError, LockMode, Source};

use crate::args::{DepsArgs, DepsCommand, LockArgs};
use crate::console::Console;
use crate::failure::Failure;

/// Gives whether all is well; what is not has been reported.
pub fn run(console: Console, args: &DepsArgs) -> Result<bool, Failure> {
    match &args.command {
        DepsCommand::Lock(args) => lock(console, args),
    }
}

fn lock(console: Console, args: &LockArgs) -> Result<bool, Failure> {
    let source = Source {
        directory: std::env::current_dir().map_err(DriverError::WorkingDirectory)?,
        manifest_path: args.path.clone().or_else(|| args.manifest_path.clone()),
        lock: match (args.check, args.update) {
            (true, _) => LockMode::Check,
            (false, true) => LockMode::Refresh,
            (false, false) => LockMode::Update,
        },
        ..Source::default()
    };
    let (diagnostics, files) = fuse_driver::lock(&source);
    console.diagnostics(&diagnostics, &files);
    Ok(diagnostics.is_empty())
}
