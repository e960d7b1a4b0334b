//! Raised errors and language faults.

use fuse_abi::{FaultKind, RuntimeFn};
use fuse_sema::program::{Block, Expr, LocalId as SourceLocal};
use fuse_sema::types::EnumKind;

use super::body::{Body, boolean, int};
use super::per_type::PerType;
use super::per_type::text::{each_variant, variant_part};
use crate::mir::{BinaryOp, Operand, Place, Projection, Rvalue, Terminator, Type, TypeId};

/// Status of errors that do not say otherwise.
pub(super) const INTERNAL_STATUS: i64 = 500;

/// What the boundary does with an error value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StdError {
    /// `std.Error`: brings its code and status along.
    Base,
    Validation,
    /// Code and status are those of the type.
    Simple {
        code: &'static str,
        status: i64,
    },
}

/// The standard error a struct name stands for. Names with dots cannot be declared by users.
pub(super) fn std_error(name: &str) -> Option<StdError> {
    let simple = |code, status| Some(StdError::Simple { code, status });
    match name {
        "std.Error" => Some(StdError::Base),
        "std.Error.Validation" => Some(StdError::Validation),
        "std.Error.BadRequest" => simple("bad_request", 400),
        "std.Error.Unauthorized" => simple("unauthorized", 401),
        "std.Error.Forbidden" => simple("forbidden", 403),
        "std.Error.NotFound" => simple("not_found", 404),
        "std.Error.Conflict" => simple("conflict", 409),
        _ => None,
    }
}

impl Body<'_, '_> {
    pub fn std_error_of(&self, ty: TypeId) -> Option<StdError> {
        match self.cx.shape(ty) {
            Type::Struct(id) => std_error(&self.cx.mir.types.structs[id].name),
            _ => None,
        }
    }

    /// Leaves for the nearest boundary with an error value.
    pub fn raise(&mut self, value: &Expr) {
        let ty = self.ty(value);
        let place = self.expr_place(value);
        self.each_domain(ty, &place, |body, ty, value| {
            let (text, status, is_json) = body.error_parts(ty, value);
            body.diverge(RuntimeFn::Raise, vec![text, status, boolean(is_json)]);
        });
    }

    /// Calls `emit` for the error in `place`: for every domain of a union in a block of its own, which `emit` ends.
    pub fn each_domain(
        &mut self,
        ty: TypeId,
        place: &Place,
        mut emit: impl FnMut(&mut Body, TypeId, Operand),
    ) {
        let domains = match self.cx.shape(ty) {
            Type::Enum(id) if self.cx.enum_kind(id) == EnumKind::Union => {
                let variants = &self.cx.mir.types.enums[id].variants;
                variants.iter().map(|v| v.payload[0]).collect()
            }
            _ => Vec::new(),
        };
        if domains.is_empty() {
            let error = self.read(None, place.clone());
            return emit(self, ty, error);
        }
        each_variant(self, place, domains.len(), |body, variant| {
            let error = body.read(None, variant_part(place, variant, 0));
            emit(body, domains[variant as usize], error);
        });
    }

    /// Text of an error, HTTP status, and whether the text is error JSON.
    pub fn error_parts(&mut self, ty: TypeId, value: Operand) -> (Operand, Operand, bool) {
        match self.std_error_of(ty) {
            Some(kind) => {
                let status = self.error_status(kind, ty, &value);
                let mut sink = self.new_text(int(96));
                self.sink_per_type(&mut sink, PerType::ErrorJson, ty, value);
                let text = self.sink_finish(sink);
                (text, status, true)
            }
            None => {
                let text = self.text_of(ty, value, None);
                (text, int(INTERNAL_STATUS), false)
            }
        }
    }

    fn error_status(&mut self, kind: StdError, ty: TypeId, value: &Operand) -> Operand {
        match kind {
            StdError::Simple { status, .. } => int(status),
            StdError::Validation => int(400),
            StdError::Base => {
                let int_type = self.cx.known.int;
                self.call_per_type(
                    None,
                    PerType::ErrorStatus,
                    ty,
                    vec![value.clone()],
                    int_type,
                )
            }
        }
    }

    /// Payload of an option or result; `exit` runs when there is none, with the error of a result in `error`.
    pub fn payload_or(&mut self, value: &Expr, error: Option<SourceLocal>, exit: &Block) -> Place {
        let ty = self.ty(value);
        let (good, bad) = (self.f.block(), self.f.block());
        let payload = if let Type::Result(..) = self.cx.shape(ty) {
            let place = self.expr_place(value);
            self.switch_tag(place.clone(), 0, good, bad);
            self.f.switch_to(bad);
            if let Some(error) = error {
                let error = self.local(error);
                let from = place.project(Projection::Err);
                if self.place_type(&from) != self.cx.known.unit {
                    self.f.assign(error, Rvalue::Use(Operand::Copy(from)));
                }
            }
            place.project(Projection::Ok)
        } else {
            let payload = self.test_option(value, good, bad);
            self.f.switch_to(bad);
            payload
        };
        self.block(exit);
        self.never_falls_through();
        self.f.switch_to(good);
        payload
    }

    /// `std.Error`'s status where it is one HTTP knows, else 500.
    pub fn clamp_status(&mut self, status: Operand) -> Operand {
        let int_type = self.cx.known.int;
        let result = self.f.temp(int_type);
        let (above, usual, other, join) = (
            self.f.block(),
            self.f.block(),
            self.f.block(),
            self.f.block(),
        );
        let not_below = self.binary(BinaryOp::Ge, status.clone(), int(100));
        self.f.branch(not_below, above, other);
        self.f.switch_to(above);
        let not_above = self.binary(BinaryOp::Le, status.clone(), int(599));
        self.f.branch(not_above, usual, other);
        self.f.switch_to(usual);
        self.f.assign(result, Rvalue::Use(status));
        self.f.goto(join);
        self.f.switch_to(other);
        self.f.assign(result, Rvalue::Use(int(INTERNAL_STATUS)));
        self.f.goto(join);
        self.f.switch_to(join);
        super::body::copy(result)
    }
}

/// A state the language rules out with a message: a fault kind when the ABI has one for it.
pub(super) fn language_fault(body: &mut Body, message: &str) {
    let kind = FaultKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.message() == message);
    match kind {
        Some(kind) => {
            let loc = body.f.loc;
            body.f.terminate(Terminator::Fault(kind, loc));
        }
        None => {
            let text = body.text_const(message);
            body.diverge(RuntimeFn::FaultMessage, vec![text]);
        }
    }
}
