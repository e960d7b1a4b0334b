//! `fuse symbolize [EXECUTABLE] [ADDRESS...] [--report FILE]`

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use fuse_driver::{DriverError, aot, executable};

use crate::args::SymbolizeArgs;
use crate::failure::Failure;

/// Reports are lines of programs that ended; more is not one.
const LONGEST_REPORT: u64 = 16 << 20;

pub fn run(args: &SymbolizeArgs) -> Result<(), Failure> {
    let path = match &args.executable {
        Some(path) => path.clone(),
        None => aot::default_output(Path::new("")),
    };
    let text = match &args.report {
        Some(report) => executable::symbolize_report(&path, &read(report)?)?,
        None if args.addresses.is_empty() => {
            return Err(Failure::new("there is nothing to symbolize")
                .with_hint("give addresses after the executable, or `--report FILE`"));
        }
        None => executable::symbolize(&path, &args.addresses)?,
    };
    // A reader that went away is not our failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The report's text; `-` is standard input.
fn read(path: &PathBuf) -> Result<String, DriverError> {
    let read = |source: &mut dyn Read| {
        let mut bytes = Vec::new();
        source.take(LONGEST_REPORT).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = if path.as_os_str() == "-" {
        read(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(path).and_then(|mut file| read(&mut file))
    };
    text.map_err(|source| DriverError::Read {
        path: path.clone(),
        source,
    })
}
