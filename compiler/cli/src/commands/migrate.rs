//! `fuse migrate`

use fuse_driver::{Purpose, jit};

use super::{Outcome, Session};
use crate::failure::Failure;

pub fn run(session: &mut Session) -> Result<Outcome, Failure> {
    let Some(checked) = session.check(Purpose::Migrate)? else {
        return Ok(Outcome::Failed);
    };
    let variables = session.variables(&checked.root);
    let code = jit::migrate(&checked, &variables, &mut session.timings)?;
    Ok(match code {
        0 => Outcome::Ok,
        _ => Outcome::Failed,
    })
}
