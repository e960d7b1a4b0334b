//! How the references in a value of a type are reached.

use super::Expander;
use crate::layout::TagEncoding;
use crate::mir::*;

/// By-value structs with up to this many references are counted in place; larger ones by a function.
const INLINE_REFERENCES: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// No references.
    Plain,
    /// Pointer to a text object.
    Text,
    /// Pointer to another counted object, never null.
    Counted,
    /// Pointer to a cell, or an immediate.
    Cell,
    /// Null, or what is inside.
    Nullable,
    /// Members by value, few enough to visit in place.
    Record,
    /// Members by value: too many, or told apart by a tag.
    Composite,
}

impl Expander<'_> {
    pub fn shape(&self, ty: TypeId) -> Shape {
        if !self.is_managed(ty) {
            return Shape::Plain;
        }
        let types = &self.program.types;
        match types.get(ty) {
            Type::String | Type::Bytes | Type::Html | Type::Query => Shape::Text,
            Type::List(_) | Type::Map(_) | Type::Box(_) => Shape::Counted,
            Type::Struct(id) if types.structs[id].boxed => Shape::Counted,
            Type::Struct(id) if types.structs[id].partial.is_some() => Shape::Composite,
            Type::Struct(_) if self.references(ty) <= INLINE_REFERENCES => Shape::Record,
            Type::Enum(id) if types.enums[id].boxed => Shape::Cell,
            Type::Option(_) if self.layouts.tag_encoding(types, ty) == TagEncoding::NullPointer => {
                Shape::Nullable
            }
            _ => Shape::Composite,
        }
    }

    /// How many references a value counts at most when it is visited in place.
    fn references(&self, ty: TypeId) -> u32 {
        if !self.is_managed(ty) {
            return 0;
        }
        match self.program.types.get(ty) {
            Type::Struct(id) if !self.program.types.structs[id].boxed => self
                .members(ty, 0)
                .into_iter()
                .map(|(_, member)| self.references(member))
                .sum(),
            _ => 1,
        }
    }

    /// Can a value of this type be reached from itself, so that following it may go arbitrarily deep?
    pub fn is_recursive(&self, ty: TypeId) -> bool {
        let mut seen = Vec::new();
        let mut work = self.inner(ty);
        while let Some(next) = work.pop() {
            if next == ty {
                return true;
            }
            if !seen.contains(&next) {
                seen.push(next);
                work.extend(self.inner(next));
            }
        }
        false
    }

    fn inner(&self, ty: TypeId) -> Vec<TypeId> {
        match self.program.types.get(ty) {
            Type::List(inner) | Type::Map(inner) => vec![inner],
            _ => (0..self.variant_count(ty))
                .flat_map(|variant| self.members(ty, variant))
                .map(|(_, member)| member)
                .collect(),
        }
    }

    /// Is `target` a part of a value of type `ty` without going through another counted object?
    pub fn holds(&self, ty: TypeId, target: TypeId) -> bool {
        if ty == target {
            return true;
        }
        match self.shape(ty) {
            Shape::Nullable | Shape::Record | Shape::Composite => (0..self.variant_count(ty))
                .flat_map(|variant| self.members(ty, variant))
                .any(|(_, member)| self.holds(member, target)),
            _ => false,
        }
    }
}
