//! Predecessors, reverse postorder, dominators and loops of a function.

use cranelift_entity::EntityRef;

use super::BitSet;
use crate::mir::{BlockId, Function};

/// The control-flow graph of a function; stale once blocks or terminators change.
pub struct Cfg {
    pub preds: Vec<Vec<BlockId>>,
    pub succs: Vec<Vec<BlockId>>,
    /// Blocks reachable from the entry, every block before its successors except along back edges.
    pub rpo: Vec<BlockId>,
    /// Position in `rpo`, or `usize::MAX` for unreachable blocks.
    pub position: Vec<usize>,
}

/// A natural loop: the blocks that reach a back edge to the header without passing it.
pub struct Loop {
    pub header: BlockId,
    pub blocks: BitSet,
}

impl Cfg {
    pub fn new(function: &Function) -> Cfg {
        let count = function.blocks.len();
        let mut preds = vec![Vec::new(); count];
        let mut succs = vec![Vec::new(); count];
        for (id, block) in function.blocks.iter() {
            for target in block.terminator.successors() {
                if !succs[id.index()].contains(&target) {
                    succs[id.index()].push(target);
                    preds[target.index()].push(id);
                }
            }
        }
        let mut rpo = Vec::with_capacity(count);
        let mut seen = BitSet::new(count);
        // Depth first without recursion: functions can have many thousand blocks.
        let entry = BlockId::from_u32(0);
        let mut stack = Vec::new();
        if count > 0 {
            seen.insert(0);
            stack.push((entry, 0));
        }
        while let Some((block, next)) = stack.last_mut() {
            match succs[block.index()].get(*next) {
                Some(&target) => {
                    *next += 1;
                    if seen.insert(target.index()) {
                        stack.push((target, 0));
                    }
                }
                None => {
                    rpo.push(*block);
                    stack.pop();
                }
            }
        }
        rpo.reverse();
        let mut position = vec![usize::MAX; count];
        for (at, block) in rpo.iter().enumerate() {
            position[block.index()] = at;
        }
        Cfg {
            preds,
            succs,
            rpo,
            position,
        }
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position[block.index()] != usize::MAX
    }

    /// Immediate dominators by block index; the entry is its own. Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm".
    pub fn dominators(&self) -> Vec<Option<BlockId>> {
        let mut idom: Vec<Option<BlockId>> = vec![None; self.preds.len()];
        let Some(&entry) = self.rpo.first() else {
            return idom;
        };
        idom[entry.index()] = Some(entry);
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &self.rpo[1..] {
                let mut new: Option<BlockId> = None;
                for &pred in &self.preds[block.index()] {
                    if idom[pred.index()].is_some() {
                        new = Some(match new {
                            None => pred,
                            Some(other) => self.common(&idom, pred, other),
                        });
                    }
                }
                if idom[block.index()] != new {
                    idom[block.index()] = new;
                    changed = true;
                }
            }
        }
        idom
    }

    fn common(&self, idom: &[Option<BlockId>], mut a: BlockId, mut b: BlockId) -> BlockId {
        let up = |block: BlockId| idom[block.index()].unwrap_or(block);
        while a != b {
            while self.position[a.index()] > self.position[b.index()] {
                a = up(a);
            }
            while self.position[b.index()] > self.position[a.index()] {
                b = up(b);
            }
        }
        a
    }

    /// Natural loops, outer before inner; loops sharing a header are one.
    pub fn loops(&self) -> Vec<Loop> {
        let idom = self.dominators();
        let mut loops: Vec<Loop> = Vec::new();
        for &block in &self.rpo {
            for &target in &self.succs[block.index()] {
                if dominates(&idom, target, block) {
                    self.add_loop(&mut loops, target, block);
                }
            }
        }
        loops.sort_by_key(|l| self.position[l.header.index()]);
        loops
    }

    fn add_loop(&self, loops: &mut Vec<Loop>, header: BlockId, latch: BlockId) {
        let at = match loops.iter().position(|l| l.header == header) {
            Some(at) => at,
            None => {
                let mut blocks = BitSet::new(self.preds.len());
                blocks.insert(header.index());
                loops.push(Loop { header, blocks });
                loops.len() - 1
            }
        };
        let mut work = vec![latch];
        while let Some(block) = work.pop() {
            if loops[at].blocks.insert(block.index()) {
                work.extend(
                    self.preds[block.index()]
                        .iter()
                        .filter(|p| self.is_reachable(**p)),
                );
            }
        }
    }
}

/// Does `a` lie on every path from the entry to `b`?
pub fn dominates(idom: &[Option<BlockId>], a: BlockId, mut b: BlockId) -> bool {
    loop {
        if a == b {
            return true;
        }
        match idom[b.index()] {
            Some(up) if up != b => b = up,
            _ => return false,
        }
    }
}
