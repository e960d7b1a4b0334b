//! `%t = op ..; %x = %t` becomes `%x = op ..` when nothing else reads the temporary. So `xs = xs.append(v)` is one statement that
//! takes the list and gives it back.

use super::mentions;
use crate::mir::*;

pub fn run(function: &mut Function) {
    let mentioned = mentions(function);
    let once = |local: LocalId| mentioned[local.as_u32() as usize] == 1;
    let ids: Vec<BlockId> = function.blocks.keys().collect();
    for id in ids {
        let mut out: Vec<Statement> = Vec::with_capacity(function.blocks[id].statements.len());
        for statement in std::mem::take(&mut function.blocks[id].statements) {
            let source = match &statement.kind {
                StatementKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) => place
                    .as_local()
                    .zip(dest.as_local())
                    .filter(|&(temp, dest)| {
                        !function.is_param(temp)
                            && temp != dest
                            && function.locals[temp].name.is_empty()
                            && function.locals[temp].ty == function.locals[dest].ty
                            && once(temp)
                    }),
                _ => None,
            };
            if let Some((temp, dest)) = source
                && let Some(before) = out.last_mut()
                && before.kind.dest().and_then(Place::as_local) == Some(temp)
            {
                if let Some(place) = before.kind.dest_mut() {
                    *place = Place::local(dest);
                }
                continue;
            }
            out.push(statement);
        }
        function.blocks[id].statements = out;
    }
}
