//! Which locals can be borrowed aliases of a place that outlives them, instead of holding references of their own.
//!
//! A local qualifies when everything assigned to it is a copy of a place, and while it is live nothing it is rooted in is updated,
//! replaced or handed away; and when that takes no more references than owning would.

use cranelift_entity::EntityRef;
use indexmap::IndexSet;

use super::Context;
use super::liveness::{Liveness, Roots};
use super::uses::through_box;
use crate::analysis::{BitSet, Cfg};
use crate::mir::*;

pub struct Aliases {
    /// Locals that are aliases.
    pub is_alias: BitSet,
    /// Owned locals and owned parameters each alias keeps alive.
    pub roots: Roots,
    /// Of aliases assigned once: the place they stand for, when naming it later means the same.
    pub source: Vec<Option<Place>>,
}

pub fn analyse(context: &Context, function: &Function, cfg: &Cfg) -> Aliases {
    let mut analysis = Analysis {
        context,
        function,
        cfg,
        sources: vec![Vec::new(); function.locals.len()],
        is_alias: BitSet::new(function.locals.len()),
    };
    analysis.candidates();
    let none = vec![Vec::new(); function.locals.len()];
    let natural = Liveness::compute(function, cfg, &none);
    loop {
        let roots = analysis.roots();
        let mut rejected = analysis.unrooted();
        if rejected.is_empty() {
            analysis.unsafe_or_costly(&natural, &none, &roots, &mut rejected);
        }
        if rejected.is_empty() {
            return Aliases {
                source: analysis.only_sources(),
                is_alias: analysis.is_alias,
                roots,
            };
        }
        for local in rejected {
            analysis.is_alias.remove(local.index());
        }
    }
}

struct Analysis<'a> {
    context: &'a Context<'a>,
    function: &'a Function,
    cfg: &'a Cfg,
    /// Places assigned to each candidate.
    sources: Vec<Vec<&'a Place>>,
    is_alias: BitSet,
}

impl<'a> Analysis<'a> {
    fn candidates(&mut self) {
        let function = self.function;
        let mut excluded = BitSet::new(function.locals.len());
        for &id in &self.cfg.rpo {
            for statement in &function.blocks[id].statements {
                for local in self.context.updates(function, &statement.kind) {
                    excluded.insert(local.index());
                }
                let Some(dest) = statement.kind.dest().and_then(Place::as_local) else {
                    continue;
                };
                match &statement.kind {
                    StatementKind::Assign(_, Rvalue::Use(Operand::Copy(place)))
                        if !through_box(place) =>
                    {
                        self.sources[dest.index()].push(place);
                    }
                    _ => {
                        excluded.insert(dest.index());
                    }
                }
            }
        }
        for (local, decl) in function.locals.iter() {
            let at = local.index();
            if !function.is_param(local)
                && !excluded.contains(at)
                && !self.sources[at].is_empty()
                && self.context.is_managed(decl.ty)
            {
                self.is_alias.insert(at);
            }
        }
    }

    fn only_sources(&self) -> Vec<Option<Place>> {
        let sources = self.sources.iter().enumerate().map(|(at, sources)| {
            let [source] = sources[..] else { return None };
            if source.index_locals().next().is_some() || !self.is_alias.contains(at) {
                return None;
            }
            // A text seen as bytes is another value to whoever reads the name.
            let local = LocalId::from_u32(u32::try_from(at).ok()?);
            let same = self.context.program.place_type(self.function, source)
                == Some(self.function.locals[local].ty);
            same.then(|| source.clone())
        });
        sources.collect()
    }

    /// What a place is rooted in besides `except`: parameters and owned locals.
    fn origins(&self, local: LocalId) -> IndexSet<LocalId> {
        let mut origins = IndexSet::new();
        let mut seen = BitSet::new(self.function.locals.len());
        let mut work = vec![local];
        while let Some(local) = work.pop() {
            if !self.is_alias.contains(local.index()) {
                origins.insert(local);
            } else if seen.insert(local.index()) {
                work.extend(
                    self.sources[local.index()]
                        .iter()
                        .filter_map(|place| place.root()),
                );
            }
        }
        origins
    }

    fn is_borrowed_param(&self, local: LocalId) -> bool {
        self.function.is_param(local) && self.function.params[local.index()] == Mode::Borrowed
    }

    fn roots(&self) -> Roots {
        self.function
            .locals
            .keys()
            .map(|local| {
                if !self.is_alias.contains(local.index()) {
                    return Vec::new();
                }
                let mut roots: Vec<LocalId> = self
                    .origins(local)
                    .into_iter()
                    .filter(|&root| !self.is_borrowed_param(root))
                    .collect();
                roots.sort();
                roots
            })
            .collect()
    }

    /// Aliases assigned in several places must have roots that are initialised whenever the alias is: the parameters, or one local that
    /// every assignment is rooted in.
    fn unrooted(&self) -> Vec<LocalId> {
        let function = self.function;
        let mut rejected = Vec::new();
        for local in function.locals.keys() {
            if !self.is_alias.contains(local.index()) || self.sources[local.index()].len() == 1 {
                continue;
            }
            let mut sets: Vec<IndexSet<LocalId>> = Vec::new();
            for place in &self.sources[local.index()] {
                match place.root() {
                    Some(root) if self.leads_to(root, local) => {}
                    Some(root) => sets.push(self.origins(root)),
                    None => sets.push(IndexSet::new()),
                }
            }
            let params = sets.iter().flatten().all(|&root| function.is_param(root));
            let single = sets.iter().all(|set| set.len() == 1 && *set == sets[0]);
            if !params && !single {
                rejected.push(local);
            }
        }
        rejected
    }

    /// Is `from` the target, or an alias derived from it?
    fn leads_to(&self, from: LocalId, target: LocalId) -> bool {
        let mut seen = BitSet::new(self.function.locals.len());
        let mut work = vec![from];
        while let Some(local) = work.pop() {
            if local == target {
                return true;
            }
            if self.is_alias.contains(local.index()) && seen.insert(local.index()) {
                // All of its assignments must come from the target.
                let roots: Vec<LocalId> = self.sources[local.index()]
                    .iter()
                    .filter_map(|place| place.root())
                    .collect();
                if roots.len() == 1 && self.sources[local.index()].len() == 1 {
                    work.extend(roots);
                }
            }
        }
        false
    }

    fn unsafe_or_costly(
        &self,
        natural: &Liveness,
        none: &Roots,
        roots: &Roots,
        rejected: &mut Vec<LocalId>,
    ) {
        let function = self.function;
        let live = Liveness::compute(function, self.cfg, roots);
        let consumption = self.consumption();
        let mut bad = BitSet::new(function.locals.len());
        let borrows = |local: LocalId| self.is_alias.contains(local.index());
        for &id in &self.cfg.rpo {
            let after = live.after(function, id, roots);
            let natural_after = natural.after(function, id, none);
            let mut counts = consumption[id.index()].clone();
            let block = &function.blocks[id];
            self.count_terminator(&block.terminator, &mut counts);
            for (at, statement) in block.statements.iter().enumerate().rev() {
                let kind = &statement.kind;
                let mask = self.context.consumes(function, kind, &borrows);
                let dest = kind.dest().and_then(Place::as_local);
                // Handed away here for good, were it not for the aliases.
                let mut given: Vec<LocalId> = Vec::new();
                let mut killed = self.context.updates(function, kind);
                killed.extend(dest);
                for (operand, &consumed) in kind.operands().iter().zip(&mask) {
                    if let Some(local) = operand.place().and_then(Place::as_local)
                        && consumed
                        && (dest == Some(local) || !natural_after[at].contains(local.index()))
                    {
                        given.push(local);
                    }
                }
                killed.extend(&given);
                for alias in after[at].iter().filter(|&l| self.is_alias.contains(l)) {
                    if roots[alias].iter().any(|root| killed.contains(root)) {
                        bad.insert(alias);
                    }
                }
                for (operand, &consumed) in kind.operands().iter().zip(&mask) {
                    if let Some(local) = operand.place().and_then(Place::root)
                        && !consumed
                        && roots[local.index()].iter().any(|r| given.contains(r))
                    {
                        bad.insert(local.index());
                    }
                }
                if let (Some(dest), StatementKind::Assign(_, Rvalue::Use(Operand::Copy(place)))) =
                    (dest, kind)
                    && borrows(dest)
                {
                    let moves = place.as_local().is_some_and(|source| {
                        !borrows(source)
                            && !self.is_borrowed_param(source)
                            && !natural_after[at].contains(source.index())
                    });
                    if moves || counts[dest.index()] > 1 {
                        bad.insert(dest.index());
                    }
                }
                self.count_statement(kind, &mask, &mut counts);
            }
        }
        rejected.extend(bad.iter().map(LocalId::new));
    }

    /// How often each local may still be consumed behind each block: 0, 1, or 2 for more.
    fn consumption(&self) -> Vec<Vec<u8>> {
        let function = self.function;
        let borrows = |local: LocalId| self.is_alias.contains(local.index());
        let zero = vec![0u8; function.locals.len()];
        let mut before = vec![zero.clone(); function.blocks.len()];
        let mut behind = before.clone();
        let mut changed = true;
        while changed {
            changed = false;
            for &id in self.cfg.rpo.iter().rev() {
                let mut counts = zero.clone();
                for target in &self.cfg.succs[id.index()] {
                    for (mine, theirs) in counts.iter_mut().zip(&before[target.index()]) {
                        *mine = (*mine).max(*theirs);
                    }
                }
                behind[id.index()].clone_from(&counts);
                let block = &function.blocks[id];
                self.count_terminator(&block.terminator, &mut counts);
                for statement in block.statements.iter().rev() {
                    let mask = self.context.consumes(function, &statement.kind, &borrows);
                    self.count_statement(&statement.kind, &mask, &mut counts);
                }
                if before[id.index()] != counts {
                    before[id.index()] = counts;
                    changed = true;
                }
            }
        }
        behind
    }

    fn count_terminator(&self, terminator: &Terminator, counts: &mut [u8]) {
        if let Terminator::Return(Operand::Copy(place)) = terminator
            && let Some(local) = place.as_local()
        {
            counts[local.index()] = (counts[local.index()] + 1).min(2);
        }
    }

    fn count_statement(&self, kind: &StatementKind, mask: &[bool], counts: &mut [u8]) {
        if let Some(dest) = kind.dest().and_then(Place::as_local) {
            counts[dest.index()] = 0;
        }
        for (operand, consumed) in kind.operands().into_iter().zip(mask) {
            if let Some(local) = operand.place().and_then(Place::as_local)
                && *consumed
            {
                counts[local.index()] = (counts[local.index()] + 1).min(2);
            }
        }
    }
}
