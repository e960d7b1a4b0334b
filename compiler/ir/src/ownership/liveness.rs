//! Liveness of locals, where using an alias uses what it is rooted in.

use cranelift_entity::EntityRef;

use crate::analysis::{BitSet, Cfg};
use crate::mir::*;

/// Locals each local keeps alive: the owned locals an alias is rooted in; empty for others.
pub type Roots = Vec<Vec<LocalId>>;

pub struct Liveness {
    /// Per block.
    pub live_in: Vec<BitSet>,
    pub live_out: Vec<BitSet>,
}

impl Liveness {
    pub fn compute(function: &Function, cfg: &Cfg, roots: &Roots) -> Liveness {
        let empty = BitSet::new(function.locals.len());
        let mut liveness = Liveness {
            live_in: vec![empty.clone(); function.blocks.len()],
            live_out: vec![empty; function.blocks.len()],
        };
        let mut changed = true;
        while changed {
            changed = false;
            for &id in cfg.rpo.iter().rev() {
                let mut live = BitSet::new(function.locals.len());
                for target in &cfg.succs[id.index()] {
                    live.union(&liveness.live_in[target.index()]);
                }
                liveness.live_out[id.index()] = live.clone();
                let block = &function.blocks[id];
                terminator(&block.terminator, roots, &mut live);
                for s in block.statements.iter().rev() {
                    statement(&s.kind, roots, &mut live);
                }
                changed |= liveness.live_in[id.index()].union(&live);
            }
        }
        liveness
    }

    /// What is live behind each statement of a block, before its terminator's own use is over.
    pub fn after(&self, function: &Function, id: BlockId, roots: &Roots) -> Vec<BitSet> {
        let block = &function.blocks[id];
        let mut live = self.live_out[id.index()].clone();
        terminator(&block.terminator, roots, &mut live);
        let mut after = Vec::with_capacity(block.statements.len());
        for s in block.statements.iter().rev() {
            after.push(live.clone());
            statement(&s.kind, roots, &mut live);
        }
        after.reverse();
        after
    }
}

fn terminator(terminator: &Terminator, roots: &Roots, live: &mut BitSet) {
    if let Some(place) = terminator.operand().and_then(Operand::place) {
        use_place(place, roots, live);
    }
}

/// From what is live behind the statement to what is live before it.
fn statement(statement: &StatementKind, roots: &Roots, live: &mut BitSet) {
    let stored = statement.dest().and_then(Place::as_local);
    if let Some(local) = stored {
        live.remove(local.index());
    }
    for place in statement.places() {
        let is_dest = statement
            .dest()
            .is_some_and(|dest| std::ptr::eq(dest, place));
        if !(is_dest && stored.is_some()) {
            use_place(place, roots, live);
        }
    }
}

fn use_place(place: &Place, roots: &Roots, live: &mut BitSet) {
    for local in place.root().into_iter().chain(place.index_locals()) {
        live.insert(local.index());
        for root in &roots[local.index()] {
            live.insert(root.index());
        }
    }
}
