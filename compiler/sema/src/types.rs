//! Types after checking: interned, nominal identity by (module, name).

use fuse_syntax::span::Span;
use indexmap::IndexSet;

use crate::program::FunctionId;

/// Index into [`TypeTable`]; equal ids mean equal types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructId(pub u32);
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub u32);
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefinementId(pub u32);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Type of an expression that never yields.
    Never,
    /// What an error left behind; compatible with everything, absent from a program without errors.
    Error,
    Unit,
    Bool,
    Int,
    Float,
    String,
    Bytes,
    Html,
    /// A non-empty string.
    Id,
    /// A string with the shape of a mail address.
    Email,
    /// `rules` restrict `base`, a scalar. Equal only with equal rules.
    Refined {
        base: TypeId,
        rule: RefinementId,
    },
    List(TypeId),
    /// Keys are strings.
    Map(TypeId),
    Option(TypeId),
    Result(TypeId, TypeId),
    Struct(StructId),
    Enum(EnumId),
    Box(TypeId),
    Task(TypeId),
    /// What a database is asked, before it is.
    Query,
    /// `json.decode` and untyped rows.
    Dynamic,
}

#[derive(Clone, Debug)]
pub struct StructDef {
    /// Name as shown to users: `User`, `std.Error.NotFound`.
    pub name: String,
    /// Index of the declaring module; part of identity.
    pub module: u32,
    pub fields: Vec<FieldDef>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct FieldDef {
    pub name: String,
    pub ty: TypeId,
    /// A function without parameters giving the default.
    pub default: Option<FunctionId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct EnumDef {
    pub name: String,
    pub module: u32,
    pub variants: Vec<VariantDef>,
    pub kind: EnumKind,
    pub span: Span,
}

/// Where an enum comes from, and with it how its values are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnumKind {
    Declared,
    /// The error domains of `T!A!B`, one for each variant. A value is shown and encoded as the domain's.
    Union,
    /// Functions used as values, one for each variant, whose payload is what a method is bound to. The name of a variant is
    /// its text.
    Function {
        params: Vec<TypeId>,
        ret: TypeId,
    },
}

#[derive(Clone, Debug)]
pub struct VariantDef {
    pub name: String,
    pub payload: Vec<TypeId>,
    pub span: Span,
}

/// Constraints in written order.
#[derive(Clone, Debug, PartialEq)]
pub struct Refinement {
    pub constraints: Vec<Constraint>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// Inclusive; of the value, or of the length for text (Unicode scalars) and bytes.
    IntRange {
        min: i64,
        max: i64,
    },
    FloatRange {
        min: f64,
        max: f64,
    },
    Regex(String),
    /// A function of one parameter returning `Bool`, and its source name.
    Predicate {
        function: FunctionId,
        name: String,
    },
}

/// Interned types and the definitions behind nominal ones.
#[derive(Clone, Debug, Default)]
pub struct TypeTable {
    types: IndexSet<Type>,
    pub structs: Vec<StructDef>,
    pub enums: Vec<EnumDef>,
    pub refinements: Vec<Refinement>,
}

impl TypeTable {
    pub fn intern(&mut self, ty: Type) -> TypeId {
        TypeId(self.types.insert_full(ty).0 as u32)
    }

    /// How many types there are; ids are below this.
    pub(crate) fn len(&self) -> usize {
        self.types.len()
    }

    /// Forgets the types interned since there were `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.types.truncate(len);
    }

    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    pub fn struct_def(&self, id: StructId) -> &StructDef {
        &self.structs[id.0 as usize]
    }

    pub fn enum_def(&self, id: EnumId) -> &EnumDef {
        &self.enums[id.0 as usize]
    }

    pub fn refinement(&self, id: RefinementId) -> &Refinement {
        &self.refinements[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.types
            .iter()
            .enumerate()
            .map(|(i, t)| (TypeId(i as u32), t))
    }
}
