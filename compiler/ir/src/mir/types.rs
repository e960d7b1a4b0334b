//! MIR types: interned, structural except for structs and enums. Refinements, `Id` and `Email` are erased to their base.

use cranelift_entity::{PrimaryMap, entity_impl};
use indexmap::IndexMap;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(u32);
entity_impl!(TypeId, "ty");

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructId(u32);
entity_impl!(StructId, "struct");

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(u32);
entity_impl!(EnumId, "enum");

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    Unit,
    Bool,
    Int,
    Float,
    /// An unmanaged machine pointer (requests, argument tables); never counted.
    Raw,
    /// Pointer to a counted text object; never null.
    String,
    /// Same object as `String`, arbitrary bytes.
    Bytes,
    /// What a query holds, encoded as bytes; only the runtime looks inside.
    Query,
    /// Same object as `String`, escaped markup.
    Html,
    /// Pointer to a counted list object with elements inline.
    List(TypeId),
    /// Pointer to a counted map object; keys are `String`, values inline in insertion order.
    Map(TypeId),
    /// Pointer to a counted shared cell.
    Box(TypeId),
    Option(TypeId),
    /// `Result(ok, err)`
    Result(TypeId, TypeId),
    Struct(StructId),
    Enum(EnumId),
}

#[derive(Clone, Debug, PartialEq)]
pub struct StructDef {
    /// As users see it; unique names are not required, ids are identity.
    pub name: String,
    pub fields: Vec<Field>,
    /// Behind one counted pointer (recursive or large) instead of by value. Decided once, by `layout::decide_boxing`.
    pub boxed: bool,
    /// Of a partial struct: the struct that is being made in it, see [`super::partial`].
    pub partial: Option<StructId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub ty: TypeId,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EnumDef {
    pub name: String,
    pub variants: Vec<Variant>,
    /// Payloads behind one counted pointer; variants without payload are immediates.
    pub boxed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    pub name: String,
    pub payload: Vec<TypeId>,
}

#[derive(Clone, Debug, Default)]
pub struct TypeTable {
    types: PrimaryMap<TypeId, Type>,
    by_type: IndexMap<Type, TypeId>,
    pub structs: PrimaryMap<StructId, StructDef>,
    pub enums: PrimaryMap<EnumId, EnumDef>,
}

impl TypeTable {
    pub fn intern(&mut self, ty: Type) -> TypeId {
        if let Some(&id) = self.by_type.get(&ty) {
            return id;
        }
        let id = self.types.push(ty);
        self.by_type.insert(ty, id);
        id
    }

    /// The id of a type already interned.
    pub fn lookup(&self, ty: Type) -> Option<TypeId> {
        self.by_type.get(&ty).copied()
    }

    pub fn get(&self, id: TypeId) -> Type {
        self.types[id]
    }

    pub fn iter(&self) -> impl Iterator<Item = (TypeId, Type)> + '_ {
        self.types.iter().map(|(id, &ty)| (id, ty))
    }

    pub fn len(&self) -> usize {
        self.types.len()
    }

    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }
}
