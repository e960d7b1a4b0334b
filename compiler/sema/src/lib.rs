//! From syntax trees to the canonical program: names, types, checks, generics, effects.
//!
//! **Architecture Invariant:** the result of this crate is complete. No later stage looks at names, chooses an overload,
//! fills in a default or inserts a conversion, and nothing here knows that back ends exist.
//!
//! **API Boundary:** [`check`] takes the module graph and returns the program or says why there is none; it never panics on
//! any tree the parser makes, also one with error nodes. [`dump`] writes a program as text.

#![forbid(unsafe_code)]

mod access;
mod boxes;
mod branch;
mod builtins;
mod call;
mod callables;
mod capabilities;
mod checker;
mod codes;
mod coerce;
mod collect;
mod config_order;
mod database;
mod declare;
mod derive;
mod diag;
mod dump;
mod dynamic;
mod effects;
mod entry;
mod exhaust;
mod expr;
mod fallible;
mod func;
mod generic;
mod html;
mod interfaces;
mod loops;
mod mentions;
mod methods;
mod ops;
mod pattern;
mod place;
pub mod program;
mod refine;
mod relate;
mod resolve;
mod scope;
mod show;
mod spawn;
mod stdlib;
mod stmt;
mod strict;
mod tasks;
mod transaction;
pub mod types;
mod undecided;
mod unions;
mod validate;
pub mod walk;

pub use codes::CODES;
pub use dump::dump;

use fuse_package::ModuleGraph;
use fuse_syntax::diagnostic::{Diagnostic, Severity};

use crate::checker::{Checker, FnIdx};
use crate::program::Program;

/// What is checked besides the language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The rules of `--strict-architecture`.
    pub strict_architecture: bool,
}

/// Checks a whole program. Diagnostics come in source order, module by module; the program is absent iff one of them is an
/// error.
pub fn check(graph: &ModuleGraph) -> (Option<Program>, Vec<Diagnostic>) {
    check_with(graph, Options::default())
}

/// [`check`] with more to check.
pub fn check_with(graph: &ModuleGraph, options: Options) -> (Option<Program>, Vec<Diagnostic>) {
    let mut checker = Checker::new(graph);
    checker.collect();
    checker.find_lost_members();
    let entries = checker.collect_entries();
    for f in (0..checker.fns.len() as u32).map(FnIdx) {
        checker.check_declaration(f);
    }
    checker.check_predicates();
    checker.drain_queue();
    checker.check_generic_declarations();
    checker.drain_instances();
    checker.check_predicates();
    if !checker.sink.has_errors() {
        checker.report_unused_imports();
        if options.strict_architecture {
            checker.check_architecture();
        }
    }
    checker.finish(entries)
}

impl<'a> Checker<'a> {
    fn finish(mut self, entries: entry::Entries) -> (Option<Program>, Vec<Diagnostic>) {
        if !self.sink.has_errors() {
            for finding in std::mem::take(&mut self.instance_findings) {
                if finding.severity == Severity::Error {
                    self.sink.push(finding);
                }
            }
        }
        if self.sink.has_errors() {
            return (None, self.sink.finish());
        }
        self.write_dispatchers();
        let graph = self.graph;
        let text_of = |asset: &u32| {
            let file = graph.assets.get(*asset as usize).map(|a| a.file);
            let file = file.and_then(|file| graph.files.get(file));
            file.map_or_else(String::new, |file| file.text.clone())
        };
        let assets = self.data_assets.iter().map(text_of).collect();
        let mut program = Program {
            assets,
            types: self.types,
            functions: self.functions.into_iter().flatten().collect(),
            configs: self.configs,
            config_order: Vec::new(),
            apps: entries.apps,
            main: entries.main,
            services: entries.services,
            tests: entries.tests,
            migrations: entries.migrations,
            patterns: self.patterns,
        };
        let mut sink = self.sink;
        effects::check(&program, &mut sink);
        program.config_order = config_order::order(&program, &mut sink);
        let program = (!sink.has_errors()).then_some(program);
        (program, sink.finish())
    }
}
