//! Calls to FUSE functions and to rows of the runtime table.

use cranelift::prelude::*;
use fuse_abi::{Attribute, ParamKind, ReturnKind, RuntimeFn};
use fuse_ir::layout::Class;
use fuse_ir::mir::{Callee, FuncId, LocId, LocalId, Operand, Place, PlaceBase};

use super::place::{Address, Location};
use super::{FunctionTranslator, Home};
use crate::CodegenError;
use crate::signature::scalar_type;

/// Where a callee writes a memory result.
#[derive(Clone, Copy)]
enum Destination {
    /// The storage of the local itself.
    Direct(Value),
    /// A slot of its own, copied to the target afterwards.
    Temporary(Value),
}

impl Destination {
    fn address(self) -> Value {
        match self {
            Destination::Direct(address) | Destination::Temporary(address) => address,
        }
    }
}

impl FunctionTranslator<'_, '_, '_> {
    pub(super) fn call(
        &mut self,
        dest: Option<&Place>,
        callee: Callee,
        args: &[Operand],
        loc: LocId,
    ) -> Result<(), CodegenError> {
        match callee {
            Callee::Function(id) => {
                self.call_function(dest, id, args);
                Ok(())
            }
            Callee::Runtime(row) => self.call_row(dest, row, args, loc),
        }
    }

    fn call_function(&mut self, dest: Option<&Place>, id: FuncId, args: &[Operand]) {
        let target = &self.module.program.functions[id];
        let ret = self.layout(target.ret);
        let mut values = Vec::with_capacity(args.len() + 1);
        let destination =
            (ret.class == Class::Memory).then(|| self.destination(dest, ret.size, ret.align, args));
        values.extend(destination.map(Destination::address));
        for (index, arg) in args.iter().enumerate() {
            let param = target.locals[LocalId::from_u32(index as u32)].ty;
            match self.layout(param).class {
                Class::Zero => {}
                Class::Scalar(_) => values.push(self.scalar(arg)),
                Class::Memory => {
                    let address = self.address(arg);
                    values.push(self.materialize(address));
                }
            }
        }
        let code = self.module.function(id);
        let callee = self.callee(code);
        let call = self.builder.ins().call(callee, &values);
        match destination {
            Some(destination) => self.deliver(dest, destination),
            None => self.store_result(dest, call),
        }
    }

    fn call_row(
        &mut self,
        dest: Option<&Place>,
        row: RuntimeFn,
        args: &[Operand],
        loc: LocId,
    ) -> Result<(), CodegenError> {
        let code = self.module.row(row)?;
        let mut values = Vec::with_capacity(args.len() + 2);
        let destination = (row.ret() == ReturnKind::Out).then(|| {
            let ty = dest.map(|place| self.place(place).ty);
            let (size, align) = ty.map_or((8, 8), |ty| {
                let layout = self.layout(ty);
                (layout.size, layout.align)
            });
            self.destination(dest, size, align, args)
        });
        values.extend(destination.map(Destination::address));
        for (param, arg) in row.params().iter().zip(args) {
            let value = match param {
                ParamKind::Slot => {
                    let address = self.address(arg);
                    self.materialize(address)
                }
                _ => self.scalar(arg),
            };
            values.push(value);
        }
        if row.has(Attribute::Faults) {
            let site = self.site(loc);
            values.push(self.builder.ins().iconst(types::I64, site as i64));
        }
        let callee = self.callee(code);
        let call = self.builder.ins().call(callee, &values);
        match destination {
            Some(destination) => self.deliver(dest, destination),
            None => self.store_result(dest, call),
        }
        Ok(())
    }

    /// A local's own slot is used directly unless an argument lives there too; anything else gets a temporary.
    fn destination(
        &mut self,
        dest: Option<&Place>,
        size: u64,
        align: u64,
        args: &[Operand],
    ) -> Destination {
        if let Some(place) = dest
            && let Some(local) = place.as_local()
            && let Some(Home::Slot(slot)) = self.homes[local]
            && !args.iter().any(|arg| reads(arg, local))
        {
            return Destination::Direct(self.stack_address(slot));
        }
        let data = StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            size.max(1) as u32,
            align.trailing_zeros() as u8,
        );
        let slot = self.builder.create_sized_stack_slot(data);
        Destination::Temporary(self.stack_address(slot))
    }

    fn deliver(&mut self, dest: Option<&Place>, destination: Destination) {
        let (Some(place), Destination::Temporary(base)) = (dest, destination) else {
            return;
        };
        let from = Address { base, offset: 0 };
        let target = self.place(place);
        let layout = self.layout(target.ty);
        match (layout.class, target.location) {
            (Class::Memory, Location::Memory(to)) => self.copy(to, from, layout.size),
            (Class::Scalar(scalar), location) => {
                let value = self.load(from, scalar_type(scalar));
                self.store_scalar(location, value);
            }
            _ => {}
        }
    }

    fn store_result(&mut self, dest: Option<&Place>, call: cranelift::codegen::ir::Inst) {
        let result = self.builder.inst_results(call).first().copied();
        if let (Some(place), Some(value)) = (dest, result) {
            let target = self.place(place);
            self.store_scalar(target.location, value);
        }
    }
}

fn reads(operand: &Operand, local: LocalId) -> bool {
    match operand {
        Operand::Const(_) => false,
        Operand::Copy(place) | Operand::Move(place) => place.base == PlaceBase::Local(local),
    }
}
