//! When may an operand stay a reference to a place, and when must its value be taken at once?
//!
//! `a.b + f()` reads `a.b` where it is, without a copy, because nothing evaluated in between can change `a.b`. Two things can:
//! an assignment inside a block expression, and, for the content of a box, any call.

use fuse_sema::program::{
    Expr, ExprKind, Function, LocalId as SourceLocal, PlaceStepKind, Stmt, StmtKind,
};

use super::body::Body;
use super::types::place_locals;
use crate::mir::{LocalId, Operand, Place, Projection};
use fuse_sema::walk::{self, Visitor};

impl<'p> Body<'_, 'p> {
    /// Evaluates expressions left to right to operands that are all valid after the last one.
    pub fn operands<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Vec<Operand> {
        let exprs: Vec<&Expr> = exprs.into_iter().collect();
        let mut operands = Vec::with_capacity(exprs.len());
        for (index, expr) in exprs.iter().enumerate() {
            let operand = self.operand(expr);
            let later = &exprs[index + 1..];
            operands.push(self.keep(operand, expr, later.iter().copied()));
        }
        operands
    }

    /// Two operands, the usual case of [`Body::operands`].
    pub fn operand_pair(&mut self, left: &Expr, right: &Expr) -> (Operand, Operand) {
        let first = self.operand(left);
        let first = self.keep(first, left, [right]);
        (first, self.operand(right))
    }

    /// `operand`, the value of `expr`, valid while `later` is evaluated.
    pub fn keep<'e>(
        &mut self,
        operand: Operand,
        expr: &Expr,
        later: impl IntoIterator<Item = &'e Expr>,
    ) -> Operand {
        let Operand::Copy(place) = &operand else {
            return operand;
        };
        if self.is_stable(place) || !later.into_iter().any(|e| self.disturbs(e, place)) {
            return operand;
        }
        let ty = self.ty(expr);
        super::body::copy(self.spill(operand, ty))
    }

    /// `operand` in a form that no later statement of this function can change.
    pub fn settled(&mut self, operand: Operand) -> Operand {
        match &operand {
            Operand::Copy(place) if !self.is_stable(place) || (!place.projections.is_empty()) => {
                let ty = self.place_type(place);
                super::body::copy(self.spill(operand, ty))
            }
            _ => operand,
        }
    }

    /// Nothing this function or its callees do changes the place.
    pub fn is_stable(&self, place: &Place) -> bool {
        !place.projections.contains(&Projection::Content)
            && place_locals(place).all(|local| !self.reassigned.contains(&local))
    }

    /// May evaluating `expr` change what is at `place`?
    pub fn disturbs(&self, expr: &Expr, place: &Place) -> bool {
        struct Find<'a, 'c, 'p> {
            body: &'a Body<'c, 'p>,
            locals: Vec<LocalId>,
            in_box: bool,
            found: bool,
        }
        impl Visitor for Find<'_, '_, '_> {
            fn stmt(&mut self, stmt: &Stmt) -> bool {
                if let StmtKind::Assign { target, .. } = &stmt.kind {
                    self.found |= self.in_box
                        || place_locals(&self.body.locals[target.root.index()])
                            .any(|local| self.locals.contains(&local));
                }
                !self.found
            }
            fn expr(&mut self, expr: &Expr) -> bool {
                self.found |= self.in_box && matches!(expr.kind, ExprKind::Call { .. });
                !self.found
            }
        }
        let mut find = Find {
            body: self,
            locals: place_locals(place).collect(),
            in_box: place.projections.contains(&Projection::Content),
            found: false,
        };
        walk::expr(expr, &mut find);
        find.found
    }
}

/// Locals of a function that are assigned to, wholly or in part, after they got their value. Assigning through a box changes the
/// cell, not the local.
pub(super) fn reassigned(function: &Function) -> Vec<bool> {
    struct Collect(Vec<bool>);
    impl Visitor for Collect {
        fn stmt(&mut self, stmt: &Stmt) -> bool {
            if let StmtKind::Assign { target, .. } = &stmt.kind
                && !target
                    .steps
                    .iter()
                    .any(|step| matches!(step.kind, PlaceStepKind::Content))
            {
                let SourceLocal(index) = target.root;
                self.0[index as usize] = true;
            }
            true
        }
    }
    let mut collect = Collect(vec![false; function.locals.len()]);
    walk::block(&function.body, &mut collect);
    collect.0
}

/// Does evaluating the expression do nothing but give a value: no call, no fault, no assignment?
pub(super) fn is_effect_free(expr: &Expr) -> bool {
    struct Find(bool);
    impl Visitor for Find {
        fn expr(&mut self, expr: &Expr) -> bool {
            self.0 &= matches!(
                expr.kind,
                ExprKind::Unit
                    | ExprKind::Bool(_)
                    | ExprKind::Int(_)
                    | ExprKind::Float(_)
                    | ExprKind::String(_)
                    | ExprKind::Local(_)
                    | ExprKind::ConfigField { .. }
                    | ExprKind::None
                    | ExprKind::Some(_)
                    | ExprKind::Concat(_)
                    | ExprKind::ToText(_)
                    | ExprKind::Field { .. }
                    | ExprKind::Retype(_)
                    | ExprKind::BoxGet(_)
            );
            self.0
        }
    }
    let mut find = Find(true);
    walk::expr(expr, &mut find);
    find.0
}
