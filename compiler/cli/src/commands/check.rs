//! `fuse check`

use fuse_driver::Purpose;

use super::{Outcome, Session};
use crate::failure::Failure;

pub fn run(session: &mut Session) -> Result<Outcome, Failure> {
    Ok(match session.check(Purpose::Check)? {
        Some(_) => Outcome::Ok,
        None => Outcome::Failed,
    })
}
