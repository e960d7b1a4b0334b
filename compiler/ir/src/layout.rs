//! Sizes, alignments and addresses of MIR types: architecture section 5. Back ends follow these answers step by step and decide
//! nothing themselves.

use cranelift_entity::{EntityRef, SecondaryMap};
use fuse_abi::object;

use crate::mir::{EnumId, Index, Projection, StructId, Type, TypeId, TypeTable};

/// By-value structs and enums above this many bytes go behind a counted pointer.
pub const BY_VALUE_LIMIT: u64 = 128;

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// No bits: `Unit`.
    Zero,
    /// In a register.
    Scalar(Scalar),
    /// In memory; passed and returned by address.
    Memory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// `Bool` (0 or 1) and enums without payloads.
    I8,
    I64,
    F64,
    Pointer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub size: u64,
    pub align: u64,
    pub class: Class,
    /// Contains counted pointers, so copies and drops count.
    pub managed: bool,
}

/// Where the discriminant of an option, result or enum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagEncoding {
    /// A byte at offset 0 of the value: 0 none / 1 some, 0 ok / 1 err, or the variant index.
    Byte,
    /// The value is a pointer; null is none (tag 0), anything else some (tag 1).
    NullPointer,
    /// The value is a pointer word: odd is the immediate `variant * 2 + 1`; even points to a cell whose header `aux` is the variant.
    Cell,
}

/// One step from the address of a value to the address of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Load the pointer stored at the current address first.
    pub deref: bool,
    pub offset: Offset,
    /// Type of the part.
    pub ty: TypeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    Fixed(u64),
    /// `base + index * stride`
    Indexed {
        base: u64,
        index: Index,
        stride: u64,
    },
    /// Load the entries pointer at `MAP_ENTRIES_OFFSET`, then `base + index * stride`.
    Entry {
        base: u64,
        index: Index,
        stride: u64,
    },
}

/// Layouts of every type in a table.
#[derive(Clone, Debug)]
pub struct Layouts {
    layouts: SecondaryMap<TypeId, Option<Layout>>,
}

fn align_to(offset: u64, align: u64) -> u64 {
    offset.div_ceil(align) * align
}

const ZERO: Layout = Layout {
    size: 0,
    align: 1,
    class: Class::Zero,
    managed: false,
};
const BYTE: Layout = Layout {
    size: 1,
    align: 1,
    class: Class::Scalar(Scalar::I8),
    managed: false,
};
const INT: Layout = Layout {
    size: 8,
    align: 8,
    class: Class::Scalar(Scalar::I64),
    managed: false,
};
const FLOAT: Layout = Layout {
    size: 8,
    align: 8,
    class: Class::Scalar(Scalar::F64),
    managed: false,
};
const RAW: Layout = Layout {
    size: 8,
    align: 8,
    class: Class::Scalar(Scalar::Pointer),
    managed: false,
};
const COUNTED: Layout = Layout {
    size: 8,
    align: 8,
    class: Class::Scalar(Scalar::Pointer),
    managed: true,
};

impl Layouts {
    /// Lays out every type of the table. Boxing must have been decided ([`decide_boxing`]), otherwise recursive types do not end.
    pub fn compute(types: &TypeTable) -> Layouts {
        let mut layouts = Layouts {
            layouts: SecondaryMap::new(),
        };
        for (id, _) in types.iter() {
            layouts.fill(types, id);
        }
        layouts
    }

    /// Adds types interned since [`Layouts::compute`].
    pub fn extend(&mut self, types: &TypeTable) {
        for (id, _) in types.iter() {
            self.fill(types, id);
        }
    }

    pub fn of(&self, ty: TypeId) -> Layout {
        self.layouts[ty].expect("invariant: every interned type has a layout")
    }

    fn fill(&mut self, types: &TypeTable, id: TypeId) -> Layout {
        if let Some(layout) = self.layouts[id] {
            return layout;
        }
        let layout = match types.get(id) {
            Type::Unit => ZERO,
            Type::Bool => BYTE,
            Type::Int => INT,
            Type::Float => FLOAT,
            Type::Raw => RAW,
            Type::String
            | Type::Bytes
            | Type::Query
            | Type::Html
            | Type::List(_)
            | Type::Map(_)
            | Type::Box(_) => COUNTED,
            Type::Option(inner) => {
                let inner = self.fill(types, inner);
                if inner.class == Class::Scalar(Scalar::Pointer) && self.has_null_niche(types, id) {
                    COUNTED
                } else {
                    tagged(&[&[inner]])
                }
            }
            Type::Result(ok, err) => {
                let (ok, err) = (self.fill(types, ok), self.fill(types, err));
                tagged(&[&[ok], &[err]])
            }
            Type::Struct(id) => {
                if types.structs[id].boxed {
                    COUNTED
                } else {
                    self.struct_body(types, id)
                }
            }
            Type::Enum(id) => {
                if types.enums[id].boxed {
                    COUNTED
                } else {
                    self.enum_body(types, id)
                }
            }
        };
        self.layouts[id] = Some(layout);
        layout
    }

    fn struct_body(&mut self, types: &TypeTable, id: StructId) -> Layout {
        let fields: Vec<Layout> = types.structs[id]
            .fields
            .iter()
            .map(|f| self.fill(types, f.ty))
            .collect();
        record(&fields, 0)
    }

    fn enum_body(&mut self, types: &TypeTable, id: EnumId) -> Layout {
        let variants: Vec<Vec<Layout>> = types.enums[id]
            .variants
            .iter()
            .map(|v| v.payload.iter().map(|&ty| self.fill(types, ty)).collect())
            .collect();
        if variants
            .iter()
            .all(|v| v.iter().all(|l| l.class == Class::Zero))
        {
            return BYTE;
        }
        let slices: Vec<&[Layout]> = variants.iter().map(|v| v.as_slice()).collect();
        tagged(&slices)
    }

    /// Options of pointers use null for none; options of such options need a tag.
    fn has_null_niche(&self, types: &TypeTable, option: TypeId) -> bool {
        match types.get(option) {
            Type::Option(inner) => match types.get(inner) {
                Type::Raw | Type::Option(_) => false,
                _ => self.layouts[inner].is_some_and(|l| l.class == Class::Scalar(Scalar::Pointer)),
            },
            _ => false,
        }
    }

    /// Panics on types without a discriminant.
    pub fn tag_encoding(&self, types: &TypeTable, ty: TypeId) -> TagEncoding {
        match types.get(ty) {
            Type::Option(_) if self.has_null_niche(types, ty) => TagEncoding::NullPointer,
            Type::Option(_) | Type::Result(..) => TagEncoding::Byte,
            Type::Enum(id) if types.enums[id].boxed => TagEncoding::Cell,
            Type::Enum(_) => TagEncoding::Byte,
            other => panic!("invariant: {other:?} has no discriminant"),
        }
    }

    /// The step a projection of a value of type `ty` takes. Panics when the projection does not fit the type (the verifier's job).
    pub fn step(&self, types: &TypeTable, ty: TypeId, projection: Projection) -> Step {
        match (types.get(ty), projection) {
            (Type::Struct(id), Projection::Field(index)) => {
                let def = &types.structs[id];
                let base = if def.boxed { object::BOXED_DATA } else { 0 };
                let tys: Vec<TypeId> = def.fields.iter().map(|f| f.ty).collect();
                Step {
                    deref: def.boxed,
                    offset: Offset::Fixed(self.member(&tys, base, index)),
                    ty: tys[index as usize],
                }
            }
            (Type::Enum(id), Projection::Variant { variant, index }) => {
                let def = &types.enums[id];
                let base = if def.boxed { object::BOXED_DATA } else { 1 };
                let tys = &def.variants[variant as usize].payload;
                Step {
                    deref: def.boxed,
                    offset: Offset::Fixed(self.member(tys, base, index)),
                    ty: tys[index as usize],
                }
            }
            (Type::Option(inner), Projection::Some) => {
                let offset = match self.tag_encoding(types, ty) {
                    TagEncoding::Byte => align_to(1, self.of(inner).align),
                    _ => 0,
                };
                Step {
                    deref: false,
                    offset: Offset::Fixed(offset),
                    ty: inner,
                }
            }
            (Type::Result(ok, _), Projection::Ok) => Step {
                deref: false,
                offset: Offset::Fixed(align_to(1, self.of(ok).align)),
                ty: ok,
            },
            (Type::Result(_, err), Projection::Err) => Step {
                deref: false,
                offset: Offset::Fixed(align_to(1, self.of(err).align)),
                ty: err,
            },
            (Type::List(element), Projection::Element(index)) => Step {
                deref: true,
                offset: Offset::Indexed {
                    base: object::SEQUENCE_DATA,
                    index,
                    stride: self.stride(element),
                },
                ty: element,
            },
            (Type::Map(value), Projection::EntryValue(index)) => Step {
                deref: true,
                offset: Offset::Entry {
                    base: object::MAP_ENTRY_VALUE,
                    index,
                    stride: self.entry_stride(value),
                },
                ty: value,
            },
            (Type::Map(value), Projection::EntryKey(index)) => Step {
                deref: true,
                offset: Offset::Entry {
                    base: object::MAP_ENTRY_KEY,
                    index,
                    stride: self.entry_stride(value),
                },
                ty: types
                    .lookup(Type::String)
                    .expect("invariant: a program with maps has strings"),
            },
            (Type::Box(content), Projection::Content) => Step {
                deref: true,
                offset: Offset::Fixed(object::BOXED_DATA),
                ty: content,
            },
            (ty, projection) => panic!("invariant: {projection:?} does not apply to {ty:?}"),
        }
    }

    /// Distance between list elements. At least 1, so that lists of `Unit` have a length.
    pub fn stride(&self, element: TypeId) -> u64 {
        let layout = self.of(element);
        align_to(layout.size, layout.align).max(1)
    }

    /// Distance between map entries: key, hash, value.
    pub fn entry_stride(&self, value: TypeId) -> u64 {
        object::MAP_ENTRY_VALUE + align_to(self.of(value).size, 8)
    }

    /// Bytes to allocate for the cell of a boxed struct or enum variant, or of a box.
    pub fn cell_size(&self, types: &TypeTable, ty: TypeId, variant: u32) -> u64 {
        let tys: Vec<TypeId> = match types.get(ty) {
            Type::Struct(id) => types.structs[id].fields.iter().map(|f| f.ty).collect(),
            Type::Enum(id) => types.enums[id].variants[variant as usize].payload.clone(),
            Type::Box(content) => vec![content],
            other => panic!("invariant: {other:?} has no cell"),
        };
        let members: Vec<Layout> = tys.iter().map(|&ty| self.of(ty)).collect();
        align_to(record(&members, object::BOXED_DATA).size, 8)
    }

    fn member(&self, tys: &[TypeId], base: u64, index: u32) -> u64 {
        let mut offset = base;
        for (i, &ty) in tys.iter().enumerate() {
            let layout = self.of(ty);
            offset = align_to(offset, layout.align);
            if i == index as usize {
                return offset;
            }
            offset += layout.size;
        }
        panic!("invariant: member {index} of {} does not exist", tys.len())
    }
}

/// Members one after the other from `base` on, at their alignment.
fn record(members: &[Layout], base: u64) -> Layout {
    let (mut offset, mut align, mut managed) = (base, 1, false);
    for member in members {
        offset = align_to(offset, member.align) + member.size;
        align = align.max(member.align);
        managed |= member.managed;
    }
    let size = align_to(offset, align);
    let class = if size == 0 {
        Class::Zero
    } else {
        Class::Memory
    };
    Layout {
        size,
        align,
        class,
        managed,
    }
}

/// A tag byte and the largest of the payload records.
fn tagged(variants: &[&[Layout]]) -> Layout {
    let (mut size, mut align, mut managed) = (1, 1, false);
    for payload in variants {
        let body = record(payload, 1);
        size = size.max(body.size);
        align = align.max(body.align);
        managed |= body.managed;
    }
    Layout {
        size: align_to(size, align),
        align,
        class: Class::Memory,
        managed,
    }
}

/// Decides which structs and enums live behind a counted pointer: those that contain themselves by value, and those larger than
/// [`BY_VALUE_LIMIT`]. Deterministic: depends on declaration order only.
pub fn decide_boxing(types: &mut TypeTable) {
    // Recursion: follow by-value containment; a nominal type reachable from itself is boxed.
    let nominal: Vec<Nominal> = types
        .structs
        .keys()
        .map(Nominal::Struct)
        .chain(types.enums.keys().map(Nominal::Enum))
        .collect();
    for &start in &nominal {
        let mut seen = vec![false; nominal.len()];
        if reaches(types, start, start, &mut seen) {
            set_boxed(types, start);
        }
    }
    // Size: inner types first, so that an outer type is measured with its members' final form.
    let mut done = vec![false; nominal.len()];
    for &start in &nominal {
        box_large(types, start, &mut done);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Nominal {
    Struct(StructId),
    Enum(EnumId),
}

fn nominal_index(types: &TypeTable, nominal: Nominal) -> usize {
    match nominal {
        Nominal::Struct(id) => id.index(),
        Nominal::Enum(id) => types.structs.len() + id.index(),
    }
}

fn is_boxed(types: &TypeTable, nominal: Nominal) -> bool {
    match nominal {
        Nominal::Struct(id) => types.structs[id].boxed,
        Nominal::Enum(id) => types.enums[id].boxed,
    }
}

fn set_boxed(types: &mut TypeTable, nominal: Nominal) {
    match nominal {
        Nominal::Struct(id) => types.structs[id].boxed = true,
        Nominal::Enum(id) => types.enums[id].boxed = true,
    }
}

fn members(types: &TypeTable, nominal: Nominal) -> Vec<TypeId> {
    match nominal {
        Nominal::Struct(id) => types.structs[id].fields.iter().map(|f| f.ty).collect(),
        Nominal::Enum(id) => types.enums[id]
            .variants
            .iter()
            .flat_map(|v| v.payload.iter().copied())
            .collect(),
    }
}

/// Nominal types directly contained by value in a value of type `ty`.
fn contained(types: &TypeTable, ty: TypeId, out: &mut Vec<Nominal>) {
    match types.get(ty) {
        Type::Option(inner) => contained(types, inner, out),
        Type::Result(ok, err) => {
            contained(types, ok, out);
            contained(types, err, out);
        }
        Type::Struct(id) => out.push(Nominal::Struct(id)),
        Type::Enum(id) => out.push(Nominal::Enum(id)),
        _ => {}
    }
}

fn reaches(types: &TypeTable, from: Nominal, target: Nominal, seen: &mut [bool]) -> bool {
    // Already boxed types end the chain: what they contain is behind their pointer.
    if from != target && is_boxed(types, from) {
        return false;
    }
    let mut next = Vec::new();
    for ty in members(types, from) {
        contained(types, ty, &mut next);
    }
    for inner in next {
        if inner == target {
            return true;
        }
        let index = nominal_index(types, inner);
        if !std::mem::replace(&mut seen[index], true) && reaches(types, inner, target, seen) {
            return true;
        }
    }
    false
}

fn box_large(types: &mut TypeTable, nominal: Nominal, done: &mut [bool]) {
    let index = nominal_index(types, nominal);
    // What is made field by field stays in its function.
    let partial = matches!(nominal, Nominal::Struct(id) if types.structs[id].partial.is_some());
    if std::mem::replace(&mut done[index], true) || is_boxed(types, nominal) || partial {
        return;
    }
    let mut inner = Vec::new();
    for ty in members(types, nominal) {
        contained(types, ty, &mut inner);
    }
    for part in inner {
        box_large(types, part, done);
    }
    let mut scratch = Layouts {
        layouts: SecondaryMap::new(),
    };
    let size = match nominal {
        Nominal::Struct(id) => scratch.struct_body(types, id).size,
        Nominal::Enum(id) => scratch.enum_body(types, id).size,
    };
    if size > BY_VALUE_LIMIT {
        set_boxed(types, nominal);
    }
}
