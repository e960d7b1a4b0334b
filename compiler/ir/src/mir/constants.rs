//! Constant objects: lists, and the cells of boxed structs and enums, whose contents are known. They are immortal data of the executable.

use cranelift_entity::entity_impl;

use super::function::Projection;
use super::program::{Program, StrId};
use super::types::{Type, TypeId, TypeTable};

/// Index into [`Program::objects`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(u32);
entity_impl!(ObjectId, "object");

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConstObject {
    /// A list, or a boxed struct or enum.
    pub ty: TypeId,
    pub content: ConstContent,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConstContent {
    /// Elements of a list.
    Elements(Vec<ConstValue>),
    /// Members of a struct (variant 0) or of a variant of an enum.
    Cell {
        variant: u32,
        members: Vec<ConstValue>,
    },
}

/// A value inside a constant object; its type is that of the place it is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConstValue {
    Unit,
    Bool(bool),
    Int(i64),
    /// The bits of a `Float`.
    Float(u64),
    Str(StrId),
    /// A list or cell of its own.
    Object(ObjectId),
    /// A struct, enum, option or result that is held by value, or a variant without payload of a boxed enum.
    Inline {
        variant: u32,
        members: Vec<ConstValue>,
    },
}

impl TypeTable {
    /// Where the members that a variant of an aggregate type holds are, and their types, in order; for structs variant 0. None where there is no such variant.
    pub fn members(&self, ty: TypeId, variant: u32) -> Option<Vec<(Projection, TypeId)>> {
        match self.get(ty) {
            Type::Struct(id) if variant == 0 => {
                let fields = self.structs[id].fields.iter();
                Some(
                    (0..)
                        .zip(fields)
                        .map(|(index, field)| (Projection::Field(index), field.ty))
                        .collect(),
                )
            }
            Type::Enum(id) => {
                let payload = &self.enums[id].variants.get(variant as usize)?.payload;
                Some(
                    (0..)
                        .zip(payload)
                        .map(|(index, &ty)| (Projection::Variant { variant, index }, ty))
                        .collect(),
                )
            }
            Type::Option(_) if variant == 0 => Some(Vec::new()),
            Type::Option(inner) if variant == 1 => Some(vec![(Projection::Some, inner)]),
            Type::Result(ok, _) if variant == 0 => Some(vec![(Projection::Ok, ok)]),
            Type::Result(_, err) if variant == 1 => Some(vec![(Projection::Err, err)]),
            _ => None,
        }
    }

    /// Whether values of the type with this variant are behind a pointer of their own.
    pub fn is_cell(&self, ty: TypeId, variant: u32) -> bool {
        match self.get(ty) {
            Type::Struct(id) => self.structs[id].boxed,
            Type::Enum(id) => {
                let def = &self.enums[id];
                def.boxed && !def.variants[variant as usize].payload.is_empty()
            }
            _ => false,
        }
    }
}

impl Program {
    /// The id of a constant object with this content; equal ones are one.
    pub fn object(&mut self, object: ConstObject) -> ObjectId {
        ObjectId::from_u32(self.objects.insert_full(object).0 as u32)
    }

    pub fn object_data(&self, id: ObjectId) -> &ConstObject {
        &self.objects[id.as_u32() as usize]
    }

    /// Whether the constant is a value of the type.
    pub fn is_constant_of(&self, value: &ConstValue, ty: TypeId) -> bool {
        match (value, self.types.get(ty)) {
            (ConstValue::Unit, Type::Unit)
            | (ConstValue::Bool(_), Type::Bool)
            | (ConstValue::Int(_), Type::Int)
            | (ConstValue::Float(_), Type::Float) => true,
            (ConstValue::Str(id), Type::String | Type::Bytes | Type::Html) => {
                (id.as_u32() as usize) < self.strings.len()
            }
            (ConstValue::Object(id), _) => {
                (id.as_u32() as usize) < self.objects.len() && self.object_data(*id).ty == ty
            }
            (ConstValue::Inline { variant, members }, _) => {
                self.are_members(ty, *variant, members) && !self.types.is_cell(ty, *variant)
            }
            _ => false,
        }
    }

    /// Whether the object's content fits its type.
    pub fn is_well_formed(&self, object: &ConstObject) -> bool {
        match (&object.content, self.types.get(object.ty)) {
            (ConstContent::Elements(elements), Type::List(element)) => {
                elements.iter().all(|e| self.is_constant_of(e, element))
            }
            (ConstContent::Cell { variant, members }, _) => {
                self.are_members(object.ty, *variant, members)
                    && self.types.is_cell(object.ty, *variant)
            }
            _ => false,
        }
    }

    fn are_members(&self, ty: TypeId, variant: u32, members: &[ConstValue]) -> bool {
        self.types.members(ty, variant).is_some_and(|types| {
            types.len() == members.len()
                && members
                    .iter()
                    .zip(types)
                    .all(|(member, (_, ty))| self.is_constant_of(member, ty))
        })
    }
}
