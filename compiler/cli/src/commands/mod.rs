//! One file per command, and what they share.

mod build;
mod check;
mod deps;
mod explain;
mod fmt;
mod inspect;
mod migrate;
mod run;
mod symbolize;
mod test;

use std::cell::Cell;
use std::path::Path;

use fuse_driver::environment::Variables;
use fuse_driver::{Checked, DriverError, LockMode, Purpose, Source, Timings, environment};
use serde_json::json;

use crate::args::{Cli, Command, SourceArgs};
use crate::console::Console;
use crate::failure::{self, Failure};

/// How a command ends.
pub enum Outcome {
    Ok,
    /// The reason has been reported.
    Failed,
    /// Program flags that do not bind; reported.
    ValidationFailed,
}

impl Outcome {
    fn exit_code(&self) -> u8 {
        match self {
            Outcome::Ok => 0,
            Outcome::Failed => 1,
            Outcome::ValidationFailed => 2,
        }
    }

    fn message(&self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Failed => "failed",
            Outcome::ValidationFailed => "validation failed",
        }
    }
}

/// What a command works with: the console, and whether its work has begun.
pub struct Session<'a> {
    console: Console,
    command: &'static str,
    source: &'a SourceArgs,
    started: Cell<bool>,
    pub timings: Timings,
}

/// Runs a command and gives the exit code of the process.
pub fn run(cli: &Cli) -> u8 {
    let console = Console::new(cli.output);
    let source = match &cli.command {
        Command::Check(args) => &args.source,
        Command::Run(args) => &args.source,
        Command::Test(args) => &args.source,
        Command::Migrate(args) => &args.source,
        Command::Build(args) => &args.source,
        Command::Deps(args) => return code(console, deps::run(console, args)),
        Command::Fmt(args) => return code(console, fmt::run(console, args)),
        Command::Explain(args) => return code(console, explain::run(args).map(|()| true)),
        Command::Inspect(args) => return code(console, inspect::run(args).map(|()| true)),
        Command::Symbolize(args) => return code(console, symbolize::run(args).map(|()| true)),
    };
    let mut session = Session {
        console: console.quiet(source.quiet),
        command: cli.command.name(),
        source,
        started: Cell::new(false),
        timings: Timings::default(),
    };
    let result = match &cli.command {
        Command::Check(args) => check::run(&mut session, args),
        Command::Run(args) => run::run(&mut session, args),
        Command::Test(args) => test::run(&mut session, args),
        Command::Migrate(_) => migrate::run(&mut session),
        Command::Build(args) => build::run(&mut session, args),
        Command::Deps(_)
        | Command::Fmt(_)
        | Command::Explain(_)
        | Command::Inspect(_)
        | Command::Symbolize(_) => Ok(Outcome::Ok),
    };
    let outcome = result.unwrap_or_else(|failure| {
        session.console.failure(&failure);
        Outcome::Failed
    });
    session.end(&outcome);
    outcome.exit_code()
}

/// The exit code of a command that works on no program.
fn code(console: Console, result: Result<bool, Failure>) -> u8 {
    let is_ok = result.unwrap_or_else(|failure| {
        console.failure(&failure);
        false
    });
    u8::from(!is_ok)
}

impl Session<'_> {
    /// Which program the command line names.
    fn source(&self) -> Result<Source, Failure> {
        let directory = std::env::current_dir().map_err(DriverError::WorkingDirectory)?;
        let args = self.source;
        Ok(Source {
            directory,
            manifest_path: args.manifest_path.clone(),
            entry: args.file.clone().or_else(|| args.entry.clone()),
            strict_architecture: args.strict_architecture,
            lock: match args.frozen {
                true => LockMode::Frozen,
                false => LockMode::Update,
            },
        })
    }

    /// The marker that ends in `ok` or `failed`. What fails before it has no markers.
    fn start(&self) {
        // Migrations are silent when all goes well.
        if self.command != "migrate" {
            self.console.step(self.command, "start");
            self.started.set(true);
        }
    }

    /// What `check`, `run` and `build` begin with: loads and checks the program and reports what was found. `None`: it has errors.
    fn check(&mut self, purpose: Purpose) -> Result<Option<Checked>, Failure> {
        let source = self.source()?;
        let findings = fuse_driver::check(&source, purpose, &mut self.timings);
        // Without a program there is nothing to mark the start of.
        if !findings.diagnostics.iter().any(failure::is_about_input) {
            self.start();
        }
        self.console
            .diagnostics(&findings.diagnostics, &findings.files);
        let Some(checked) = findings.checked else {
            return Ok(None);
        };
        if self.source.deny_warnings && !findings.diagnostics.is_empty() {
            return Err(Failure::new("warnings are errors here")
                .with_hint("fix them, or leave out `--deny-warnings`"));
        }
        Ok(Some(checked))
    }

    /// What a step of the driver gives; `None` when what stops it is a finding about the program, which is reported.
    fn proceed<T>(
        &self,
        checked: &Checked,
        result: Result<T, DriverError>,
    ) -> Result<Option<T>, Failure> {
        match result {
            Err(DriverError::NoApp(found)) => {
                self.console.diagnostics(&[*found], &checked.graph.files);
                Ok(None)
            }
            other => Ok(Some(other?)),
        }
    }

    /// The package's variables and the form of messages.
    fn variables(&self, root: &Path) -> Variables {
        let (mut variables, warning) =
            environment::for_package(root, |name| std::env::var_os(name).is_some());
        if let Some(warning) = warning {
            self.console.warning(&warning);
        }
        for (name, value) in self.console.variables() {
            if !variables.iter().any(|(known, _)| *known == name) {
                variables.push((name, value));
            }
        }
        for (name, value) in self.console.overriding_variables() {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value));
        }
        variables
    }

    /// The timings table when asked for.
    fn show_timings(&mut self) {
        let timings = std::mem::take(&mut self.timings);
        if !self.source.timings || timings.rows().is_empty() {
            return;
        }
        let stages: Vec<serde_json::Value> = timings
            .rows()
            .iter()
            .map(|(stage, time)| json!({"stage": stage, "microseconds": time.as_micros() as u64}))
            .collect();
        self.console.note(
            &timings.to_string(),
            &json!({"kind": "timings", "stages": stages}),
        );
    }

    fn end(&mut self, outcome: &Outcome) {
        self.show_timings();
        if self.started.get() {
            self.console.step(self.command, outcome.message());
        }
    }
}
