//! `fuse inspect EXECUTABLE`

use std::io::Write;

use fuse_driver::executable;

use crate::args::InspectArgs;
use crate::failure::Failure;

pub fn run(args: &InspectArgs) -> Result<(), Failure> {
    let path = &args.executable;
    let text = if args.verify {
        executable::verify(path)?;
        format!("{}: sound\n", path.display())
    } else if args.sizes {
        executable::sizes(path)?
    } else {
        executable::describe(path)?
    };
    // A reader that went away is not our failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}
