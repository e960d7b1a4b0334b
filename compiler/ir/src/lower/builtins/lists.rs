//! Methods of `List`. Bounds are checked here, so that faults point at the call; loops over elements are functions per type.

use fuse_abi::{FaultKind, RuntimeFn};
use fuse_sema::program::{Builtin, Expr};

use super::texts::take;
use crate::lower::body::{Body, copy, element, int};
use crate::lower::per_type::PerType;
use crate::mir::{
    BinaryOp, Const, Index, LocalId, Operand, Place, Projection, Rvalue, Type, TypeId,
};

impl Body<'_, '_> {
    pub fn list_builtin(
        &mut self,
        expr: &Expr,
        builtin: Builtin,
        args: &[Expr],
        dest: Option<LocalId>,
    ) -> Operand {
        let ty = self.ty(expr);
        let list_type = self.ty(&args[0]);
        let Type::List(element_type) = self.cx.shape(list_type) else {
            unreachable!("invariant: {builtin:?} is lowered elsewhere")
        };
        let args = self.operands(args);
        match builtin {
            Builtin::ListAppend => {
                let [list, value] = take(args);
                self.value(dest, ty, Rvalue::ListPush { list, value })
            }
            Builtin::ListInsert => {
                self.check_position(&args[0], &args[1], list_type);
                self.call_per_type(dest, PerType::ListInsert, list_type, args, ty)
            }
            Builtin::ListRemoveAt => {
                let list = self.place_of(args[0].clone(), list_type);
                let in_range = self.in_range(&list, args[1].clone());
                self.f.check(in_range, FaultKind::IndexOutOfBounds);
                self.call_per_type(dest, PerType::ListRemoveAt, list_type, args, ty)
            }
            Builtin::ListSlice => {
                self.check_position(&args[0], &args[2], list_type);
                let end = self.binary(BinaryOp::AddNowrap, args[2].clone(), int(1));
                let ordered = self.binary(BinaryOp::LtUnsigned, args[1].clone(), end);
                self.f.check(ordered, FaultKind::IndexOutOfBounds);
                self.call_per_type(dest, PerType::ListSlice, list_type, args, ty)
            }
            Builtin::ListReverse => {
                self.call_per_type(dest, PerType::ListReverse, list_type, args, ty)
            }
            Builtin::ListContains => {
                let index = self.list_index_of(list_type, args);
                self.binary_into(dest, BinaryOp::Ge, index, int(0))
            }
            Builtin::ListIndexOf => {
                let index = self.list_index_of(list_type, args);
                self.index_option(index, ty, dest)
            }
            Builtin::ListFirst | Builtin::ListLast => {
                let [list] = take(args);
                let list = self.place_of(list, list_type);
                self.end_of(list, builtin == Builtin::ListLast, ty, dest)
            }
            Builtin::ListSort => {
                let row = match self.cx.shape(element_type) {
                    Type::Int => RuntimeFn::ListSortInt,
                    Type::Float => RuntimeFn::ListSortFloat,
                    _ => RuntimeFn::ListSortText,
                };
                self.row_into(dest, row, args, ty)
            }
            Builtin::ListSum => {
                let [list] = take(args);
                let list = self.place_of(list, list_type);
                self.list_sum(list, element_type, dest)
            }
            Builtin::ListMin => self.call_per_type(dest, PerType::ListMin, list_type, args, ty),
            Builtin::ListMax => self.call_per_type(dest, PerType::ListMax, list_type, args, ty),
            other => unreachable!("invariant: {other:?} is lowered elsewhere"),
        }
    }

    /// A position between elements: 0 to the length.
    fn check_position(&mut self, list: &Operand, position: &Operand, list_type: TypeId) {
        let list = self.place_of(list.clone(), list_type);
        let len = self.len(list);
        let end = self.binary(BinaryOp::AddNowrap, len, int(1));
        let in_range = self.binary(BinaryOp::LtUnsigned, position.clone(), end);
        self.f.check(in_range, FaultKind::IndexOutOfBounds);
    }

    fn list_index_of(&mut self, list_type: TypeId, args: Vec<Operand>) -> Operand {
        let int_type = self.cx.known.int;
        self.call_per_type(None, PerType::ListIndexOf, list_type, args, int_type)
    }

    /// First or last element, or none.
    fn end_of(&mut self, list: Place, last: bool, ty: TypeId, dest: Option<LocalId>) -> Operand {
        let len = self.len(list.clone());
        let present = self.binary(BinaryOp::Gt, len.clone(), int(0));
        let index = if last {
            let index = self.binary(BinaryOp::SubNowrap, len, int(1));
            self.index_of(&index)
        } else {
            Index::Const(0)
        };
        self.option_of(present, list.project(Projection::Element(index)), ty, dest)
    }

    /// In place, so that an overflow is reported at the call.
    fn list_sum(&mut self, list: Place, element_type: TypeId, dest: Option<LocalId>) -> Operand {
        let is_float = element_type == self.cx.known.float;
        let (zero, op) = if is_float {
            (Operand::Const(Const::Float(0.0)), BinaryOp::AddFloat)
        } else {
            (int(0), BinaryOp::AddChecked)
        };
        let sum = self.f.temp(element_type);
        self.f.assign(sum, Rvalue::Use(zero));
        let count = self.len(list.clone());
        self.counted(count, |body, index| {
            let value = element(&list, index);
            body.f.assign(sum, Rvalue::Binary(op, copy(sum), value));
        });
        self.give(dest, copy(sum))
    }
}
