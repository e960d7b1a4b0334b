//! Relations between types: what may stand for what, and which type two values share.

use crate::checker::Checker;
use crate::types::{Type, TypeId};

impl Checker<'_> {
    /// Whether a value of type `from` may stand where `to` is due, possibly after a conversion or a check.
    pub fn assignable(&self, from: TypeId, to: TypeId) -> bool {
        let (source, target) = (self.types.get(from), self.types.get(to));
        if from == to || matches!(source, Type::Error | Type::Never) || *target == Type::Error {
            return true;
        }
        match (source, target) {
            (Type::Dynamic, Type::Result(ok, _)) => self.assignable(from, *ok),
            (Type::Dynamic, _) => self.has_json_form(to),
            (_, Type::Dynamic) => self.has_dynamic_form(from),
            (Type::Option(a), Type::Option(b)) => self.assignable(*a, *b),
            (Type::Result(a, e), Type::Result(b, f)) => {
                self.assignable(*a, *b) && self.assignable(*e, *f)
            }
            (Type::Result(..), _) => false,
            (_, Type::Result(ok, _)) => self.assignable(from, *ok),
            (Type::Option(_), _) => false,
            (_, Type::Option(inner)) => self.assignable(from, *inner),
            (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => {
                self.assignable(*a, *b)
            }
            (_, Type::Box(content)) => self.assignable(from, *content),
            (_, Type::Refined { base, .. }) => self.assignable(from, *base),
            (_, Type::Id | Type::Email) => match source {
                Type::Id | Type::Email => false,
                Type::Refined { base, .. } => self.assignable(*base, to),
                _ => self.root(from) == self.common.string,
            },
            (_, Type::Enum(_)) => self.root(from) == to || self.joins_union(from, to),
            _ => self.root(from) == to,
        }
    }

    /// The type both fit, preferring no run-time checks; `None` if there is none.
    pub fn unify(&mut self, a: TypeId, b: TypeId) -> Option<TypeId> {
        if a == b {
            return Some(a);
        }
        let (left, right) = (self.types.get(a).clone(), self.types.get(b).clone());
        match (left, right) {
            (Type::Error, _) | (_, Type::Error) => Some(self.common.error),
            (Type::Never, _) => Some(b),
            (_, Type::Never) => Some(a),
            (Type::Dynamic, _) => self.has_dynamic_form(b).then_some(a),
            (_, Type::Dynamic) => self.has_dynamic_form(a).then_some(b),
            (Type::Option(x), Type::Option(y)) => self.unify(x, y).map(|t| self.option(t)),
            (Type::List(x), Type::List(y)) => self.unify(x, y).map(|t| self.list(t)),
            (Type::Map(x), Type::Map(y)) => {
                self.unify(x, y).map(|t| self.types.intern(Type::Map(t)))
            }
            (Type::Result(x, e), Type::Result(y, f)) => {
                let ok = self.unify(x, y)?;
                let err = self.unify(e, f)?;
                Some(self.types.intern(Type::Result(ok, err)))
            }
            (Type::Result(ok, err), _) => self
                .unify(ok, b)
                .map(|t| self.types.intern(Type::Result(t, err))),
            (_, Type::Result(ok, err)) => self
                .unify(a, ok)
                .map(|t| self.types.intern(Type::Result(t, err))),
            (Type::Option(x), _) => self.unify(x, b).map(|t| self.option(t)),
            (_, Type::Option(y)) => self.unify(a, y).map(|t| self.option(t)),
            _ if self.joins_union(a, b) => Some(b),
            _ if self.joins_union(b, a) => Some(a),
            _ => {
                let (x, y) = (self.root(a), self.root(b));
                (x == y).then_some(x)
            }
        }
    }

    /// Whether JSON text can stand for values of the type, wherever they are inside others. Named types are looked at by name only: what
    /// their fields may be is no less.
    pub fn has_json_form(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::Unit | Type::Html | Type::Query | Type::Task(_) => false,
            Type::List(t) | Type::Map(t) | Type::Option(t) | Type::Box(t) => self.has_json_form(*t),
            Type::Result(ok, err) => self.has_json_form(*ok) && self.has_json_form(*err),
            _ => true,
        }
    }

    /// Whether some part of the type is not known yet, as in `null` or `[]` alone.
    pub fn is_open(&self, ty: TypeId) -> bool {
        match self.types.get(ty) {
            Type::Never => true,
            Type::List(t) | Type::Map(t) | Type::Option(t) => self.is_open(*t),
            Type::Result(ok, err) => self.is_open(*ok) || self.is_open(*err),
            _ => false,
        }
    }

    /// The type with `Unit` for its unknown parts: for values nobody will ever look into.
    pub fn settled(&mut self, ty: TypeId) -> TypeId {
        match self.types.get(ty).clone() {
            Type::Never => self.common.unit,
            Type::List(t) => {
                let t = self.settled(t);
                self.list(t)
            }
            Type::Map(t) => {
                let t = self.settled(t);
                self.types.intern(Type::Map(t))
            }
            Type::Option(t) => {
                let t = self.settled(t);
                self.option(t)
            }
            Type::Result(ok, err) => {
                let (ok, err) = (self.settled(ok), self.settled(err));
                self.types.intern(Type::Result(ok, err))
            }
            _ => ty,
        }
    }

    /// Whether values of both types look alike in memory and every `from` is a valid `to`.
    pub fn retypable(&self, from: TypeId, to: TypeId) -> bool {
        if from == to {
            return true;
        }
        match (self.types.get(from), self.types.get(to)) {
            (Type::List(a), Type::List(b))
            | (Type::Map(a), Type::Map(b))
            | (Type::Option(a), Type::Option(b)) => self.retypable(*a, *b),
            (Type::Result(a, e), Type::Result(b, f)) => {
                self.retypable(*a, *b) && self.retypable(*e, *f)
            }
            (Type::Refined { base, .. }, _) => self.retypable(*base, to),
            (Type::Id | Type::Email, Type::String) => true,
            _ => false,
        }
    }
}
