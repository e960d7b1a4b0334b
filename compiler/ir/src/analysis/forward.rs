//! Forward analyses of what holds on every path.

use cranelift_entity::EntityRef;

use super::{BitSet, Cfg};
use crate::mir::{Block, BlockId, Function};

/// Facts (of `count`) that hold before each block. `transfer` walks a block, `edge` adds what holds on the way to one successor.
pub fn solve(
    function: &Function,
    cfg: &Cfg,
    count: usize,
    transfer: &dyn Fn(&Block, &mut BitSet),
    edge: &dyn Fn(&Block, BlockId, &mut BitSet),
) -> Vec<BitSet> {
    let mut before = vec![BitSet::full(count); function.blocks.len()];
    before[0] = BitSet::new(count);
    let mut changed = true;
    while changed {
        changed = false;
        for &id in &cfg.rpo {
            let block = &function.blocks[id];
            let mut state = before[id.index()].clone();
            transfer(block, &mut state);
            for &target in &cfg.succs[id.index()] {
                let mut arriving = state.clone();
                edge(block, target, &mut arriving);
                changed |= before[target.index()].intersect(&arriving);
            }
        }
    }
    before
}
