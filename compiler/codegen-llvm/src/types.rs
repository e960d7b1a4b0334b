//! LLVM types of MIR types. Layouts come from [`fuse_ir::layout`]; here they only get LLVM names.

use fuse_ir::layout::{Class, Layouts, Scalar};
use fuse_ir::mir::{Type, TypeId, TypeTable};
use inkwell::AddressSpace;
use inkwell::context::Context;
use inkwell::types::{
    ArrayType, BasicType, BasicTypeEnum, FloatType, IntType, PointerType, StructType,
};

/// The scalar types of one context.
#[derive(Clone, Copy)]
pub(crate) struct Types<'ctx> {
    pub context: &'ctx Context,
    pub i1: IntType<'ctx>,
    pub i8: IntType<'ctx>,
    pub i32: IntType<'ctx>,
    pub i64: IntType<'ctx>,
    pub f64: FloatType<'ctx>,
    pub ptr: PointerType<'ctx>,
}

impl<'ctx> Types<'ctx> {
    pub fn new(context: &'ctx Context) -> Types<'ctx> {
        Types {
            context,
            i1: context.bool_type(),
            i8: context.i8_type(),
            i32: context.i32_type(),
            i64: context.i64_type(),
            f64: context.f64_type(),
            ptr: context.ptr_type(AddressSpace::default()),
        }
    }

    /// Type of a scalar in memory.
    pub fn memory(self, scalar: Scalar) -> BasicTypeEnum<'ctx> {
        match scalar {
            Scalar::I8 => self.i8.into(),
            Scalar::I64 => self.i64.into(),
            Scalar::F64 => self.f64.into(),
            Scalar::Pointer => self.ptr.into(),
        }
    }

    /// Storage without structure.
    pub fn bytes(self, size: u64) -> ArrayType<'ctx> {
        self.i8.array_type(size as u32)
    }

    /// A pair of registers, or one.
    pub fn registers(self, types: &[BasicTypeEnum<'ctx>]) -> BasicTypeEnum<'ctx> {
        match types {
            [single] => *single,
            _ => self.pair(types).as_basic_type_enum(),
        }
    }

    fn pair(self, types: &[BasicTypeEnum<'ctx>]) -> StructType<'ctx> {
        self.context.struct_type(types, false)
    }
}

/// What a pointer value of a type can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PointerKind {
    /// Address of a counted object.
    Object,
    /// Address of a counted object, or the odd immediate of a variant without payload.
    Cell,
    /// May be null or anything.
    Unknown,
}

/// Kind of the pointers of a scalar pointer type.
pub(crate) fn pointer_kind(types: &TypeTable, ty: TypeId) -> PointerKind {
    match types.get(ty) {
        Type::String
        | Type::Bytes
        | Type::Html
        | Type::Query
        | Type::List(_)
        | Type::Map(_)
        | Type::Box(_) => PointerKind::Object,
        Type::Struct(_) => PointerKind::Object,
        Type::Enum(_) => PointerKind::Cell,
        _ => PointerKind::Unknown,
    }
}

/// Bytes that can be read behind a pointer of kind [`PointerKind::Object`].
pub(crate) fn readable_bytes(types: &TypeTable, layouts: &Layouts, ty: TypeId) -> u64 {
    match types.get(ty) {
        Type::Struct(_) | Type::Box(_) => layouts.cell_size(types, ty, 0),
        Type::Map(_) => size_of::<fuse_abi::object::Map>() as u64,
        _ => fuse_abi::object::SEQUENCE_DATA,
    }
}

/// A scalar at an offset of a value in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub offset: u64,
    pub scalar: Scalar,
    /// The same bytes always hold this scalar; false for payloads, whose bytes different variants use differently.
    pub typed: bool,
}

/// The scalars a value consists of, in order of offset; `None` when they depend on the variant in a way registers cannot follow.
pub(crate) fn parts(types: &TypeTable, layouts: &Layouts, ty: TypeId) -> Option<Vec<Part>> {
    match layouts.of(ty).class {
        Class::Zero => return Some(Vec::new()),
        Class::Scalar(scalar) => {
            return Some(vec![Part {
                offset: 0,
                scalar,
                typed: true,
            }]);
        }
        Class::Memory => {}
    }
    match types.get(ty) {
        Type::Struct(id) => {
            let mut all = Vec::new();
            let mut offset = 0;
            for field in &types.structs[id].fields {
                offset = append(types, layouts, field.ty, offset, &mut all)?;
            }
            Some(all)
        }
        Type::Enum(id) => {
            let variants: Vec<&[TypeId]> = types.enums[id]
                .variants
                .iter()
                .map(|variant| variant.payload.as_slice())
                .collect();
            tagged(types, layouts, &variants)
        }
        Type::Option(inner) => tagged(types, layouts, &[&[inner]]),
        Type::Result(ok, err) => tagged(types, layouts, &[&[ok], &[err]]),
        _ => None,
    }
}

/// Adds the parts of a member laid out at or after `offset`; gives the offset behind it.
fn append(
    types: &TypeTable,
    layouts: &Layouts,
    ty: TypeId,
    offset: u64,
    out: &mut Vec<Part>,
) -> Option<u64> {
    let layout = layouts.of(ty);
    let start = offset.div_ceil(layout.align) * layout.align;
    for part in parts(types, layouts, ty)? {
        out.push(Part {
            offset: start + part.offset,
            ..part
        });
    }
    Some(start + layout.size)
}

/// Tag byte and payload. The payload of all variants together must fit one register.
fn tagged(types: &TypeTable, layouts: &Layouts, variants: &[&[TypeId]]) -> Option<Vec<Part>> {
    let mut payload: Option<Part> = None;
    for variant in variants {
        let mut members = Vec::new();
        let mut offset = 1;
        for &ty in *variant {
            offset = append(types, layouts, ty, offset, &mut members)?;
        }
        payload = match (payload, members.as_slice()) {
            (payload, []) => payload,
            (None, [single]) => Some(*single),
            (Some(payload), [single]) if payload.offset == single.offset => {
                Some(overlay(payload, *single)?)
            }
            _ => return None,
        };
    }
    let tag = Part {
        offset: 0,
        scalar: Scalar::I8,
        typed: true,
    };
    let mut all = vec![tag];
    all.extend(payload.map(|part| Part {
        typed: false,
        ..part
    }));
    Some(all)
}

fn overlay(a: Part, b: Part) -> Option<Part> {
    let scalar = match (a.scalar, b.scalar) {
        (a, b) if a == b => a,
        (Scalar::I8, _) | (_, Scalar::I8) => return None,
        _ => Scalar::I64,
    };
    Some(Part { scalar, ..a })
}
