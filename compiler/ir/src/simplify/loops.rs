//! Moving what does not change in a loop in front of it.

use cranelift_entity::EntityRef;
use fuse_abi::RuntimeFn;

use super::assignments;
use crate::analysis::cfg::Loop;
use crate::analysis::{BitSet, Cfg};
use crate::mir::*;

/// Puts statements where control passes once each time the loop is entered.
pub fn insert_before(
    function: &mut Function,
    cfg: &Cfg,
    entered: &Loop,
    statements: Vec<Statement>,
) {
    let header = entered.header;
    let outside: Vec<BlockId> = cfg.preds[header.index()]
        .iter()
        .copied()
        .filter(|pred| cfg.is_reachable(*pred) && !entered.blocks.contains(pred.index()))
        .collect();
    if let [only] = outside[..]
        && cfg.succs[only.index()].len() == 1
    {
        function.blocks[only].statements.extend(statements);
        return;
    }
    let preheader = function.blocks.push(Block {
        statements,
        terminator: Terminator::Goto(header),
    });
    for pred in outside {
        function.blocks[pred]
            .terminator
            .for_each_successor_mut(|target| {
                if *target == header {
                    *target = preheader;
                }
            });
    }
}

/// Locals that are surely stored to before each block.
pub fn initialised(function: &Function, cfg: &Cfg) -> Vec<BitSet> {
    let count = function.locals.len();
    let mut before = vec![BitSet::full(count); function.blocks.len()];
    before[0] = BitSet::new(count);
    for param in function.param_locals() {
        before[0].insert(param.index());
    }
    let mut changed = true;
    while changed {
        changed = false;
        for &id in &cfg.rpo {
            let mut state = before[id.index()].clone();
            for statement in &function.blocks[id].statements {
                if let Some(local) = statement.kind.dest().and_then(Place::as_local) {
                    state.insert(local.index());
                }
            }
            for target in &cfg.succs[id.index()] {
                changed |= before[target.index()].intersect(&state);
            }
        }
    }
    before
}

/// Moves `%n = len %x` out of loops that do not change how long `%x` is.
pub fn hoist_lengths(function: &mut Function) {
    let mut statements = function.blocks.values().flat_map(|b| &b.statements);
    if !statements.any(|s| measured(&s.kind).is_some()) {
        return;
    }
    for _ in 0..function.blocks.len() {
        let cfg = Cfg::new(function);
        let mut loops = cfg.loops();
        loops.reverse();
        let assigned = assignments(function);
        let ready = initialised(function, &cfg);
        let found = loops.into_iter().find_map(|l| {
            let lengths = invariant_lengths(function, &l, &assigned, &ready[l.header.index()]);
            (!lengths.is_empty()).then_some((l, lengths))
        });
        let Some((l, lengths)) = found else { return };
        let mut moved = Vec::new();
        for at in l.blocks.iter() {
            function.blocks[BlockId::new(at)].statements.retain(|s| {
                let hit = measured(&s.kind).is_some_and(|(n, _)| lengths.contains(&n));
                if hit {
                    moved.push(s.clone());
                }
                !hit
            });
        }
        insert_before(function, &cfg, &l, moved);
    }
}

/// `%n` and `%x` of `%n = len %x`.
fn measured(kind: &StatementKind) -> Option<(LocalId, LocalId)> {
    match kind {
        StatementKind::Assign(dest, Rvalue::Len(place)) => dest.as_local().zip(place.as_local()),
        _ => None,
    }
}

fn invariant_lengths(
    function: &Function,
    l: &Loop,
    assigned: &[u32],
    ready: &BitSet,
) -> Vec<LocalId> {
    // The entry block has no place in front of it.
    if l.blocks.contains(0) {
        return Vec::new();
    }
    let statements = || {
        l.blocks
            .iter()
            .flat_map(|at| &function.blocks[BlockId::new(at)].statements)
    };
    let mut resized = BitSet::new(function.locals.len());
    for statement in statements() {
        let changed = match &statement.kind {
            StatementKind::MapSet { map, .. } => map.root(),
            StatementKind::Call {
                callee: Callee::Runtime(RuntimeFn::MapRemoveAt),
                args,
                ..
            } => args.first().and_then(Operand::place).and_then(Place::root),
            _ => None,
        };
        let stored = statement.kind.dest().and_then(Place::as_local);
        for local in changed.into_iter().chain(stored) {
            resized.insert(local.index());
        }
    }
    statements()
        .filter_map(|statement| measured(&statement.kind))
        .filter(|(n, x)| {
            assigned[n.index()] == 1 && ready.contains(x.index()) && !resized.contains(x.index())
        })
        .map(|(n, _)| n)
        .collect()
}
