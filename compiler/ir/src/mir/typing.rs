//! Types of projections, places and operands. Needs no layouts; nothing here panics on ill-typed input.

use super::function::{Const, Function, LocalId, Operand, Place, PlaceBase, Projection};
use super::program::Program;
use super::types::{Type, TypeId, TypeTable};

impl TypeTable {
    /// Type of a part of a value of type `ty`, or `None` when the projection does not apply.
    pub fn project(&self, ty: TypeId, projection: Projection) -> Option<TypeId> {
        match (self.get(ty), projection) {
            (Type::Struct(id), Projection::Field(index)) => self
                .structs
                .get(id)?
                .fields
                .get(index as usize)
                .map(|field| field.ty),
            (Type::Enum(id), Projection::Variant { variant, index }) => self
                .enums
                .get(id)?
                .variants
                .get(variant as usize)?
                .payload
                .get(index as usize)
                .copied(),
            (Type::Option(inner), Projection::Some)
            | (Type::Result(inner, _), Projection::Ok)
            | (Type::Result(_, inner), Projection::Err)
            | (Type::List(inner), Projection::Element(_))
            | (Type::Map(inner), Projection::EntryValue(_))
            | (Type::Box(inner), Projection::Content) => Some(inner),
            (Type::Map(_), Projection::EntryKey(_)) => self.lookup(Type::String),
            _ => None,
        }
    }

    /// Does this projection of a value of this type go through a counted pointer?
    pub fn derefs(&self, ty: TypeId, projection: Projection) -> bool {
        match projection {
            Projection::Some | Projection::Ok | Projection::Err => false,
            Projection::Element(_)
            | Projection::EntryKey(_)
            | Projection::EntryValue(_)
            | Projection::Content => true,
            Projection::Field(_) | Projection::Variant { .. } => match self.get(ty) {
                Type::Struct(id) => self.structs[id].boxed,
                Type::Enum(id) => self.enums[id].boxed,
                _ => false,
            },
        }
    }
}

impl Program {
    /// Type of a place, or `None` when it is not well formed.
    pub fn place_type(&self, function: &Function, place: &Place) -> Option<TypeId> {
        self.prefix_type(function, place, place.projections.len())
    }

    /// Type of the first `len` projections of a place.
    pub fn prefix_type(&self, function: &Function, place: &Place, len: usize) -> Option<TypeId> {
        let mut ty = match place.base {
            PlaceBase::Local(local) => function.locals.get(local)?.ty,
            PlaceBase::Global(global) => self.globals.get(global)?.ty,
        };
        for &projection in &place.projections[..len] {
            ty = self.types.project(ty, projection)?;
        }
        Some(ty)
    }

    /// Type of an operand where it says so itself: text constants are `String`, `Bytes` or `Html` as the context wants, so they
    /// have none; nor has an ill-formed place.
    pub fn operand_type(&self, function: &Function, operand: &Operand) -> Option<TypeId> {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => self.place_type(function, place),
            Operand::Const(Const::Object(id)) => {
                let object = self.objects.get_index(id.as_u32() as usize)?;
                Some(object.ty)
            }
            Operand::Const(constant) => self.types.lookup(match constant {
                Const::Unit => Type::Unit,
                Const::Bool(_) => Type::Bool,
                Const::Int(_) => Type::Int,
                Const::Float(_) => Type::Float,
                Const::Null | Const::Function(_) => Type::Raw,
                Const::Str(_) | Const::Object(_) => return None,
            }),
        }
    }
}

impl Function {
    /// Is this local one of the parameters?
    pub fn is_param(&self, local: LocalId) -> bool {
        (local.as_u32() as usize) < self.params.len()
    }

    /// The parameters, in order.
    pub fn param_locals(&self) -> impl Iterator<Item = LocalId> + use<> {
        (0..self.params.len() as u32).map(LocalId::from_u32)
    }
}
