//! Constant objects as bytes: what back ends write into their data, with the places where addresses of other data go.

use fuse_abi::object;

use crate::layout::{Class, Layouts, Offset, TagEncoding};
use crate::mir::{ConstContent, ConstValue, ObjectId, Program, StrId, Type, TypeId};

/// The bytes of one object; addresses are zeros in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pub bytes: Vec<u8>,
    /// In ascending order: offset, and whose address stands there, 8 bytes long.
    pub addresses: Vec<(usize, Target)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Text(StrId),
    Object(ObjectId),
}

/// The image of a constant object: immortal, so its count is zero.
pub fn image(program: &Program, layouts: &Layouts, id: ObjectId) -> Image {
    let object = program.object_data(id);
    let mut writer = Writer {
        program,
        layouts,
        image: Image {
            bytes: Vec::new(),
            addresses: Vec::new(),
        },
    };
    match &object.content {
        ConstContent::Elements(elements) => {
            let Type::List(element) = program.types.get(object.ty) else {
                panic!("invariant: only lists have elements")
            };
            writer.list(element, elements);
        }
        ConstContent::Cell { variant, members } => {
            let size = layouts.cell_size(&program.types, object.ty, *variant);
            writer.image.bytes.resize(size as usize, 0);
            writer.put(object::AUX_OFFSET, &variant.to_le_bytes());
            writer.members(0, object.ty, *variant, members);
        }
    }
    writer.image.addresses.sort_by_key(|(offset, _)| *offset);
    writer.image
}

struct Writer<'a> {
    program: &'a Program,
    layouts: &'a Layouts,
    image: Image,
}

impl Writer<'_> {
    fn put(&mut self, at: u64, bytes: &[u8]) {
        let at = at as usize;
        self.image.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn list(&mut self, element: TypeId, elements: &[ConstValue]) {
        let stride = self.layouts.stride(element);
        let count = elements.len() as u64;
        let size = object::SEQUENCE_DATA + count * stride;
        self.image.bytes.resize(size as usize, 0);
        self.put(object::AUX_OFFSET, &(count as u32).to_le_bytes());
        self.put(object::LEN_OFFSET, &count.to_le_bytes());
        for (at, value) in (0..).zip(elements) {
            self.value(object::SEQUENCE_DATA + at * stride, element, value);
        }
    }

    fn value(&mut self, at: u64, ty: TypeId, value: &ConstValue) {
        match value {
            ConstValue::Unit => {}
            ConstValue::Bool(value) => self.put(at, &[u8::from(*value)]),
            ConstValue::Int(value) => self.put(at, &value.to_le_bytes()),
            ConstValue::Float(bits) => self.put(at, &bits.to_le_bytes()),
            ConstValue::Str(id) => self.address(at, Target::Text(*id)),
            ConstValue::Object(id) => self.address(at, Target::Object(*id)),
            ConstValue::Inline { variant, members } => {
                self.tag(at, ty, *variant);
                if !members.is_empty() {
                    self.members(at, ty, *variant, members);
                }
            }
        }
    }

    fn address(&mut self, at: u64, target: Target) {
        self.image.addresses.push((at as usize, target));
    }

    fn tag(&mut self, at: u64, ty: TypeId, variant: u32) {
        let types = &self.program.types;
        if let Type::Struct(_) = types.get(ty) {
            return;
        }
        match self.layouts.tag_encoding(types, ty) {
            TagEncoding::Byte => self.put(at, &[variant as u8]),
            TagEncoding::NullPointer => {}
            TagEncoding::Cell => self.put(at, &(u64::from(variant) * 2 + 1).to_le_bytes()),
        }
    }

    /// Members at their places in the value, or in the cell, at `at`.
    fn members(&mut self, at: u64, ty: TypeId, variant: u32, members: &[ConstValue]) {
        let types = &self.program.types;
        let places = types.members(ty, variant).unwrap_or_default();
        for ((projection, _), member) in places.into_iter().zip(members) {
            let step = self.layouts.step(types, ty, projection);
            let Offset::Fixed(offset) = step.offset else {
                panic!("invariant: members are at fixed offsets")
            };
            if self.layouts.of(step.ty).class != Class::Zero {
                self.value(at + offset, step.ty, member);
            }
        }
    }
}
