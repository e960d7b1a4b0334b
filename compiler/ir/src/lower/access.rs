//! Parts of values: list elements and required map entries. Access is checked first, then the place is read where it is.

use fuse_abi::FaultKind;
use fuse_sema::program::Expr;

use super::body::Body;
use crate::mir::{BinaryOp, Operand, Place, Projection};

impl Body<'_, '_> {
    /// `list[index]`, checked.
    pub fn index_place(&mut self, list: &Expr, index: &Expr) -> Place {
        let list_type = self.ty(list);
        let (list, index) = self.operand_pair(list, index);
        let list = self.place_of(list, list_type);
        self.checked_element(list, index)
    }

    pub fn checked_element(&mut self, list: Place, index: Operand) -> Place {
        let in_range = self.in_range(&list, index.clone());
        self.f.check(in_range, FaultKind::IndexOutOfBounds);
        let index = self.index_of(&index);
        list.project(Projection::Element(index))
    }

    /// Is `0 <= index < len`? One unsigned comparison, since lengths are not negative.
    pub fn in_range(&mut self, list: &Place, index: Operand) -> Operand {
        let len = self.len(list.clone());
        self.binary(BinaryOp::LtUnsigned, index, len)
    }
}
