//! The conversions that assignability implies, made explicit.

use fuse_syntax::span::Span;

use crate::func::{FnCx, stmt};
use crate::program::{
    Arm, Block, Builtin, Expr, ExprKind, LocalId, Pattern, Place, PlaceStep, PlaceStepKind,
    StmtKind,
};
use crate::types::{Type, TypeId};

impl<'a> FnCx<'_, 'a> {
    /// `value` as a `target`; a mismatch is reported at the value. `path` is what a failed refinement names.
    pub fn coerce(&mut self, value: Expr, target: TypeId, path: &str) -> Expr {
        if self.c.assignable(value.ty, target) {
            return self.convert(value, target, path);
        }
        self.mismatch(value.span, target, value.ty);
        self.error_expr(value.span)
    }

    pub fn mismatch(&mut self, span: Span, expected: TypeId, found: TypeId) {
        let (mut wanted, mut given) = (self.show(expected), self.show(found));
        if wanted == given {
            wanted = self.c.show_with_module(expected);
            given = self.c.show_with_module(found);
        }
        let message = format!("expected `{wanted}`, found `{given}`");
        let mut d = fuse_syntax::diagnostic::Diagnostic::error("FUSE_TYPE_MISMATCH", span, message);
        if let Some((_, ret)) = self.c.function_type(found)
            && self.c.assignable(ret, expected)
        {
            d = d.with_hint("this is the function itself; call it: `(..)`");
        }
        match (self.ty(expected), self.ty(found)) {
            (Type::Int, Type::Float) => {
                d = d.with_hint(
                    "`Float` does not become `Int` by itself; `.to_int()` gives an `Int?`",
                )
            }
            (Type::Float, Type::Int) => {
                d = d.with_hint("`Int` does not become `Float` by itself; use `.to_float()`")
            }
            (_, Type::Option(inner)) if self.c.assignable(*inner, expected) => {
                d = d.with_hint(
                    "the value may be null; give a default with `??` or handle it with `match`",
                );
            }
            (_, Type::Result(ok, _))
                if !self.c.is_open(*ok) && self.c.assignable(*ok, expected) =>
            {
                d = d.with_hint(
                    "the value may be an error; pass it on with `?!` or handle it with `match`",
                );
            }
            _ => {}
        }
        self.c.sink.push(d);
    }

    /// The conversion behind [`crate::checker::Checker::assignable`]; the caller has asked that.
    pub fn convert(&mut self, value: Expr, target: TypeId, path: &str) -> Expr {
        let Expr { ty, span, .. } = value;
        if ty == target || ty == self.c.common.error || target == self.c.common.error {
            return value;
        }
        if self.c.is_dynamic(ty) && !matches!(self.ty(target), Type::Result(..)) {
            return self.convert_dynamic(value, target);
        }
        if self.c.is_dynamic(target) {
            return self.as_dynamic(value);
        }
        if let Some(inner) = self.literal_parts(&value, target) {
            return self.convert_parts(value, inner, target, path);
        }
        if self.c.is_open(ty)
            && !matches!(value.kind, ExprKind::Local(_))
            && self.same_shape(ty, target)
        {
            return self.close(value, target, path);
        }
        match (self.ty(ty).clone(), self.ty(target).clone()) {
            (Type::Result(a, _), Type::Result(b, f)) if !self.c.retypable(ty, target) => {
                self.convert_result(value, a, b, f, target, path)
            }
            (Type::Option(a), Type::Option(b)) if !self.c.retypable(ty, target) => {
                self.convert_option(value, a, b, target, path)
            }
            (Type::List(_), Type::List(element)) if !self.c.retypable(ty, target) => {
                self.convert_list(value, element, target, path)
            }
            (Type::Map(_), Type::Map(element)) if !self.c.retypable(ty, target) => {
                self.convert_map(value, element, target, path)
            }
            (_, Type::Result(ok, _)) if !matches!(self.ty(ty), Type::Result(..)) => {
                let value = Box::new(self.convert(value, ok, path));
                Expr {
                    kind: ExprKind::Ok(value),
                    ty: target,
                    span,
                }
            }
            (_, Type::Option(inner)) if !matches!(self.ty(ty), Type::Option(_)) => {
                match missing_path(value) {
                    Ok(entry) => self.convert(entry, target, path),
                    Err(value) => {
                        let value = Box::new(self.convert(value, inner, path));
                        Expr {
                            kind: ExprKind::Some(value),
                            ty: target,
                            span,
                        }
                    }
                }
            }
            (_, Type::Box(content)) => {
                let value = Box::new(self.convert(value, content, path));
                Expr {
                    kind: ExprKind::BoxNew(value),
                    ty: target,
                    span,
                }
            }
            (_, Type::Refined { base, rule }) => {
                let value = self.convert(value, base, path);
                self.refine(value, Some(rule), target, path)
            }
            (Type::Refined { base, .. }, Type::Id | Type::Email) if base != target => {
                let value = self.retype(value, base);
                self.convert(value, target, path)
            }
            _ if self.c.joins_union(ty, target) => self.widen_error(value, target),
            (from, Type::Id | Type::Email) if !matches!(from, Type::Refined { .. }) => {
                let value = self.retype(value, self.c.common.string);
                self.refine(value, None, target, path)
            }
            _ => self.retype(value, target),
        }
    }

    pub fn retype(&self, value: Expr, ty: TypeId) -> Expr {
        if value.ty == ty {
            return value;
        }
        let span = value.span;
        Expr {
            kind: ExprKind::Retype(Box::new(value)),
            ty,
            span,
        }
    }

    /// The value without refinement or mail or identifier rules.
    pub fn to_root(&self, value: Expr) -> Expr {
        let root = self.c.root(value.ty);
        if value.ty == self.c.common.error {
            value
        } else {
            self.retype(value, root)
        }
    }

    /// The value with `Unit` for the unknown parts of its type.
    pub fn settle(&mut self, value: Expr) -> Expr {
        if !self.c.is_open(value.ty) {
            return value;
        }
        let target = self.c.settled(value.ty);
        self.convert(value, target, "")
    }

    /// Part types of `target` when `value` is a literal whose parts can be converted one by one.
    fn literal_parts(&self, value: &Expr, target: TypeId) -> Option<TypeId> {
        match (&value.kind, self.ty(target)) {
            (ExprKind::List(_), Type::List(t))
            | (ExprKind::Map(_), Type::Map(t))
            | (ExprKind::Some(_), Type::Option(t))
            | (ExprKind::Ok(_), Type::Result(t, _))
            | (ExprKind::Err(_), Type::Result(_, t)) => Some(*t),
            (ExprKind::None, Type::Option(t)) => Some(*t),
            _ => None,
        }
    }

    fn convert_parts(&mut self, value: Expr, part: TypeId, target: TypeId, path: &str) -> Expr {
        let span = value.span;
        let kind = match value.kind {
            ExprKind::List(items) => {
                let convert =
                    |(i, e): (usize, Expr)| self.convert(e, part, &format!("{path}[{i}]"));
                ExprKind::List(items.into_iter().enumerate().map(convert).collect())
            }
            ExprKind::Map(pairs) => {
                let convert = |(k, v): (Expr, Expr)| {
                    let path = match &k.kind {
                        ExprKind::String(key) => format!("{path}.{key}"),
                        _ => path.to_string(),
                    };
                    (k, self.convert(v, part, &path))
                };
                ExprKind::Map(pairs.into_iter().map(convert).collect())
            }
            ExprKind::Some(inner) => ExprKind::Some(Box::new(self.convert(*inner, part, path))),
            ExprKind::Ok(inner) => ExprKind::Ok(Box::new(self.convert(*inner, part, path))),
            ExprKind::Err(inner) => ExprKind::Err(Box::new(self.convert(*inner, part, path))),
            other => other,
        };
        Expr {
            kind,
            ty: target,
            span,
        }
    }

    fn same_shape(&self, a: TypeId, b: TypeId) -> bool {
        matches!(
            (self.ty(a), self.ty(b)),
            (Type::List(_), Type::List(_))
                | (Type::Map(_), Type::Map(_))
                | (Type::Option(_), Type::Option(_))
                | (Type::Result(..), Type::Result(..))
        )
    }

    /// Gives a value with unknown parts its type; such values hold nothing where the parts are unknown.
    fn close(&mut self, value: Expr, target: TypeId, path: &str) -> Expr {
        let span = value.span;
        match value.kind {
            ExprKind::Block { block, value } => {
                let value = Box::new(self.convert(*value, target, path));
                Expr {
                    kind: ExprKind::Block { block, value },
                    ty: target,
                    span,
                }
            }
            kind => {
                let inner = Expr {
                    kind,
                    ty: value.ty,
                    span,
                };
                Expr {
                    kind: ExprKind::Retype(Box::new(inner)),
                    ty: target,
                    span,
                }
            }
        }
    }

    fn convert_option(
        &mut self,
        value: Expr,
        from: TypeId,
        to: TypeId,
        target: TypeId,
        path: &str,
    ) -> Expr {
        let span = value.span;
        let local = self.temp(from, span);
        let payload = self.local(local, span);
        let mut body = self.convert(payload, to, path);
        let flatten = matches!(self.ty(to), Type::Option(_));
        if flatten {
            body = Expr {
                kind: ExprKind::Some(Box::new(body)),
                ty: target,
                span,
            };
        }
        let kind = ExprKind::OptionMap {
            value: Box::new(value),
            local,
            body: Box::new(body),
            flatten,
        };
        Expr {
            kind,
            ty: target,
            span,
        }
    }

    /// `match value: Ok(x): out = Ok(x') ...` with the result in a variable.
    fn convert_result(
        &mut self,
        value: Expr,
        from_ok: TypeId,
        ok: TypeId,
        err: TypeId,
        target: TypeId,
        path: &str,
    ) -> Expr {
        let span = value.span;
        let from_err = match self.ty(value.ty) {
            Type::Result(_, e) => *e,
            _ => err,
        };
        let holder = self.c.option(target);
        let out = self.temp(holder, span);
        self.locals[out.index()].mutable = true;
        let mut arms = Vec::new();
        for (side, from, to) in [(true, from_ok, ok), (false, from_err, err)] {
            let payload = self.temp(from, span);
            let value = self.local(payload, span);
            let value = Box::new(self.convert(value, to, path));
            let kind = if side {
                ExprKind::Ok(value)
            } else {
                ExprKind::Err(value)
            };
            let value = Box::new(Expr {
                kind,
                ty: target,
                span,
            });
            let value = Expr {
                kind: ExprKind::Some(value),
                ty: holder,
                span,
            };
            let bind = Box::new(Pattern::Bind(payload));
            let pattern = if side {
                Pattern::Ok(bind)
            } else {
                Pattern::Err(bind)
            };
            let store = StmtKind::Assign {
                target: Place {
                    root: out,
                    steps: Vec::new(),
                },
                value,
            };
            arms.push(Arm {
                pattern,
                body: Block {
                    statements: vec![stmt(store, span)],
                },
            });
        }
        let nothing = Expr {
            kind: ExprKind::None,
            ty: holder,
            span,
        };
        let statements = vec![
            stmt(
                StmtKind::Let {
                    local: out,
                    value: nothing,
                },
                span,
            ),
            stmt(
                StmtKind::Match {
                    scrutinee: value,
                    arms,
                },
                span,
            ),
        ];
        let held = Box::new(self.local(out, span));
        let result = Box::new(Expr {
            kind: ExprKind::Unwrap(held),
            ty: target,
            span,
        });
        Expr {
            kind: ExprKind::Block {
                block: Block { statements },
                value: result,
            },
            ty: target,
            span,
        }
    }

    fn convert_list(&mut self, value: Expr, element: TypeId, target: TypeId, path: &str) -> Expr {
        let span = value.span;
        let from = match self.ty(value.ty) {
            Type::List(t) => *t,
            _ => element,
        };
        let out = self.temp(target, span);
        self.locals[out.index()].mutable = true;
        let item = self.temp(from, span);
        let read = self.local(item, span);
        let converted = self.convert(read, element, path);
        let args = vec![self.local(out, span), converted];
        let appended = Expr {
            kind: ExprKind::Builtin {
                builtin: Builtin::ListAppend,
                args,
            },
            ty: target,
            span,
        };
        let store = StmtKind::Assign {
            target: Place {
                root: out,
                steps: Vec::new(),
            },
            value: appended,
        };
        let body = Block {
            statements: vec![stmt(store, span)],
        };
        let walk = StmtKind::ForList {
            local: item,
            list: value,
            body,
        };
        self.built(out, ExprKind::List(Vec::new()), walk, target, span)
    }

    fn convert_map(&mut self, value: Expr, element: TypeId, target: TypeId, path: &str) -> Expr {
        let span = value.span;
        let from = match self.ty(value.ty) {
            Type::Map(t) => *t,
            _ => element,
        };
        let out = self.temp(target, span);
        self.locals[out.index()].mutable = true;
        let key = self.temp(self.c.common.string, span);
        let item = self.temp(from, span);
        let read = self.local(item, span);
        let converted = self.convert(read, element, path);
        let step = PlaceStep {
            kind: PlaceStepKind::Key(self.local(key, span)),
            ty: element,
            span,
        };
        let store = StmtKind::Assign {
            target: Place {
                root: out,
                steps: vec![step],
            },
            value: converted,
        };
        let body = Block {
            statements: vec![stmt(store, span)],
        };
        let walk = StmtKind::ForMap {
            key: Some(key),
            value: Some(item),
            map: value,
            body,
        };
        self.built(out, ExprKind::Map(Vec::new()), walk, target, span)
    }

    /// `out`, which starts as `empty` and is filled by `walk`.
    fn built(&self, out: LocalId, empty: ExprKind, walk: StmtKind, ty: TypeId, span: Span) -> Expr {
        let start = StmtKind::Let {
            local: out,
            value: Expr {
                kind: empty,
                ty,
                span,
            },
        };
        Expr {
            kind: ExprKind::Block {
                block: Block {
                    statements: vec![stmt(start, span), stmt(walk, span)],
                },
                value: Box::new(self.local(out, span)),
            },
            ty,
            span,
        }
    }
}

/// Splits a map access whose missing key would be a fault into the access that yields an option.
pub(crate) fn missing_path(value: Expr) -> Result<Expr, Expr> {
    match value.kind {
        ExprKind::Unwrap(inner) if matches!(inner.kind, ExprKind::MapGet { .. }) => Ok(*inner),
        kind => Err(Expr { kind, ..value }),
    }
}
