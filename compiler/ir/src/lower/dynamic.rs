//! Dynamic values: an enum that lowering declares, whose payloads are scalars, text, and lists and maps of such values.

use fuse_abi::json::dynamic as tags;
use fuse_abi::{FaultKind, RuntimeFn};
use fuse_sema::program::{Block, Builtin, Expr, LocalId as SourceLocal};
use fuse_sema::types as sema;

use super::body::{Body, copy, int};
use super::decode::SyntaxForm;
use super::per_type::PerType;
use crate::mir::{
    BinaryOp, BlockId, Index, LocalId, Operand, Place, Projection, Rvalue, Terminator, Type,
    TypeId, UnaryOp, Variant,
};

pub(super) const NULL: u32 = tags::NULL as u32;
pub(super) const BOOL: u32 = tags::BOOL as u32;
pub(super) const INT: u32 = tags::INT as u32;
pub(super) const FLOAT: u32 = tags::FLOAT as u32;
pub(super) const STRING: u32 = tags::STRING as u32;
pub(super) const LIST: u32 = tags::LIST as u32;
pub(super) const MAP: u32 = tags::MAP as u32;
pub(super) const BYTES: u32 = tags::BYTES as u32;

const KINDS: [&str; 8] = [
    "Null", "Bool", "Int", "Float", "String", "List", "Map", "Bytes",
];

/// The variants, in the order of their tags, from the types of their payloads.
pub(super) fn variants(payloads: [Option<TypeId>; 8]) -> Vec<Variant> {
    let names = KINDS;
    names
        .iter()
        .zip(payloads)
        .map(|(name, payload)| Variant {
            name: (*name).to_owned(),
            payload: payload.into_iter().collect(),
        })
        .collect()
}

pub(super) fn payload(value: &Place, tag: u32) -> Place {
    value.project(Projection::Variant {
        variant: tag,
        index: 0,
    })
}

impl Body<'_, '_> {
    pub fn dynamic_type(&self) -> TypeId {
        self.cx
            .known
            .dynamic
            .expect("invariant: a program with dynamic values has their type")
    }

    pub fn is_dynamic(&self, ty: TypeId) -> bool {
        self.cx.known.dynamic == Some(ty)
    }

    fn dynamic_null(&mut self, dest: Option<LocalId>) -> Operand {
        let ty = self.dynamic_type();
        self.aggregate(dest, ty, NULL, Vec::new())
    }

    /// Branches on the tag of a dynamic value.
    pub fn switch_dynamic(&mut self, value: &Place, cases: &[(u32, BlockId)], default: BlockId) {
        let tag = self.tag(value.clone());
        let cases = cases
            .iter()
            .map(|&(tag, block)| (i64::from(tag), block))
            .collect();
        self.f.terminate(Terminator::Switch {
            value: tag,
            cases,
            default,
        });
    }

    /// A value as a dynamic one.
    pub fn make_dynamic(&mut self, value: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(value);
        let value = self.operand(value);
        self.dynamic_of(ty, value, dest)
    }

    pub fn dynamic_of(&mut self, ty: TypeId, value: Operand, dest: Option<LocalId>) -> Operand {
        let dynamic = self.dynamic_type();
        let tag = match self.cx.shape(ty) {
            Type::Unit => return self.dynamic_null(dest),
            Type::Bool => BOOL,
            Type::Int => INT,
            Type::Float => FLOAT,
            Type::String => STRING,
            Type::Bytes => BYTES,
            Type::List(inner) if inner == dynamic => LIST,
            Type::Map(inner) if inner == dynamic => MAP,
            _ if ty == dynamic => return self.give(dest, value),
            _ => return self.call_per_type(dest, PerType::ToDynamic, ty, vec![value], dynamic),
        };
        self.aggregate(dest, dynamic, tag, vec![value])
    }

    /// A dynamic value as one of the expression's type. Values whose kind fits are taken as they are, all others are read by the
    /// rules for text.
    pub fn convert_dynamic(
        &mut self,
        expr: &Expr,
        value: &Expr,
        on_error: Option<&(SourceLocal, Block)>,
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let dynamic = self.dynamic_type();
        let value = self.expr_place(value);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        let (other, join) = (self.f.block(), self.f.block());
        self.take_as_it_is(&value, expr.ty, result, other, join);
        self.f.switch_to(other);
        let text = self.ordered_json_of(dynamic, Operand::Copy(value));
        let reading = self.decode_text(text, expr.ty, "$", SyntaxForm::Document);
        self.f.switch_to(reading.bad);
        match on_error {
            Some((error, exit)) => {
                let error = self.local(*error);
                self.problems_into(error, reading.cursor.clone());
                self.block(exit);
                self.never_falls_through();
            }
            None => self.diverge(RuntimeFn::JsonFault, vec![reading.cursor.clone()]),
        }
        self.f.switch_to(reading.good);
        self.end_reading(reading.cursor);
        let value = self.read(None, reading.value);
        self.give(Some(result), value);
        self.f.goto(join);
        self.f.switch_to(join);
        self.read(None, Place::local(result))
    }

    /// Stores values that need no reading and goes to `join`; goes to `other` with all others.
    fn take_as_it_is(
        &mut self,
        value: &Place,
        ty: sema::TypeId,
        result: LocalId,
        other: BlockId,
        join: BlockId,
    ) {
        let types = &self.cx.program.types;
        let (scalar, is_option) = match *types.get(ty) {
            sema::Type::Option(inner) => (inner, true),
            _ => (ty, false),
        };
        let tags: &[u32] = match types.get(scalar) {
            sema::Type::Bool => &[BOOL],
            sema::Type::Int => &[INT],
            sema::Type::Float => &[FLOAT, INT],
            sema::Type::String => &[STRING],
            sema::Type::Bytes => &[BYTES],
            _ => &[],
        };
        let mut cases: Vec<(u32, BlockId)> =
            tags.iter().map(|&tag| (tag, self.f.block())).collect();
        let null = self.f.block();
        if is_option {
            cases.push((NULL, null));
        }
        self.switch_dynamic(value, &cases, other);
        let result_type = self.f.local_type(result);
        let is_float = *self.cx.program.types.get(scalar) == sema::Type::Float;
        for (tag, block) in cases {
            self.f.switch_to(block);
            if tag == NULL {
                self.none(Some(result), result_type);
                self.f.goto(join);
                continue;
            }
            let mut taken = Operand::Copy(payload(value, tag));
            if tag == INT && is_float {
                taken = self.unary_into(None, UnaryOp::IntToFloat, taken);
            }
            if is_option {
                self.some(Some(result), result_type, taken);
            } else {
                self.f.assign(result, Rvalue::Use(taken));
            }
            self.f.goto(join);
        }
    }

    pub fn dynamic_builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let result = dest.unwrap_or_else(|| self.f.temp(ty));
        match builtin {
            Builtin::DynamicIndex | Builtin::DynamicGet => {
                let optional = builtin == Builtin::DynamicGet;
                self.dynamic_index(&args[0], &args[1], optional, result);
            }
            Builtin::DynamicOption => {
                let value = self.expr_place(&args[0]);
                let (null, some, join) = (self.f.block(), self.f.block(), self.f.block());
                self.switch_dynamic(&value, &[(NULL, null)], some);
                self.f.switch_to(some);
                self.some(Some(result), ty, Operand::Copy(value));
                self.f.goto(join);
                self.f.switch_to(null);
                self.none(Some(result), ty);
                self.f.goto(join);
                self.f.switch_to(join);
            }
            _ => self.dynamic_elements(&args[0], builtin == Builtin::DynamicItems, result),
        }
        copy(result)
    }

    /// The elements of a list or the values of a map; or, not as a list, the map itself.
    fn dynamic_elements(&mut self, value: &Expr, as_list: bool, result: LocalId) {
        let value = self.expr_place(value);
        let join = self.f.block();
        let kinds = KINDS;
        let blocks = kinds.map(|_| self.f.block());
        let cases: Vec<(u32, BlockId)> = (0..).zip(blocks).skip(1).collect();
        self.switch_dynamic(&value, &cases, blocks[0]);
        for ((tag, name), block) in (0..).zip(kinds).zip(blocks) {
            self.f.switch_to(block);
            let elements = Operand::Copy(payload(&value, tag));
            match tag {
                LIST if as_list => self.f.assign(result, Rvalue::Use(elements)),
                MAP if !as_list => self.f.assign(result, Rvalue::Use(elements)),
                MAP => {
                    let list_type = self.f.local_type(result);
                    let map_type = self.place_type(&payload(&value, MAP));
                    let args = vec![elements];
                    self.call_per_type(Some(result), PerType::MapValues, map_type, args, list_type);
                }
                _ => {
                    let message = self.text_const(&format!("cannot iterate over {name}"));
                    self.diverge(RuntimeFn::FaultMessage, vec![message]);
                    continue;
                }
            }
            self.f.goto(join);
        }
        self.f.switch_to(join);
    }

    fn dynamic_index(&mut self, base: &Expr, index: &Expr, optional: bool, result: LocalId) {
        let dynamic = self.dynamic_type();
        let index_type = self.ty(index);
        let (base, index) = self.operand_pair(base, index);
        let base = self.place_of(base, dynamic);
        let join = self.f.block();
        if index_type == self.cx.known.string {
            self.dynamic_key(&base, index, optional, result, join);
        } else if index_type == self.cx.known.int {
            self.dynamic_element(&base, index, optional, result, join);
        } else {
            let index = self.place_of(index, dynamic);
            let (key, position, other) = (self.f.block(), self.f.block(), self.f.block());
            self.switch_dynamic(&index, &[(STRING, key), (INT, position)], other);
            self.f.switch_to(key);
            let text = Operand::Copy(payload(&index, STRING));
            self.dynamic_key(&base, text, optional, result, join);
            self.f.switch_to(position);
            let number = Operand::Copy(payload(&index, INT));
            self.dynamic_element(&base, number, optional, result, join);
            self.f.switch_to(other);
            self.fault(FaultKind::ListIndex);
        }
        self.f.switch_to(join);
    }

    fn fault(&mut self, kind: FaultKind) {
        let loc = self.f.loc;
        self.f.terminate(Terminator::Fault(kind, loc));
    }

    /// What is left when the base is not of the kind that the index is for.
    fn not_indexable(&mut self, null: BlockId, optional: bool, result: LocalId, join: BlockId) {
        self.f.switch_to(null);
        if optional {
            self.dynamic_null(Some(result));
            self.f.goto(join);
        } else {
            self.fault(FaultKind::NullAccess);
        }
    }

    /// The entry of a map; a missing one is null.
    fn dynamic_key(
        &mut self,
        base: &Place,
        key: Operand,
        optional: bool,
        result: LocalId,
        join: BlockId,
    ) {
        let (map, list, null, other) = (
            self.f.block(),
            self.f.block(),
            self.f.block(),
            self.f.block(),
        );
        self.switch_dynamic(base, &[(MAP, map), (LIST, list), (NULL, null)], other);
        self.f.switch_to(map);
        let entries = payload(base, MAP);
        let entry = self.map_find(entries.clone(), key);
        let (found, missing) = (self.f.block(), self.f.block());
        let is_found = self.binary(BinaryOp::Ge, copy(entry), int(0));
        self.f.branch(is_found, found, missing);
        self.f.switch_to(found);
        let value = entries.project(Projection::EntryValue(Index::Local(entry)));
        self.f.assign(result, Rvalue::Use(Operand::Copy(value)));
        self.f.goto(join);
        self.f.switch_to(missing);
        self.dynamic_null(Some(result));
        self.f.goto(join);
        self.f.switch_to(list);
        self.fault(FaultKind::ListIndex);
        self.not_indexable(null, optional, result, join);
        self.f.switch_to(other);
        self.fault(FaultKind::IndexAccess);
    }

    /// The element of a list; out of range is a fault, or null where that is asked for.
    fn dynamic_element(
        &mut self,
        base: &Place,
        index: Operand,
        optional: bool,
        result: LocalId,
        join: BlockId,
    ) {
        let (list, map, null, other) = (
            self.f.block(),
            self.f.block(),
            self.f.block(),
            self.f.block(),
        );
        self.switch_dynamic(base, &[(LIST, list), (MAP, map), (NULL, null)], other);
        self.f.switch_to(list);
        let elements = payload(base, LIST);
        let count = self.len(elements.clone());
        let in_range = self.binary(BinaryOp::LtUnsigned, index.clone(), count);
        if optional {
            let (inside, outside) = (self.f.block(), self.f.block());
            self.f.branch(in_range, inside, outside);
            self.f.switch_to(outside);
            self.dynamic_null(Some(result));
            self.f.goto(join);
            self.f.switch_to(inside);
        } else {
            self.f.check(in_range, FaultKind::IndexOutOfBounds);
        }
        let index = Index::Local(self.spill(index, self.cx.known.int));
        let value = elements.project(Projection::Element(index));
        self.f.assign(result, Rvalue::Use(Operand::Copy(value)));
        self.f.goto(join);
        self.f.switch_to(map);
        self.fault(FaultKind::MapKey);
        self.not_indexable(null, optional, result, join);
        self.f.switch_to(other);
        self.fault(FaultKind::IndexAccess);
    }

    /// -1, 0, 1, or 2 when a NaN is among them; values without order fault.
    pub fn compare_dynamic(&mut self, left: Operand, right: Operand) -> Operand {
        let dynamic = self.dynamic_type();
        let int_type = self.cx.known.int;
        let args = vec![left, right];
        let compared = self.call_per_type(None, PerType::Compare, dynamic, args, int_type);
        let has_order = self.binary(BinaryOp::Lt, compared.clone(), int(NO_ORDER));
        self.f.check(has_order, FaultKind::Comparison);
        compared
    }
}

/// What comparing gives for values without order.
pub(super) const NO_ORDER: i64 = 3;
