//! Facts about functions that follow from the whole call graph: faults, waiting, recursion.

use std::collections::BTreeSet;

use cranelift_entity::{EntityRef, SecondaryMap};
use fuse_abi::{Attribute, ReturnKind, RuntimeFn};

use crate::mir::{
    BinaryOp, BlockId, Callee, Const, Effects, FuncId, Function, Operand, Program, Rvalue,
    Statement, StatementKind, Terminator, UnaryOp,
};

/// Sets `effects` everywhere and puts stack checks into recursive functions.
pub(super) fn compute(program: &mut Program) {
    let graph = CallGraph::new(program);
    for (id, first) in graph.recursive() {
        let function = &mut program.functions[id];
        function.effects.recursive = true;
        function.effects.faults = true;
        let loc = function.loc;
        let check = Statement {
            kind: StatementKind::StackCheck(first),
            loc,
        };
        function.blocks[BlockId::new(0)].statements.insert(0, check);
    }
    for function in program.functions.values_mut() {
        let own = own_effects(function);
        function.effects.faults |= own.faults;
        function.effects.blocks |= own.blocks;
    }
    spread(program, &graph);
    for service in &mut program.entry.services {
        for route in &mut service.routes {
            route.blocks = program.functions[route.function].effects.blocks;
        }
    }
}

struct CallGraph {
    callees: SecondaryMap<FuncId, Vec<FuncId>>,
    functions: Vec<FuncId>,
}

impl CallGraph {
    fn new(program: &Program) -> CallGraph {
        let mut callees = SecondaryMap::new();
        for (id, function) in program.functions.iter() {
            let mut called = BTreeSet::new();
            for statement in function.blocks.values().flat_map(|b| &b.statements) {
                if let StatementKind::Call {
                    callee: Callee::Function(callee),
                    ..
                } = statement.kind
                {
                    called.insert(callee);
                }
                // A task may run while the one that started it waits, on the same stack.
                if let StatementKind::Call { args, .. } = &statement.kind {
                    called.extend(args.iter().filter_map(|arg| match arg {
                        Operand::Const(Const::Function(task)) => Some(*task),
                        _ => None,
                    }));
                }
            }
            callees[id] = called.into_iter().collect::<Vec<_>>();
        }
        CallGraph {
            callees,
            functions: program.functions.keys().collect(),
        }
    }

    /// Functions on a cycle, each with the first function of its cycle: strongly connected components with an edge inside (Tarjan,
    /// with an explicit stack, since call graphs may be deep).
    fn recursive(&self) -> Vec<(FuncId, FuncId)> {
        const UNSEEN: u32 = u32::MAX;
        let count = self.functions.len();
        let mut order = vec![UNSEEN; count];
        let mut low = vec![UNSEEN; count];
        let mut on_stack = vec![false; count];
        let mut stack: Vec<FuncId> = Vec::new();
        let mut next = 0;
        let mut recursive = Vec::new();
        for &root in &self.functions {
            if order[root.index()] != UNSEEN {
                continue;
            }
            // (function, callees already followed)
            let mut path: Vec<(FuncId, usize)> = vec![(root, 0)];
            while let Some((function, followed)) = path.last_mut() {
                let at = function.index();
                if *followed == 0 {
                    order[at] = next;
                    low[at] = next;
                    next += 1;
                    on_stack[at] = true;
                    stack.push(*function);
                }
                if let Some(&callee) = self.callees[*function].get(*followed) {
                    *followed += 1;
                    // A function is entered once: its first visit is marked by its order.
                    if order[callee.index()] == UNSEEN {
                        path.push((callee, 0));
                    } else if on_stack[callee.index()] {
                        low[at] = low[at].min(order[callee.index()]);
                    }
                    continue;
                }
                let function = *function;
                path.pop();
                if let Some((caller, _)) = path.last() {
                    low[caller.index()] = low[caller.index()].min(low[at]);
                }
                if low[at] == order[at] {
                    let mut component = Vec::new();
                    while let Some(member) = stack.pop() {
                        on_stack[member.index()] = false;
                        component.push(member);
                        if member == function {
                            break;
                        }
                    }
                    if component.len() > 1 || self.callees[function].contains(&function) {
                        let first = component.iter().copied().min().unwrap_or(function);
                        recursive.extend(component.into_iter().map(|member| (member, first)));
                    }
                }
            }
        }
        recursive.sort();
        recursive
    }
}

/// Effects flow from callees to callers until nothing changes.
fn spread(program: &mut Program, graph: &CallGraph) {
    let mut callers: SecondaryMap<FuncId, Vec<FuncId>> = SecondaryMap::new();
    for &caller in &graph.functions {
        for &callee in &graph.callees[caller] {
            callers[callee].push(caller);
        }
    }
    let mut pending: Vec<FuncId> = graph.functions.clone();
    while let Some(id) = pending.pop() {
        let effects = program.functions[id].effects;
        for &caller in &callers[id] {
            let target = &mut program.functions[caller].effects;
            let before = *target;
            target.faults |= effects.faults;
            target.blocks |= effects.blocks;
            if *target != before {
                pending.push(caller);
            }
        }
    }
}

fn own_effects(function: &Function) -> Effects {
    let mut effects = Effects::default();
    for block in function.blocks.values() {
        effects.faults |= matches!(block.terminator, Terminator::Fault(..));
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Check { .. } | StatementKind::StackCheck(_) => effects.faults = true,
                StatementKind::Call {
                    callee: Callee::Runtime(row),
                    ..
                } => {
                    effects.faults |= row_faults(*row);
                    effects.blocks |= row.has(Attribute::Blocks);
                }
                StatementKind::Assign(_, rvalue) => effects.faults |= checks_itself(rvalue),
                _ => {}
            }
        }
    }
    effects
}

fn row_faults(row: RuntimeFn) -> bool {
    row.has(Attribute::Faults) || row.ret() == ReturnKind::Never
}

fn checks_itself(rvalue: &Rvalue) -> bool {
    matches!(
        rvalue,
        Rvalue::Binary(
            BinaryOp::AddChecked | BinaryOp::SubChecked | BinaryOp::MulChecked,
            ..
        ) | Rvalue::Unary(UnaryOp::NegChecked, _)
    )
}
