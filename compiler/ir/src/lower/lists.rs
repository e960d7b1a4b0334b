//! List and map values: literals, concatenation, ranges as values. (Methods are in `builtins`.)

use fuse_abi::FaultKind;
use fuse_sema::program::Expr;

use super::body::{Body, copy, int};
use super::per_type::PerType;
use crate::mir::{BinaryOp, Const, LocalId, Operand, Place, Rvalue};

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
        let map = self.empty_map(dest, ty, int(pairs.len() as i64));
        for pair in values.chunks_exact(2) {
            self.map_set(Place::local(map), pair[0].clone(), pair[1].clone());
        }
        copy(map)
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
        let family = if inclusive {
            PerType::RangeInclusive
        } else {
            PerType::RangeExclusive
        };
        self.call_per_type(dest, family, ty, vec![start, end], ty)
    }

    /// `x - x` is zero for every finite number and for no other.
    fn check_finite(&mut self, value: Operand) {
        let difference = self.binary(BinaryOp::SubFloat, value.clone(), value);
        let zero = Operand::Const(Const::Float(0.0));
        let finite = self.binary(BinaryOp::EqFloat, difference, zero);
        self.f.check(finite, FaultKind::RangeBounds);
    }
}
