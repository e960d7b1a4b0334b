//! Walking the parts of statements and terminators, so that passes do not each enumerate every kind.

use super::function::*;
use super::program::{Entry, FuncId};

impl Function {
    /// Calls `f` on every reference to a function.
    pub fn for_each_function_mut(&mut self, mut f: impl FnMut(&mut FuncId)) {
        let operand = |operand: &mut Operand, f: &mut dyn FnMut(&mut FuncId)| {
            if let Operand::Const(Const::Function(id)) = operand {
                f(id);
            }
        };
        for block in self.blocks.values_mut() {
            for statement in &mut block.statements {
                match &mut statement.kind {
                    StatementKind::Call {
                        callee: Callee::Function(id),
                        ..
                    }
                    | StatementKind::StackCheck(id) => f(id),
                    _ => {}
                }
                for value in statement.kind.operands_mut() {
                    operand(value, &mut f);
                }
            }
            if let Some(value) = block.terminator.operand_mut() {
                operand(value, &mut f);
            }
        }
    }
}

impl Entry {
    /// Every reference to a function.
    pub fn functions(&self) -> impl Iterator<Item = FuncId> + '_ {
        let services = self.services.iter();
        let found = self
            .configs
            .iter()
            .chain(self.apps.iter().map(|(_, id)| id))
            .chain(self.main.iter().map(|main| &main.function))
            .chain(services.flat_map(|s| s.routes.iter().map(|route| &route.function)))
            .chain(self.tests.iter().map(|(_, id)| id))
            .chain(self.migrations.iter().map(|m| &m.function));
        found.copied()
    }

    /// Calls `f` on every reference to a function.
    pub fn for_each_function_mut(&mut self, f: impl FnMut(&mut FuncId)) {
        let services = self.services.iter_mut();
        self.configs
            .iter_mut()
            .chain(self.apps.iter_mut().map(|(_, id)| id))
            .chain(self.main.iter_mut().map(|main| &mut main.function))
            .chain(services.flat_map(|s| s.routes.iter_mut().map(|route| &mut route.function)))
            .chain(self.tests.iter_mut().map(|(_, id)| id))
            .chain(self.migrations.iter_mut().map(|m| &mut m.function))
            .for_each(f);
    }
}

impl Terminator {
    /// Blocks control may go to, in order, possibly repeated.
    pub fn successors(&self) -> impl Iterator<Item = BlockId> + '_ {
        let (first, second, cases): (_, _, &[(i64, BlockId)]) = match self {
            Terminator::Goto(block) => (Some(*block), None, &[]),
            Terminator::Branch {
                then, otherwise, ..
            } => (Some(*then), Some(*otherwise), &[]),
            Terminator::Switch { cases, default, .. } => (None, Some(*default), cases),
            Terminator::Return(_) | Terminator::Fault(..) | Terminator::Unreachable => {
                (None, None, &[])
            }
        };
        first
            .into_iter()
            .chain(cases.iter().map(|(_, block)| *block))
            .chain(second)
    }

    /// Calls `f` on every block reference.
    pub fn for_each_successor_mut(&mut self, mut f: impl FnMut(&mut BlockId)) {
        match self {
            Terminator::Goto(block) => f(block),
            Terminator::Branch {
                then, otherwise, ..
            } => {
                f(then);
                f(otherwise);
            }
            Terminator::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, block)| f(block));
                f(default);
            }
            Terminator::Return(_) | Terminator::Fault(..) | Terminator::Unreachable => {}
        }
    }

    /// The operand it reads.
    pub fn operand(&self) -> Option<&Operand> {
        match self {
            Terminator::Branch { condition, .. } => Some(condition),
            Terminator::Switch { value, .. } => Some(value),
            Terminator::Return(value) => Some(value),
            Terminator::Goto(_) | Terminator::Fault(..) | Terminator::Unreachable => None,
        }
    }

    pub fn operand_mut(&mut self) -> Option<&mut Operand> {
        match self {
            Terminator::Branch { condition, .. } => Some(condition),
            Terminator::Switch { value, .. } => Some(value),
            Terminator::Return(value) => Some(value),
            Terminator::Goto(_) | Terminator::Fault(..) | Terminator::Unreachable => None,
        }
    }
}

impl Operand {
    pub fn place(&self) -> Option<&Place> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => Some(place),
            Operand::Const(_) => None,
        }
    }

    pub fn place_mut(&mut self) -> Option<&mut Place> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => Some(place),
            Operand::Const(_) => None,
        }
    }
}

impl Rvalue {
    /// Every operand, in order of evaluation.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            Rvalue::Use(a) | Rvalue::Unary(_, a) | Rvalue::Finish(a) => vec![a],
            Rvalue::Binary(_, a, b) => vec![a, b],
            Rvalue::Aggregate { fields, .. } => fields.iter().collect(),
            Rvalue::List { elements, capacity } => elements.iter().chain([capacity]).collect(),
            Rvalue::ListPush { list, value } => vec![list, value],
            Rvalue::Partial
            | Rvalue::AllClaimed(_)
            | Rvalue::Clone(_)
            | Rvalue::Tag(_)
            | Rvalue::Len(_)
            | Rvalue::Capacity(_)
            | Rvalue::Address(_) => Vec::new(),
        }
    }

    pub fn operands_mut(&mut self) -> Vec<&mut Operand> {
        match self {
            Rvalue::Use(a) | Rvalue::Unary(_, a) | Rvalue::Finish(a) => vec![a],
            Rvalue::Binary(_, a, b) => vec![a, b],
            Rvalue::Aggregate { fields, .. } => fields.iter_mut().collect(),
            Rvalue::List { elements, capacity } => elements.iter_mut().chain([capacity]).collect(),
            Rvalue::ListPush { list, value } => vec![list, value],
            Rvalue::Partial
            | Rvalue::AllClaimed(_)
            | Rvalue::Clone(_)
            | Rvalue::Tag(_)
            | Rvalue::Len(_)
            | Rvalue::Capacity(_)
            | Rvalue::Address(_) => Vec::new(),
        }
    }

    /// The place it looks at without an operand.
    pub fn inspected(&self) -> Option<&Place> {
        match self {
            Rvalue::Clone(place)
            | Rvalue::AllClaimed(place)
            | Rvalue::Tag(place)
            | Rvalue::Len(place)
            | Rvalue::Capacity(place)
            | Rvalue::Address(place) => Some(place),
            _ => None,
        }
    }

    pub fn inspected_mut(&mut self) -> Option<&mut Place> {
        match self {
            Rvalue::Clone(place)
            | Rvalue::AllClaimed(place)
            | Rvalue::Tag(place)
            | Rvalue::Len(place)
            | Rvalue::Capacity(place)
            | Rvalue::Address(place) => Some(place),
            _ => None,
        }
    }
}

impl StatementKind {
    /// Every operand, in order of evaluation.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            StatementKind::Assign(_, rvalue) => rvalue.operands(),
            StatementKind::Call { args, .. } => args.iter().collect(),
            StatementKind::Check { condition, .. } => vec![condition],
            StatementKind::SetLen(_, len) => vec![len],
            StatementKind::MapSet { key, value, .. } => vec![key, value],
            StatementKind::Fill { value, .. } => vec![value],
            StatementKind::Claim { .. }
            | StatementKind::StackCheck(_)
            | StatementKind::SetTag(..)
            | StatementKind::Drop(_)
            | StatementKind::MakeUnique(_) => Vec::new(),
        }
    }

    pub fn operands_mut(&mut self) -> Vec<&mut Operand> {
        match self {
            StatementKind::Assign(_, rvalue) => rvalue.operands_mut(),
            StatementKind::Call { args, .. } => args.iter_mut().collect(),
            StatementKind::Check { condition, .. } => vec![condition],
            StatementKind::SetLen(_, len) => vec![len],
            StatementKind::MapSet { key, value, .. } => vec![key, value],
            StatementKind::Fill { value, .. } => vec![value],
            StatementKind::Claim { .. }
            | StatementKind::StackCheck(_)
            | StatementKind::SetTag(..)
            | StatementKind::Drop(_)
            | StatementKind::MakeUnique(_) => Vec::new(),
        }
    }

    /// The place it stores a result to.
    pub fn dest(&self) -> Option<&Place> {
        match self {
            StatementKind::Assign(dest, _) | StatementKind::Claim { dest, .. } => Some(dest),
            StatementKind::Call { dest, .. } => dest.as_ref(),
            _ => None,
        }
    }

    pub fn dest_mut(&mut self) -> Option<&mut Place> {
        match self {
            StatementKind::Assign(dest, _) | StatementKind::Claim { dest, .. } => Some(dest),
            StatementKind::Call { dest, .. } => dest.as_mut(),
            _ => None,
        }
    }

    /// The place it changes without storing a result there.
    pub fn updated(&self) -> Option<&Place> {
        match self {
            StatementKind::SetTag(place, _)
            | StatementKind::SetLen(place, _)
            | StatementKind::Drop(place)
            | StatementKind::MakeUnique(place)
            | StatementKind::MapSet { map: place, .. }
            | StatementKind::Claim { partial: place, .. }
            | StatementKind::Fill { partial: place, .. } => Some(place),
            _ => None,
        }
    }

    pub fn updated_mut(&mut self) -> Option<&mut Place> {
        match self {
            StatementKind::SetTag(place, _)
            | StatementKind::SetLen(place, _)
            | StatementKind::Drop(place)
            | StatementKind::MakeUnique(place)
            | StatementKind::MapSet { map: place, .. }
            | StatementKind::Claim { partial: place, .. }
            | StatementKind::Fill { partial: place, .. } => Some(place),
            _ => None,
        }
    }

    /// Every place mentioned: destination, updated, inspected, operands.
    pub fn places(&self) -> Vec<&Place> {
        let inspected = match self {
            StatementKind::Assign(_, rvalue) => rvalue.inspected(),
            _ => None,
        };
        self.dest()
            .into_iter()
            .chain(self.updated())
            .chain(inspected)
            .chain(self.operands().into_iter().filter_map(Operand::place))
            .collect()
    }
}

impl Place {
    /// The local it starts from.
    pub fn root(&self) -> Option<LocalId> {
        match self.base {
            PlaceBase::Local(local) => Some(local),
            PlaceBase::Global(_) => None,
        }
    }

    /// The locals its indexes read.
    pub fn index_locals(&self) -> impl Iterator<Item = LocalId> + '_ {
        self.projections.iter().filter_map(|p| match p {
            Projection::Element(Index::Local(local))
            | Projection::EntryKey(Index::Local(local))
            | Projection::EntryValue(Index::Local(local)) => Some(*local),
            _ => None,
        })
    }
}
