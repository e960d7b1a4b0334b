//! Calls of FUSE functions and of runtime rows.

use fuse_abi::{Attribute as RowAttribute, ParamKind, ReturnKind, RuntimeFn};
use fuse_ir::layout::Class;
use fuse_ir::mir::{Callee, FuncId, Operand, Place, PlaceBase, TypeId};
use inkwell::attributes::AttributeLoc;
use inkwell::values::{BasicMetadataValueEnum, CallSiteValue, PointerValue};

use crate::builder::Built;
use crate::convention::Pass;
use crate::function::FunctionCx;
use crate::ops::places::At;
use crate::types::{PointerKind, pointer_kind};

/// Where a result in memory goes.
struct ResultStorage<'ctx> {
    address: PointerValue<'ctx>,
    /// It has to be copied to the destination afterwards.
    temporary: bool,
    ty: TypeId,
}

impl<'ctx> FunctionCx<'_, '_, 'ctx> {
    pub fn call_function(&mut self, dest: Option<&Place>, id: FuncId, args: &[Operand]) {
        let callee = self.cx.function(id);
        let (ret_ty, ret_pass) = &callee.signature.ret;
        let mut values: Vec<BasicMetadataValueEnum> = Vec::new();
        let storage =
            (*ret_pass == Pass::Indirect).then(|| self.result_storage(dest, *ret_ty, args));
        values.extend(
            storage
                .iter()
                .map(|storage| BasicMetadataValueEnum::from(storage.address)),
        );
        for (operand, (ty, pass)) in args.iter().zip(&callee.signature.params) {
            match pass {
                Pass::Zero => {}
                Pass::Direct => {
                    let value = self.scalar_operand(operand);
                    values.push(self.coerce(value, self.register(*ty)).into());
                }
                Pass::Parts(parts) => {
                    let address = self.operand_address(operand);
                    let parts = self.load_parts(address, parts);
                    values.extend(parts.into_iter().map(BasicMetadataValueEnum::from));
                }
                Pass::Indirect => values.push(self.operand_address(operand).into()),
            }
        }
        let call = self
            .cx
            .builder
            .raw
            .build_call(self.callee(id), &values, "")
            .built();
        call.set_call_convention(callee.signature.convention);
        self.describe_call(call, Callee::Function(id), args);
        let Some(dest) = dest else { return };
        match ret_pass {
            Pass::Zero => {}
            Pass::Direct => self.store_scalar(self.spot(dest), result(call)),
            Pass::Parts(parts) => {
                let values = self.split_result(result(call), parts);
                if let At::Memory(address) = self.spot(dest).at {
                    self.store_parts(address, parts, &values);
                }
            }
            Pass::Indirect => self.deliver(storage, dest),
        }
    }

    pub fn call_row(&mut self, dest: Option<&Place>, row: RuntimeFn, args: &[Operand]) {
        if row == RuntimeFn::Context {
            let context = self.cx.thread_context();
            if let Some(dest) = dest {
                self.store_scalar(self.spot(dest), context.into());
            }
            return;
        }
        if row == RuntimeFn::RcUnique {
            let unique = self.is_unique(&args[0]);
            if let Some(dest) = dest {
                self.store_scalar(self.spot(dest), unique.into());
            }
            return;
        }
        let mut values: Vec<BasicMetadataValueEnum> = Vec::new();
        let storage = match dest {
            Some(place) if row.ret() == ReturnKind::Out => {
                Some(self.result_storage(dest, self.spot(place).ty, args))
            }
            _ => None,
        };
        values.extend(
            storage
                .iter()
                .map(|storage| BasicMetadataValueEnum::from(storage.address)),
        );
        for (operand, &param) in args.iter().zip(row.params()) {
            values.push(self.row_argument(operand, param));
        }
        if row.has(RowAttribute::Faults) {
            let site = self.cx.site(self.loc, self.id);
            values.push(self.cx.builder.int(site as i64).into());
        }
        let function = self.cx.row(row);
        let call = self
            .cx
            .builder
            .raw
            .build_call(function, &values, "")
            .built();
        self.describe_call(call, Callee::Runtime(row), args);
        match row.ret() {
            ReturnKind::Never => {
                self.cx.builder.raw.build_unreachable().built();
                let dead = self.new_block("dead");
                self.cx.builder.raw.position_at_end(dead);
            }
            ReturnKind::Unit => {}
            ReturnKind::Out => {
                if let Some(dest) = dest {
                    self.deliver(storage, dest);
                }
            }
            ReturnKind::I64
            | ReturnKind::F64
            | ReturnKind::Bool
            | ReturnKind::Raw
            | ReturnKind::Own => {
                if let Some(dest) = dest {
                    self.store_row_result(call, dest);
                }
            }
        }
    }

    fn row_argument(&self, operand: &Operand, param: ParamKind) -> BasicMetadataValueEnum<'ctx> {
        let llvm = self.cx.llvm();
        match param {
            ParamKind::I64 => {
                let value = self.scalar_operand(operand);
                self.coerce(value, llvm.i64.into()).into()
            }
            ParamKind::Bool => self.bool_operand(operand).into(),
            ParamKind::F64 | ParamKind::Raw | ParamKind::Obj | ParamKind::Own => {
                self.scalar_operand(operand).into()
            }
            ParamKind::Slot => self.slot_argument(operand).into(),
        }
    }

    /// The address of a value at its own layout.
    fn slot_argument(&self, operand: &Operand) -> PointerValue<'ctx> {
        if let Operand::Copy(place) | Operand::Move(place) = operand
            && let At::Memory(address) = self.spot(place).at
        {
            return address;
        }
        let value = self.scalar_operand(operand);
        let value = match value {
            bit if self.operand_type(operand).is_some_and(|ty| {
                self.layouts().of(ty).class == Class::Scalar(fuse_ir::layout::Scalar::I8)
            }) =>
            {
                self.coerce(bit, self.cx.llvm().i8.into())
            }
            other => other,
        };
        let slot = self.slot(value.get_type(), 8, "");
        self.cx
            .builder
            .store(value, slot, 8, crate::alias::Region::Unknown);
        slot
    }

    fn store_row_result(&self, call: CallSiteValue<'ctx>, dest: &Place) {
        let spot = self.spot(dest);
        if matches!(spot.at, At::Nowhere) {
            return;
        }
        let value = result(call);
        if value.is_pointer_value() && pointer_kind(self.types(), spot.ty) == PointerKind::Object {
            call.add_attribute(AttributeLoc::Return, self.cx.attributes.flag("nonnull"));
        }
        self.store_scalar(spot, value);
    }

    /// The destination itself when it is a part of a local that no argument shares, else a temporary.
    fn result_storage(
        &self,
        dest: Option<&Place>,
        ty: TypeId,
        args: &[Operand],
    ) -> ResultStorage<'ctx> {
        if let Some(place) = dest
            && self.stays_in_storage(place)
            && !args.iter().any(|arg| shares(arg, place.base))
            && let At::Memory(address) = self.spot(place).at
        {
            return ResultStorage {
                address,
                temporary: false,
                ty,
            };
        }
        ResultStorage {
            address: self.memory_slot(ty, ""),
            temporary: true,
            ty,
        }
    }

    fn deliver(&self, storage: Option<ResultStorage<'ctx>>, dest: &Place) {
        let Some(storage) = storage.filter(|storage| storage.temporary) else {
            return;
        };
        if let At::Memory(address) = self.spot(dest).at {
            let layout = self.layouts().of(storage.ty);
            self.cx
                .builder
                .copy(address, storage.address, layout.size, layout.align);
        }
    }
}

fn result<'ctx>(call: CallSiteValue<'ctx>) -> inkwell::values::BasicValueEnum<'ctx> {
    call.try_as_basic_value().unwrap_basic()
}

/// Might the argument be passed by an address in the storage of the local?
fn shares(operand: &Operand, base: PlaceBase) -> bool {
    match operand {
        Operand::Const(_) => false,
        Operand::Copy(place) | Operand::Move(place) => place.base == base,
    }
}
