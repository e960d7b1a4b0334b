//! `fuse explain [CODE]`

use std::io::Write;

use crate::args::ExplainArgs;
use crate::failure::Failure;

pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let text = match &args.code {
        None => list(),
        Some(code) => fuse_driver::explain::text(&code.to_ascii_uppercase()).ok_or_else(|| {
            Failure::new(format!("unknown diagnostic code: {code}"))
                .with_code("wrapper_unknown_code")
                .with_hint("`fuse explain` lists all codes")
        })?,
    };
    // A reader that went away is not our failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Every code on a line of its own.
fn list() -> String {
    fuse_driver::codes::all()
        .map(|(code, meaning)| format!("{code}: {meaning}\n"))
        .collect()
}
