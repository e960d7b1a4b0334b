//! Types of the canonical program to MIR types. Refinements, `Id` and `Email` become their base.

use cranelift_entity::EntityRef;
use fuse_sema::types as sema;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use super::context::UNSUPPORTED;
use crate::mir::{
    EnumDef, EnumId, Field, LocalId, Place, StructDef, StructId, Type, TypeId, TypeTable, Variant,
};

/// Types that lowering itself needs again and again.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub unit: TypeId,
    pub bool: TypeId,
    pub int: TypeId,
    pub float: TypeId,
    pub raw: TypeId,
    pub string: TypeId,
    pub option_string: TypeId,
    pub list_string: TypeId,
    /// Where the program has dynamic values.
    pub dynamic: Option<TypeId>,
}

impl Known {
    fn new(types: &mut TypeTable) -> Known {
        let [unit, bool, int, float, raw, string] = [
            Type::Unit,
            Type::Bool,
            Type::Int,
            Type::Float,
            Type::Raw,
            Type::String,
        ]
        .map(|ty| types.intern(ty));
        Known {
            unit,
            bool,
            int,
            float,
            raw,
            string,
            option_string: types.intern(Type::Option(string)),
            list_string: types.intern(Type::List(string)),
            dynamic: None,
        }
    }
}

/// MIR type of every type of the canonical program; `None` where it has none (dynamic values).
pub(super) struct TypeMap {
    mapped: Vec<Option<TypeId>>,
    /// The enum of dynamic values, behind those of the program.
    dynamic: EnumId,
}

impl TypeMap {
    /// Maps all types. Ids of structs and enums are the same numbers on both sides. Problems are fields of types that are not
    /// supported; uses of such types elsewhere are found where they are used.
    pub fn new(
        types: &sema::TypeTable,
        out: &mut TypeTable,
        problems: &mut Vec<Diagnostic>,
    ) -> (TypeMap, Known) {
        let mut known = Known::new(out);
        for def in &types.structs {
            out.structs.push(StructDef {
                name: def.name.clone(),
                fields: Vec::new(),
                boxed: false,
                partial: None,
            });
        }
        for def in &types.enums {
            out.enums.push(EnumDef {
                name: def.name.clone(),
                variants: Vec::new(),
                boxed: false,
            });
        }
        let mut map = TypeMap {
            mapped: Vec::with_capacity(types.iter().count()),
            dynamic: EnumId::new(types.enums.len()),
        };
        if types.iter().any(|(_, ty)| *ty == sema::Type::Dynamic) {
            known.dynamic = Some(map.declare_dynamic(&known, out));
        }
        // Interning order puts parts before wholes, except that nominal types may be mentioned before their parts.
        for (id, _) in types.iter() {
            let ty = map.resolve(types, id, out);
            map.mapped.push(ty);
        }
        for (index, def) in types.structs.iter().enumerate() {
            let fields = def
                .fields
                .iter()
                .map(|field| Field {
                    name: field.name.clone(),
                    ty: map.member(types, field.ty, field.span, &known, problems),
                })
                .collect();
            out.structs[StructId::new(index)].fields = fields;
        }
        for (index, def) in types.enums.iter().enumerate() {
            let variants = def
                .variants
                .iter()
                .map(|variant| Variant {
                    name: variant.name.clone(),
                    payload: variant
                        .payload
                        .iter()
                        .map(|&ty| map.member(types, ty, variant.span, &known, problems))
                        .collect(),
                })
                .collect();
            out.enums[EnumId::new(index)].variants = variants;
        }
        (map, known)
    }

    fn declare_dynamic(&self, known: &Known, out: &mut TypeTable) -> TypeId {
        let ty = out.intern(Type::Enum(self.dynamic));
        let list = out.intern(Type::List(ty));
        let map = out.intern(Type::Map(ty));
        let payloads = [
            None,
            Some(known.bool),
            Some(known.int),
            Some(known.float),
            Some(known.string),
            Some(list),
            Some(map),
            Some(out.intern(Type::Bytes)),
        ];
        out.enums.push(EnumDef {
            name: "Dynamic".to_owned(),
            variants: super::dynamic::variants(payloads),
            boxed: false,
        });
        ty
    }

    pub fn get(&self, ty: sema::TypeId) -> Option<TypeId> {
        self.mapped[ty.0 as usize]
    }

    fn member(
        &self,
        types: &sema::TypeTable,
        ty: sema::TypeId,
        span: Span,
        known: &Known,
        problems: &mut Vec<Diagnostic>,
    ) -> TypeId {
        self.get(ty).unwrap_or_else(|| {
            problems.push(unsupported_type(types, ty, span));
            known.unit
        })
    }

    fn resolve(
        &self,
        types: &sema::TypeTable,
        id: sema::TypeId,
        out: &mut TypeTable,
    ) -> Option<TypeId> {
        if let Some(&done) = self.mapped.get(id.0 as usize) {
            return done;
        }
        let mut part = |id| self.resolve(types, id, out);
        let ty = match *types.get(id) {
            sema::Type::Never | sema::Type::Error | sema::Type::Unit => Type::Unit,
            sema::Type::Bool => Type::Bool,
            sema::Type::Int => Type::Int,
            sema::Type::Float => Type::Float,
            sema::Type::String | sema::Type::Id | sema::Type::Email => Type::String,
            sema::Type::Bytes => Type::Bytes,
            sema::Type::Html => Type::Html,
            sema::Type::Query => Type::Query,
            sema::Type::Refined { base, .. } => return part(base),
            sema::Type::List(element) => Type::List(part(element)?),
            sema::Type::Map(value) => Type::Map(part(value)?),
            sema::Type::Option(inner) => {
                let inner = part(inner)?;
                // An option of an option has one null, not two.
                if matches!(out.get(inner), Type::Option(_)) {
                    return Some(inner);
                }
                Type::Option(inner)
            }
            sema::Type::Result(ok, err) => {
                let ok = part(ok)?;
                Type::Result(ok, part(err)?)
            }
            sema::Type::Struct(id) => Type::Struct(StructId::new(id.0 as usize)),
            sema::Type::Enum(id) => Type::Enum(EnumId::new(id.0 as usize)),
            sema::Type::Box(content) => Type::Box(part(content)?),
            sema::Type::Dynamic => Type::Enum(self.dynamic),
            sema::Type::Task(result) => {
                let cell = Type::Box(part(result)?);
                let cell = out.intern(cell);
                let int = out.intern(Type::Int);
                Type::Box(out.intern(Type::Result(int, cell)))
            }
        };
        Some(out.intern(ty))
    }
}

pub(super) fn unsupported_type(
    types: &sema::TypeTable,
    ty: sema::TypeId,
    span: Span,
) -> Diagnostic {
    let name = types.display(ty);
    Diagnostic::error(
        UNSUPPORTED,
        span,
        format!("values of type `{name}` are not supported yet"),
    )
}

/// Locals a place reads: its root and its indexes.
pub(super) fn place_locals(place: &Place) -> impl Iterator<Item = LocalId> + '_ {
    place.root().into_iter().chain(place.index_locals())
}
