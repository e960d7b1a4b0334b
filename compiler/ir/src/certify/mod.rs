//! The certifier: proves of an `Owned` program that every owned value is consumed exactly once on every path, that borrowed values are
//! never consumed and never outlive what they are borrowed from, and that nothing is changed in place unless it is proved or tested
//! not to be shared.
//!
//! It walks each function forwards with an abstract state and believes nothing but the statements.
//!
//! **Architecture Invariant:** shares no code with `ownership`; that two different ways of thinking agree is the point.

mod state;
mod statement;
mod unique;

use std::collections::BTreeSet;

use cranelift_entity::EntityRef;

use crate::layout::Layouts;
use crate::mir::*;
use crate::verify::Problem;
use state::{Hold, Loan, State};

/// Everything about ownership that is not right; empty when the program is proved. The program must have passed the verifier.
pub fn certify(program: &Program, layouts: &Layouts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for function in program.functions.values() {
        let mut certifier = Certifier {
            program,
            layouts,
            function,
            block: BlockId::from_u32(0),
            statement: 0,
            fills_gap: false,
            reporting: false,
            problems: Vec::new(),
        };
        certifier.function();
        problems.append(&mut certifier.problems);
    }
    problems
}

struct Certifier<'a> {
    program: &'a Program,
    layouts: &'a Layouts,
    function: &'a Function,
    block: BlockId,
    statement: usize,
    /// The current statement stores to the part that the one before it dropped.
    fills_gap: bool,
    /// Only once the states have settled are they worth reporting on.
    reporting: bool,
    problems: Vec<Problem>,
}

impl<'a> Certifier<'a> {
    fn problem(&mut self, message: impl Into<String>) {
        if self.reporting {
            self.problems.push(Problem {
                function: self.function.name.clone(),
                block: Some(self.block),
                statement: self.statement,
                message: message.into(),
            });
        }
    }

    fn function(&mut self) {
        let function = self.function;
        let mut before: Vec<Option<State>> = vec![None; function.blocks.len()];
        before[0] = Some(self.entry());
        let mut work: BTreeSet<usize> = BTreeSet::from([0]);
        while let Some(at) = work.pop_first() {
            let Some(mut state) = before[at].clone() else {
                continue;
            };
            let id = BlockId::new(at);
            self.walk(id, &mut state);
            let claim = self.claimed(id);
            for target in function.blocks[id].terminator.successors() {
                let mut state = state.clone();
                if let Some((then, claim)) = claim
                    && then == target
                {
                    state.add_claim(claim);
                }
                let slot = &mut before[target.index()];
                let changed = match slot {
                    None => {
                        *slot = Some(state);
                        true
                    }
                    Some(known) => known.merge(&state),
                };
                if changed {
                    work.insert(target.index());
                }
            }
        }
        self.reporting = true;
        for (at, state) in before.into_iter().enumerate() {
            if let Some(mut state) = state {
                self.walk(BlockId::new(at), &mut state);
            }
        }
    }

    /// The field that going from the block to the one given claims: the block ends with the test.
    fn claimed(&self, id: BlockId) -> Option<(BlockId, (LocalId, u32))> {
        let block = &self.function.blocks[id];
        let Terminator::Branch {
            condition: Operand::Copy(condition),
            then,
            otherwise,
        } = &block.terminator
        else {
            return None;
        };
        let StatementKind::Claim {
            dest,
            partial,
            field,
        } = &block.statements.last()?.kind
        else {
            return None;
        };
        let tested = dest == condition && dest.as_local().is_some() && then != otherwise;
        Some((*then, (partial.as_local().filter(|_| tested)?, *field)))
    }

    fn entry(&self) -> State {
        let mut state = State::new(self.function.locals.len());
        for (at, local) in self.function.param_locals().enumerate() {
            if self.is_managed(self.function.locals[local].ty) {
                match self.function.params[at] {
                    Mode::Owned => state.set_hold(local, Hold::Held),
                    Mode::Borrowed => state.set_loan(local, Loan::new()),
                }
            }
        }
        state
    }

    fn walk(&mut self, id: BlockId, state: &mut State) {
        self.block = id;
        let block = &self.function.blocks[id];
        let leaves = matches!(
            block.terminator,
            Terminator::Fault(..) | Terminator::Unreachable
        );
        for (at, statement) in block.statements.iter().enumerate() {
            self.statement = at;
            self.check(&statement.kind, state, leaves);
        }
        self.statement = block.statements.len();
        self.settle_gap(state, None);
        match &block.terminator {
            Terminator::Return(operand) => {
                let ty = self.function.ret;
                self.take_operands(&[(operand, self.is_managed(ty))], state);
                for local in self.function.locals.keys() {
                    match state.hold(local) {
                        Hold::Empty => {}
                        Hold::Held => self.problem(format!("{local} is never given up")),
                        Hold::Mixed => {
                            self.problem(format!("{local} is given up on some paths only"));
                        }
                    }
                }
            }
            other => {
                if let Some(operand) = other.operand() {
                    self.take_operands(&[(operand, false)], state);
                }
            }
        }
    }

    fn is_managed(&self, ty: TypeId) -> bool {
        self.layouts.of(ty).managed
    }

    fn place_is_managed(&self, place: &Place) -> bool {
        self.program
            .place_type(self.function, place)
            .is_some_and(|ty| self.is_managed(ty))
    }

    fn is_managed_local(&self, local: LocalId) -> bool {
        self.is_managed(self.function.locals[local].ty)
    }

    fn is_owned_local(&self, local: LocalId) -> bool {
        self.is_managed_local(local) && self.function.locals[local].ownership == Mode::Owned
    }
}
