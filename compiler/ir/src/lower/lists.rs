//! List and map values: literals, concatenation, ranges as values. (Methods are in `builtins`.)

use fuse_abi::FaultKind;
use fuse_abi::object::MAX_CAPACITY;
use fuse_sema::program::Expr;

use super::body::{Body, copy, int};
use super::per_type::PerType;
use crate::mir::{BinaryOp, Const, LocalId, Operand, Place, Rvalue, Type, TypeId, UnaryOp};

/// Literals of maps with more pairs than this are made from two lists, in a loop.
const INLINE_PAIRS: usize = 8;

impl Body<'_, '_> {
    pub fn list(&mut self, expr: &Expr, items: &[Expr], dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let elements = self.operands(items);
        let capacity = int(elements.len() as i64);
        self.value(dest, ty, Rvalue::List { elements, capacity })
    }

    pub fn map(&mut self, expr: &Expr, pairs: &[(Expr, Expr)], dest: Option<LocalId>) -> Operand {
        let ty = self.ty(expr);
        let values = self.operands(pairs.iter().flat_map(|(key, value)| [key, value]));
        if pairs.len() > INLINE_PAIRS {
            return self.long_map(ty, &values, dest);
        }
        let map = self.empty_map(dest, ty, int(pairs.len() as i64));
        for pair in values.chunks_exact(2) {
            self.map_set(Place::local(map), pair[0].clone(), pair[1].clone());
        }
        copy(map)
    }

    /// A map from keys and values in turns.
    fn long_map(&mut self, ty: TypeId, pairs: &[Operand], dest: Option<LocalId>) -> Operand {
        let Type::Map(value_type) = self.cx.shape(ty) else {
            unreachable!("invariant: a literal of a map")
        };
        let values_type = self.cx.intern(Type::List(value_type));
        let mut lists = Vec::with_capacity(2);
        for (at, ty) in [self.cx.known.list_string, values_type]
            .into_iter()
            .enumerate()
        {
            let elements: Vec<Operand> = pairs.iter().skip(at).step_by(2).cloned().collect();
            let capacity = int(elements.len() as i64);
            lists.push(self.value(None, ty, Rvalue::List { elements, capacity }));
        }
        self.call_per_type(dest, PerType::MapOf, ty, lists, ty)
    }

    pub fn list_concat(&mut self, left: &Expr, right: &Expr, dest: Option<LocalId>) -> Operand {
        let ty = self.ty(left);
        let args = self.operands([left, right]);
        self.call_per_type(dest, PerType::ListConcat, ty, args, ty)
    }

    /// A range as a list of its numbers.
    pub fn range_list(
        &mut self,
        expr: &Expr,
        start: &Expr,
        end: &Expr,
        inclusive: bool,
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let is_float = self.ty(start) == self.cx.known.float;
        let (start, end) = self.operand_pair(start, end);
        if is_float {
            for bound in [&start, &end] {
                self.check_finite(bound.clone());
            }
        }
        if inclusive {
            let op = if is_float {
                BinaryOp::LeFloat
            } else {
                BinaryOp::Le
            };
            let ordered = self.binary(op, start.clone(), end.clone());
            self.f.check(ordered, FaultKind::RangeOrder);
        }
        self.check_length(start.clone(), end.clone(), is_float);
        let family = if inclusive {
            PerType::RangeInclusive
        } else {
            PerType::RangeExclusive
        };
        self.call_per_type(dest, family, ty, vec![start, end], ty)
    }

    /// A range that no list can hold is known before it is made.
    fn check_length(&mut self, start: Operand, end: Operand, is_float: bool) {
        let [start, end] = [start, end].map(|bound| match is_float {
            true => bound,
            false => self.unary_into(None, UnaryOp::IntToFloat, bound),
        });
        let length = self.binary(BinaryOp::SubFloat, end, start);
        let limit = Operand::Const(Const::Float(MAX_CAPACITY as f64));
        let fits = self.binary(BinaryOp::LtFloat, length, limit);
        self.f.check(fits, FaultKind::OutOfMemory);
    }

    /// `x - x` is zero for every finite number and for no other.
    fn check_finite(&mut self, value: Operand) {
        let difference = self.binary(BinaryOp::SubFloat, value.clone(), value);
        let zero = Operand::Const(Const::Float(0.0));
        let finite = self.binary(BinaryOp::EqFloat, difference, zero);
        self.f.check(finite, FaultKind::RangeBounds);
    }
}
