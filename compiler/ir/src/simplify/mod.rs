//! Simplification of `Lowered` programs: what makes the ownership passes' answers better, and what back ends cannot see.
//!
//! Works on value semantics only; nothing here thinks about counts, except that uniqueness tests are moved and removed where no copy of
//! the value can come into being in between.

pub(crate) mod blocks;
mod coalesce;
mod constants;
pub(crate) mod dead;
mod fold;
mod loops;
mod params;
mod ranges;
mod unique;

use crate::mir::*;

/// Simplifies every function. The program stays `Lowered` and well formed.
pub fn run(program: &mut Program) {
    debug_assert_eq!(program.phase, Phase::Lowered);
    params::run(program);
    let ids: Vec<FuncId> = program.functions.keys().collect();
    for id in ids {
        let mut function = program.take_function(id);
        if function.blocks.is_empty() {
            program.functions[id] = function;
            continue;
        }
        fold::run(&mut function);
        blocks::run(&mut function);
        coalesce::run(&mut function);
        constants::run(program, &mut function);
        loops::hoist_lengths(&mut function);
        ranges::run(program, &mut function);
        dead::run(&mut function);
        unique::hoist(&mut function);
        unique::remove_redundant(&mut function);
        program.functions[id] = function;
    }
}

/// How many times each local is assigned as a whole; parameters count as assigned once.
fn assignments(function: &Function) -> Vec<u32> {
    let mut counts = vec![0; function.locals.len()];
    for param in function.param_locals() {
        counts[param.as_u32() as usize] = 1;
    }
    for block in function.blocks.values() {
        for statement in &block.statements {
            if let Some(local) = statement.kind.dest().and_then(Place::as_local) {
                counts[local.as_u32() as usize] += 1;
            }
        }
    }
    counts
}

/// How many times each local is mentioned other than as the whole destination of a store.
fn mentions(function: &Function) -> Vec<u32> {
    let mut counts = vec![0; function.locals.len()];
    let mut count = |local: LocalId| counts[local.as_u32() as usize] += 1;
    for block in function.blocks.values() {
        for statement in &block.statements {
            each_mention(&statement.kind, &mut count);
        }
        if let Some(place) = block.terminator.operand().and_then(Operand::place) {
            place
                .root()
                .into_iter()
                .chain(place.index_locals())
                .for_each(&mut count);
        }
    }
    counts
}

/// The locals a statement mentions other than as the whole destination of a store, as often as it does.
fn each_mention(kind: &StatementKind, found: &mut impl FnMut(LocalId)) {
    let dest = kind.dest();
    for place in kind.places() {
        let is_dest = dest.is_some_and(|dest| std::ptr::eq(dest, place));
        let root = place
            .root()
            .filter(|_| !(is_dest && place.projections.is_empty()));
        root.into_iter()
            .chain(place.index_locals())
            .for_each(&mut *found);
    }
}
