//! One level of a recursion inside the function itself. LLVM never inlines a function into itself, so a small function that calls itself
//! gets a twin: the function calls the twin, the twin calls the function, and the twin is always inlined. Half of the calls, their
//! frames and their stack checks go away, and the optimiser sees two levels at once.

use fuse_ir::mir::{Callee, FuncId, Function, FunctionKind, StatementKind};

/// Larger functions gain little from a level less and lose instruction cache.
const MAX_STATEMENTS: usize = 40;
/// Each of these calls becomes a copy of the body.
const MAX_CALLS: usize = 2;

/// Whether the function is small and calls itself directly.
pub(crate) fn unrolls(id: FuncId, function: &Function) -> bool {
    if function.kind == FunctionKind::Entry || !function.effects.recursive {
        return false;
    }
    let statements = || function.blocks.values().flat_map(|block| &block.statements);
    let calls = statements()
        .filter(|statement| calls_itself(id, &statement.kind))
        .count();
    (1..=MAX_CALLS).contains(&calls) && statements().count() <= MAX_STATEMENTS
}

fn calls_itself(id: FuncId, statement: &StatementKind) -> bool {
    matches!(statement, StatementKind::Call { callee: Callee::Function(callee), .. } if *callee == id)
}
