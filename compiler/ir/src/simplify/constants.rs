//! Lists whose elements are constants become constant objects: nothing is built at run time, however long they are.

use indexmap::IndexMap;

use super::{assignments, mentions};
use crate::mir::*;

/// From this length on a list is a constant even if it is changed later: copying it then costs less than storing element by element.
const LONG: usize = 32;

pub fn run(program: &mut Program, function: &mut Function) {
    let assigned = assignments(function);
    let mentioned = mentions(function);
    let changed = changed_in_place(function);
    let mut finder = Finder {
        program,
        values: IndexMap::new(),
    };
    let ids: Vec<BlockId> = function.blocks.keys().collect();
    for id in ids {
        let mut statements = std::mem::take(&mut function.blocks[id].statements);
        for statement in &mut statements {
            let StatementKind::Assign(dest, rvalue) = &mut statement.kind else {
                continue;
            };
            let Some(local) = dest.as_local() else {
                continue;
            };
            let at = local.as_u32() as usize;
            let ty = function.locals[local].ty;
            let Some(value) = finder.value(ty, rvalue) else {
                continue;
            };
            if let (ConstValue::Object(object), Rvalue::List { elements, .. }) = (&value, &*rvalue)
                && (elements.len() >= LONG || !changed[at])
            {
                *rvalue = Rvalue::Use(Operand::Const(Const::Object(*object)));
            }
            // A part of something larger: assigned here only, and read there only.
            if assigned[at] == 1 && mentioned[at] == 1 && !function.is_param(local) {
                finder.values.insert(local, value);
            }
        }
        function.blocks[id].statements = statements;
    }
}

/// Locals that are changed in parts, or made longer.
fn changed_in_place(function: &Function) -> Vec<bool> {
    let mut changed = vec![false; function.locals.len()];
    let mut mark = |place: &Place| {
        if let Some(root) = place.root() {
            changed[root.as_u32() as usize] = true;
        }
    };
    for block in function.blocks.values() {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Assign(dest, rvalue) => {
                    if !dest.projections.is_empty() {
                        mark(dest);
                    }
                    if let Rvalue::ListPush { list, .. } = rvalue
                        && let Some(place) = list.place()
                    {
                        mark(place);
                    }
                }
                StatementKind::MakeUnique(place) | StatementKind::MapSet { map: place, .. } => {
                    mark(place);
                }
                _ => {}
            }
        }
    }
    changed
}

struct Finder<'a> {
    program: &'a mut Program,
    /// Locals that hold a constant.
    values: IndexMap<LocalId, ConstValue>,
}

impl Finder<'_> {
    /// The value of type `ty` that is built, if all of it is constant.
    fn value(&mut self, ty: TypeId, rvalue: &Rvalue) -> Option<ConstValue> {
        match rvalue {
            Rvalue::List { elements, capacity } => {
                let is_exact = *capacity == Operand::Const(Const::Int(elements.len() as i64));
                if !is_exact {
                    return None;
                }
                let elements = self.operands(elements)?;
                let content = ConstContent::Elements(elements);
                self.object(ty, content)
            }
            Rvalue::Aggregate { variant, fields } => {
                let variant = *variant;
                // The payload of a variant without bits is not written down.
                let members = self.operands(fields)?;
                if self.program.types.is_cell(ty, variant) {
                    self.object(ty, ConstContent::Cell { variant, members })
                } else {
                    let value = ConstValue::Inline { variant, members };
                    self.program.is_constant_of(&value, ty).then_some(value)
                }
            }
            _ => None,
        }
    }

    fn object(&mut self, ty: TypeId, content: ConstContent) -> Option<ConstValue> {
        let object = ConstObject { ty, content };
        self.program
            .is_well_formed(&object)
            .then(|| ConstValue::Object(self.program.object(object)))
    }

    fn operands(&self, operands: &[Operand]) -> Option<Vec<ConstValue>> {
        operands
            .iter()
            .map(|operand| match operand {
                Operand::Const(Const::Unit) => Some(ConstValue::Unit),
                Operand::Const(Const::Bool(value)) => Some(ConstValue::Bool(*value)),
                Operand::Const(Const::Int(value)) => Some(ConstValue::Int(*value)),
                Operand::Const(Const::Float(value)) => Some(ConstValue::Float(value.to_bits())),
                Operand::Const(Const::Str(id)) => Some(ConstValue::Str(*id)),
                Operand::Const(Const::Object(id)) => Some(ConstValue::Object(*id)),
                Operand::Const(Const::Null | Const::Function(_)) => None,
                Operand::Copy(place) | Operand::Move(place) => {
                    self.values.get(&place.as_local()?).cloned()
                }
            })
            .collect()
    }
}
