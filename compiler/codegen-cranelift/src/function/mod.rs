//! One function: homes of its locals, its blocks, its statements. Each family of operations has its own file.

mod arithmetic;
mod call;
mod control;
mod fault;
mod place;
mod tag;
mod value;

use std::collections::BTreeMap;

use cranelift::codegen::entity::{EntityRef, SecondaryMap};
use cranelift::codegen::ir::{FuncRef, StackSlot};
use cranelift::prelude::*;
use cranelift_module::{FuncId as CodeId, Module};
use fuse_ir::layout::{Class, Layout};
use fuse_ir::mir::{
    BlockId, Fault, FuncId, Function, LocId, LocalId, Rvalue, Statement, StatementKind, TypeId,
};

use crate::CodegenError;
use crate::module::ModuleTranslator;
use crate::signature::{POINTER, scalar_type};

/// Where a local lives.
#[derive(Clone, Copy)]
enum Home {
    /// No bits.
    Nothing,
    Register(Variable),
    Slot(StackSlot),
    /// A memory parameter: the caller's storage, which is only read.
    Borrowed(Value),
}

pub struct FunctionTranslator<'m, 'a, 'f> {
    module: &'m mut ModuleTranslator<'a>,
    builder: FunctionBuilder<'f>,
    id: FuncId,
    function: &'a Function,
    homes: SecondaryMap<LocalId, Option<Home>>,
    blocks: SecondaryMap<BlockId, Option<Block>>,
    /// Where the caller wants a memory result.
    result: Option<Value>,
    /// One cold block per fault and site, filled at the end.
    faults: BTreeMap<(Fault, u64), Block>,
    callees: BTreeMap<CodeId, FuncRef>,
}

impl<'m, 'a, 'f> FunctionTranslator<'m, 'a, 'f> {
    pub fn new(
        module: &'m mut ModuleTranslator<'a>,
        builder: FunctionBuilder<'f>,
        id: FuncId,
    ) -> Self {
        let function = &module.program.functions[id];
        FunctionTranslator {
            module,
            builder,
            id,
            function,
            homes: SecondaryMap::new(),
            blocks: SecondaryMap::new(),
            result: None,
            faults: BTreeMap::new(),
            callees: BTreeMap::new(),
        }
    }

    pub fn translate(mut self) -> Result<(), CodegenError> {
        // The prologue is a block of its own because the entry block of MIR may be a jump target.
        let prologue = self.builder.create_block();
        self.builder
            .append_block_params_for_function_params(prologue);
        self.builder.switch_to_block(prologue);
        self.bind_locals(prologue);
        for id in self.function.blocks.keys() {
            self.blocks[id] = Some(self.builder.create_block());
        }
        let first = self.block(BlockId::from_u32(0));
        self.builder.ins().jump(first, &[]);
        for (id, block) in &self.function.blocks {
            let code = self.block(id);
            self.builder.switch_to_block(code);
            for statement in &block.statements {
                self.statement(statement)?;
            }
            self.terminator(&block.terminator)?;
        }
        self.fill_fault_blocks()?;
        self.builder.seal_all_blocks();
        let config = self.module.module.target_config();
        self.builder.finalize(config);
        Ok(())
    }

    fn bind_locals(&mut self, prologue: Block) {
        let mut incoming = self.builder.block_params(prologue).to_vec().into_iter();
        let mut next = || {
            incoming
                .next()
                .expect("invariant: the signature has a value for every parameter with bits")
        };
        if self.layout(self.function.ret).class == Class::Memory {
            self.result = Some(next());
        }
        for (local, decl) in &self.function.locals {
            let layout = self.layout(decl.ty);
            let is_param = local.index() < self.function.params.len();
            let home = match layout.class {
                Class::Zero => Home::Nothing,
                Class::Scalar(scalar) => {
                    let variable = self.builder.declare_var(scalar_type(scalar));
                    if is_param {
                        self.builder.def_var(variable, next());
                    }
                    Home::Register(variable)
                }
                Class::Memory if is_param => Home::Borrowed(next()),
                Class::Memory => Home::Slot(self.stack_slot(layout)),
            };
            self.homes[local] = Some(home);
        }
    }

    fn stack_slot(&mut self, layout: Layout) -> StackSlot {
        let data = StackSlotData::new(
            StackSlotKind::ExplicitSlot,
            layout.size.max(1) as u32,
            layout.align.trailing_zeros() as u8,
        );
        self.builder.create_sized_stack_slot(data)
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), CodegenError> {
        let loc = statement.loc;
        match &statement.kind {
            StatementKind::Assign(place, rvalue) => self.assign(place, rvalue, loc),
            StatementKind::Call { dest, callee, args } => {
                self.call(dest.as_ref(), *callee, args, loc)
            }
            StatementKind::Check { condition, fault } => {
                let condition = self.scalar(condition);
                self.check(condition, *fault, loc);
                Ok(())
            }
            StatementKind::StackCheck(reported) => self.stack_check(*reported),
            StatementKind::SetTag(place, tag) => {
                self.set_tag(place, *tag);
                Ok(())
            }
            StatementKind::SetLen(place, len) => {
                let len = self.scalar(len);
                self.set_len(place, len);
                Ok(())
            }
            StatementKind::Drop(_) => Err(self.not_expanded("drop")),
            StatementKind::MakeUnique(_) => Err(self.not_expanded("make_unique")),
            StatementKind::MapSet { .. } => Err(self.not_expanded("map_set")),
            StatementKind::Claim { .. } => Err(self.not_expanded("claim")),
            StatementKind::Fill { .. } => Err(self.not_expanded("fill")),
        }
    }

    fn assign(
        &mut self,
        place: &fuse_ir::mir::Place,
        rvalue: &Rvalue,
        loc: LocId,
    ) -> Result<(), CodegenError> {
        let value = match rvalue {
            Rvalue::Use(operand) => {
                self.assign_operand(place, operand);
                return Ok(());
            }
            Rvalue::Unary(op, operand) => self.unary(*op, operand, loc),
            Rvalue::Binary(op, left, right) => self.binary(*op, left, right, loc)?,
            Rvalue::Tag(of) => self.tag(of),
            Rvalue::Len(of) => self.len(of),
            Rvalue::Capacity(of) => self.capacity(of),
            Rvalue::Address(of) => self.load_scalar_at(of),
            Rvalue::Clone(_) => return Err(self.not_expanded("clone")),
            Rvalue::Aggregate { .. } => return Err(self.not_expanded("aggregate")),
            Rvalue::Partial => return Err(self.not_expanded("partial")),
            Rvalue::AllClaimed(_) => return Err(self.not_expanded("all_claimed")),
            Rvalue::Finish(_) => return Err(self.not_expanded("finish")),
            Rvalue::List { .. } => return Err(self.not_expanded("list")),
            Rvalue::ListPush { .. } => return Err(self.not_expanded("list_push")),
        };
        let target = self.place(place);
        self.store_scalar(target.location, value);
        Ok(())
    }

    fn block(&self, id: BlockId) -> Block {
        self.blocks[id].expect("invariant: every block was created before bodies are translated")
    }

    fn layout(&self, ty: TypeId) -> Layout {
        self.module.layouts.of(ty)
    }

    /// Imports a declared function into this one.
    fn callee(&mut self, code: CodeId) -> FuncRef {
        if let Some(&reference) = self.callees.get(&code) {
            return reference;
        }
        let reference = self
            .module
            .module
            .declare_func_in_func(code, self.builder.func);
        self.callees.insert(code, reference);
        reference
    }

    fn stack_address(&mut self, slot: StackSlot) -> Value {
        self.builder.ins().stack_addr(POINTER, slot, 0)
    }

    fn not_expanded(&self, statement: &'static str) -> CodegenError {
        CodegenError::NotExpanded {
            function: self.function.name.clone(),
            statement,
        }
    }
}
