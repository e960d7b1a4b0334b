//! Where the stack check of a recursive function goes. It is asked for at the start, but only calls need the stack: it sinks to the first
//! blocks that call, so that the ends of a recursion pay nothing and need no frame.

use cranelift_entity::EntityRef;

use crate::analysis::Cfg;
use crate::mir::{BlockId, Callee, Function, StatementKind};

/// Moves the check at the start of the function, if there is one.
pub(super) fn sink(function: &mut Function) {
    let start = BlockId::new(0);
    let statements = &mut function.blocks[start].statements;
    let is_check = |kind: &StatementKind| matches!(kind, StatementKind::StackCheck(_));
    let Some(at) = statements.iter().position(|s| is_check(&s.kind)) else {
        return;
    };
    let check = statements.remove(at);
    let cfg = Cfg::new(function);
    let mut pending = vec![start];
    while let Some(block) = pending.pop() {
        let next = &cfg.succs[block.index()];
        // Blocks reached in several ways may be loops, where the check would be repeated.
        let sinks = !calls(function, block) && next.iter().all(|&next| is_only_entry(&cfg, next));
        if sinks {
            pending.extend(next);
        } else {
            function.blocks[block].statements.insert(0, check.clone());
        }
    }
}

/// Is the block reached in one way only? The function's own start counts as a way.
fn is_only_entry(cfg: &Cfg, block: BlockId) -> bool {
    block.index() != 0 && cfg.preds[block.index()].len() == 1
}

fn calls(function: &Function, block: BlockId) -> bool {
    function.blocks[block].statements.iter().any(|statement| {
        matches!(
            statement.kind,
            StatementKind::Call {
                callee: Callee::Function(_),
                ..
            }
        )
    })
}
