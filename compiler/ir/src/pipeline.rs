//! From lowered MIR to what back ends take, with the checks in between.

use std::time::{Duration, Instant};

use crate::layout::Layouts;
use crate::mir::text::print_function;
use crate::mir::{Phase, Program};
use crate::verify::{Problem, verify};
use crate::{certify, expand, ownership, reach, simplify};

/// What to do besides the necessary.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Verify after every pass, and certify ownership. On by default in debug builds.
    pub check: bool,
    /// Run the optimisations on MIR; off only to find out whether one of them is at fault.
    pub optimise: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            check: cfg!(debug_assertions),
            optimise: true,
        }
    }
}

/// An `Expanded` program and the layouts of its types.
#[derive(Debug)]
pub struct Prepared {
    pub program: Program,
    pub layouts: Layouts,
    /// Passes in the order they ran, and how long each took.
    pub timings: Vec<(&'static str, Duration)>,
}

/// A pass produced something wrong: a defect of the compiler, never of the program compiled.
#[derive(Clone, Debug)]
pub struct Defect {
    pub pass: &'static str,
    pub problems: Vec<Problem>,
    /// The functions concerned, in the text form.
    pub functions: String,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "MIR is wrong after {}:", self.pass)?;
        for problem in &self.problems {
            writeln!(f, "  {problem}")?;
        }
        write!(f, "{}", self.functions)
    }
}

/// Takes a `Lowered` program, whose boxing has been decided, to `Expanded`.
pub fn prepare(lowered: Program, options: Options) -> Result<Prepared, Box<Defect>> {
    let layouts = Layouts::compute(&lowered.types);
    let mut run = Run {
        program: lowered,
        layouts,
        options,
        timings: Vec::new(),
    };
    debug_assert_eq!(run.program.phase, Phase::Lowered);
    run.check("lower")?;
    if options.optimise {
        run.pass("reach", |program, _| reach::run(program))?;
        run.pass("simplify", |program, _| simplify::run(program))?;
    }
    run.pass("ownership", |program, layouts| {
        ownership::run(program, layouts)
    })?;
    if options.check {
        let start = Instant::now();
        let problems = certify::certify(&run.program, &run.layouts);
        run.timings.push(("certify", start.elapsed()));
        run.accept("ownership (certifier)", problems)?;
    }
    run.pass("expand", expand::run)?;
    Ok(Prepared {
        program: run.program,
        layouts: run.layouts,
        timings: run.timings,
    })
}

struct Run {
    program: Program,
    layouts: Layouts,
    options: Options,
    timings: Vec<(&'static str, Duration)>,
}

impl Run {
    fn pass(
        &mut self,
        name: &'static str,
        pass: impl FnOnce(&mut Program, &mut Layouts),
    ) -> Result<(), Box<Defect>> {
        let start = Instant::now();
        pass(&mut self.program, &mut self.layouts);
        self.timings.push((name, start.elapsed()));
        self.check(name)
    }

    fn check(&mut self, pass: &'static str) -> Result<(), Box<Defect>> {
        if !self.options.check {
            return Ok(());
        }
        let start = Instant::now();
        let problems = verify(&self.program, &self.layouts);
        self.timings.push(("verify", start.elapsed()));
        self.accept(pass, problems)
    }

    fn accept(&self, pass: &'static str, problems: Vec<Problem>) -> Result<(), Box<Defect>> {
        if problems.is_empty() {
            return Ok(());
        }
        let mut functions = String::new();
        for (id, function) in self.program.functions.iter() {
            if problems.iter().any(|p| p.function == function.name) {
                functions.push_str(&print_function(&self.program, id));
            }
        }
        Err(Box::new(Defect {
            pass,
            problems,
            functions,
        }))
    }
}
