//! A function under construction: emits statements into a current block and starts new ones.

use cranelift_entity::PrimaryMap;
use fuse_abi::RuntimeFn;

use crate::mir::*;

pub struct Body {
    pub function: Function,
    current: BlockId,
    /// Position of what is emitted next.
    pub loc: LocId,
    original: usize,
}

impl Body {
    /// Rewrites an existing function block by block, see [`Body::open`].
    pub fn rewrite(function: Function) -> Body {
        Body {
            current: BlockId::from_u32(0),
            loc: function.loc,
            original: function.blocks.len(),
            function,
        }
    }

    /// A new function of kind `PerType`, with its entry block open.
    pub fn new(name: String, params: &[(TypeId, Mode)], ret: TypeId) -> Body {
        let mut locals = PrimaryMap::new();
        for &(ty, ownership) in params {
            locals.push(LocalDecl {
                name: String::new(),
                ty,
                ownership,
            });
        }
        let mut blocks = PrimaryMap::new();
        let current = blocks.push(Block::default());
        let function = Function {
            name,
            kind: FunctionKind::PerType,
            params: params.iter().map(|p| p.1).collect(),
            ret,
            locals,
            blocks,
            effects: Effects::default(),
            loc: LocId::from_u32(0),
        };
        Body {
            current,
            loc: function.loc,
            original: 0,
            function,
        }
    }

    pub fn finish(self) -> Function {
        self.function
    }

    pub fn original_blocks(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.original as u32).map(BlockId::from_u32)
    }

    /// Empties a block of the original function and continues emitting there; gives what was in it.
    pub fn open(&mut self, block: BlockId) -> (Vec<Statement>, Terminator) {
        self.current = block;
        let block = std::mem::take(&mut self.function.blocks[block]);
        (block.statements, block.terminator)
    }

    pub fn local(&mut self, ty: TypeId) -> LocalId {
        self.function.locals.push(LocalDecl {
            name: String::new(),
            ty,
            ownership: Mode::Owned,
        })
    }

    pub fn block(&mut self) -> BlockId {
        self.function.blocks.push(Block::default())
    }

    pub fn switch_to(&mut self, block: BlockId) {
        self.current = block;
    }

    pub fn current(&self) -> BlockId {
        self.current
    }

    pub fn emit(&mut self, kind: StatementKind) {
        let loc = self.loc;
        let statement = Statement { kind, loc };
        self.function.blocks[self.current]
            .statements
            .push(statement);
    }

    pub fn terminate(&mut self, terminator: Terminator) {
        self.function.blocks[self.current].terminator = terminator;
    }

    pub fn goto(&mut self, block: BlockId) {
        self.terminate(Terminator::Goto(block));
    }

    pub fn branch(&mut self, condition: LocalId, then: BlockId, otherwise: BlockId) {
        self.terminate(Terminator::Branch {
            condition: copy(condition),
            then,
            otherwise,
        });
    }

    pub fn assign(&mut self, dest: &Place, rvalue: Rvalue) {
        self.emit(StatementKind::Assign(dest.clone(), rvalue));
    }

    /// The result of an operation in a new local.
    pub fn value(&mut self, ty: TypeId, rvalue: Rvalue) -> LocalId {
        let local = self.local(ty);
        self.assign(&Place::local(local), rvalue);
        local
    }

    /// Calls a row without a result.
    pub fn runtime(&mut self, row: RuntimeFn, args: Vec<Operand>) {
        self.emit(StatementKind::Call {
            dest: None,
            callee: Callee::Runtime(row),
            args,
        });
    }

    /// Calls a row; the result in a new local.
    pub fn runtime_value(&mut self, ty: TypeId, row: RuntimeFn, args: Vec<Operand>) -> LocalId {
        let local = self.local(ty);
        self.emit(StatementKind::Call {
            dest: Some(Place::local(local)),
            callee: Callee::Runtime(row),
            args,
        });
        local
    }

    /// Calls a function; the result in a new local.
    pub fn call_value(&mut self, ty: TypeId, function: FuncId, args: Vec<Operand>) -> LocalId {
        let local = self.local(ty);
        self.emit(StatementKind::Call {
            dest: Some(Place::local(local)),
            callee: Callee::Function(function),
            args,
        });
        local
    }

    /// Calls a function without a result.
    pub fn call(&mut self, function: FuncId, args: Vec<Operand>) {
        self.emit(StatementKind::Call {
            dest: None,
            callee: Callee::Function(function),
            args,
        });
    }
}

/// The value of a local.
pub fn copy(local: LocalId) -> Operand {
    Operand::Copy(Place::local(local))
}

/// An integer constant.
pub fn int(value: i64) -> Operand {
    Operand::Const(Const::Int(value))
}
