//! Growing what is assigned to: `s = s + x`, `p.items = p.items.append(v)`, `m[k] = (m[k] ?? []).append(v)`.
//!
//! A text or list grows in place when nobody else holds it. Read through a container and appended to, it would be held twice: by the
//! container and by the operation. So it is taken out of its place, which holds an empty one meanwhile, grown, and put back.

use fuse_sema::program::{
    Builtin, Expr, ExprKind, LocalId as SourceLocal, Place as Target, PlaceStep, PlaceStepKind,
    Stmt, StmtKind,
};

use super::assign::Step;
use super::body::{Body, copy, element, int};
use super::text::Pieces;
use crate::mir::{
    BinaryOp, Const, Index, LocalId, Operand, Place, Projection, Rvalue, StatementKind, Type,
    TypeId,
};
use fuse_sema::walk::{self, Visitor};

/// A value that is another one, made longer.
struct Growth<'e> {
    base: &'e Expr,
    more: More<'e>,
}

enum More<'e> {
    /// Text parts.
    Text(Vec<&'e Expr>),
    /// One element.
    Append(&'e Expr),
    /// The elements of a list.
    Extend(&'e Expr),
}

/// What is added, evaluated.
enum Added {
    Text(Pieces),
    Append(Operand),
    Extend(Place),
}

/// How the base relates to the place assigned to.
enum Source<'e> {
    /// It reads that place.
    Same,
    /// It reads that map entry, or is this when there is none.
    EntryOr(&'e Expr),
}

impl Body<'_, '_> {
    /// `s = s + x` and `xs = xs + ys` grow what is there.
    pub fn grow_local(&mut self, local: LocalId, value: &Expr) -> bool {
        let Some(growth) = growth(value) else {
            return false;
        };
        if !self.is_local(growth.base, local) || growth.more.exprs().any(assigns) {
            return false;
        }
        match growth.more {
            More::Text(parts) => {
                let pieces = self.pieces(parts);
                let longer = self.join(pieces, Some(copy(local)));
                self.give(Some(local), longer);
            }
            // An ordinary push of the local is in place as it is.
            More::Append(_) => return false,
            More::Extend(more) => self.extend_local(local, more),
        }
        true
    }

    fn is_local(&self, expr: &Expr, local: LocalId) -> bool {
        match &expr.kind {
            ExprKind::Local(source) => self.place_of_local(*source) == Place::local(local),
            ExprKind::Retype(inner) => self.is_local(inner, local),
            _ => false,
        }
    }

    /// What is appended may be the list itself, so it is held while the list changes.
    fn extend_local(&mut self, list: LocalId, more: &Expr) {
        if let ExprKind::List(items) = &more.kind {
            for value in self.operands(items) {
                self.push_to(list, value);
            }
            return;
        }
        let ty = self.ty(more);
        let more = self.operand(more);
        let more = self.apart_from(more, ty);
        let more = self.place_of(more, ty);
        self.push_all(list, &more);
    }

    fn push_all(&mut self, list: LocalId, more: &Place) {
        let count = self.len(more.clone());
        self.counted(count, |body, index| {
            body.push_to(list, element(more, index));
        });
    }

    /// Assigns to a part by growing it; false when the assignment is not of that kind.
    pub fn grow_part(&mut self, target: &Target, value: &Expr) -> bool {
        let Some(growth) = growth(value) else {
            return false;
        };
        if growth.more.exprs().any(assigns) {
            return false;
        }
        match source(growth.base, target) {
            Some(Source::Same) => self.grow_same(target, growth),
            Some(Source::EntryOr(default)) => self.grow_entry(target, growth, default),
            None => return false,
        }
        true
    }

    fn grow_same(&mut self, target: &Target, growth: Growth) {
        // Reading comes before what is added, so its faults do.
        let only_fields = |step: &PlaceStep| matches!(step.kind, PlaceStepKind::Field(_));
        if !target.steps.iter().all(only_fields) {
            self.expr_place(growth.base);
        }
        let ty = self.ty(growth.base);
        let added = self.added(growth.more, ty);
        let steps = self.evaluate_steps(&target.steps);
        let place = self.walk_to(target, steps);
        let taken = self.spill(Operand::Copy(place.clone()), ty);
        self.store_empty(&place, ty);
        self.grow_taken(taken, added);
        self.f
            .push(StatementKind::Assign(place, Rvalue::Use(copy(taken))));
    }

    fn grow_entry(&mut self, target: &Target, growth: Growth, default: &Expr) {
        if let ExprKind::Coalesce { value, .. } = &growth.base.kind
            && let ExprKind::MapGet { map, .. } = &value.kind
        {
            self.expr_place(map);
        }
        let ty = self.ty(growth.base);
        let added = self.added(growth.more, ty);
        let mut steps = self.evaluate_steps(&target.steps);
        let Some(Step::Key(key)) = steps.pop() else {
            unreachable!("invariant: the last step of an entry is its key")
        };
        let map = self.walk_to(target, steps);
        self.make_unique(&map);
        let taken = self.f.temp(ty);
        let (present, absent, join) = (self.f.block(), self.f.block(), self.f.block());
        let entry = self.map_find(map.clone(), key.clone());
        let found = self.binary(BinaryOp::Ge, copy(entry), int(0));
        self.f.branch(found, present, absent);
        self.f.switch_to(present);
        let place = map.project(Projection::EntryValue(Index::Local(entry)));
        self.f
            .assign(taken, Rvalue::Use(Operand::Copy(place.clone())));
        self.store_empty(&place, ty);
        self.f.goto(join);
        self.f.switch_to(absent);
        self.expr_into(taken, default);
        self.f.goto(join);
        self.f.switch_to(join);
        self.grow_taken(taken, added);
        self.map_set(map, key, copy(taken));
    }

    /// Evaluates what is added, apart from the place that is about to be emptied.
    fn added(&mut self, more: More, ty: TypeId) -> Added {
        match more {
            More::Text(parts) => {
                let mut pieces = self.pieces(parts);
                for (ty, operand) in &mut pieces.0 {
                    let own = std::mem::replace(operand, super::body::unit());
                    *operand = self.apart_from(own, *ty);
                }
                Added::Text(pieces)
            }
            More::Append(value) => {
                let ty = self.ty(value);
                let value = self.operand(value);
                Added::Append(self.apart_from(value, ty))
            }
            More::Extend(list) => {
                let list = self.operand(list);
                let list = self.apart_from(list, ty);
                Added::Extend(self.place_of(list, ty))
            }
        }
    }

    fn grow_taken(&mut self, taken: LocalId, added: Added) {
        match added {
            Added::Text(pieces) => {
                let longer = self.join(pieces, Some(copy(taken)));
                self.give(Some(taken), longer);
            }
            Added::Append(value) => self.push_to(taken, value),
            Added::Extend(list) => self.push_all(taken, &list),
        }
    }

    fn store_empty(&mut self, place: &Place, ty: TypeId) {
        let empty = match self.cx.shape(ty) {
            Type::List(_) => Rvalue::List {
                elements: Vec::new(),
                capacity: int(0),
            },
            _ => Rvalue::Use(Operand::Const(Const::Str(self.cx.string("")))),
        };
        self.f.push(StatementKind::Assign(place.clone(), empty));
    }
}

impl<'e> More<'e> {
    fn exprs(&self) -> impl Iterator<Item = &'e Expr> {
        let (parts, one) = match self {
            More::Text(parts) => (parts.as_slice(), None),
            More::Append(value) | More::Extend(value) => (&[][..], Some(*value)),
        };
        parts
            .iter()
            .copied()
            .chain(one)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

fn growth(value: &Expr) -> Option<Growth<'_>> {
    match &value.kind {
        ExprKind::Retype(inner) => growth(inner),
        ExprKind::Concat(_) => {
            let mut parts = Vec::new();
            left_spine(value, &mut parts);
            let (&base, rest) = parts.split_first()?;
            Some(Growth {
                base,
                more: More::Text(rest.to_vec()),
            })
        }
        ExprKind::ListConcat(base, more) => Some(Growth {
            base,
            more: More::Extend(more),
        }),
        ExprKind::Builtin {
            builtin: Builtin::ListAppend,
            args,
        } => match args.as_slice() {
            [base, value] => Some(Growth {
                base,
                more: More::Append(value),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Parts of left-nested concatenations, in order.
fn left_spine<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::Concat(inner) => {
            if let Some((first, rest)) = inner.split_first() {
                left_spine(first, parts);
                parts.extend(rest);
            }
        }
        _ => parts.push(expr),
    }
}

fn source<'e>(base: &'e Expr, target: &Target) -> Option<Source<'e>> {
    if reads(base, target.root, &target.steps) {
        return Some(Source::Same);
    }
    let (last, before) = target.steps.split_last()?;
    match (&base.kind, &last.kind) {
        (ExprKind::Retype(inner), _) => source(inner, target),
        (ExprKind::Coalesce { value, default }, PlaceStepKind::Key(wanted)) => {
            let ExprKind::MapGet { map, key } = &value.kind else {
                return None;
            };
            let matches = reads(map, target.root, before) && same(key, wanted);
            (matches && is_nothing(default)).then_some(Source::EntryOr(default))
        }
        _ => None,
    }
}

/// An empty list or a text constant: evaluating it early or late makes no difference.
fn is_nothing(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::List(items) => items.is_empty(),
        ExprKind::String(_) => true,
        ExprKind::Retype(inner) => is_nothing(inner),
        _ => false,
    }
}

/// Does the expression read exactly that place, in a way that may be evaluated twice?
pub(super) fn reads(expr: &Expr, root: SourceLocal, steps: &[PlaceStep]) -> bool {
    if let ExprKind::Retype(inner) = &expr.kind {
        return reads(inner, root, steps);
    }
    let Some((last, before)) = steps.split_last() else {
        return matches!(&expr.kind, ExprKind::Local(local) if *local == root);
    };
    match (&expr.kind, &last.kind) {
        (ExprKind::Field { base, field }, PlaceStepKind::Field(wanted)) => {
            field == wanted && reads(base, root, before)
        }
        (ExprKind::Index { list, index }, PlaceStepKind::Index(wanted)) => {
            same(index, wanted) && reads(list, root, before)
        }
        (ExprKind::Unwrap(value), PlaceStepKind::Key(wanted)) => match &value.kind {
            ExprKind::MapGet { map, key } => same(key, wanted) && reads(map, root, before),
            _ => false,
        },
        (ExprKind::Unwrap(value), PlaceStepKind::Payload) => reads(value, root, before),
        _ => false,
    }
}

/// Two simple expressions with the same value, whenever they are evaluated in one statement.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Retype(a), _) => same(a, b),
        (_, ExprKind::Retype(b)) => same(a, b),
        (ExprKind::ToText(a), ExprKind::ToText(b)) => same(a, b),
        (ExprKind::Concat(a), ExprKind::Concat(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
        (ExprKind::Int(a), ExprKind::Int(b)) => a == b,
        (ExprKind::String(a), ExprKind::String(b)) => a == b,
        (ExprKind::Field { base: a, field: f }, ExprKind::Field { base: b, field: g }) => {
            f == g && same(a, b)
        }
        _ => false,
    }
}

/// Does evaluating the expression assign to anything?
pub(super) fn assigns(expr: &Expr) -> bool {
    struct Find(bool);
    impl Visitor for Find {
        fn stmt(&mut self, stmt: &Stmt) -> bool {
            self.0 |= matches!(stmt.kind, StmtKind::Assign { .. });
            !self.0
        }
    }
    let mut find = Find(false);
    walk::expr(expr, &mut find);
    find.0
}
