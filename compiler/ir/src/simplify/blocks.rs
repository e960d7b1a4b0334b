//! Control flow: jumps to jumps, blocks that only ever follow one another, unreachable blocks.

use cranelift_entity::{EntityRef, PrimaryMap};
use indexmap::IndexMap;

use crate::analysis::Cfg;
use crate::mir::*;

pub fn run(function: &mut Function) {
    thread_jumps(function);
    merge(function);
    compact(function);
}

/// Makes one block of those that give up the same places and go on in the same block. Every early exit of a function begins as a block of its own, and most
/// of them give up the same values: without this, a function with many exits and many values grows with the product of both.
pub(crate) fn share_cleanup(function: &mut Function) {
    let mut first: IndexMap<(Vec<Place>, BlockId), BlockId> = IndexMap::new();
    let mut targets: Vec<BlockId> = Vec::with_capacity(function.blocks.len());
    for (id, block) in function.blocks.iter() {
        targets.push(match cleanup(block) {
            Some(key) => *first.entry(key).or_insert(id),
            None => id,
        });
    }
    for block in function.blocks.values_mut() {
        block
            .terminator
            .for_each_successor_mut(|target| *target = targets[target.index()]);
    }
    compact(function);
}

/// What the block gives up and where it goes, if it does nothing else.
fn cleanup(block: &Block) -> Option<(Vec<Place>, BlockId)> {
    let Terminator::Goto(next) = block.terminator else {
        return None;
    };
    let places: Option<Vec<Place>> = block
        .statements
        .iter()
        .map(|statement| match &statement.kind {
            StatementKind::Drop(place) => Some(place.clone()),
            _ => None,
        })
        .collect();
    Some((places.filter(|places| !places.is_empty())?, next))
}

/// Where a jump to the block ends up, following blocks that do nothing.
fn destination(function: &Function, start: BlockId) -> BlockId {
    let mut block = start;
    // A cycle of empty blocks is an endless loop of the program; the bound keeps it one.
    for _ in 0..function.blocks.len() {
        match &function.blocks[block] {
            Block {
                statements,
                terminator: Terminator::Goto(next),
            } if statements.is_empty() => block = *next,
            _ => return block,
        }
    }
    start
}

fn thread_jumps(function: &mut Function) {
    let targets: Vec<BlockId> = function
        .blocks
        .keys()
        .map(|id| destination(function, id))
        .collect();
    for block in function.blocks.values_mut() {
        block
            .terminator
            .for_each_successor_mut(|target| *target = targets[target.index()]);
    }
}

/// Appends a block to its only predecessor when it is that one's only successor.
fn merge(function: &mut Function) {
    let cfg = Cfg::new(function);
    let mut preds: Vec<usize> = vec![0; function.blocks.len()];
    for &id in &cfg.rpo {
        for target in function.blocks[id].terminator.successors() {
            preds[target.index()] += 1;
        }
    }
    for &id in &cfg.rpo {
        while let Terminator::Goto(next) = function.blocks[id].terminator {
            if next == id || next.index() == 0 || preds[next.index()] != 1 {
                break;
            }
            let mut block = std::mem::take(&mut function.blocks[next]);
            preds[next.index()] = 0;
            let into = &mut function.blocks[id];
            into.statements.append(&mut block.statements);
            into.terminator = block.terminator;
        }
    }
}

/// Drops unreachable blocks and numbers the others in the order they are in.
fn compact(function: &mut Function) {
    let cfg = Cfg::new(function);
    let mut numbers: Vec<Option<BlockId>> = vec![None; function.blocks.len()];
    let mut next = 0;
    for id in function.blocks.keys() {
        if cfg.is_reachable(id) {
            numbers[id.index()] = Some(BlockId::new(next));
            next += 1;
        }
    }
    let mut blocks = PrimaryMap::with_capacity(next);
    for (id, block) in std::mem::take(&mut function.blocks) {
        if numbers[id.index()].is_some() {
            blocks.push(block);
        }
    }
    for block in blocks.values_mut() {
        block.terminator.for_each_successor_mut(|target| {
            if let Some(number) = numbers[target.index()] {
                *target = number;
            }
        });
    }
    function.blocks = blocks;
}
