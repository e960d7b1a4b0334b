//! Placement: rewrites one function so that every reference is taken, handed over and given up explicitly.
//!
//! A local is held exactly while it is live. So: the last use moves, other consuming uses clone; what dies at a statement without
//! being moved is dropped behind it; what dies on an edge is dropped on that edge, which is split when it has to be.

use cranelift_entity::{EntityRef, PrimaryMap};

use super::Context;
use super::alias::{self, Aliases};
use super::liveness::Liveness;
use super::uses::through_box;
use crate::analysis::{BitSet, Cfg};
use crate::layout::Class;
use crate::mir::*;

pub fn run(context: &Context, function: &mut Function) {
    let cfg = Cfg::new(function);
    let aliases = alias::analyse(context, function, &cfg);
    for (local, decl) in function.locals.iter_mut() {
        let at = local.index();
        decl.ownership = if at < function.params.len() {
            function.params[at]
        } else if aliases.is_alias.contains(at) {
            Mode::Borrowed
        } else {
            Mode::Owned
        };
    }
    let liveness = Liveness::compute(function, &cfg, &aliases.roots);
    let mut owned = BitSet::new(function.locals.len());
    for (local, decl) in function.locals.iter() {
        if decl.ownership == Mode::Owned && context.is_managed(decl.ty) {
            owned.insert(local.index());
        }
    }
    let mut placement = Placement {
        context,
        function,
        cfg: &cfg,
        aliases: &aliases,
        liveness: &liveness,
        owned,
        out: Vec::new(),
        loc: LocId::from_u32(0),
    };
    placement.blocks();
    // Aliases that were seen through.
    crate::simplify::dead::run(function);
    crate::simplify::blocks::share_cleanup(function);
}

struct Placement<'a> {
    context: &'a Context<'a>,
    function: &'a mut Function,
    cfg: &'a Cfg,
    aliases: &'a Aliases,
    liveness: &'a Liveness,
    /// Locals that hold references of their own.
    owned: BitSet,
    /// Statements of the block being rewritten.
    out: Vec<Statement>,
    loc: LocId,
}

impl Placement<'_> {
    fn blocks(&mut self) {
        for &id in &self.cfg.rpo {
            let after = self.liveness.after(self.function, id, &self.aliases.roots);
            let block = std::mem::take(&mut self.function.blocks[id]);
            let leaves = leaves(&block.terminator);
            self.out = Vec::with_capacity(block.statements.len() + 4);
            if id.as_u32() == 0 {
                self.loc = self.function.loc;
                let dead: Vec<LocalId> = self
                    .function
                    .param_locals()
                    .filter(|p| !self.liveness.live_in[0].contains(p.index()))
                    .collect();
                for param in dead {
                    self.drop_local(param);
                }
            }
            for (statement, after) in block.statements.into_iter().zip(&after) {
                self.statement(statement, after, leaves);
            }
            let terminator = self.terminator(block.terminator, id);
            let statements = std::mem::take(&mut self.out);
            self.function.blocks[id] = Block {
                statements,
                terminator,
            };
        }
        for id in self.function.blocks.keys().collect::<Vec<_>>() {
            if id.index() < self.cfg.position.len() && !self.cfg.is_reachable(id) {
                self.function.blocks[id] = Block::default();
            }
        }
        self.edges();
    }

    fn emit(&mut self, kind: StatementKind) {
        let loc = self.loc;
        self.out.push(Statement { kind, loc });
    }

    fn drop_local(&mut self, local: LocalId) {
        if self.owned.contains(local.index()) {
            self.emit(StatementKind::Drop(Place::local(local)));
        }
    }

    fn temp(&mut self, ty: TypeId) -> LocalId {
        self.function.locals.push(LocalDecl {
            name: String::new(),
            ty,
            ownership: Mode::Owned,
        })
    }

    fn place_type(&self, place: &Place) -> TypeId {
        self.context
            .program
            .place_type(self.function, place)
            .expect("invariant: the verifier accepted this place")
    }

    fn roots(&self, local: LocalId) -> &[LocalId] {
        match self.aliases.roots.get(local.index()) {
            Some(roots) => roots,
            None => &[],
        }
    }

    /// Owned locals whose value the place reads: its root, or what that is an alias of.
    fn holders(&self, place: &Place) -> Vec<LocalId> {
        let Some(root) = place.root() else {
            return Vec::new();
        };
        if self.owned.contains(root.index()) {
            return vec![root];
        }
        let holders = self.roots(root).iter().copied();
        holders
            .filter(|local| self.owned.contains(local.index()))
            .collect()
    }

    /// Puts a reference of its own to what the place holds into a new local.
    fn cloned(&mut self, place: &Place) -> LocalId {
        let place = &self.canonical(place);
        let temp = self.temp(self.place_type(place));
        self.emit(StatementKind::Assign(
            Place::local(temp),
            Rvalue::Clone(place.clone()),
        ));
        temp
    }

    /// The place seen from the owned local it lies in by value, where it can be: so that expansion recognises a value that is taken out
    /// of what is then dropped.
    fn canonical(&self, place: &Place) -> Place {
        let mut seen = place.clone();
        while let Some(source) = seen
            .root()
            .and_then(|root| self.aliases.source.get(root.index()))
            .and_then(Option::as_ref)
        {
            let mut next = source.clone();
            next.projections.extend(&seen.projections);
            seen = next;
        }
        let owned = seen.root().is_some_and(|l| self.owned.contains(l.index()));
        let program = self.context.program;
        let by_value = (0..seen.projections.len()).all(|at| {
            program
                .prefix_type(self.function, &seen, at)
                .is_some_and(|ty| !program.types.derefs(ty, seen.projections[at]))
        });
        if owned && by_value {
            seen
        } else {
            place.clone()
        }
    }

    fn statement(&mut self, mut statement: Statement, after: &BitSet, leaves: bool) {
        self.loc = statement.loc;
        let is_alias = |local: LocalId| self.aliases.is_alias.contains(local.index());
        let mask = self
            .context
            .consumes(self.function, &statement.kind, &is_alias);
        let dest = statement.kind.dest().and_then(Place::as_local);
        let mut dying: Vec<LocalId> = Vec::new();
        for place in statement.kind.places() {
            // The local being replaced is not a use, whatever it held is dead.
            let replaced = statement
                .kind
                .dest()
                .is_some_and(|d| std::ptr::eq(d, place));
            if !(replaced && dest.is_some()) {
                for holder in self.holders(place) {
                    let dies = !after.contains(holder.index()) || dest == Some(holder);
                    if dies && !dying.contains(&holder) {
                        dying.push(holder);
                    }
                }
            }
        }
        let mut boxed = self.separate(&mut statement.kind, &mask, &dying);
        let moved = self.operands(&mut statement.kind, &mask, &dying);
        dying.retain(|local| !moved.contains(local));
        boxed.append(&mut self.guard_box_contents(&mut statement.kind, &mask));
        // What was only copied from is not needed any more.
        let read = self.read(&statement.kind);
        let (mut dying, early): (Vec<LocalId>, Vec<LocalId>) =
            dying.into_iter().partition(|local| read.contains(local));
        if !leaves {
            for local in early {
                self.emit(StatementKind::Drop(Place::local(local)));
            }
        }

        match self.detour(&statement.kind, &dying) {
            Some(place) => {
                // The value is complete before what it replaces is given up.
                let ty = self.place_type(&place);
                let temp = self.temp(ty);
                if let Some(dest) = statement.kind.dest_mut() {
                    *dest = Place::local(temp);
                }
                self.emit(statement.kind);
                if place.projections.is_empty() {
                    self.drop_dying(&mut dying, &place);
                } else if self.context.is_managed(ty) {
                    self.emit(StatementKind::Drop(place.clone()));
                }
                let value = if self.context.is_managed(ty) {
                    Operand::Move(Place::local(temp))
                } else {
                    Operand::Copy(Place::local(temp))
                };
                self.emit(StatementKind::Assign(place, Rvalue::Use(value)));
            }
            None => {
                if let Some(place) = self.replaced(&statement.kind) {
                    self.emit(StatementKind::Drop(place));
                }
                self.emit(statement.kind);
            }
        }
        if let Some(dest) = dest
            && !after.contains(dest.index())
            && self.owned.contains(dest.index())
            && !dying.contains(&dest)
        {
            dying.push(dest);
        }
        if !leaves {
            dying.append(&mut boxed);
            for local in dying {
                self.emit(StatementKind::Drop(Place::local(local)));
            }
        }
    }

    /// Owned locals the statement still looks at.
    fn read(&self, kind: &StatementKind) -> Vec<LocalId> {
        let stored = kind.dest().filter(|dest| dest.projections.is_empty());
        kind.places()
            .into_iter()
            .filter(|place| !stored.is_some_and(|dest| std::ptr::eq(dest, *place)))
            .flat_map(|place| self.holders(place))
            .collect()
    }

    fn drop_dying(&mut self, dying: &mut Vec<LocalId>, place: &Place) {
        if let Some(local) = place.as_local()
            && dying.contains(&local)
        {
            self.emit(StatementKind::Drop(place.clone()));
            dying.retain(|l| *l != local);
        }
    }

    /// Takes what is read from a local that the same statement consumes for the last time into locals of its own, so that the local can
    /// be moved. Gives the new locals that must be dropped afterwards.
    fn separate(
        &mut self,
        kind: &mut StatementKind,
        mask: &[bool],
        dying: &[LocalId],
    ) -> Vec<LocalId> {
        let operands: Vec<Operand> = kind.operands().into_iter().cloned().collect();
        let consumed: Vec<LocalId> = operands
            .iter()
            .zip(mask)
            .filter(|(_, consumed)| **consumed)
            .filter_map(|(operand, _)| operand.place().and_then(Place::as_local))
            .filter(|local| dying.contains(local) && self.owned.contains(local.index()))
            .collect();
        let mut guards = Vec::new();
        if consumed.is_empty() {
            return guards;
        }
        let mut replaced: Vec<Option<Operand>> = vec![None; operands.len()];
        for (at, operand) in operands.iter().enumerate() {
            let Some(place) = operand.place() else {
                continue;
            };
            let clashes = self.holders(place).iter().any(|l| consumed.contains(l));
            if mask[at] || !clashes {
                continue;
            }
            let temp = if self.context.is_managed_place(self.function, place) {
                let temp = self.cloned(place);
                guards.push(temp);
                temp
            } else {
                let temp = self.temp(self.place_type(place));
                let value = Rvalue::Use(operand.clone());
                self.emit(StatementKind::Assign(Place::local(temp), value));
                temp
            };
            replaced[at] = Some(Operand::Copy(Place::local(temp)));
        }
        for (operand, new) in kind.operands_mut().into_iter().zip(replaced) {
            if let Some(new) = new {
                *operand = new;
            }
        }
        guards
    }

    /// Makes every consuming operand a constant or a move; gives the locals that were moved.
    fn operands(
        &mut self,
        kind: &mut StatementKind,
        mask: &[bool],
        dying: &[LocalId],
    ) -> Vec<LocalId> {
        let borrowed = self.borrowed(kind, mask);
        let consumed: Vec<Option<LocalId>> = kind
            .operands()
            .iter()
            .zip(mask)
            .map(|(operand, &consumed)| {
                let local = operand.place().and_then(Place::as_local);
                local.filter(|_| consumed)
            })
            .collect();
        let mut moved = Vec::new();
        // Between text types a reference is cloned as what it is and then moved over.
        let direct = match kind {
            StatementKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) => {
                self.place_type(dest) == self.place_type(place)
            }
            _ => false,
        };
        let mut rewritten: Vec<Option<Operand>> = Vec::new();
        let operands: Vec<Operand> = kind.operands().into_iter().cloned().collect();
        for (at, operand) in operands.iter().enumerate() {
            let (Some(place), true) = (operand.place(), mask[at]) else {
                rewritten.push(None);
                continue;
            };
            let last = consumed[at].filter(|local| {
                self.owned.contains(local.index())
                    && dying.contains(local)
                    && !borrowed.contains(local)
                    && !consumed[at + 1..].contains(&Some(*local))
            });
            if let Some(local) = last {
                moved.push(local);
                rewritten.push(Some(Operand::Move(place.clone())));
            } else if direct {
                let place = self.canonical(place);
                if let StatementKind::Assign(_, rvalue) = kind {
                    *rvalue = Rvalue::Clone(place);
                }
                return moved;
            } else {
                let temp = self.cloned(place);
                rewritten.push(Some(Operand::Move(Place::local(temp))));
            }
        }
        for (operand, new) in kind.operands_mut().into_iter().zip(rewritten) {
            if let Some(new) = new {
                *operand = new;
            }
        }
        moved
    }

    /// Owned locals the statement reads without consuming, or whose parts it stores to.
    fn borrowed(&self, kind: &StatementKind, mask: &[bool]) -> Vec<LocalId> {
        let mut places: Vec<&Place> = Vec::new();
        for (operand, &consumed) in kind.operands().into_iter().zip(mask) {
            if !consumed {
                places.extend(operand.place());
            }
        }
        if let StatementKind::Assign(_, rvalue) = kind {
            places.extend(rvalue.inspected());
        }
        places.extend(kind.updated());
        places.extend(kind.dest().filter(|dest| !dest.projections.is_empty()));
        places
            .into_iter()
            .flat_map(|place| self.holders(place))
            .collect()
    }

    /// What is in a box may be replaced by the callee, so it is passed as a reference of the caller's own.
    fn guard_box_contents(&mut self, kind: &mut StatementKind, mask: &[bool]) -> Vec<LocalId> {
        let mut guards = Vec::new();
        let StatementKind::Call {
            callee: Callee::Function(_),
            args,
            ..
        } = kind
        else {
            return guards;
        };
        for (arg, &consumed) in args.iter_mut().zip(mask) {
            if let Operand::Copy(place) = arg
                && !consumed
                && through_box(place)
                && self.context.is_managed_place(self.function, place)
            {
                let temp = self.cloned(place);
                *arg = Operand::Copy(Place::local(temp));
                guards.push(temp);
            }
        }
        guards
    }

    /// The destination, when the new value must be made elsewhere first because making it reads what it replaces.
    fn detour(&self, kind: &StatementKind, dying: &[LocalId]) -> Option<Place> {
        let dest = kind.dest()?;
        let in_memory = self.context.layouts.of(self.place_type(dest)).class == Class::Memory;
        if let Some(local) = dest.as_local() {
            if dying.contains(&local) {
                return Some(dest.clone());
            }
            // Results in memory must not overlap arguments.
            let read = matches!(kind, StatementKind::Call { .. })
                && kind
                    .operands()
                    .iter()
                    .any(|o| o.place().and_then(Place::root) == Some(local));
            return (in_memory && read).then(|| dest.clone());
        }
        let plain = matches!(
            kind,
            StatementKind::Assign(_, Rvalue::Use(Operand::Move(_) | Operand::Const(_)))
        );
        let replaces = dest.root().is_some() && self.context.is_managed_place(self.function, dest);
        let result = in_memory && matches!(kind, StatementKind::Call { .. });
        (result || replaces && !plain).then(|| dest.clone())
    }

    /// The part that a store of a ready value replaces.
    fn replaced(&self, kind: &StatementKind) -> Option<Place> {
        let dest = kind.dest()?;
        let part = !dest.projections.is_empty();
        (part && self.context.is_managed_place(self.function, dest)).then(|| dest.clone())
    }

    fn terminator(&mut self, mut terminator: Terminator, id: BlockId) -> Terminator {
        let live_out = &self.liveness.live_out[id.index()];
        let returns = matches!(terminator, Terminator::Return(_));
        let Some(operand) = terminator.operand_mut() else {
            return terminator;
        };
        let Some(place) = operand.place().cloned() else {
            return terminator;
        };
        let holders = self.holders(&place);
        let dying: Vec<LocalId> = holders
            .into_iter()
            .filter(|l| !live_out.contains(l.index()))
            .collect();
        let ty = self.place_type(&place);
        if returns && self.context.is_managed(ty) {
            if place.as_local().is_some_and(|l| dying.contains(&l)) {
                *operand = Operand::Move(place);
                return terminator;
            }
            let temp = self.cloned(&place);
            *operand = Operand::Move(Place::local(temp));
        } else if !dying.is_empty() {
            let temp = self.temp(ty);
            let value = Rvalue::Use(Operand::Copy(place));
            self.emit(StatementKind::Assign(Place::local(temp), value));
            *operand = Operand::Copy(Place::local(temp));
        }
        for local in dying {
            self.emit(StatementKind::Drop(Place::local(local)));
        }
        terminator
    }

    /// Drops what dies on the way from one block to the next.
    fn edges(&mut self) {
        let mut prefixes: PrimaryMap<BlockId, Vec<Statement>> = PrimaryMap::new();
        for _ in 0..self.function.blocks.len() {
            prefixes.push(Vec::new());
        }
        for &id in &self.cfg.rpo {
            for &target in &self.cfg.succs[id.index()] {
                if leaves(&self.function.blocks[target].terminator) {
                    continue;
                }
                let mut dead = self.liveness.live_out[id.index()].clone();
                dead.subtract(&self.liveness.live_in[target.index()]);
                dead.intersect(&self.owned);
                if dead.is_empty() {
                    continue;
                }
                let loc = self.function.blocks[target]
                    .statements
                    .first()
                    .map_or(LocId::from_u32(0), |s| s.loc);
                let drops = dead.iter().map(|at| Statement {
                    kind: StatementKind::Drop(Place::local(LocalId::new(at))),
                    loc,
                });
                let drops: Vec<Statement> = drops.collect();
                if self.cfg.preds[target.index()].len() == 1 && target.as_u32() != 0 {
                    prefixes[target].extend(drops);
                } else {
                    let middle = self.function.blocks.push(Block {
                        statements: drops,
                        terminator: Terminator::Goto(target),
                    });
                    self.function.blocks[id]
                        .terminator
                        .for_each_successor_mut(|t| {
                            if *t == target {
                                *t = middle;
                            }
                        });
                }
            }
        }
        for (id, mut prefix) in prefixes {
            if !prefix.is_empty() {
                let block = &mut self.function.blocks[id];
                prefix.append(&mut block.statements);
                block.statements = prefix;
            }
        }
    }
}

/// Does a block with this terminator leave for the guard, which discards everything that is still held?
fn leaves(terminator: &Terminator) -> bool {
    matches!(terminator, Terminator::Fault(..) | Terminator::Unreachable)
}
