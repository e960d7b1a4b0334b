//! How much LLVM does for each function and each call. It cannot see how often code runs; the program says something about it: what no loop and
//! no recursion leads to runs as often as somebody asks from outside, a request or the start of the process; what records a problem or
//! leaves for the guard hardly ever runs.
//!
//! - Functions outside of loops are made small: copies of callees would be compiled and optimised at every place, and hardly run.
//! - Large functions stay functions. LLVM moves any function with one caller into it, whatever its size, and then optimises the whole again,
//!   once for every level of calls above it.
//! - Calls on the way to a problem stay calls; calls outside of loops are expanded where that is about as short.

use fuse_abi::{Attribute as RowAttribute, ReturnKind};
use fuse_ir::analysis::{BitSet, Cfg};
use fuse_ir::mir::{Block, BlockId, Callee, FuncId, Function, Program, StatementKind, Terminator};
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

/// What is known of the functions of a program.
pub(crate) struct Effort {
    /// By number of the function: does a loop or a recursion lead to it?
    reached: BitSet,
    /// By number of the function: does it loop itself, or is it reached?
    repeated: BitSet,
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
        let mut reached = BitSet::new(count);
        while let Some(at) = work.pop() {
            if reached.insert(at) {
                work.extend(&calls[at]);
            }
        }
        repeated.union(&reached);
        Effort { reached, repeated }
    }

    /// Says of a declared function what is known of it.
    pub fn describe(
        &self,
        attributes: Attributes,
        id: FuncId,
        function: &Function,
        value: FunctionValue,
    ) {
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
        let mut often = looping(function, &cfg);
        if self.reached.contains(number(id)) || function.effects.recursive {
            often = BitSet::full(function.blocks.len());
        }
        CallEffort {
            often,
            cold: cold(function, &cfg),
        }
    }
}

/// What is known of the calls in one function.
pub(crate) struct CallEffort {
    /// Blocks that run more often than somebody asks.
    often: BitSet,
    /// Blocks on the way to a problem.
    cold: BitSet,
}

impl CallEffort {
    /// Says of a call what is known of its place.
    pub fn describe(&self, attributes: Attributes, block: BlockId, call: CallSiteValue) {
        let at = block.as_u32() as usize;
        if self.cold.contains(at) {
            call.add_attribute(AttributeLoc::Function, attributes.flag("noinline"));
        } else {
            let limit = match self.often.contains(at) {
                true => CALLEE,
                false => SMALL_CALLEE,
            };
            let limit = attributes.text("function-inline-threshold", limit);
            call.add_attribute(AttributeLoc::Function, limit);
        }
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
