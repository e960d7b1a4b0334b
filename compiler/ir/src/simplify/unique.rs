//! Uniqueness tests (`make_unique`) of whole locals: out of loops, and away where the value is known to be unshared.
//!
//! A value stays unshared as long as no copy of the whole of it is made. Reading, storing and copying parts of it makes none.

use cranelift_entity::EntityRef;
use fuse_abi::{Attribute, RuntimeFn};

use super::loops::{initialised, insert_before};
use crate::analysis::{BitSet, Cfg};
use crate::mir::*;

/// Moves `make_unique %x` in front of a loop in which `%x` cannot come to be shared.
pub fn hoist(function: &mut Function) {
    let mut statements = function.blocks.values().flat_map(|b| &b.statements);
    if !statements.any(|s| tested(&s.kind).is_some()) {
        return;
    }
    // Each round moves tests out of one loop; outer loops come up again with what came out of inner ones.
    for _ in 0..function.blocks.len() {
        let cfg = Cfg::new(function);
        let mut loops = cfg.loops();
        loops.reverse();
        let found = loops.iter().find_map(|l| {
            let locals = hoistable(function, &cfg, &l.blocks);
            (!locals.is_empty()).then_some((l, locals))
        });
        let Some((l, locals)) = found else { return };
        let mut loc = function.loc;
        for at in l.blocks.iter() {
            function.blocks[BlockId::new(at)].statements.retain(|s| {
                let moved = tested(&s.kind).is_some_and(|x| locals.contains(&x));
                if moved {
                    loc = s.loc;
                }
                !moved
            });
        }
        let tests = locals.into_iter().map(|local| Statement {
            kind: StatementKind::MakeUnique(Place::local(local)),
            loc,
        });
        insert_before(function, &cfg, l, tests.collect());
    }
}

/// The local a statement makes unshared.
fn tested(kind: &StatementKind) -> Option<LocalId> {
    match kind {
        StatementKind::MakeUnique(place) => place.as_local(),
        _ => None,
    }
}

/// Locals tested in the loop that stay unshared throughout it and have a value when it is entered.
fn hoistable(function: &Function, cfg: &Cfg, blocks: &BitSet) -> Vec<LocalId> {
    // The entry block has no place in front of it.
    if blocks.contains(0) {
        return Vec::new();
    }
    let mut tests = Vec::new();
    let mut shared = BitSet::new(function.locals.len());
    for at in blocks.iter() {
        let block = &function.blocks[BlockId::new(at)];
        for statement in &block.statements {
            if let Some(local) = tested(&statement.kind)
                && !tests.contains(&local)
            {
                tests.push(local);
            }
            copies(&statement.kind, &mut |local| {
                shared.insert(local.index());
            });
            if let Some(dest) = statement.kind.dest().and_then(Place::as_local) {
                shared.insert(dest.index());
            }
        }
        if let Some(local) = returned(&block.terminator) {
            shared.insert(local.index());
        }
    }
    tests.retain(|local| !shared.contains(local.index()));
    if tests.is_empty() {
        return tests;
    }
    let initialised = initialised(function, cfg);
    let header = cfg.rpo.iter().find(|id| blocks.contains(id.index()));
    tests.retain(|local| header.is_some_and(|h| initialised[h.index()].contains(local.index())));
    tests
}

fn returned(terminator: &Terminator) -> Option<LocalId> {
    match terminator {
        Terminator::Return(operand) => operand.place().and_then(Place::as_local),
        _ => None,
    }
}

/// Calls `f` on every local of which the statement may make a copy as a whole.
fn copies(kind: &StatementKind, f: &mut dyn FnMut(LocalId)) {
    if let StatementKind::Call {
        callee: Callee::Runtime(row),
        ..
    } = kind
        && (row.has(Attribute::Pure) || *row == RuntimeFn::MapRemoveAt)
    {
        return;
    }
    for operand in kind.operands() {
        if let Some(local) = operand.place().and_then(Place::as_local) {
            f(local);
        }
    }
}

/// Removes tests of values that are known to be unshared: just built, or tested before with no copy made since.
pub fn remove_redundant(function: &mut Function) {
    let cfg = Cfg::new(function);
    let count = function.locals.len();
    let mut before = vec![BitSet::full(count); function.blocks.len()];
    before[0] = BitSet::new(count);
    let mut changed = true;
    while changed {
        changed = false;
        for &id in &cfg.rpo {
            let mut state = before[id.index()].clone();
            for statement in &function.blocks[id].statements {
                transfer(&statement.kind, &mut state);
            }
            for target in &cfg.succs[id.index()] {
                changed |= before[target.index()].intersect(&state);
            }
        }
    }
    for &id in &cfg.rpo {
        let mut state = before[id.index()].clone();
        function.blocks[id].statements.retain(|statement| {
            let redundant =
                tested(&statement.kind).is_some_and(|local| state.contains(local.index()));
            transfer(&statement.kind, &mut state);
            !redundant
        });
    }
}

fn transfer(kind: &StatementKind, state: &mut BitSet) {
    copies(kind, &mut |local| state.remove(local.index()));
    let fresh = match kind {
        StatementKind::MakeUnique(place) => place.as_local(),
        StatementKind::Assign(dest, rvalue) => {
            let built = matches!(
                rvalue,
                Rvalue::List { .. } | Rvalue::ListPush { .. } | Rvalue::Aggregate { .. }
            );
            match dest.as_local() {
                Some(local) if !built => {
                    state.remove(local.index());
                    None
                }
                local => local.filter(|_| built),
            }
        }
        StatementKind::Call { dest, callee, .. } => {
            let local = dest.as_ref().and_then(Place::as_local);
            if let Some(local) = local {
                state.remove(local.index());
            }
            local.filter(|_| {
                matches!(
                    callee,
                    Callee::Runtime(RuntimeFn::MapNew | RuntimeFn::ListNew)
                )
            })
        }
        _ => None,
    };
    if let Some(local) = fresh {
        state.insert(local.index());
    }
}
