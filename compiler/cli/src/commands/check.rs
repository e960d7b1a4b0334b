//! `fuse check`

use super::{Outcome, Session};
use crate::failure::Failure;

pub fn run(session: &mut Session) -> Result<Outcome, Failure> {
    Ok(match session.check()? {
        Some(_) => Outcome::Ok,
        None => Outcome::Failed,
    })
}
