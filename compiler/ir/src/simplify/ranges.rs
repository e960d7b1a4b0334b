//! What comparisons and lengths are known where: repeated lengths become one, comparisons that must hold become `true`, additions that
//! cannot overflow lose their check.
//!
//! Three forward analyses over facts that some statement of the function states. A fact ends when a local it names is assigned.

use cranelift_entity::EntityRef;

use super::{assignments, fold};
use crate::analysis::{BitSet, Cfg, solve};
use crate::mir::*;

pub fn run(program: &Program, function: &mut Function) {
    let cfg = Cfg::new(function);
    if reuse_lengths(function, &cfg) {
        propagate_copies(program, function);
    }
    if use_comparisons(function, &cfg) {
        fold::run(function);
        super::blocks::run(function);
    }
}

// -- lengths --

/// `%n = len %x`, still true.
#[derive(PartialEq)]
struct Length {
    result: LocalId,
    of: LocalId,
}

fn length(kind: &StatementKind) -> Option<Length> {
    match kind {
        StatementKind::Assign(dest, Rvalue::Len(place)) => Some(Length {
            result: dest.as_local()?,
            of: place.as_local()?,
        }),
        _ => None,
    }
}

fn length_transfer(facts: &[Length], kind: &StatementKind, state: &mut BitSet) {
    let assigned = kind.dest().and_then(Place::as_local);
    // Storing an element leaves the length alone; entries of maps come and go.
    let resized = match kind {
        StatementKind::MapSet { map, .. } => map.as_local(),
        StatementKind::Call {
            callee: Callee::Runtime(fuse_abi::RuntimeFn::MapRemoveAt),
            args,
            ..
        } => args.first().and_then(Operand::place).and_then(Place::root),
        _ => None,
    };
    for (at, fact) in facts.iter().enumerate() {
        let touches = |l: Option<LocalId>| l == Some(fact.result) || l == Some(fact.of);
        if touches(assigned) || touches(resized) {
            state.remove(at);
        }
    }
    if let Some(length) = length(kind)
        && let Some(at) = facts.iter().position(|f| *f == length)
    {
        state.insert(at);
    }
}

fn reuse_lengths(function: &mut Function, cfg: &Cfg) -> bool {
    let mut facts: Vec<Length> = Vec::new();
    for &id in &cfg.rpo {
        for statement in &function.blocks[id].statements {
            if let Some(length) = length(&statement.kind)
                && !facts.contains(&length)
            {
                facts.push(length);
            }
        }
    }
    if facts.len() < 2 {
        return false;
    }
    let transfer = |block: &Block, state: &mut BitSet| {
        for statement in &block.statements {
            length_transfer(&facts, &statement.kind, state);
        }
    };
    let before = solve(function, cfg, facts.len(), &transfer, &|_, _, _| {});
    let mut changed = false;
    for &id in &cfg.rpo {
        let mut state = before[id.index()].clone();
        for statement in &mut function.blocks[id].statements {
            let known = length(&statement.kind).and_then(|length| {
                state
                    .iter()
                    .map(|at| &facts[at])
                    .find(|fact| fact.of == length.of && fact.result != length.result)
                    .map(|fact| fact.result)
            });
            let original = statement.kind.clone();
            if let (Some(known), StatementKind::Assign(_, rvalue)) = (known, &mut statement.kind) {
                *rvalue = Rvalue::Use(Operand::Copy(Place::local(known)));
                changed = true;
            }
            // The length holds either way.
            length_transfer(&facts, &original, &mut state);
        }
    }
    changed
}

/// Locals assigned once, from a local assigned once, are that local.
fn propagate_copies(program: &Program, function: &mut Function) {
    let assigned = assignments(function);
    let once = |local: LocalId| assigned[local.index()] == 1;
    let mut same: Vec<LocalId> = function.locals.keys().collect();
    for block in function.blocks.values() {
        for statement in &block.statements {
            if let StatementKind::Assign(dest, Rvalue::Use(Operand::Copy(place))) = &statement.kind
                && let (Some(to), Some(from)) = (dest.as_local(), place.as_local())
                && once(to)
                && once(from)
                && function.locals[to].ty == function.locals[from].ty
                && matches!(
                    program.types.get(function.locals[to].ty),
                    Type::Int | Type::Bool | Type::Float
                )
            {
                same[to.index()] = from;
            }
        }
    }
    let find = |mut local: LocalId| {
        while same[local.index()] != local {
            local = same[local.index()];
        }
        local
    };
    let replace = |operand: &mut Operand| {
        if let Operand::Copy(place) = operand
            && let Some(local) = place.as_local()
        {
            *place = Place::local(find(local));
        }
    };
    for block in function.blocks.values_mut() {
        for statement in &mut block.statements {
            statement.kind.operands_mut().into_iter().for_each(replace);
        }
        block.terminator.operand_mut().into_iter().for_each(replace);
    }
}

// -- comparisons --

#[derive(Clone, Copy, PartialEq)]
enum Term {
    Local(LocalId),
    Int(i64),
}

fn term(operand: &Operand) -> Option<Term> {
    match operand {
        Operand::Const(Const::Int(value)) => Some(Term::Int(*value)),
        Operand::Copy(place) => place.as_local().map(Term::Local),
        _ => None,
    }
}

/// `less < than`, signed or unsigned.
#[derive(Clone, Copy, PartialEq)]
struct Less {
    less: Term,
    than: Term,
    unsigned: bool,
}

fn comparison(kind: &StatementKind) -> Option<(LocalId, Less)> {
    let StatementKind::Assign(dest, Rvalue::Binary(op, a, b)) = kind else {
        return None;
    };
    let (less, than, unsigned) = match op {
        BinaryOp::Lt => (a, b, false),
        BinaryOp::Gt => (b, a, false),
        BinaryOp::LtUnsigned => (a, b, true),
        _ => return None,
    };
    let (less, than) = (term(less)?, term(than)?);
    let less = Less {
        less,
        than,
        unsigned,
    };
    Some((dest.as_local()?, less))
}

fn names(less: &Less, local: LocalId) -> bool {
    less.less == Term::Local(local) || less.than == Term::Local(local)
}

/// The comparison a condition at the end of these statements stands for, when neither it nor what it compares changed since.
fn compared(statements: &[Statement], condition: &Operand) -> Option<Less> {
    let local = condition.place()?.as_local()?;
    let mut changed: Vec<LocalId> = Vec::new();
    for statement in statements.iter().rev() {
        let dest = statement.kind.dest().and_then(Place::as_local);
        if dest == Some(local) {
            let (_, less) = comparison(&statement.kind)?;
            let stale = changed.iter().any(|&l| names(&less, l)) || names(&less, local);
            return (!stale).then_some(less);
        }
        changed.extend(dest);
    }
    None
}

fn use_comparisons(function: &mut Function, cfg: &Cfg) -> bool {
    let mut facts: Vec<Less> = Vec::new();
    for &id in &cfg.rpo {
        for statement in &function.blocks[id].statements {
            if let Some((_, less)) = comparison(&statement.kind)
                && !facts.contains(&less)
            {
                facts.push(less);
            }
        }
    }
    if facts.is_empty() {
        return false;
    }
    let index = |less: Less| facts.iter().position(|fact| *fact == less);
    let step = |statements: &[Statement], at: usize, state: &mut BitSet| {
        let kind = &statements[at].kind;
        if let Some(local) = kind.dest().and_then(Place::as_local) {
            for (fact, less) in facts.iter().enumerate() {
                if names(less, local) {
                    state.remove(fact);
                }
            }
        }
        if let StatementKind::Check { condition, .. } = kind
            && let Some(fact) = compared(&statements[..at], condition).and_then(index)
        {
            state.insert(fact);
        }
    };
    let transfer = |block: &Block, state: &mut BitSet| {
        for at in 0..block.statements.len() {
            step(&block.statements, at, state);
        }
    };
    let edge = |block: &Block, target: BlockId, state: &mut BitSet| {
        if let Terminator::Branch {
            condition,
            then,
            otherwise,
        } = &block.terminator
            && *then == target
            && then != otherwise
            && let Some(fact) = compared(&block.statements, condition).and_then(index)
        {
            state.insert(fact);
        }
    };
    let before = solve(function, cfg, facts.len(), &transfer, &edge);
    let positive = not_negative(function);
    let is_positive = |term: Term| match term {
        Term::Int(value) => value >= 0,
        Term::Local(local) => positive.contains(local.index()),
    };
    let mut changed = false;
    for &id in &cfg.rpo {
        let mut state = before[id.index()].clone();
        for at in 0..function.blocks[id].statements.len() {
            let statements = &function.blocks[id].statements;
            let holds = |wanted: Less| {
                state.iter().any(|fact| {
                    let known = facts[fact];
                    known.less == wanted.less
                        && known.than == wanted.than
                        && (known.unsigned == wanted.unsigned
                            || is_positive(wanted.less) && is_positive(wanted.than))
                        || wanted.unsigned
                            && !known.unsigned
                            && known.less == wanted.less
                            && known.than == wanted.than
                            && is_positive(wanted.less)
                })
            };
            // What is below anything is below the largest Int.
            let below_something = |term: Term| {
                state.iter().any(|fact| {
                    let known = facts[fact];
                    known.less == term && (!known.unsigned || is_positive(known.than))
                })
            };
            let better = match &statements[at].kind {
                kind if comparison(kind).is_some_and(|(_, less)| holds(less)) => {
                    Some(Rvalue::Use(Operand::Const(Const::Bool(true))))
                }
                StatementKind::Assign(_, Rvalue::Binary(op, a, b)) => {
                    match (op, term(a), term(b)) {
                        (BinaryOp::AddChecked, Some(x), Some(Term::Int(0 | 1)))
                            if below_something(x) =>
                        {
                            Some(Rvalue::Binary(BinaryOp::AddNowrap, a.clone(), b.clone()))
                        }
                        (BinaryOp::SubChecked, Some(x), Some(y))
                            if is_positive(x) && is_positive(y) =>
                        {
                            Some(Rvalue::Binary(BinaryOp::SubNowrap, a.clone(), b.clone()))
                        }
                        _ => None,
                    }
                }
                _ => None,
            };
            step(statements, at, &mut state);
            if let (Some(better), StatementKind::Assign(_, rvalue)) =
                (better, &mut function.blocks[id].statements[at].kind)
            {
                *rvalue = better;
                changed = true;
            }
        }
    }
    changed
}

/// Locals that never hold a negative Int: a greatest fixpoint over all assignments.
fn not_negative(function: &Function) -> BitSet {
    let mut positive = BitSet::full(function.locals.len());
    for param in function.param_locals() {
        positive.remove(param.index());
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in function.blocks.values() {
            for statement in &block.statements {
                let Some(local) = statement.kind.dest().and_then(Place::as_local) else {
                    continue;
                };
                if positive.contains(local.index()) && !gives_positive(&statement.kind, &positive) {
                    positive.remove(local.index());
                    changed = true;
                }
            }
        }
    }
    positive
}

fn gives_positive(kind: &StatementKind, positive: &BitSet) -> bool {
    let holds = |operand: &Operand| match term(operand) {
        Some(Term::Int(value)) => value >= 0,
        Some(Term::Local(local)) => positive.contains(local.index()),
        None => false,
    };
    let StatementKind::Assign(_, rvalue) = kind else {
        return false;
    };
    match rvalue {
        Rvalue::Use(a) => holds(a),
        Rvalue::Len(_) | Rvalue::Tag(_) => true,
        Rvalue::Binary(op, a, b) => match op {
            BinaryOp::AddChecked
            | BinaryOp::AddNowrap
            | BinaryOp::MulChecked
            | BinaryOp::MulNowrap
            | BinaryOp::Div => holds(a) && holds(b),
            BinaryOp::Rem => holds(a),
            BinaryOp::BitAnd => holds(a) || holds(b),
            _ => false,
        },
        _ => false,
    }
}
