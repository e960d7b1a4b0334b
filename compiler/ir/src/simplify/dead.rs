//! Removes assignments whose result nobody reads and whose operation cannot fault.

use super::mentions;
use crate::mir::*;

pub fn run(function: &mut Function) {
    loop {
        let mentioned = mentions(function);
        let mut changed = false;
        for block in function.blocks.values_mut() {
            block.statements.retain(|statement| {
                let dead = match &statement.kind {
                    StatementKind::Assign(dest, rvalue) => {
                        dest.as_local()
                            .is_some_and(|l| mentioned[l.as_u32() as usize] == 0)
                            && is_pure(rvalue)
                    }
                    _ => false,
                };
                changed |= dead;
                !dead
            });
        }
        if !changed {
            break;
        }
    }
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
