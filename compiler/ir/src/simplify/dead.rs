//! Removes assignments whose result nobody reads and whose operation cannot fault.

use super::{each_mention, mentions};
use crate::mir::*;

/// Last statements first: what only a dead one reads is then found dead in the same round, however long the chain.
pub fn run(function: &mut Function) {
    let mut mentioned = mentions(function);
    loop {
        let mut changed = false;
        for block in function.blocks.values_mut().rev() {
            let mut kept = Vec::with_capacity(block.statements.len());
            for statement in std::mem::take(&mut block.statements).into_iter().rev() {
                if is_dead(&statement.kind, &mentioned) {
                    each_mention(&statement.kind, &mut |local| {
                        mentioned[local.as_u32() as usize] -= 1;
                    });
                    changed = true;
                } else {
                    kept.push(statement);
                }
            }
            kept.reverse();
            block.statements = kept;
        }
        if !changed {
            break;
        }
    }
}

fn is_dead(kind: &StatementKind, mentioned: &[u32]) -> bool {
    let StatementKind::Assign(dest, rvalue) = kind else {
        return false;
    };
    let unread = dest
        .as_local()
        .is_some_and(|local| mentioned[local.as_u32() as usize] == 0);
    unread && is_pure(rvalue)
}

fn is_pure(rvalue: &Rvalue) -> bool {
    !matches!(
        rvalue,
        Rvalue::Unary(UnaryOp::NegChecked, _)
            | Rvalue::Binary(
                BinaryOp::AddChecked | BinaryOp::SubChecked | BinaryOp::MulChecked,
                ..
            )
    )
}
