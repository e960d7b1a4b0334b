//! `fuse run`

use fuse_driver::environment::{self, Variables};
use fuse_driver::jit::{self, RunRequest};

use super::{Outcome, Session};
use crate::args::RunArgs;
use crate::failure::Failure;

pub fn run(session: &mut Session, args: &RunArgs) -> Result<Outcome, Failure> {
    let Some(checked) = session.check()? else {
        return Ok(Outcome::Failed);
    };
    let request = RunRequest {
        app: args.source.app.clone(),
        arguments: args.program.clone(),
        variables: variables(session, &checked.root),
        optimize: true,
    };
    let program = jit::compile(&checked, &request, &mut session.timings)?;
    session.show_timings();
    Ok(match program.run() {
        0 => Outcome::Ok,
        2 => Outcome::ValidationFailed,
        _ => Outcome::Failed,
    })
}

/// The package's variables and the form of messages.
fn variables(session: &Session, root: &std::path::Path) -> Variables {
    let (mut variables, warning) =
        environment::for_package(root, |name| std::env::var_os(name).is_some());
    if let Some(warning) = warning {
        session.console.warning(&warning);
    }
    for (name, value) in session.console.variables() {
        if !variables.iter().any(|(known, _)| *known == name) {
            variables.push((name, value));
        }
    }
    variables
}
