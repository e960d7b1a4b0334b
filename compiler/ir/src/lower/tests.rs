//! Source text to MIR shapes. Every program lowered here also passes the verifier and the passes behind lowering.

mod boundary;
mod control;
mod html;
mod order;
mod updates;
mod values;

use fuse_package::load_memory;
use fuse_syntax::diagnostic::Diagnostic;

use crate::mir::Program;
use crate::mir::text::print_function;
use crate::pipeline;

fn try_lower(source: &str) -> Result<Program, Vec<Diagnostic>> {
    let loaded = load_memory(&[("main.fuse", source)]);
    assert!(
        loaded.diagnostics.is_empty(),
        "does not load: {:#?}",
        loaded.diagnostics
    );
    let (program, diagnostics) = fuse_sema::check(&loaded.graph);
    let Some(program) = program else {
        panic!("does not check: {diagnostics:#?}")
    };
    super::lower(&program, &loaded.graph.files)
}

fn lower(source: &str) -> Program {
    let program = match try_lower(source) {
        Ok(program) => program,
        Err(problems) => panic!("not supported: {problems:#?}"),
    };
    let options = pipeline::Options {
        check: true,
        optimise: true,
    };
    if let Err(defect) = pipeline::prepare(program.clone(), options) {
        panic!("{defect}");
    }
    program
}

/// The text form of one function, without locations.
fn function(program: &Program, name: &str) -> String {
    let (id, _) = program
        .functions
        .iter()
        .find(|(_, function)| function.name == name)
        .unwrap_or_else(|| {
            let names: Vec<_> = program.functions.values().map(|f| &f.name).collect();
            panic!("no function {name} among {names:?}")
        });
    let text = print_function(program, id);
    let lines = text
        .lines()
        .map(|line| line.split(" ; ").next().unwrap_or_default().trim());
    lines.collect::<Vec<_>>().join("\n")
}

/// Text of the function `f` of a program.
fn lowered(source: &str) -> String {
    function(&lower(source), "f")
}

/// Asserts that these lines (or parts of lines) follow each other in the text, with nothing said about what is between.
#[track_caller]
fn assert_lines(text: &str, expected: &[&str]) {
    let mut rest = text;
    for line in expected {
        match rest.find(line) {
            Some(at) => rest = &rest[at + line.len()..],
            None => panic!("`{line}` does not follow in:\n{text}"),
        }
    }
}

#[track_caller]
fn assert_none(text: &str, unwanted: &str) {
    assert!(!text.contains(unwanted), "`{unwanted}` occurs in:\n{text}");
}
