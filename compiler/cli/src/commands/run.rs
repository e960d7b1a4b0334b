//! `fuse run`

use fuse_driver::Purpose;
use fuse_driver::jit::{self, RunRequest};

use super::{Outcome, Session};
use crate::args::RunArgs;
use crate::failure::Failure;

pub fn run(session: &mut Session, args: &RunArgs) -> Result<Outcome, Failure> {
    let Some(checked) = session.check(Purpose::Run)? else {
        return Ok(Outcome::Failed);
    };
    let request = RunRequest {
        app: args.source.app.clone(),
        arguments: args.program.clone(),
        variables: session.variables(&checked.root),
        optimize: true,
    };
    let compiled = jit::compile(&checked, &request, &mut session.timings);
    let Some(program) = session.proceed(&checked, compiled)? else {
        return Ok(Outcome::Failed);
    };
    session.show_timings();
    Ok(match program.run() {
        0 => Outcome::Ok,
        2 => Outcome::ValidationFailed,
        _ => Outcome::Failed,
    })
}
