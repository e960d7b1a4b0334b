//! How much LLVM does for each function and each call. It cannot see how often code runs; the program says something about it: what no loop and
//! no recursion leads to runs as often as somebody asks from outside, a request or the start of the process; what records a problem or
//! leaves for the guard hardly ever runs; and what the start of the process leads to by calls that stand alone runs once.
//!
//! - Functions that only the start of the process leads to, outside of loops, are made small: copies of callees would be compiled and optimised at every
//!   place, and hardly run.
//! - Large functions stay functions. LLVM moves any function with one caller into it, whatever its size, and then optimises the whole again,
//!   once for every level of calls above it.
//! - Calls on the way to a problem stay calls, and so do calls that are made once; others outside of loops are expanded where that is about as short.
//! - Making and filling texts is short where lengths are known, and long where they are not.
//! - A helper that one function calls in very many places would fill it with copies, none of which runs often enough to pay.

use fuse_abi::{Attribute as RowAttribute, ReturnKind, RuntimeFn};
use fuse_ir::analysis::{BitSet, Cfg};
use fuse_ir::mir::{
    Block, BlockId, Callee, Const, FuncId, Function, FunctionKind, Operand, Program, StatementKind,
    Terminator,
};
use indexmap::{IndexMap, IndexSet};
use inkwell::attributes::AttributeLoc;
use inkwell::values::{CallSiteValue, FunctionValue};

use crate::attributes::Attributes;

/// Statements above which a call costs nothing beside what the callee does.
const LARGE: usize = 60;

/// What a callee outside of loops may cost by LLVM's measure to be expanded: what it allows in functions made small.
const SMALL_CALLEE: &str = "50";

/// What a callee inside of loops may cost. LLVM allows 225; between the two lie decoders, drops and growing of texts, whose copies were measured to
/// double the code of a service and to make neither JSON nor the kernels faster.
const CALLEE: &str = "100";

/// How many calls of one helper or row a function may have for them to be expanded in place. A copy for each field of a large type, or for each part of a
/// long text, costs time to compile and room in the cache, and no copy is run often enough to pay for it.
const INLINED_CALLS: usize = 32;

/// Recursive functions begin a line of the cache: where their few blocks lie in it was measured to be worth up to a quarter of their time.
const RECURSIVE_ALIGN: u32 = 64;

/// What is known of the functions of a program, by their numbers.
pub(crate) struct Effort {
    /// Does a loop or a recursion lead to it?
    reached: BitSet,
    /// Does it loop itself, or is it reached, or does a request or a task lead to it?
    repeated: BitSet,
    /// Does it run at most once in a process?
    once: BitSet,
}

impl Effort {
    pub fn of(program: &Program) -> Effort {
        let count = program.functions.len();
        let mut repeated = BitSet::new(count);
        let mut calls: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut work = Vec::new();
        for (id, function) in program.functions.iter() {
            let at = number(id);
            let looping = looping(function, &Cfg::new(function));
            if function.effects.recursive || !looping.is_empty() {
                repeated.insert(at);
            }
            for (block, data) in function.blocks.iter() {
                let inside = looping.contains(block.as_u32() as usize);
                for callee in data.statements.iter().filter_map(|s| called(&s.kind)) {
                    if inside || function.effects.recursive || callee == id {
                        work.push(number(callee));
                    }
                    calls[at].push(number(callee));
                }
            }
        }
        let reached = closure(count, work, &calls);
        repeated.union(&reached);
        let services = program.entry.services.iter();
        let served = services.flat_map(|service| service.routes.iter().map(|route| route.function));
        let given = statements(program).flat_map(given);
        let asked = served.chain(given).map(number).collect();
        repeated.union(&closure(count, asked, &calls));
        Effort {
            reached,
            repeated,
            once: once(program),
        }
    }

    /// Says of a declared function what is known of it.
    pub fn describe(
        &self,
        attributes: Attributes,
        id: FuncId,
        function: &Function,
        value: FunctionValue,
    ) {
        if function.effects.recursive {
            value.as_global_value().set_alignment(RECURSIVE_ALIGN);
        }
        let add = |name| value.add_attribute(AttributeLoc::Function, attributes.flag(name));
        if !self.repeated.contains(number(id)) {
            add("optsize");
        }
        let statements = function.blocks.values().map(|block| block.statements.len());
        if statements.sum::<usize>() > LARGE {
            add("noinline");
        }
    }

    pub fn of_calls(&self, program: &Program, id: FuncId) -> CallEffort {
        let function = &program.functions[id];
        let cfg = Cfg::new(function);
        let looping = looping(function, &cfg);
        let often = match self.reached.contains(number(id)) || function.effects.recursive {
            true => BitSet::full(function.blocks.len()),
            false => looping.clone(),
        };
        CallEffort {
            looping,
            often,
            cold: cold(function, &cfg),
            once: self.once.contains(number(id)),
            frequent: frequent(program, function),
        }
    }
}

/// What is known of the calls in one function.
pub(crate) struct CallEffort {
    /// Blocks in loops of the function itself.
    looping: BitSet,
    /// Blocks that run more often than somebody asks.
    often: BitSet,
    /// Blocks on the way to a problem.
    cold: BitSet,
    /// The function runs at most once.
    once: bool,
    frequent: IndexSet<Callee>,
}

impl CallEffort {
    /// Says of a call what is known of its place.
    pub fn describe(
        &self,
        attributes: Attributes,
        block: BlockId,
        callee: Callee,
        args: &[Operand],
        call: CallSiteValue,
    ) {
        let at = block.as_u32() as usize;
        let looping = self.looping.contains(at);
        let known = |at: usize| matches!(args.get(at), Some(Operand::Const(_)));
        let long = match callee {
            Callee::Runtime(RuntimeFn::TextNew) => !known(0),
            Callee::Runtime(RuntimeFn::TextPut) => !known(1) && !looping,
            _ => false,
        };
        let alone = self.once && !looping;
        if long || alone || self.cold.contains(at) || self.frequent.contains(&callee) {
            call.add_attribute(AttributeLoc::Function, attributes.flag("noinline"));
            return;
        }
        let limit = match self.often.contains(at) {
            true => CALLEE,
            false => SMALL_CALLEE,
        };
        let limit = attributes.text("function-inline-threshold", limit);
        call.add_attribute(AttributeLoc::Function, limit);
    }
}

fn number(id: FuncId) -> usize {
    id.as_u32() as usize
}

fn called(statement: &StatementKind) -> Option<FuncId> {
    match *statement {
        StatementKind::Call {
            callee: Callee::Function(id),
            ..
        } => Some(id),
        _ => None,
    }
}

fn statements(program: &Program) -> impl Iterator<Item = &StatementKind> {
    let blocks = program.functions.values().flat_map(|f| f.blocks.values());
    blocks.flat_map(|block| block.statements.iter().map(|statement| &statement.kind))
}

/// Functions whose addresses a statement gives away.
fn given(kind: &StatementKind) -> Vec<FuncId> {
    let operands = kind.operands().into_iter();
    let functions = operands.filter_map(|operand| match operand {
        Operand::Const(Const::Function(id)) => Some(*id),
        _ => None,
    });
    functions.collect()
}

/// What calls lead to from `work`, itself included.
fn closure(count: usize, mut work: Vec<usize>, calls: &[Vec<usize>]) -> BitSet {
    let mut reached = BitSet::new(count);
    while let Some(at) = work.pop() {
        if reached.insert(at) {
            work.extend(&calls[at]);
        }
    }
    reached
}

/// The functions a program starts with, and those whose only call stands outside of loops in a function that runs once.
fn once(program: &Program) -> BitSet {
    let mut uses = vec![0; program.functions.len()];
    for kind in statements(program) {
        for id in given(kind).into_iter().chain(called(kind)) {
            uses[number(id)] += 1;
        }
    }
    let entry = &program.entry;
    let mut work: Vec<FuncId> = entry.configs.into_iter().collect();
    work.extend(entry.apps.iter().map(|(_, id)| *id));
    work.extend(entry.main.as_ref().map(|main| main.function));
    let mut once = BitSet::new(program.functions.len());
    while let Some(id) = work.pop() {
        if !once.insert(number(id)) {
            continue;
        }
        let function = &program.functions[id];
        let looping = looping(function, &Cfg::new(function));
        for (block, data) in function.blocks.iter() {
            if !looping.contains(block.as_u32() as usize) {
                let callees = data.statements.iter().filter_map(|s| called(&s.kind));
                work.extend(callees.filter(|callee| uses[number(*callee)] == 1));
            }
        }
    }
    once
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
    let many = counts
        .into_iter()
        .filter(|(_, count)| *count > INLINED_CALLS);
    let many = many
        .map(|(callee, _)| callee)
        .filter(|callee| match callee {
            Callee::Runtime(_) => true,
            Callee::Function(id) => program.functions[*id].kind == FunctionKind::PerType,
        });
    many.collect()
}

/// Blocks inside of loops.
fn looping(function: &Function, cfg: &Cfg) -> BitSet {
    let mut inside = BitSet::new(function.blocks.len());
    for found in cfg.loops() {
        inside.union(&found.blocks);
    }
    inside
}

/// Blocks that record a problem or leave for the guard, those that only lead to such blocks, and those that only such blocks lead to.
fn cold(function: &Function, cfg: &Cfg) -> BitSet {
    let mut cold = BitSet::new(function.blocks.len());
    for (id, block) in function.blocks.iter() {
        if reports(block) {
            cold.insert(id.as_u32() as usize);
        }
    }
    if cold.is_empty() {
        return cold;
    }
    let mut changed = true;
    while changed {
        changed = false;
        for id in cfg.rpo.iter().rev().chain(&cfg.rpo) {
            let at = id.as_u32() as usize;
            let all = |blocks: &[BlockId]| {
                !blocks.is_empty() && blocks.iter().all(|b| cold.contains(b.as_u32() as usize))
            };
            if !cold.contains(at) && (all(&cfg.succs[at]) || all(&cfg.preds[at])) {
                changed |= cold.insert(at);
            }
        }
    }
    cold
}

fn reports(block: &Block) -> bool {
    matches!(block.terminator, Terminator::Fault(..))
        || block.statements.iter().any(|statement| {
            matches!(statement.kind, StatementKind::Call { callee: Callee::Runtime(row), .. }
                if row.has(RowAttribute::Cold) || row.ret() == ReturnKind::Never)
        })
}
