//! `map[key]` looked up before `map[key] = value`: the entry's index is still right, so it is not looked up again.

use cranelift_entity::EntityRef;
use fuse_abi::RuntimeFn;
use indexmap::IndexMap;

use crate::analysis::{BitSet, Cfg, solve};
use crate::mir::*;

/// `%index` is where `%map` has the key, or negative.
#[derive(Clone, PartialEq)]
struct Found {
    index: LocalId,
    map: LocalId,
    key: Operand,
}

/// For `map_set` statements (block, position): the local that holds the result of looking up the same key in the same map.
pub fn lookups(function: &Function) -> IndexMap<(BlockId, usize), LocalId> {
    let mut facts: Vec<Found> = Vec::new();
    let mut sets = 0;
    for block in function.blocks.values() {
        for statement in &block.statements {
            facts.extend(found(&statement.kind).filter(|fact| !facts.contains(fact)));
            sets += usize::from(matches!(statement.kind, StatementKind::MapSet { .. }));
        }
    }
    let mut known = IndexMap::new();
    if facts.is_empty() || sets == 0 {
        return known;
    }
    let cfg = Cfg::new(function);
    let walk = |block: &Block, state: &mut BitSet| {
        for statement in &block.statements {
            step(&facts, &statement.kind, state);
        }
    };
    let before = solve(function, &cfg, facts.len(), &walk, &|_, _, _| {});
    for &id in &cfg.rpo {
        let mut state = before[id.index()].clone();
        for (at, statement) in function.blocks[id].statements.iter().enumerate() {
            if let StatementKind::MapSet { map, key, .. } = &statement.kind
                && let Some(fact) = state
                    .iter()
                    .map(|fact| &facts[fact])
                    .find(|fact| map.as_local() == Some(fact.map) && same_value(key, &fact.key))
            {
                known.insert((id, at), fact.index);
            }
            step(&facts, &statement.kind, &mut state);
        }
    }
    known
}

fn found(kind: &StatementKind) -> Option<Found> {
    let StatementKind::Call {
        dest: Some(dest),
        callee: Callee::Runtime(RuntimeFn::MapFind),
        args,
    } = kind
    else {
        return None;
    };
    let [Operand::Copy(map), key, _] = &args[..] else {
        return None;
    };
    // Keys that are parts of something may change without being named.
    let simple = key.place().is_none_or(|place| place.as_local().is_some());
    Some(Found {
        index: dest.as_local()?,
        map: map.as_local()?,
        key: simple.then(|| key.clone())?,
    })
}

fn same_value(a: &Operand, b: &Operand) -> bool {
    match (a.place(), b.place()) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a == b,
        _ => false,
    }
}

/// A fact ends when one of its locals gets another value or the map's entries change. Making the map unshared keeps its entries.
fn step(facts: &[Found], kind: &StatementKind, state: &mut BitSet) {
    let mut changed: Vec<LocalId> = kind.dest().and_then(Place::root).into_iter().collect();
    match kind {
        StatementKind::MapSet { map, .. } => changed.extend(map.root()),
        StatementKind::Drop(place) => changed.extend(place.root()),
        StatementKind::Call {
            callee: Callee::Runtime(RuntimeFn::MapRemoveAt),
            args,
            ..
        } => changed.extend(args.first().and_then(Operand::place).and_then(Place::root)),
        _ => {}
    }
    for operand in kind.operands() {
        if let Operand::Move(place) = operand {
            changed.extend(place.root());
        }
    }
    for (at, fact) in facts.iter().enumerate() {
        let key = fact.key.place().and_then(Place::root);
        if changed
            .iter()
            .any(|&local| local == fact.index || local == fact.map || key == Some(local))
        {
            state.remove(at);
        }
    }
    if let Some(new) = found(kind)
        && new.index != new.map
        && let Some(at) = facts.iter().position(|fact| *fact == new)
    {
        state.insert(at);
    }
}
