//! Definite initialisation: every local that is read was stored on every path. A forward data-flow analysis over sets of locals.

use cranelift_entity::EntityRef;

use super::Verifier;
use crate::analysis::{BitSet, Cfg};
use crate::layout::Class;
use crate::mir::*;

impl Verifier<'_> {
    pub(super) fn initialisation(&mut self) {
        let function = self.function;
        let cfg = Cfg::new(function);
        let count = function.locals.len();
        // Values without bits need no storing.
        let mut entry = BitSet::new(count);
        for (local, decl) in function.locals.iter() {
            if function.is_param(local) || self.layouts.of(decl.ty).class == Class::Zero {
                entry.insert(local.index());
            }
        }
        let mut before = vec![BitSet::full(count); function.blocks.len()];
        before[0] = entry;
        let mut changed = true;
        while changed {
            changed = false;
            for &id in &cfg.rpo {
                let mut state = before[id.index()].clone();
                for statement in &function.blocks[id].statements {
                    self.transfer(&statement.kind, &mut state);
                }
                for target in &cfg.succs[id.index()] {
                    changed |= before[target.index()].intersect(&state);
                }
            }
        }
        for &id in &cfg.rpo {
            self.block = Some(id);
            let mut state = before[id.index()].clone();
            for (at, statement) in function.blocks[id].statements.iter().enumerate() {
                self.statement = at;
                self.reads(&statement.kind, &state);
                self.transfer(&statement.kind, &mut state);
            }
            self.statement = function.blocks[id].statements.len();
            let operand = function.blocks[id].terminator.operand();
            if let Some(place) = operand.and_then(Operand::place) {
                self.read(place, &state);
            }
        }
    }

    fn transfer(&self, statement: &StatementKind, state: &mut BitSet) {
        let stored = match statement {
            StatementKind::SetTag(place, _) => Some(place),
            other => other.dest(),
        };
        if let Some(dest) = stored
            && let Some(root) = dest.root()
            && (dest.projections.is_empty() || self.builds(dest))
        {
            state.insert(root.index());
        }
    }

    /// In `Expanded`, aggregates in locals are built part by part.
    fn builds(&self, dest: &Place) -> bool {
        self.program.phase == Phase::Expanded
            && (0..dest.projections.len()).all(|at| {
                let ty = self.program.prefix_type(self.function, dest, at);
                ty.is_some_and(|ty| !self.program.types.derefs(ty, dest.projections[at]))
            })
    }

    fn reads(&mut self, statement: &StatementKind, state: &BitSet) {
        let dest = match statement {
            StatementKind::SetTag(place, _) => Some(place),
            other => other.dest(),
        };
        for place in statement.places() {
            let stored = dest.is_some_and(|dest| std::ptr::eq(dest, place));
            if stored && (place.projections.is_empty() || self.builds(place)) {
                continue;
            }
            self.read(place, state);
        }
    }

    fn read(&mut self, place: &Place, state: &BitSet) {
        for local in place.root().into_iter().chain(place.index_locals()) {
            if !state.contains(local.index()) {
                let name = &self.function.locals[local].name;
                self.problem(format!("{local} {name} may not be initialised"));
            }
        }
    }
}
