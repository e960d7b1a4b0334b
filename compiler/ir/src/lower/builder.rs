//! Builds one function block by block. Knows nothing of the canonical program.

use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};

use crate::mir::{
    Block, BlockId, Callee, Effects, Fault, Function, FunctionKind, LocId, LocalDecl, LocalId,
    Mode, Operand, Place, Rvalue, Statement, StatementKind, Terminator, TypeId,
};

pub(super) struct FunctionBuilder {
    name: String,
    kind: FunctionKind,
    params: Vec<Mode>,
    pub ret: TypeId,
    locals: PrimaryMap<LocalId, LocalDecl>,
    blocks: PrimaryMap<BlockId, Block>,
    /// Where statements go; `None` behind a terminator: what is emitted then can never run and is dropped.
    current: Option<BlockId>,
    /// Location given to statements.
    pub loc: LocId,
    start: LocId,
}

impl FunctionBuilder {
    pub fn new(name: String, kind: FunctionKind, ret: TypeId, loc: LocId) -> FunctionBuilder {
        let mut blocks = PrimaryMap::new();
        let entry = blocks.push(Block::default());
        FunctionBuilder {
            name,
            kind,
            params: Vec::new(),
            ret,
            locals: PrimaryMap::new(),
            blocks,
            current: Some(entry),
            loc,
            start: loc,
        }
    }

    /// Parameters come before all other locals.
    pub fn param(&mut self, name: &str, ty: TypeId) -> LocalId {
        debug_assert_eq!(self.params.len(), self.locals.len());
        self.params.push(Mode::Owned);
        self.local(name, ty)
    }

    pub fn local(&mut self, name: &str, ty: TypeId) -> LocalId {
        self.locals.push(LocalDecl {
            name: name.to_owned(),
            ty,
            ownership: Mode::Owned,
        })
    }

    pub fn temp(&mut self, ty: TypeId) -> LocalId {
        self.local("", ty)
    }

    pub fn local_type(&self, local: LocalId) -> TypeId {
        self.locals[local].ty
    }

    /// A local without a name in the source: made here, given one value, used by what follows.
    pub fn is_temp(&self, local: LocalId) -> bool {
        self.locals[local].name.is_empty() && local.index() >= self.params.len()
    }

    pub fn block(&mut self) -> BlockId {
        self.blocks.push(Block::default())
    }

    pub fn switch_to(&mut self, block: BlockId) {
        debug_assert!(
            self.current.is_none(),
            "invariant: a block ends before the next begins"
        );
        self.current = Some(block);
    }

    /// Can what is emitted next be reached from the statement before?
    pub fn is_open(&self) -> bool {
        self.current.is_some()
    }

    pub fn push(&mut self, kind: StatementKind) {
        if let Some(block) = self.current {
            let loc = self.loc;
            self.blocks[block].statements.push(Statement { kind, loc });
        }
    }

    pub fn assign(&mut self, local: LocalId, value: Rvalue) {
        self.push(StatementKind::Assign(Place::local(local), value));
    }

    pub fn call(&mut self, dest: Option<LocalId>, callee: Callee, args: Vec<Operand>) {
        self.push(StatementKind::Call {
            dest: dest.map(Place::local),
            callee,
            args,
        });
    }

    pub fn check(&mut self, condition: Operand, fault: Fault) {
        self.push(StatementKind::Check { condition, fault });
    }

    pub fn terminate(&mut self, terminator: Terminator) {
        if let Some(block) = self.current.take() {
            self.blocks[block].terminator = terminator;
        }
    }

    pub fn goto(&mut self, block: BlockId) {
        self.terminate(Terminator::Goto(block));
    }

    pub fn branch(&mut self, condition: Operand, then: BlockId, otherwise: BlockId) {
        self.terminate(Terminator::Branch {
            condition,
            then,
            otherwise,
        });
    }

    pub fn ret(&mut self, value: Operand) {
        self.terminate(Terminator::Return(value));
    }

    /// The function, its blocks in order, without those that cannot be reached.
    pub fn finish(mut self) -> Function {
        self.terminate(Terminator::Unreachable);
        let mut function = Function {
            name: self.name,
            kind: self.kind,
            params: self.params,
            ret: self.ret,
            locals: self.locals,
            blocks: self.blocks,
            effects: Effects::default(),
            loc: self.start,
        };
        order_blocks(&mut function);
        function
    }
}

/// Keeps the blocks that can be reached, in an order in which code reads from top to bottom (reverse postorder).
fn order_blocks(function: &mut Function) {
    let order = reverse_postorder(function);
    let mut new_ids: SecondaryMap<BlockId, Option<BlockId>> = SecondaryMap::new();
    for (index, &block) in order.iter().enumerate() {
        new_ids[block] = Some(BlockId::new(index));
    }
    let mut blocks = PrimaryMap::with_capacity(order.len());
    for &id in &order {
        let mut block = std::mem::take(&mut function.blocks[id]);
        block.terminator.for_each_successor_mut(|target| {
            *target =
                new_ids[*target].expect("invariant: targets of reachable blocks are reachable");
        });
        blocks.push(block);
    }
    function.blocks = blocks;
}

fn reverse_postorder(function: &Function) -> Vec<BlockId> {
    let successors = |block: BlockId| -> Vec<BlockId> {
        let mut all: Vec<BlockId> = function.blocks[block].terminator.successors().collect();
        // The way taken first is to follow directly.
        all.reverse();
        all
    };
    let mut seen: SecondaryMap<BlockId, bool> = SecondaryMap::new();
    let entry = BlockId::new(0);
    seen[entry] = true;
    let mut order = Vec::with_capacity(function.blocks.len());
    let mut path = vec![(entry, successors(entry).into_iter())];
    while let Some((block, rest)) = path.last_mut() {
        match rest.next() {
            Some(next) if seen[next] => {}
            Some(next) => {
                seen[next] = true;
                path.push((next, successors(next).into_iter()));
            }
            None => {
                order.push(*block);
                path.pop();
            }
        }
    }
    order.reverse();
    order
}
