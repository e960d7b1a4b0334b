//! Assignment: targets as places, steps from the root outwards.

use fuse_syntax::ast::{self, ExprKind as Ast};
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::call::short_name;
use crate::diag::with_suggestion;
use crate::func::{FnCx, stmt};
use crate::program::{LocalId, Place, PlaceStep, PlaceStepKind, Stmt, StmtKind};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    pub fn assign(
        &mut self,
        target: &'a ast::Expr,
        value: &'a ast::Expr,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        self.decide(target, value);
        let mut steps = Vec::new();
        let mut path = String::new();
        let Some((root, ty)) = self.place(target, &mut steps, &mut path) else {
            // The value has its own mistakes to report.
            self.expr(value, None);
            return;
        };
        let assignable = self.info[root.index()].assignable;
        if steps.is_empty() && !assignable {
            let local = &self.locals[root.index()];
            let message = format!("cannot assign to `{}`, which is not a `var`", local.name);
            let d = Diagnostic::error("FUSE_IMMUTABLE", target.span, message);
            let d = d.with_related(local.span, "declared here");
            let hint = match root.index() < self.params {
                true => "parameters do not change; give its value to a `var` of another name",
                false => "declare it with `var` to change it",
            };
            self.c.sink.push(d.with_hint(hint));
        }
        self.locals[root.index()].mutable = true;
        let value = self.check(value, ty, &path);
        out.push(stmt(
            StmtKind::Assign {
                target: Place { root, steps },
                value,
            },
            span,
        ));
    }

    /// Root and type of the place `target` names; `path` becomes what a failed refinement names. `None` after a report.
    fn place(
        &mut self,
        target: &'a ast::Expr,
        steps: &mut Vec<PlaceStep>,
        path: &mut String,
    ) -> Option<(LocalId, TypeId)> {
        match &target.kind {
            Ast::Name(name) => self.place_root(name, steps, path),
            Ast::Member {
                base,
                name,
                optional,
            } => {
                let (root, ty) = self.place(base, steps, path)?;
                let ty = self.payload_step(ty, *optional, base.span, steps)?;
                let ty = self.field_step(ty, name, steps, path)?;
                Some((root, ty))
            }
            Ast::Index {
                base,
                index,
                optional,
            } => {
                let (root, ty) = self.place(base, steps, path)?;
                let optional = *optional && matches!(self.ty(ty), Type::Option(_));
                let ty = self.payload_step(ty, optional, base.span, steps)?;
                let ty = self.index_step(ty, base.span, index, target.span, steps)?;
                Some((root, ty))
            }
            Ast::Error => None,
            _ => {
                self.error(
                    "FUSE_ASSIGN_TARGET",
                    target.span,
                    "expected a variable, field or element to assign to",
                );
                None
            }
        }
    }

    fn place_root(
        &mut self,
        name: &'a ast::Ident,
        steps: &mut Vec<PlaceStep>,
        path: &mut String,
    ) -> Option<(LocalId, TypeId)> {
        if let Some(local) = self.lookup_local(&name.text) {
            path.push_str(&name.text);
            self.still_undecided(local);
            if self.info[local.index()].captured {
                let message = format!(
                    "a task cannot change `{}`, which it only has a copy of",
                    name.text
                );
                let d = Diagnostic::error("FUSE_SPAWN_CAPTURE", name.span, message);
                let declared = self.locals[local.index()].span;
                self.c.sink.push(d.with_related(declared, "declared here"));
                return None;
            }
            let ty = self.locals[local.index()].ty;
            if let Type::Box(content) = *self.ty(ty) {
                // Whoever shares the cell sees the change.
                self.info[local.index()].read = true;
                steps.push(PlaceStep {
                    kind: PlaceStepKind::Content,
                    ty: content,
                    span: name.span,
                });
                return Some((local, content));
            }
            return (ty != self.c.common.error).then_some((local, ty));
        }
        if let Some(symbol) = self.c.lookup(self.module, &name.text) {
            let message = format!(
                "expected a variable to assign to, found {} `{}`",
                symbol.describe(),
                name.text
            );
            self.error("FUSE_ASSIGN_TARGET", name.span, message);
        } else {
            let mark = self.c.sink.mark();
            self.unknown_name(name);
            let hint = format!("a variable is declared first: `var {} = ..`", name.text);
            self.c.sink.hint_since(mark, "FUSE_UNKNOWN_NAME", &hint);
        }
        None
    }

    /// Steps through an option when the target is written with `?.` or `?[`.
    fn payload_step(
        &mut self,
        ty: TypeId,
        optional: bool,
        span: Span,
        steps: &mut Vec<PlaceStep>,
    ) -> Option<TypeId> {
        if !optional {
            return Some(ty);
        }
        match *self.ty(ty) {
            Type::Option(inner) => {
                steps.push(PlaceStep {
                    kind: PlaceStepKind::Payload,
                    ty: inner,
                    span,
                });
                Some(inner)
            }
            Type::Error => None,
            _ => {
                let message = format!(
                    "expected an optional value before `?`, found `{}`",
                    self.show(ty)
                );
                self.error("FUSE_NOT_OPTIONAL", span, message);
                None
            }
        }
    }

    fn field_step(
        &mut self,
        ty: TypeId,
        name: &'a ast::Ident,
        steps: &mut Vec<PlaceStep>,
        path: &mut String,
    ) -> Option<TypeId> {
        let Type::Struct(id) = *self.ty(ty) else {
            if ty != self.c.common.error {
                let message = format!("expected a value with fields, found `{}`", self.show(ty));
                self.error("FUSE_ASSIGN_TARGET", name.span, message);
            }
            return None;
        };
        let def = self.c.types.struct_def(id);
        let Some(index) = def.fields.iter().position(|f| f.name == name.text) else {
            let message = format!("type `{}` has no field `{}`", def.name, name.text);
            let d = Diagnostic::error("FUSE_UNKNOWN_FIELD", name.span, message);
            let d = with_suggestion(d, &name.text, def.fields.iter().map(|f| f.name.as_str()));
            self.c.sink.push(d);
            return None;
        };
        *path = format!("{}.{}", short_name(&def.name), name.text);
        let ty = def.fields[index].ty;
        steps.push(PlaceStep {
            kind: PlaceStepKind::Field(index as u32),
            ty,
            span: name.span,
        });
        (ty != self.c.common.error).then_some(ty)
    }

    fn index_step(
        &mut self,
        ty: TypeId,
        base: Span,
        index: &'a ast::Expr,
        span: Span,
        steps: &mut Vec<PlaceStep>,
    ) -> Option<TypeId> {
        let (kind, element) = match *self.ty(ty) {
            Type::List(element) => (
                PlaceStepKind::Index(self.check_root(index, self.c.common.int)),
                element,
            ),
            Type::Map(element) => (
                PlaceStepKind::Key(self.check_root(index, self.c.common.string)),
                element,
            ),
            _ => {
                if ty != self.c.common.error {
                    let message = format!(
                        "expected a list or a map to index, found `{}`",
                        self.show(ty)
                    );
                    self.error("FUSE_NOT_INDEXABLE", base, message);
                }
                return None;
            }
        };
        steps.push(PlaceStep {
            kind,
            ty: element,
            span,
        });
        Some(element)
    }
}
