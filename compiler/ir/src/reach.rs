//! Removes functions that nothing leads to: tests outside of `fuse test`, and what a program declares or imports and does not use. They have
//! been checked; from here on they would only cost time.

use cranelift_entity::{PrimaryMap, SecondaryMap};

use crate::analysis::BitSet;
use crate::mir::*;

/// Keeps what the entry tables lead to, in the same order, and numbers it anew.
pub fn run(program: &mut Program) {
    let reached = reached(program);
    let mut moved: SecondaryMap<FuncId, FuncId> = SecondaryMap::with_default(FuncId::from_u32(0));
    let mut kept = PrimaryMap::new();
    for (id, function) in std::mem::take(&mut program.functions) {
        if reached.contains(id.as_u32() as usize) {
            moved[id] = kept.push(function);
        }
    }
    program.functions = kept;
    for function in program.functions.values_mut() {
        function.for_each_function_mut(|id| *id = moved[*id]);
    }
    program.entry.for_each_function_mut(|id| *id = moved[*id]);
}

fn reached(program: &mut Program) -> BitSet {
    let mut work: Vec<FuncId> = program.entry.functions().collect();
    let mut reached = BitSet::new(program.functions.len());
    while let Some(id) = work.pop() {
        if reached.insert(id.as_u32() as usize) {
            program.functions[id].for_each_function_mut(|id| work.push(*id));
        }
    }
    reached
}
