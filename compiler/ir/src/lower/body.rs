//! One function being lowered, and the small vocabulary every family speaks: temporaries, operations, calls, loops.

use cranelift_entity::EntityRef;
use fuse_abi::RuntimeFn;
use fuse_sema::program as sema;
use fuse_syntax::span::Span;

use super::builder::FunctionBuilder;
use super::context::Context;
use super::per_type::PerType;
use crate::mir::{
    BinaryOp, BlockId, Callee, Const, FuncId, Function, FunctionKind, Index, LocId, LocalId,
    Operand, Place, PlaceBase, Projection, Rvalue, StatementKind, Terminator, Type, TypeId,
    UnaryOp,
};

pub(super) struct Body<'c, 'p> {
    pub cx: &'c mut Context<'p>,
    pub f: FunctionBuilder,
    /// Where each local of the canonical function lives; empty in functions lowering makes itself.
    pub locals: Vec<Place>,
    /// The canonical function, for types and names of its locals.
    pub source: Option<&'p sema::Function>,
    /// MIR locals (by index) that user code assigns to again after they got their value.
    pub reassigned: Vec<LocalId>,
    pub loops: Vec<LoopTargets>,
    /// How many transactions are open here.
    pub transactions: u32,
    /// In a function that may give up tasks: which task was the newest when it began.
    pub tasks: Option<LocalId>,
    /// The texts of markup under construction, innermost last.
    pub markup: Vec<LocalId>,
    /// In a function that gives `Html`: the text it continues.
    pub result: Option<LocalId>,
}

pub(super) struct LoopTargets {
    pub next: BlockId,
    pub exit: BlockId,
}

impl<'c, 'p> Body<'c, 'p> {
    pub fn new(
        cx: &'c mut Context<'p>,
        name: String,
        kind: FunctionKind,
        ret: TypeId,
        loc: LocId,
    ) -> Body<'c, 'p> {
        Body {
            f: FunctionBuilder::new(name, kind, ret, loc),
            cx,
            locals: Vec::new(),
            source: None,
            reassigned: Vec::new(),
            loops: Vec::new(),
            transactions: 0,
            tasks: None,
            markup: Vec::new(),
            result: None,
        }
    }

    pub fn finish(self) -> Function {
        self.f.finish()
    }

    /// Runs `emit` with statements located at `span`.
    pub fn at<T>(&mut self, span: Span, emit: impl FnOnce(&mut Self) -> T) -> T {
        let loc = self.cx.loc(span);
        let before = std::mem::replace(&mut self.f.loc, loc);
        let result = emit(self);
        self.f.loc = before;
        result
    }

    // -- types and places --

    pub fn ty(&mut self, expr: &sema::Expr) -> TypeId {
        self.cx.ty(expr.ty, expr.span)
    }

    pub fn place_type(&self, place: &Place) -> TypeId {
        let base = match place.base {
            PlaceBase::Local(local) => self.f.local_type(local),
            PlaceBase::Global(global) => self.cx.mir.globals[global].ty,
        };
        place.projections.iter().fold(base, |ty, &step| {
            let part = self.cx.mir.types.project(ty, step);
            part.expect("invariant: lowering makes well-formed places")
        })
    }

    /// A place holding the operand, which is copied into a temporary only when it is a constant.
    pub fn place_of(&mut self, operand: Operand, ty: TypeId) -> Place {
        match operand {
            Operand::Copy(place) | Operand::Move(place) => place,
            constant @ Operand::Const(_) => {
                let temp = self.f.temp(ty);
                self.f.assign(temp, Rvalue::Use(constant));
                Place::local(temp)
            }
        }
    }

    /// The operand in a local of its own.
    pub fn spill(&mut self, operand: Operand, ty: TypeId) -> LocalId {
        let temp = self.f.temp(ty);
        self.f.assign(temp, Rvalue::Use(operand));
        temp
    }

    /// The operand as a projection index.
    pub fn index_of(&mut self, operand: &Operand) -> Index {
        match operand {
            Operand::Const(Const::Int(value)) if *value >= 0 => Index::Const(*value as u64),
            Operand::Copy(place) if place.as_local().is_some() => {
                Index::Local(place.as_local().expect("invariant: just tested"))
            }
            other => Index::Local(self.spill(other.clone(), self.cx.known.int)),
        }
    }

    pub fn text_const(&mut self, text: &str) -> Operand {
        Operand::Const(Const::Str(self.cx.string(text)))
    }

    // -- operations --

    /// The value in `dest`, or in a temporary.
    pub fn value(&mut self, dest: Option<LocalId>, ty: TypeId, value: Rvalue) -> Operand {
        let local = dest.unwrap_or_else(|| self.f.temp(ty));
        self.f.assign(local, value);
        copy(local)
    }

    pub fn binary(&mut self, op: BinaryOp, left: Operand, right: Operand) -> Operand {
        self.binary_into(None, op, left, right)
    }

    pub fn binary_into(
        &mut self,
        dest: Option<LocalId>,
        op: BinaryOp,
        left: Operand,
        right: Operand,
    ) -> Operand {
        let ty = self.binary_type(op);
        self.value(dest, ty, Rvalue::Binary(op, left, right))
    }

    fn binary_type(&self, op: BinaryOp) -> TypeId {
        use BinaryOp::*;
        let known = &self.cx.known;
        match op {
            AddChecked | SubChecked | MulChecked | AddNowrap | SubNowrap | MulNowrap | Div
            | Rem | BitAnd | BitOr => known.int,
            AddFloat | SubFloat | MulFloat | DivFloat | RemFloat => known.float,
            Eq | Ne | Lt | Le | Gt | Ge | LtUnsigned | EqFloat | NeFloat | LtFloat | LeFloat
            | GtFloat | GeFloat | EqBool | EqPointer => known.bool,
        }
    }

    pub fn unary_into(&mut self, dest: Option<LocalId>, op: UnaryOp, operand: Operand) -> Operand {
        use UnaryOp::*;
        let known = &self.cx.known;
        let ty = match op {
            NegChecked | FloatToInt | FloatBits | BoolToInt => known.int,
            NegFloat | IntToFloat | Sqrt | Floor | Ceil | Round | AbsFloat => known.float,
            Not => known.bool,
        };
        self.value(dest, ty, Rvalue::Unary(op, operand))
    }

    pub fn tag(&mut self, place: Place) -> Operand {
        let ty = self.cx.known.int;
        self.value(None, ty, Rvalue::Tag(place))
    }

    pub fn len(&mut self, place: Place) -> Operand {
        let ty = self.cx.known.int;
        self.value(None, ty, Rvalue::Len(place))
    }

    /// A struct, variant, option or result.
    pub fn aggregate(
        &mut self,
        dest: Option<LocalId>,
        ty: TypeId,
        variant: u32,
        fields: Vec<Operand>,
    ) -> Operand {
        self.value(dest, ty, Rvalue::Aggregate { variant, fields })
    }

    pub fn none(&mut self, dest: Option<LocalId>, ty: TypeId) -> Operand {
        self.aggregate(dest, ty, 0, Vec::new())
    }

    pub fn some(&mut self, dest: Option<LocalId>, ty: TypeId, payload: Operand) -> Operand {
        self.aggregate(dest, ty, 1, vec![payload])
    }

    // -- calls --

    /// Calls a runtime row. Rows without a result give `Unit`.
    pub fn row(&mut self, row: RuntimeFn, args: Vec<Operand>, ty: TypeId) -> Operand {
        self.row_into(None, row, args, ty)
    }

    pub fn row_into(
        &mut self,
        dest: Option<LocalId>,
        row: RuntimeFn,
        args: Vec<Operand>,
        ty: TypeId,
    ) -> Operand {
        self.call_into(dest, Callee::Runtime(row), args, ty)
    }

    pub fn call(&mut self, function: FuncId, args: Vec<Operand>, ty: TypeId) -> Operand {
        self.call_into(None, Callee::Function(function), args, ty)
    }

    pub fn call_into(
        &mut self,
        dest: Option<LocalId>,
        callee: Callee,
        args: Vec<Operand>,
        ty: TypeId,
    ) -> Operand {
        if ty == self.cx.known.unit {
            self.f.call(None, callee, args);
            return unit();
        }
        let local = dest.unwrap_or_else(|| self.f.temp(ty));
        self.f.call(Some(local), callee, args);
        copy(local)
    }

    /// Calls a row that does not return.
    pub fn diverge(&mut self, row: RuntimeFn, args: Vec<Operand>) {
        self.f.call(None, Callee::Runtime(row), args);
        self.f.terminate(Terminator::Unreachable);
    }

    pub fn call_per_type(
        &mut self,
        dest: Option<LocalId>,
        family: PerType,
        subject: TypeId,
        args: Vec<Operand>,
        ty: TypeId,
    ) -> Operand {
        let function = self.cx.per_type(family, subject);
        self.call_into(dest, Callee::Function(function), args, ty)
    }

    // -- lists and maps --

    pub fn empty_list(&mut self, dest: Option<LocalId>, ty: TypeId, capacity: Operand) -> Operand {
        self.value(
            dest,
            ty,
            Rvalue::List {
                elements: Vec::new(),
                capacity,
            },
        )
    }

    /// Appends in place to the list in `list`.
    pub fn push_to(&mut self, list: LocalId, value: Operand) {
        let ty = self.f.local_type(list);
        let longer = self.value(
            None,
            ty,
            Rvalue::ListPush {
                list: copy(list),
                value,
            },
        );
        self.f.assign(list, Rvalue::Use(longer));
    }

    /// Entry index of a key, or -1.
    pub fn map_find(&mut self, map: Place, key: Operand) -> LocalId {
        let size = self.entry_size(&map);
        let int_type = self.cx.known.int;
        let entry = self.f.temp(int_type);
        let args = vec![Operand::Copy(map), key, int(size)];
        self.f
            .call(Some(entry), Callee::Runtime(RuntimeFn::MapFind), args);
        entry
    }

    /// An empty map is made like an empty list.
    pub fn empty_map(&mut self, dest: Option<LocalId>, ty: TypeId, capacity: Operand) -> LocalId {
        let local = dest.unwrap_or_else(|| self.f.temp(ty));
        self.empty_list(Some(local), ty, capacity);
        local
    }

    pub fn map_set(&mut self, map: Place, key: Operand, value: Operand) {
        self.f.push(StatementKind::MapSet { map, key, value });
    }

    fn entry_size(&self, map: &Place) -> i64 {
        let Type::Map(value) = self.cx.shape(self.place_type(map)) else {
            unreachable!("invariant: a map place")
        };
        self.cx.size(value) as i64
    }

    // -- control --

    /// Branches on a discriminant: `first` for the variant, `rest` for all others.
    pub fn switch_tag(&mut self, place: Place, variant: u32, first: BlockId, rest: BlockId) {
        let tag = self.tag(place);
        self.f.terminate(Terminator::Switch {
            value: tag,
            cases: vec![(i64::from(variant), first)],
            default: rest,
        });
    }

    /// `for i in 0..<count`, where `count` does not change. `emit` may leave the loop by ending its block.
    pub fn counted(&mut self, count: Operand, emit: impl FnOnce(&mut Self, LocalId)) {
        let known = self.cx.known;
        let index = self.f.temp(known.int);
        self.f.assign(index, Rvalue::Use(int(0)));
        let (head, body, exit) = (self.f.block(), self.f.block(), self.f.block());
        self.f.goto(head);
        self.f.switch_to(head);
        let more = self.binary(BinaryOp::Lt, copy(index), count);
        self.f.branch(more, body, exit);
        self.f.switch_to(body);
        emit(self, index);
        self.increment(index);
        self.f.goto(head);
        self.f.switch_to(exit);
    }

    /// Adds one where overflow is ruled out.
    pub fn increment(&mut self, local: LocalId) {
        self.f.assign(
            local,
            Rvalue::Binary(BinaryOp::AddNowrap, copy(local), int(1)),
        );
    }
}

pub(super) fn copy(local: LocalId) -> Operand {
    Operand::Copy(Place::local(local))
}

pub(super) fn int(value: i64) -> Operand {
    Operand::Const(Const::Int(value))
}

pub(super) fn boolean(value: bool) -> Operand {
    Operand::Const(Const::Bool(value))
}

pub(super) fn unit() -> Operand {
    Operand::Const(Const::Unit)
}

/// The n-th parameter of a function lowering makes.
pub(super) fn param(index: usize) -> Place {
    Place::local(LocalId::new(index))
}

pub(super) fn element(list: &Place, index: LocalId) -> Operand {
    Operand::Copy(list.project(Projection::Element(Index::Local(index))))
}
