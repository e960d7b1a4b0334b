//! Mnemonics of operators, one table for printing and reading.

use super::super::function::{BinaryOp, UnaryOp};

pub(super) const UNARY: &[(UnaryOp, &str)] = &[
    (UnaryOp::NegChecked, "neg.checked"),
    (UnaryOp::NegFloat, "neg.float"),
    (UnaryOp::Not, "not"),
    (UnaryOp::IntToFloat, "int_to_float"),
    (UnaryOp::FloatToInt, "float_to_int"),
    (UnaryOp::FloatBits, "float_bits"),
    (UnaryOp::BoolToInt, "bool_to_int"),
    (UnaryOp::Sqrt, "sqrt"),
    (UnaryOp::Floor, "floor"),
    (UnaryOp::Ceil, "ceil"),
    (UnaryOp::Round, "round"),
    (UnaryOp::AbsFloat, "abs.float"),
];

pub(super) const BINARY: &[(BinaryOp, &str)] = &[
    (BinaryOp::AddChecked, "add.checked"),
    (BinaryOp::SubChecked, "sub.checked"),
    (BinaryOp::MulChecked, "mul.checked"),
    (BinaryOp::AddNowrap, "add.nowrap"),
    (BinaryOp::SubNowrap, "sub.nowrap"),
    (BinaryOp::MulNowrap, "mul.nowrap"),
    (BinaryOp::Div, "div"),
    (BinaryOp::Rem, "rem"),
    (BinaryOp::BitAnd, "and"),
    (BinaryOp::BitOr, "or"),
    (BinaryOp::AddFloat, "add.float"),
    (BinaryOp::SubFloat, "sub.float"),
    (BinaryOp::MulFloat, "mul.float"),
    (BinaryOp::DivFloat, "div.float"),
    (BinaryOp::RemFloat, "rem.float"),
    (BinaryOp::Eq, "eq"),
    (BinaryOp::Ne, "ne"),
    (BinaryOp::Lt, "lt"),
    (BinaryOp::Le, "le"),
    (BinaryOp::Gt, "gt"),
    (BinaryOp::Ge, "ge"),
    (BinaryOp::LtUnsigned, "lt.unsigned"),
    (BinaryOp::EqFloat, "eq.float"),
    (BinaryOp::NeFloat, "ne.float"),
    (BinaryOp::LtFloat, "lt.float"),
    (BinaryOp::LeFloat, "le.float"),
    (BinaryOp::GtFloat, "gt.float"),
    (BinaryOp::GeFloat, "ge.float"),
    (BinaryOp::EqBool, "eq.bool"),
    (BinaryOp::EqPointer, "eq.pointer"),
];

pub(super) fn unary_name(op: UnaryOp) -> &'static str {
    UNARY
        .iter()
        .find(|(o, _)| *o == op)
        .map_or("?", |(_, name)| name)
}

pub(super) fn binary_name(op: BinaryOp) -> &'static str {
    BINARY
        .iter()
        .find(|(o, _)| *o == op)
        .map_or("?", |(_, name)| name)
}
