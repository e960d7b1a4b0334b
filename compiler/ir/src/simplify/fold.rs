//! Constants: locals that only ever hold one constant are that constant; operations, checks and branches on constants are decided.

use super::assignments;
use crate::mir::*;

pub fn run(function: &mut Function) {
    loop {
        let constants = constants(function);
        let mut changed = false;
        for block in function.blocks.values_mut() {
            for statement in &mut block.statements {
                for operand in statement.kind.operands_mut() {
                    changed |= substitute(operand, &constants);
                }
                for place in places_mut(&mut statement.kind) {
                    changed |= settle_indexes(place, &constants);
                }
                if let StatementKind::Assign(_, rvalue) = &mut statement.kind
                    && let Some(value) = evaluate(rvalue)
                {
                    *rvalue = Rvalue::Use(Operand::Const(value));
                    changed = true;
                }
            }
            if let Some(operand) = block.terminator.operand_mut() {
                changed |= substitute(operand, &constants);
                if let Operand::Copy(place) | Operand::Move(place) = operand {
                    changed |= settle_indexes(place, &constants);
                }
            }
            block.statements.retain(|statement| {
                !matches!(
                    statement.kind,
                    StatementKind::Check {
                        condition: Operand::Const(Const::Bool(true)),
                        ..
                    }
                )
            });
            changed |= decide(&mut block.terminator);
        }
        if !changed {
            return;
        }
    }
}

/// The one constant each local holds, if so. Text constants stay where they are: operands of rows read better from a local.
fn constants(function: &Function) -> Vec<Option<Const>> {
    let assigned = assignments(function);
    let mut constants = vec![None; function.locals.len()];
    for block in function.blocks.values() {
        for statement in &block.statements {
            if let StatementKind::Assign(dest, Rvalue::Use(Operand::Const(value))) = &statement.kind
                && let Some(local) = dest.as_local()
                && assigned[local.as_u32() as usize] == 1
                && matches!(value, Const::Bool(_) | Const::Int(_) | Const::Float(_))
            {
                constants[local.as_u32() as usize] = Some(*value);
            }
        }
    }
    constants
}

fn substitute(operand: &mut Operand, constants: &[Option<Const>]) -> bool {
    if let Operand::Copy(place) = operand {
        let value = place.as_local().map(|l| constants[l.as_u32() as usize]);
        if let Some(Some(value)) = value {
            *operand = Operand::Const(value);
            return true;
        }
    }
    false
}

fn places_mut(kind: &mut StatementKind) -> Vec<&mut Place> {
    match kind {
        StatementKind::Assign(dest, rvalue) => {
            let mut places = vec![dest];
            match rvalue.inspected().is_some() {
                true => places.extend(rvalue.inspected_mut()),
                false => places.extend(
                    rvalue
                        .operands_mut()
                        .into_iter()
                        .filter_map(Operand::place_mut),
                ),
            }
            places
        }
        StatementKind::Call { dest, args, .. } => dest
            .iter_mut()
            .chain(args.iter_mut().filter_map(Operand::place_mut))
            .collect(),
        StatementKind::Claim { dest, partial, .. } => vec![dest, partial],
        StatementKind::Fill { partial, value, .. } => {
            value.place_mut().into_iter().chain([partial]).collect()
        }
        StatementKind::MapSet { map, key, value } => [key, value]
            .into_iter()
            .filter_map(Operand::place_mut)
            .chain([map])
            .collect(),
        StatementKind::Check { condition, .. } => condition.place_mut().into_iter().collect(),
        other => other.updated_mut().into_iter().collect(),
    }
}

fn settle_indexes(place: &mut Place, constants: &[Option<Const>]) -> bool {
    let mut changed = false;
    for projection in &mut place.projections {
        let (Projection::Element(index)
        | Projection::EntryKey(index)
        | Projection::EntryValue(index)) = projection
        else {
            continue;
        };
        if let Index::Local(local) = *index
            && let Some(Const::Int(value)) = constants[local.as_u32() as usize]
            && value >= 0
        {
            *index = Index::Const(value as u64);
            changed = true;
        }
    }
    changed
}

/// The result of an operation on constants, unless it faults.
fn evaluate(rvalue: &Rvalue) -> Option<Const> {
    let value = |operand: &Operand| match operand {
        Operand::Const(value) => Some(*value),
        _ => None,
    };
    match rvalue {
        Rvalue::Unary(op, a) => match (op, value(a)?) {
            (UnaryOp::Not, Const::Bool(a)) => Some(Const::Bool(!a)),
            (UnaryOp::NegChecked, Const::Int(a)) => a.checked_neg().map(Const::Int),
            (UnaryOp::BoolToInt, Const::Bool(a)) => Some(Const::Int(i64::from(a))),
            (UnaryOp::NegFloat, Const::Float(a)) => Some(Const::Float(-a)),
            (UnaryOp::IntToFloat, Const::Int(a)) => Some(Const::Float(a as f64)),
            _ => None,
        },
        Rvalue::Binary(op, a, b) => match (value(a)?, value(b)?) {
            (Const::Int(a), Const::Int(b)) => evaluate_int(*op, a, b),
            _ => None,
        },
        _ => None,
    }
}

fn evaluate_int(op: BinaryOp, a: i64, b: i64) -> Option<Const> {
    Some(match op {
        BinaryOp::AddChecked | BinaryOp::AddNowrap => Const::Int(a.checked_add(b)?),
        BinaryOp::SubChecked | BinaryOp::SubNowrap => Const::Int(a.checked_sub(b)?),
        BinaryOp::MulChecked | BinaryOp::MulNowrap => Const::Int(a.checked_mul(b)?),
        BinaryOp::Div => Const::Int(a.checked_div(b)?),
        BinaryOp::Rem => Const::Int(a.checked_rem(b)?),
        BinaryOp::BitAnd => Const::Int(a & b),
        BinaryOp::BitOr => Const::Int(a | b),
        BinaryOp::Eq => Const::Bool(a == b),
        BinaryOp::Ne => Const::Bool(a != b),
        BinaryOp::Lt => Const::Bool(a < b),
        BinaryOp::Le => Const::Bool(a <= b),
        BinaryOp::Gt => Const::Bool(a > b),
        BinaryOp::Ge => Const::Bool(a >= b),
        BinaryOp::LtUnsigned => Const::Bool((a as u64) < b as u64),
        _ => return None,
    })
}

fn decide(terminator: &mut Terminator) -> bool {
    let target = match terminator {
        Terminator::Branch {
            condition: Operand::Const(Const::Bool(value)),
            then,
            otherwise,
        } => {
            if *value {
                *then
            } else {
                *otherwise
            }
        }
        Terminator::Branch {
            then, otherwise, ..
        } if then == otherwise => *then,
        Terminator::Switch {
            value: Operand::Const(Const::Int(value)),
            cases,
            default,
        } => cases
            .iter()
            .find(|(case, _)| case == value)
            .map_or(*default, |(_, block)| *block),
        _ => return false,
    };
    *terminator = Terminator::Goto(target);
    true
}
