//! Removes parameters that their functions do not use, with the arguments for them, so that nobody makes what nobody looks at: the
//! attributes and children of components that have none of their own.
//!
//! Only functions of programs: those of types are made in families with one signature, entries are called from outside.

use cranelift_entity::{PrimaryMap, SecondaryMap};

use super::mentions;
use crate::mir::*;

pub fn run(program: &mut Program) {
    let mut unused: SecondaryMap<FuncId, Vec<bool>> = SecondaryMap::new();
    for (id, function) in program.functions.iter() {
        if function.kind != FunctionKind::User || function.blocks.is_empty() {
            continue;
        }
        let mentioned = mentions(function);
        let is_unused = |local: LocalId| mentioned[local.as_u32() as usize] == 0;
        let params: Vec<bool> = function.param_locals().map(is_unused).collect();
        if params.contains(&true) {
            unused[id] = params;
        }
    }
    for (id, function) in program.functions.iter_mut() {
        let own = &unused[id];
        if !own.is_empty() {
            remove(function, own);
        }
        for block in function.blocks.values_mut() {
            for statement in &mut block.statements {
                if let StatementKind::Call {
                    callee: Callee::Function(callee),
                    args,
                    ..
                } = &mut statement.kind
                    && !unused[*callee].is_empty()
                {
                    retain(args, &unused[*callee]);
                }
            }
        }
    }
}

/// Keeps what stands at the places that are not marked.
fn retain<T>(all: &mut Vec<T>, marked: &[bool]) {
    let mut marks = marked.iter();
    all.retain(|_| !marks.next().copied().unwrap_or(false));
}

/// Takes parameters out that nothing mentions; the other locals move up.
fn remove(function: &mut Function, unused: &[bool]) {
    retain(&mut function.params, unused);
    let mut locals = PrimaryMap::new();
    let mut moved: SecondaryMap<LocalId, LocalId> =
        SecondaryMap::with_default(LocalId::from_u32(0));
    for (id, local) in std::mem::take(&mut function.locals) {
        if !unused.get(id.as_u32() as usize).copied().unwrap_or(false) {
            moved[id] = locals.push(local);
        }
    }
    function.locals = locals;
    let rename = |place: &mut Place| {
        if let PlaceBase::Local(local) = &mut place.base {
            *local = moved[*local];
        }
        for projection in &mut place.projections {
            if let Projection::Element(Index::Local(local))
            | Projection::EntryKey(Index::Local(local))
            | Projection::EntryValue(Index::Local(local)) = projection
            {
                *local = moved[*local];
            }
        }
    };
    for block in function.blocks.values_mut() {
        for statement in &mut block.statements {
            let kind = &mut statement.kind;
            kind.dest_mut().into_iter().for_each(rename);
            kind.updated_mut().into_iter().for_each(rename);
            if let StatementKind::Assign(_, rvalue) = kind {
                rvalue.inspected_mut().into_iter().for_each(rename);
            }
            for operand in kind.operands_mut() {
                operand.place_mut().into_iter().for_each(rename);
            }
        }
        let operand = block.terminator.operand_mut();
        operand
            .and_then(Operand::place_mut)
            .into_iter()
            .for_each(rename);
    }
}
