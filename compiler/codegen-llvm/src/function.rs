//! One function: storage of its locals, its blocks, its terminators. Statements are in `ops`.

use fuse_abi::FaultKind;
use fuse_ir::layout::{Class, Layouts};
use fuse_ir::mir::{
    BlockId, Callee, FuncId, Function, FunctionKind, LocId, LocalId, Operand, Place, PlaceBase,
    Statement, StatementKind, Terminator, TypeId, TypeTable,
};
use indexmap::IndexMap;
use inkwell::basic_block::BasicBlock;
use inkwell::debug_info::DISubprogram;
use inkwell::types::{BasicType, BasicTypeEnum};
use inkwell::values::{BasicValueEnum, CallSiteValue, FunctionValue, PointerValue};

use crate::alias::Region;
use crate::builder::Built;
use crate::convention::{Pass, Signature};
use crate::effort::CallEffort;
use crate::module::ModuleCx;
use crate::options::OptLevel;
use crate::recursion;

/// Where a local lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Storage<'ctx> {
    /// `Unit`: nowhere.
    Zero,
    /// A scalar parameter.
    Value(BasicValueEnum<'ctx>),
    /// A scalar, in a slot of its register type.
    Register(PointerValue<'ctx>),
    /// A value in memory, at its own layout.
    Memory(PointerValue<'ctx>),
}

pub(crate) struct FunctionCx<'m, 'a, 'ctx> {
    pub cx: &'m ModuleCx<'a, 'ctx>,
    pub id: FuncId,
    pub mir: &'m Function,
    pub value: FunctionValue<'ctx>,
    /// What calls of the function by itself go to.
    itself: FunctionValue<'ctx>,
    pub signature: &'m Signature,
    pub locals: Vec<Storage<'ctx>>,
    blocks: Vec<BasicBlock<'ctx>>,
    /// Holds the stack slots; ends with a branch to the first block.
    entry: BasicBlock<'ctx>,
    /// Cold blocks by what they report.
    faults: IndexMap<(FaultKind, LocId, FuncId), BasicBlock<'ctx>>,
    subprogram: Option<DISubprogram<'ctx>>,
    effort: Option<CallEffort>,
    /// The block being translated.
    current: BlockId,
    /// Position of the statement being translated.
    pub loc: LocId,
}

pub(crate) fn translate<'ctx>(cx: &ModuleCx<'_, 'ctx>, id: FuncId, mir: &Function) {
    let value = cx.function(id).value;
    if cx.options.opt == OptLevel::O2 && recursion::unrolls(id, mir) {
        let twin = cx.declare_twin(id, mir);
        define(cx, id, mir, value, twin);
        define(cx, id, mir, twin, value);
    } else {
        define(cx, id, mir, value, value);
    }
}

/// Gives `value` the body of the function, in which it calls itself as `itself`.
fn define<'ctx>(
    cx: &ModuleCx<'_, 'ctx>,
    id: FuncId,
    mir: &Function,
    value: FunctionValue<'ctx>,
    itself: FunctionValue<'ctx>,
) {
    let declared = cx.function(id);
    let entry = cx.context.append_basic_block(value, "entry");
    let blocks = mir
        .blocks
        .keys()
        .map(|block| {
            cx.context
                .append_basic_block(value, &format!("bb{}", block.as_u32()))
        })
        .collect();
    let subprogram = cx
        .debug
        .as_ref()
        .map(|debug| debug.function(cx.program, value, mir));
    let mut function = FunctionCx {
        cx,
        id,
        mir,
        value,
        itself,
        signature: &declared.signature,
        locals: Vec::new(),
        blocks,
        entry,
        faults: IndexMap::new(),
        subprogram,
        effort: cx
            .effort
            .as_ref()
            .map(|effort| effort.of_calls(cx.program, id)),
        current: BlockId::from_u32(0),
        loc: mir.loc,
    };
    function.at(mir.loc);
    function.allocate_locals();
    if mir.kind == FunctionKind::Entry {
        cx.remember_thread_context();
    }
    let entry_end = cx
        .builder
        .raw
        .get_insert_block()
        .expect("invariant: the builder is in the entry block");
    for (block, data) in mir.blocks.iter() {
        function.current = block;
        cx.builder.raw.position_at_end(function.block(block));
        for statement in &data.statements {
            function.statement(statement);
        }
        function.terminator(&data.terminator);
    }
    function.fill_fault_blocks();
    cx.builder.raw.position_at_end(entry_end);
    function.at(mir.loc);
    cx.builder
        .raw
        .build_unconditional_branch(function.blocks[0])
        .built();
    cx.builder.raw.unset_current_debug_location();
}

impl<'m, 'a, 'ctx> FunctionCx<'m, 'a, 'ctx> {
    /// Tells LLVM how much a copy of this callee here is worth.
    pub fn describe_call(&self, call: CallSiteValue<'ctx>, callee: Callee, args: &[Operand]) {
        if let Some(effort) = &self.effort {
            effort.describe(self.cx.attributes, self.current, callee, args, call);
        }
    }

    /// What a call of the function goes to.
    pub fn callee(&self, id: FuncId) -> FunctionValue<'ctx> {
        if id == self.id {
            self.itself
        } else {
            self.cx.function(id).value
        }
    }

    pub fn types(&self) -> &'m TypeTable {
        &self.cx.program.types
    }

    pub fn layouts(&self) -> &'m Layouts {
        self.cx.layouts
    }

    pub fn block(&self, id: BlockId) -> BasicBlock<'ctx> {
        self.blocks[id.as_u32() as usize]
    }

    pub fn local_type(&self, local: LocalId) -> TypeId {
        self.mir.locals[local].ty
    }

    /// A new block after the existing ones.
    pub fn new_block(&self, name: &str) -> BasicBlock<'ctx> {
        self.cx.context.append_basic_block(self.value, name)
    }

    /// Instructions from here on belong to the source position.
    pub fn at(&mut self, loc: LocId) {
        self.loc = loc;
        if let (Some(debug), Some(subprogram)) = (&self.cx.debug, self.subprogram) {
            let location = debug.location(self.cx.program, subprogram, loc, self.mir.loc);
            self.cx.builder.raw.set_current_debug_location(location);
        }
    }

    /// A stack slot in the entry block, whatever block is being built.
    pub fn slot(&self, ty: impl BasicType<'ctx>, align: u64, name: &str) -> PointerValue<'ctx> {
        let builder = &self.cx.builder.raw;
        let here = builder.get_insert_block();
        builder.position_at_end(self.entry);
        let slot = builder.build_alloca(ty, name).built();
        slot.as_instruction()
            .expect("invariant: an alloca is an instruction")
            .set_alignment(align as u32)
            .expect("invariant: layouts have alignments that are powers of two");
        if let Some(block) = here {
            builder.position_at_end(block);
        }
        slot
    }

    /// A stack slot for a value of the type at its own layout.
    pub fn memory_slot(&self, ty: TypeId, name: &str) -> PointerValue<'ctx> {
        let layout = self.layouts().of(ty);
        self.slot(self.cx.llvm().bytes(layout.size), layout.align, name)
    }

    /// Type of a scalar in a register.
    pub fn register(&self, ty: TypeId) -> BasicTypeEnum<'ctx> {
        self.cx.convention.register(self.cx.llvm(), ty)
    }

    fn allocate_locals(&mut self) {
        self.cx.builder.raw.position_at_end(self.entry);
        let returned = self.returned_local();
        let written = self.written_locals();
        let mut next_param = u32::from(self.signature.ret.1 == Pass::Indirect);
        for (local, decl) in self.mir.locals.iter() {
            let index = local.as_u32() as usize;
            let layout = self.layouts().of(decl.ty);
            let storage = match self.signature.params.get(index) {
                Some((_, pass)) => self.parameter(local, pass, written[index], &mut next_param),
                None => match layout.class {
                    Class::Zero => Storage::Zero,
                    Class::Scalar(_) => Storage::Register(self.slot(
                        self.register(decl.ty),
                        layout.align,
                        &decl.name,
                    )),
                    Class::Memory if returned == Some(local) => Storage::Memory(self.result()),
                    Class::Memory => Storage::Memory(self.memory_slot(decl.ty, &decl.name)),
                },
            };
            self.locals.push(storage);
        }
    }

    fn parameter(
        &self,
        local: LocalId,
        pass: &Pass,
        written: bool,
        next: &mut u32,
    ) -> Storage<'ctx> {
        let ty = self.local_type(local);
        let name = &self.mir.locals[local].name;
        let mut take = || {
            let value = self
                .value
                .get_nth_param(*next)
                .expect("invariant: the signature has the parameter");
            *next += 1;
            value
        };
        match pass {
            Pass::Zero => Storage::Zero,
            Pass::Direct => {
                let value = take();
                value.set_name(name);
                if !written {
                    return Storage::Value(value);
                }
                let align = self.layouts().of(ty).align;
                let slot = self.slot(value.get_type(), align, name);
                self.cx.builder.store(value, slot, align, Region::Unknown);
                Storage::Register(slot)
            }
            Pass::Parts(parts) => {
                let slot = self.memory_slot(ty, name);
                let values: Vec<BasicValueEnum> = parts.iter().map(|_| take()).collect();
                self.store_parts(slot, parts, &values);
                Storage::Memory(slot)
            }
            Pass::Indirect => {
                let value = take().into_pointer_value();
                value.set_name(name);
                if !written {
                    return Storage::Memory(value);
                }
                let layout = self.layouts().of(ty);
                let slot = self.memory_slot(ty, name);
                self.cx.builder.copy(slot, value, layout.size, layout.align);
                Storage::Memory(slot)
            }
        }
    }

    /// For each local: is its storage written by a statement? Parameters that are need storage of this function.
    fn written_locals(&self) -> Vec<bool> {
        let mut written = vec![false; self.mir.locals.len()];
        for statement in self.mir.blocks.values().flat_map(|block| &block.statements) {
            let (StatementKind::Assign(place, _)
            | StatementKind::Call {
                dest: Some(place), ..
            }
            | StatementKind::SetTag(place, _)) = &statement.kind
            else {
                continue;
            };
            if let PlaceBase::Local(local) = place.base
                && self.stays_in_storage(place)
            {
                written[local.as_u32() as usize] = true;
            }
        }
        written
    }

    /// Storage of the caller for a result in memory.
    pub fn result(&self) -> PointerValue<'ctx> {
        self.value
            .get_first_param()
            .expect("invariant: results in memory have a first parameter")
            .into_pointer_value()
    }

    /// The local every return gives back, when the result is in memory: it can live in the caller's storage from the start.
    fn returned_local(&self) -> Option<LocalId> {
        if self.signature.ret.1 != Pass::Indirect {
            return None;
        }
        let mut found = None;
        for block in self.mir.blocks.values() {
            let Terminator::Return(operand) = &block.terminator else {
                continue;
            };
            let (Operand::Copy(place) | Operand::Move(place)) = operand else {
                return None;
            };
            let local = place.as_local()?;
            let is_param = (local.as_u32() as usize) < self.mir.params.len();
            if is_param || found.is_some_and(|other| other != local) {
                return None;
            }
            found = Some(local);
        }
        found
    }

    fn statement(&mut self, statement: &Statement) {
        self.at(statement.loc);
        match &statement.kind {
            StatementKind::Assign(place, rvalue) => self.assign(place, rvalue),
            StatementKind::Call { dest, callee, args } => match *callee {
                Callee::Function(id) => self.call_function(dest.as_ref(), id, args),
                Callee::Runtime(row) => self.call_row(dest.as_ref(), row, args),
            },
            StatementKind::Check { condition, fault } => self.check(condition, *fault),
            StatementKind::StackCheck(reported) => self.stack_check(*reported),
            StatementKind::SetTag(place, variant) => self.set_tag(place, *variant),
            StatementKind::SetLen(place, length) => self.set_length(place, length),
            StatementKind::Drop(_)
            | StatementKind::MakeUnique(_)
            | StatementKind::Claim { .. }
            | StatementKind::Fill { .. }
            | StatementKind::MapSet { .. } => {
                panic!("invariant: expansion leaves no {:?}", statement.kind)
            }
        }
    }

    fn terminator(&mut self, terminator: &Terminator) {
        let builder = &self.cx.builder;
        match terminator {
            Terminator::Goto(block) => {
                builder
                    .raw
                    .build_unconditional_branch(self.block(*block))
                    .built();
            }
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => {
                let condition = self.bool_operand(condition);
                builder
                    .raw
                    .build_conditional_branch(condition, self.block(*then), self.block(*otherwise))
                    .built();
            }
            Terminator::Switch {
                value,
                cases,
                default,
            } => {
                let value = self.scalar_operand(value).into_int_value();
                let ty = value.get_type();
                let cases: Vec<_> = cases
                    .iter()
                    .map(|&(case, block)| (ty.const_int(case as u64, true), self.block(block)))
                    .collect();
                builder
                    .raw
                    .build_switch(value, self.block(*default), &cases)
                    .built();
            }
            Terminator::Return(operand) => self.return_value(operand),
            Terminator::Fault(fault, loc) => {
                self.at(*loc);
                let block = self.fault_block(*fault, self.id);
                builder.raw.build_unconditional_branch(block).built();
            }
            Terminator::Unreachable => {
                builder.raw.build_unreachable().built();
            }
        }
    }

    fn return_value(&mut self, operand: &Operand) {
        let (ty, pass) = &self.signature.ret;
        let builder = &self.cx.builder;
        match pass {
            Pass::Zero => {
                builder.raw.build_return(None).built();
            }
            Pass::Direct => {
                let value = self.scalar_operand(operand);
                let value = self.coerce(value, self.register(*ty));
                builder.raw.build_return(Some(&value)).built();
            }
            Pass::Parts(parts) => {
                let address = self.operand_address(operand);
                let values = self.load_parts(address, parts);
                if let [single] = values.as_slice() {
                    builder.raw.build_return(Some(single)).built();
                } else {
                    builder.raw.build_aggregate_return(&values).built();
                }
            }
            Pass::Indirect => {
                let address = self.operand_address(operand);
                if address != self.result() {
                    let layout = self.layouts().of(*ty);
                    builder.copy(self.result(), address, layout.size, layout.align);
                }
                builder.raw.build_return(None).built();
            }
        }
    }

    /// The cold block that reports the fault at the current position.
    /// Where the fault leaves, reported at the current position in the function.
    pub fn fault_block(&mut self, fault: FaultKind, function: FuncId) -> BasicBlock<'ctx> {
        let key = (fault, self.loc, function);
        if let Some(&block) = self.faults.get(&key) {
            return block;
        }
        let block = self.new_block("fault");
        self.faults.insert(key, block);
        block
    }

    fn fill_fault_blocks(&mut self) {
        for ((fault, loc, function), block) in std::mem::take(&mut self.faults) {
            // Behind everything else, so that good paths fall through even without optimisation.
            if let Some(last) = self.value.get_last_basic_block()
                && last != block
            {
                block
                    .move_after(last)
                    .expect("invariant: both blocks are in the function");
            }
            self.cx.builder.raw.position_at_end(block);
            self.at(loc);
            self.report_fault(fault, function);
        }
    }

    /// Is the place a part of the storage of a local itself, not of what it points to?
    pub fn stays_in_storage(&self, place: &Place) -> bool {
        let PlaceBase::Local(local) = place.base else {
            return false;
        };
        let mut ty = self.local_type(local);
        place.projections.iter().all(|&projection| {
            let step = self.layouts().step(self.types(), ty, projection);
            ty = step.ty;
            !step.deref
        })
    }
}
