//! The order in which the fields of configs are resolved: as they are declared, except that what a default needs comes before it.

use std::collections::BTreeSet;

use fuse_syntax::diagnostic::Diagnostic;

use crate::diag::Sink;
use crate::program::{Builtin, ConfigField, ConfigId, Expr, ExprKind, FunctionId, Program};
use crate::types::{Constraint, Type, TypeId};
use crate::walk::{self, Visitor};

type Place = (ConfigId, u32);

/// Gives the order, and reports fields that need themselves.
pub(crate) fn order(program: &Program, sink: &mut Sink) -> Vec<Place> {
    let mut ordering = Ordering {
        program,
        sink,
        done: Vec::new(),
        open: Vec::new(),
    };
    for (config, declared) in (0..).zip(&program.configs) {
        for field in 0..declared.fields.len() as u32 {
            ordering.visit((ConfigId(config), field));
        }
    }
    ordering.done
}

struct Ordering<'p, 's> {
    program: &'p Program,
    sink: &'s mut Sink,
    done: Vec<Place>,
    /// From the field that was asked for to the one that is looked at; each needs the next.
    open: Vec<Place>,
}

impl Ordering<'_, '_> {
    fn visit(&mut self, place: Place) {
        if self.done.contains(&place) {
            return;
        }
        if let Some(start) = self.open.iter().position(|&open| open == place) {
            return self.report(start);
        }
        self.open.push(place);
        for needed in needs(self.program, field(self.program, place)) {
            self.visit(needed);
        }
        self.open.pop();
        // A cycle may have been entered in its middle.
        if !self.done.contains(&place) {
            self.done.push(place);
        }
    }

    fn report(&mut self, start: usize) {
        let cycle = &self.open[start..];
        let name = |&(config, at): &Place| {
            let config = &self.program.configs[config.index()];
            format!("{}.{}", config.name, config.fields[at as usize].name)
        };
        let Some(first) = cycle.first() else { return };
        let message = format!("resolving `{}` needs its own value", name(first));
        let span = field(self.program, *first).span;
        let mut found = Diagnostic::error("FUSE_CONFIG_CYCLE", span, message);
        for next in &cycle[1..] {
            let span = field(self.program, *next).span;
            found = found.with_related(span, format!("it needs `{}`", name(next)));
        }
        self.sink.push(found);
    }
}

fn field(program: &Program, (config, field): Place) -> &ConfigField {
    &program.configs[config.index()].fields[field as usize]
}

/// The fields that resolving a field may read, in the order they are met.
fn needs(program: &Program, field: &ConfigField) -> Vec<Place> {
    let mut search = Search {
        program,
        found: Vec::new(),
        functions: BTreeSet::new(),
        types: BTreeSet::new(),
        queue: Vec::new(),
    };
    search.call(field.default);
    // A value from text is made of defaults and judged by predicates too.
    search.made(field.ty);
    while let Some(function) = search.queue.pop() {
        walk::block(&program.functions[function.index()].body, &mut search);
    }
    search.found
}

struct Search<'p> {
    program: &'p Program,
    found: Vec<Place>,
    functions: BTreeSet<FunctionId>,
    types: BTreeSet<TypeId>,
    queue: Vec<FunctionId>,
}

impl Search<'_> {
    fn call(&mut self, function: FunctionId) {
        if self.functions.insert(function) {
            self.queue.push(function);
        }
    }

    /// What making a value of a type from data calls.
    fn made(&mut self, ty: TypeId) {
        if !self.types.insert(ty) {
            return;
        }
        let types = &self.program.types;
        match *types.get(ty) {
            Type::List(inner) | Type::Map(inner) | Type::Option(inner) | Type::Box(inner) => {
                self.made(inner);
            }
            Type::Result(ok, err) => {
                self.made(ok);
                self.made(err);
            }
            Type::Refined { base, rule } => {
                self.made(base);
                self.judged(&types.refinement(rule).constraints);
            }
            Type::Struct(id) => {
                for field in &types.struct_def(id).fields {
                    self.made(field.ty);
                    if let Some(default) = field.default {
                        self.call(default);
                    }
                }
            }
            Type::Enum(id) => {
                for variant in &types.enum_def(id).variants {
                    for &payload in &variant.payload {
                        self.made(payload);
                    }
                }
            }
            _ => {}
        }
    }

    fn judged(&mut self, constraints: &[Constraint]) {
        for constraint in constraints {
            if let Constraint::Predicate { function, .. } = constraint {
                self.call(*function);
            }
        }
    }
}

impl Visitor for Search<'_> {
    fn expr(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::ConfigField { config, field } => {
                let place = (*config, *field);
                if !self.found.contains(&place) {
                    self.found.push(place);
                }
            }
            ExprKind::Call { function, .. } | ExprKind::Spawn { function, .. } => {
                self.call(*function);
            }
            ExprKind::Refine {
                rule: Some(rule), ..
            } => self.judged(&self.program.types.refinement(*rule).constraints),
            ExprKind::FromDynamic { .. }
            | ExprKind::Builtin {
                builtin: Builtin::JsonDecode,
                ..
            } => self.made(expr.ty),
            _ => {}
        }
        true
    }
}
