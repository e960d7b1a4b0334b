//! `fuse explain CODE`

use std::io::Write;

use crate::args::ExplainArgs;
use crate::failure::Failure;

pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let code = args.code.to_ascii_uppercase();
    let Some(meaning) = fuse_driver::codes::meaning(&code) else {
        return Err(Failure::new(format!("unknown diagnostic code: {}", args.code))
            .with_code("wrapper_unknown_code")
            .with_hint("codes are shown in brackets with each diagnostic, such as FUSE_SYNTAX_EXPECTED"));
    };
    // A reader that went away is not our failure.
    let _ = writeln!(std::io::stdout(), "{code}: {meaning}");
    Ok(())
}
