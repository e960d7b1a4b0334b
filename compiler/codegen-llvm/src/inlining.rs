//! Which calls stay calls. LLVM weighs a copy of the callee against one call; what it cannot see is how often the place runs in the life of
//! the process, and how many copies there would be.
//!
//! - What runs once gains nothing from a copy. The functions the runtime starts a program with run once, and so does whatever has its only call
//!   in a function that runs once, outside of loops.
//! - Making and filling texts is short where lengths are known, and long where they are not.
//! - A helper that one function calls in very many places would fill it with copies, none of which runs often enough to pay.

use fuse_abi::RuntimeFn;
use fuse_ir::analysis::{BitSet, Cfg};
use fuse_ir::mir::{BlockId, Callee, Const, FuncId, Function, FunctionKind, Operand, Program};
use fuse_ir::mir::{Statement, StatementKind};
use indexmap::{IndexMap, IndexSet};

/// How many calls of one helper or row a function may have for them to be expanded in place. A copy for each field of a large type, or for each part of a
/// long text, costs time to compile and room in the cache, and no copy is run often enough to pay for it.
const INLINED_CALLS: usize = 32;

/// Functions that run at most once in a process.
pub(crate) struct RunOnce(IndexSet<FuncId>);

impl RunOnce {
    pub fn of(program: &Program) -> RunOnce {
        let uses = uses(program);
        let entry = &program.entry;
        let mut once: IndexSet<FuncId> = entry.configs.into_iter().collect();
        once.extend(entry.apps.iter().map(|(_, id)| *id));
        once.extend(entry.main.as_ref().map(|main| main.function));
        let mut at = 0;
        while let Some(&id) = once.get_index(at) {
            at += 1;
            let function = &program.functions[id];
            let looping = looping(function);
            for (block, data) in function.blocks.iter() {
                if looping.contains(block.as_u32() as usize) {
                    continue;
                }
                let callees = data.statements.iter().filter_map(called);
                once.extend(callees.filter(|callee| uses.get(callee) == Some(&1)));
            }
        }
        RunOnce(once)
    }
}

fn called(statement: &Statement) -> Option<FuncId> {
    match statement.kind {
        StatementKind::Call {
            callee: Callee::Function(id),
            ..
        } => Some(id),
        _ => None,
    }
}

/// How often each function is named: called, or given to the runtime.
fn uses(program: &Program) -> IndexMap<FuncId, usize> {
    let mut uses: IndexMap<FuncId, usize> = IndexMap::new();
    for function in program.functions.values() {
        for statement in function.blocks.values().flat_map(|block| &block.statements) {
            let given = statement.kind.operands();
            let given = given.into_iter().filter_map(|operand| match operand {
                Operand::Const(Const::Function(id)) => Some(*id),
                _ => None,
            });
            for id in given.chain(called(statement)) {
                *uses.entry(id).or_default() += 1;
            }
        }
    }
    uses
}

/// Blocks inside of loops.
fn looping(function: &Function) -> BitSet {
    let mut inside = BitSet::new(function.blocks.len());
    for found in Cfg::new(function).loops() {
        inside.union(&found.blocks);
    }
    inside
}

/// What of one function's calls is not expanded in place.
pub(crate) struct KeptCalls {
    looping: BitSet,
    /// The function itself runs at most once.
    once: bool,
    frequent: IndexSet<Callee>,
}

impl KeptCalls {
    pub fn of(program: &Program, once: &RunOnce, id: FuncId, function: &Function) -> KeptCalls {
        KeptCalls {
            looping: looping(function),
            once: once.0.contains(&id),
            frequent: frequent(program, function),
        }
    }

    pub fn keeps(&self, block: BlockId, callee: Callee, args: &[Operand]) -> bool {
        let in_loop = self.looping.contains(block.as_u32() as usize);
        let known = |at: usize| matches!(args.get(at), Some(Operand::Const(_)));
        let long = match callee {
            Callee::Runtime(RuntimeFn::TextNew) => !known(0),
            Callee::Runtime(RuntimeFn::TextPut) => !known(1) && !in_loop,
            _ => false,
        };
        long || (self.once && !in_loop) || self.frequent.contains(&callee)
    }
}

/// Rows and functions made from types that the function calls in more than [`INLINED_CALLS`] places.
fn frequent(program: &Program, function: &Function) -> IndexSet<Callee> {
    let mut counts: IndexMap<Callee, usize> = IndexMap::new();
    for block in function.blocks.values() {
        for statement in &block.statements {
            if let StatementKind::Call { callee, .. } = statement.kind {
                *counts.entry(callee).or_default() += 1;
            }
        }
    }
    counts
        .into_iter()
        .filter(|(_, count)| *count > INLINED_CALLS)
        .map(|(callee, _)| callee)
        .filter(|callee| match callee {
            Callee::Runtime(_) => true,
            Callee::Function(id) => program.functions[*id].kind == FunctionKind::PerType,
        })
        .collect()
}
