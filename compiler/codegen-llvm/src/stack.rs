//! Where the stack check of a recursive function goes. It is asked for at the start, but only calls need the stack: it sinks to the first
//! blocks that call, so that the ends of a recursion pay nothing and need no frame.

use fuse_ir::mir::{BlockId, Callee, Function, LocId, StatementKind, Terminator};

/// The blocks that start with a stack check, in order, and the position to report. Empty when nothing needs one.
pub(crate) fn checks(function: &Function) -> (Vec<BlockId>, LocId) {
    let start = BlockId::from_u32(0);
    let requested = function.blocks[start]
        .statements
        .iter()
        .find(|statement| statement.kind == StatementKind::StackCheck);
    let Some(requested) = requested else {
        return (Vec::new(), function.loc);
    };
    let predecessors = count_predecessors(function);
    let mut blocks = Vec::new();
    let mut pending = vec![start];
    while let Some(block) = pending.pop() {
        if calls(function, block) {
            blocks.push(block);
            continue;
        }
        let next = successors(&function.blocks[block].terminator);
        // Blocks reached in several ways may be loops, where the check would be repeated.
        if next.iter().all(|&next| predecessors[index(next)] == 1) {
            pending.extend(next);
        } else {
            blocks.push(block);
        }
    }
    blocks.sort();
    (blocks, requested.loc)
}

fn calls(function: &Function, block: BlockId) -> bool {
    function.blocks[block].statements.iter().any(|statement| {
        matches!(
            statement.kind,
            StatementKind::Call {
                callee: Callee::Function(_),
                ..
            }
        )
    })
}

fn count_predecessors(function: &Function) -> Vec<u32> {
    let mut counts = vec![0; function.blocks.len()];
    for block in function.blocks.values() {
        for next in successors(&block.terminator) {
            counts[index(next)] += 1;
        }
    }
    // Entering the function counts.
    counts[0] += 1;
    counts
}

fn index(block: BlockId) -> usize {
    block.as_u32() as usize
}

fn successors(terminator: &Terminator) -> Vec<BlockId> {
    match terminator {
        Terminator::Goto(next) => vec![*next],
        Terminator::Branch {
            then, otherwise, ..
        } => vec![*then, *otherwise],
        Terminator::Switch { cases, default, .. } => cases
            .iter()
            .map(|&(_, block)| block)
            .chain([*default])
            .collect(),
        Terminator::Return(_) | Terminator::Fault(..) | Terminator::Unreachable => Vec::new(),
    }
}
