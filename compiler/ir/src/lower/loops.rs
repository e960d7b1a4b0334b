//! Loops. Ranges are counted and allocate nothing; lists and maps are walked as they were when the loop began.

use fuse_abi::FaultKind;
use fuse_sema::program::{Block, Expr, LocalId as SourceLocal};
use fuse_syntax::span::Span;

use super::body::{Body, LoopTargets, copy, element, int};
use crate::mir::{BinaryOp, BlockId, Const, Index, LocalId, Operand, Place, Projection, Rvalue};

impl Body<'_, '_> {
    pub fn while_loop(&mut self, condition: &Expr, body: &Block) {
        let (head, inside, exit) = (self.f.block(), self.f.block(), self.f.block());
        self.f.goto(head);
        self.f.switch_to(head);
        self.condition(condition, inside, exit);
        self.f.switch_to(inside);
        self.loop_body(body, head, exit);
        self.f.goto(head);
        self.f.switch_to(exit);
    }

    fn loop_body(&mut self, body: &Block, next: BlockId, exit: BlockId) {
        self.loops.push(LoopTargets { next, exit });
        self.block(body);
        self.loops.pop();
    }

    pub fn for_range(
        &mut self,
        local: SourceLocal,
        start: &Expr,
        end: &Expr,
        inclusive: bool,
        body: &Block,
    ) {
        let range = start.span.to(end.span);
        let (start, end) = self.operand_pair(start, end);
        let end = self.settled(end);
        let variable = self.local(local);
        // The loop variable counts itself unless the body assigns to it.
        let counter = if self.reassigned.contains(&variable) {
            let int_type = self.cx.known.int;
            self.f.temp(int_type)
        } else {
            variable
        };
        if inclusive {
            self.inclusive_range(variable, counter, (start, end), range, body);
        } else {
            self.exclusive_range(variable, counter, start, end, body);
        }
    }

    /// Tested at the end, so that a range up to the largest Int ends.
    fn inclusive_range(
        &mut self,
        variable: LocalId,
        counter: LocalId,
        (start, end): (Operand, Operand),
        range: Span,
        body: &Block,
    ) {
        let ordered = matches!(
            (&start, &end),
            (Operand::Const(Const::Int(a)), Operand::Const(Const::Int(b))) if a <= b
        );
        if !ordered {
            self.at(range, |this| {
                let in_order = this.binary(BinaryOp::Le, start.clone(), end.clone());
                this.f.check(in_order, FaultKind::RangeOrder);
            });
        }
        self.f.assign(counter, Rvalue::Use(start));
        let (inside, test, step, exit) = (
            self.f.block(),
            self.f.block(),
            self.f.block(),
            self.f.block(),
        );
        self.f.goto(inside);
        self.f.switch_to(inside);
        self.bind_counter(variable, counter);
        self.loop_body(body, test, exit);
        self.f.goto(test);
        self.f.switch_to(test);
        let more = self.binary(BinaryOp::Lt, copy(counter), end);
        self.f.branch(more, step, exit);
        self.f.switch_to(step);
        self.increment(counter);
        self.f.goto(inside);
        self.f.switch_to(exit);
    }

    fn exclusive_range(
        &mut self,
        variable: LocalId,
        counter: LocalId,
        start: Operand,
        end: Operand,
        body: &Block,
    ) {
        self.f.assign(counter, Rvalue::Use(start));
        self.counted_loop(counter, end, body, |this| {
            this.bind_counter(variable, counter)
        });
    }

    /// While the counter, which has been set, is below `end`; `bind` prepares each round.
    fn counted_loop(
        &mut self,
        counter: LocalId,
        end: Operand,
        body: &Block,
        bind: impl FnOnce(&mut Self),
    ) {
        let (head, inside, step, exit) = (
            self.f.block(),
            self.f.block(),
            self.f.block(),
            self.f.block(),
        );
        self.f.goto(head);
        self.f.switch_to(head);
        let more = self.binary(BinaryOp::Lt, copy(counter), end);
        self.f.branch(more, inside, exit);
        self.f.switch_to(inside);
        bind(self);
        self.loop_body(body, step, exit);
        self.f.goto(step);
        self.f.switch_to(step);
        self.increment(counter);
        self.f.goto(head);
        self.f.switch_to(exit);
    }

    fn bind_counter(&mut self, variable: LocalId, counter: LocalId) {
        if variable != counter {
            self.f.assign(variable, Rvalue::Use(copy(counter)));
        }
    }

    pub fn for_list(&mut self, local: SourceLocal, list: &Expr, body: &Block) {
        let list = self.snapshot(list);
        let variable = self.local(local);
        self.indexed_loop(&list, body, |this, index| {
            this.f.assign(variable, Rvalue::Use(element(&list, index)));
        });
    }

    pub fn for_map(
        &mut self,
        key: Option<SourceLocal>,
        value: Option<SourceLocal>,
        map: &Expr,
        body: &Block,
    ) {
        let map = self.snapshot(map);
        let key = key.map(|local| self.local(local));
        let value = value.map(|local| self.local(local));
        self.indexed_loop(&map, body, |this, index| {
            let index = Index::Local(index);
            if let Some(key) = key {
                let entry = map.project(Projection::EntryKey(index));
                this.f.assign(key, Rvalue::Use(Operand::Copy(entry)));
            }
            if let Some(value) = value {
                let entry = map.project(Projection::EntryValue(index));
                this.f.assign(value, Rvalue::Use(Operand::Copy(entry)));
            }
        });
    }

    /// The collection in a local that the loop body cannot change.
    fn snapshot(&mut self, collection: &Expr) -> Place {
        let ty = self.ty(collection);
        let operand = self.operand(collection);
        let operand = self.settled(operand);
        self.place_of(operand, ty)
    }

    fn indexed_loop(
        &mut self,
        collection: &Place,
        body: &Block,
        bind: impl FnOnce(&mut Self, LocalId),
    ) {
        let int_type = self.cx.known.int;
        let count = self.len(collection.clone());
        let index = self.f.temp(int_type);
        self.f.assign(index, Rvalue::Use(int(0)));
        self.counted_loop(index, count, body, |this| bind(this, index));
    }
}
