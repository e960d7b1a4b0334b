//! How values cross calls between FUSE functions. Nothing outside the module sees this, so it is chosen for speed: what fits two registers travels
//! in registers, anything larger by the address of caller storage.

use fuse_ir::layout::{Class, Layouts, Scalar};
use fuse_ir::mir::{Function, FunctionKind, Mode, Type, TypeId, TypeTable};
use inkwell::attributes::AttributeLoc;
use inkwell::types::{AnyType, BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use inkwell::values::FunctionValue;

use crate::attributes::{Attributes, OBJECT_ALIGN};
use crate::types::{Part, PointerKind, Types, parts, pointer_kind, readable_bytes};

/// LLVM's number of the fast calling convention.
pub(crate) const FAST: u32 = 8;
/// LLVM's number of the C calling convention.
pub(crate) const C: u32 = 0;

/// Values of up to this many scalars are passed and returned in registers.
const MAX_PARTS: usize = 2;

/// How one value travels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pass {
    /// Not at all.
    Zero,
    /// A scalar in its register.
    Direct,
    /// A small value in memory, by the scalars it consists of.
    Parts(Vec<Part>),
    /// The address of storage of the caller.
    Indirect,
}

/// The LLVM form of a function's parameters and result.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub params: Vec<(TypeId, Pass)>,
    pub ret: (TypeId, Pass),
    /// [`FAST`] or [`C`].
    pub convention: u32,
}

pub(crate) struct Convention<'a> {
    pub types: &'a TypeTable,
    pub layouts: &'a Layouts,
}

impl Convention<'_> {
    pub fn signature(&self, function: &Function) -> Signature {
        let params = function.locals.values().take(function.params.len());
        Signature {
            params: params
                .map(|local| (local.ty, self.pass(local.ty)))
                .collect(),
            ret: (function.ret, self.pass(function.ret)),
            convention: match function.kind {
                FunctionKind::User | FunctionKind::PerType => FAST,
                FunctionKind::Entry => C,
            },
        }
    }

    fn pass(&self, ty: TypeId) -> Pass {
        match self.layouts.of(ty).class {
            Class::Zero => Pass::Zero,
            Class::Scalar(_) => Pass::Direct,
            Class::Memory => match parts(self.types, self.layouts, ty) {
                Some(parts) if parts.len() <= MAX_PARTS => Pass::Parts(parts),
                _ => Pass::Indirect,
            },
        }
    }

    /// Type of a scalar of MIR type `ty` in a register.
    pub fn register<'ctx>(&self, llvm: Types<'ctx>, ty: TypeId) -> BasicTypeEnum<'ctx> {
        match (self.types.get(ty), self.layouts.of(ty).class) {
            (Type::Bool, _) => llvm.i1.into(),
            (_, Class::Scalar(scalar)) => llvm.memory(scalar),
            (other, _) => panic!("invariant: {other:?} is not a scalar"),
        }
    }

    pub fn function_type<'ctx>(
        &self,
        llvm: Types<'ctx>,
        signature: &Signature,
    ) -> FunctionType<'ctx> {
        let mut params: Vec<BasicMetadataTypeEnum> = Vec::new();
        if signature.ret.1 == Pass::Indirect {
            params.push(llvm.ptr.into());
        }
        for (ty, pass) in &signature.params {
            match pass {
                Pass::Zero => {}
                Pass::Direct => params.push(self.register(llvm, *ty).into()),
                Pass::Parts(parts) => {
                    params.extend(
                        parts
                            .iter()
                            .map(|part| BasicMetadataTypeEnum::from(llvm.memory(part.scalar))),
                    );
                }
                Pass::Indirect => params.push(llvm.ptr.into()),
            }
        }
        match &signature.ret.1 {
            Pass::Zero | Pass::Indirect => llvm.context.void_type().fn_type(&params, false),
            Pass::Direct => self.register(llvm, signature.ret.0).fn_type(&params, false),
            Pass::Parts(parts) => {
                let registers: Vec<BasicTypeEnum> =
                    parts.iter().map(|part| llvm.memory(part.scalar)).collect();
                llvm.registers(&registers).fn_type(&params, false)
            }
        }
    }

    /// States what holds for every call.
    pub fn describe<'ctx>(
        &self,
        attributes: Attributes<'ctx>,
        llvm: Types<'ctx>,
        value: FunctionValue<'ctx>,
        function: &Function,
        signature: &Signature,
    ) {
        // Faults leave for the guard without unwinding.
        value.add_attribute(AttributeLoc::Function, attributes.flag("nounwind"));
        // A recursion without end is a stack overflow, so a call that comes last still takes a frame.
        if function.kind == FunctionKind::User && function.effects.recursive {
            let text = attributes.text("disable-tail-calls", "true");
            value.add_attribute(AttributeLoc::Function, text);
        }
        let mut index = 0;
        if signature.ret.1 == Pass::Indirect {
            let layout = self.layouts.of(signature.ret.0);
            let storage = llvm.bytes(layout.size).as_any_type_enum();
            let at = AttributeLoc::Param(index);
            value.add_attribute(at, attributes.with_type("sret", storage));
            for name in [
                "noalias",
                "noundef",
                "nonnull",
                "writable",
                "dead_on_unwind",
            ] {
                value.add_attribute(at, attributes.flag(name));
            }
            value.add_attribute(at, attributes.not_captured());
            value.add_attribute(at, attributes.value("align", layout.align));
            value.add_attribute(at, attributes.value("dereferenceable", layout.size));
            index += 1;
        }
        for ((ty, pass), &mode) in signature.params.iter().zip(&function.params) {
            match pass {
                Pass::Zero => {}
                Pass::Direct => {
                    let at = AttributeLoc::Param(index);
                    value.add_attribute(at, attributes.flag("noundef"));
                    if self.layouts.of(*ty).class == Class::Scalar(Scalar::Pointer) {
                        self.describe_pointer(attributes, value, at, *ty, mode);
                    }
                    index += 1;
                }
                Pass::Parts(parts) => index += parts.len() as u32,
                Pass::Indirect => {
                    let layout = self.layouts.of(*ty);
                    let at = AttributeLoc::Param(index);
                    // The callee reads it at most, and keeps no address.
                    for name in ["noalias", "noundef", "nonnull", "readonly"] {
                        value.add_attribute(at, attributes.flag(name));
                    }
                    value.add_attribute(at, attributes.not_captured());
                    value.add_attribute(at, attributes.value("align", layout.align));
                    value.add_attribute(at, attributes.value("dereferenceable", layout.size));
                    index += 1;
                }
            }
        }
    }

    fn describe_pointer<'ctx>(
        &self,
        attributes: Attributes<'ctx>,
        value: FunctionValue<'ctx>,
        at: AttributeLoc,
        ty: TypeId,
        mode: Mode,
    ) {
        let kind = pointer_kind(self.types, ty);
        if kind != PointerKind::Unknown {
            value.add_attribute(at, attributes.flag("nonnull"));
        }
        if kind == PointerKind::Object {
            value.add_attribute(at, attributes.value("align", OBJECT_ALIGN));
            // Only a borrowed object is sure to live as long as the call.
            if mode == Mode::Borrowed {
                let bytes = readable_bytes(self.types, self.layouts, ty);
                value.add_attribute(at, attributes.value("dereferenceable", bytes));
            }
        }
    }
}
