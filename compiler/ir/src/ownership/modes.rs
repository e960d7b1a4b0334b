//! Borrow inference: the least set of parameters that must be owned, over the whole call graph. A parameter is owned only if its value
//! is stored, returned, handed to an owned parameter or updated in place.

use cranelift_entity::{EntityRef, SecondaryMap};

use super::Context;
use super::uses::through_box;
use crate::analysis::BitSet;
use crate::layout::Layouts;
use crate::mir::*;

/// Modes of every function's parameters. Values without references count as owned.
pub fn infer(program: &Program, layouts: &Layouts) -> SecondaryMap<FuncId, Vec<Mode>> {
    let mut modes = SecondaryMap::new();
    for (id, function) in program.functions.iter() {
        modes[id] = function
            .param_locals()
            .map(|local| {
                let managed = layouts.of(function.locals[local].ty).managed;
                if managed && function.kind != FunctionKind::Entry {
                    Mode::Borrowed
                } else {
                    Mode::Owned
                }
            })
            .collect::<Vec<_>>();
    }
    let mut changed = true;
    while changed {
        changed = false;
        for (id, function) in program.functions.iter() {
            if !modes[id].contains(&Mode::Borrowed) {
                continue;
            }
            let context = Context {
                program,
                layouts,
                modes: &modes,
            };
            let needed = needs_own(&context, function);
            for at in 0..function.params.len() {
                if needed.contains(at) && modes[id][at] == Mode::Borrowed {
                    modes[id][at] = Mode::Owned;
                    changed = true;
                }
            }
        }
    }
    modes
}

/// Locals that must hold a reference of their own. Flow-insensitive; copies into locals that need none need none.
pub(super) fn needs_own(context: &Context, function: &Function) -> BitSet {
    let mut needed = BitSet::new(function.locals.len());
    let mut copies: Vec<(LocalId, LocalId)> = Vec::new();
    let statements = || function.blocks.values().flat_map(|b| &b.statements);
    for statement in statements() {
        let kind = &statement.kind;
        for local in context.updates(function, kind) {
            needed.insert(local.index());
        }
        if let Some(dest) = kind.dest().and_then(Place::as_local) {
            let aliasing = matches!(
                kind,
                StatementKind::Assign(_, Rvalue::Use(Operand::Copy(place))) if !through_box(place)
            );
            if !aliasing {
                needed.insert(dest.index());
            }
        }
        let mask = context.consumes(function, kind, &|_| false);
        for (operand, consumed) in kind.operands().into_iter().zip(mask) {
            let Some(source) = operand.place().and_then(Place::as_local) else {
                continue;
            };
            match kind {
                StatementKind::Assign(dest, Rvalue::Use(_)) if dest.as_local().is_some() => {
                    copies.extend(dest.as_local().map(|dest| (source, dest)));
                }
                _ if consumed => {
                    needed.insert(source.index());
                }
                _ => {}
            }
        }
    }
    for block in function.blocks.values() {
        if let Terminator::Return(Operand::Copy(place)) = &block.terminator
            && let Some(local) = place.as_local()
        {
            needed.insert(local.index());
        }
    }
    let mut changed = true;
    while changed {
        changed = false;
        for (source, dest) in &copies {
            if needed.contains(dest.index()) {
                changed |= needed.insert(source.index());
            }
        }
    }
    needed
}
