//! Which method a name after a `.` means, and calls of methods.

use fuse_syntax::ast;
use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::{Checker, FnIdx, Owner};
use crate::diag::with_suggestion;
use crate::func::{FnCx, stmt};
use crate::generic::Callee;
use crate::interfaces::Bound;
use crate::program::{Expr, StmtKind};
use crate::types::{Type, TypeId};

/// What a method name on a type leads to.
pub(crate) enum Found {
    Method(FnIdx),
    /// Reported.
    Failed,
    None,
}

impl<'a> Checker<'a> {
    /// A name for messages and for the program: `Target.method` for methods, the declared name otherwise.
    pub fn method_name(&self, f: FnIdx) -> String {
        let info = self.fn_info(f);
        let name = &info.signature.name.text;
        match info.owner {
            Owner::Module => name.clone(),
            Owner::Interface(id) => format!("{}.{name}", self.interface(id).name.text),
            Owner::Impl { id, .. } => {
                let info = &self.impls[id.0 as usize];
                let interface = match info.interface {
                    Some(id) => self.interface(id).name.text.as_str(),
                    None => "_",
                };
                let target = self.types.display_unique(info.target);
                format!("{interface} for {target}.{name}")
            }
        }
    }

    /// The name in the text of a function used as a value.
    pub fn shown_name(&self, f: FnIdx) -> String {
        let info = self.fn_info(f);
        let name = &info.signature.name.text;
        match info.owner {
            Owner::Impl { id, .. } => {
                format!("{}.{name}", self.show(self.impls[id.0 as usize].target))
            }
            _ => name.clone(),
        }
    }

    /// The method `name` of `ty`. Through a bound it is the member of the interface while the generic declaration is checked,
    /// and the method that implements this member in its instances.
    pub fn find_method(&mut self, ty: TypeId, name: &'a ast::Ident) -> Found {
        let text = name.text.as_str();
        if let Some(bound) = self.opaque.get(&ty) {
            let member = match bound {
                Bound::Broken => return Found::Failed,
                Bound::Free => None,
                Bound::Of(id) => self.interface(*id).members.get(text).copied(),
            };
            let Some(member) = member else {
                return Found::None;
            };
            self.bound_members.insert(name.span, member);
            return Found::Method(member);
        }
        if let Some(member) = self.bound_members.get(&name.span)
            && let Owner::Interface(interface) = self.fn_info(*member).owner
            && let Some(found) = self.implementation(interface, ty)
        {
            return match found.methods.get(text) {
                Some(f) => Found::Method(*f),
                // The implementation is incomplete, which has been reported.
                None => Found::Failed,
            };
        }
        match self.methods.get(&(ty, text)).map(Vec::as_slice) {
            Some([f]) => Found::Method(*f),
            Some([first, second, ..]) => {
                let message = format!(
                    "`{text}` of `{}` is ambiguous: more than one interface brings it",
                    self.show(ty)
                );
                let places = [*first, *second].map(|f| self.fn_info(f).signature.name.span);
                let d = Diagnostic::error("FUSE_METHOD_AMBIGUOUS", name.span, message);
                let d = d.with_related(places[0], "one is here");
                self.sink.push(d.with_related(places[1], "another is here"));
                Found::Failed
            }
            _ if self.lost_methods.contains(text) && self.is_nominal(ty) => Found::Failed,
            _ => Found::None,
        }
    }

    fn is_nominal(&self, ty: TypeId) -> bool {
        matches!(self.types.get(ty), Type::Struct(_) | Type::Enum(_))
    }

    /// Names of the methods of `ty`, for suggestions.
    pub fn methods_of(&self, ty: TypeId) -> Vec<&'a str> {
        if let Some(Bound::Of(id)) = self.opaque.get(&ty) {
            return self.interface(*id).members.keys().copied().collect();
        }
        let names = self.methods.keys().filter(|(t, _)| *t == ty);
        names.map(|(_, n)| *n).collect()
    }
}

impl<'a> FnCx<'_, 'a> {
    /// `receiver.name(..)`. Fields come first, then methods of implementations, then those of the language.
    pub fn value_method(
        &mut self,
        receiver: Expr,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let ty = receiver.ty;
        // In an instance, what a bound promised is meant even if the type has a field of the name.
        let bounded = self.c.bound_members.contains_key(&name.span);
        if !bounded && let Some(field) = self.field_type(ty, name) {
            return self.not_callable(field, call, span);
        }
        match self.c.find_method(ty, name) {
            Found::Method(f) => self.call_method(f, receiver, call, want, span),
            Found::Failed => {
                self.visit(&call.args);
                self.error_expr(span)
            }
            Found::None => self.method_call(receiver, name, call, span),
        }
    }

    /// A method that does not use `self` may be called on a value all the same; the value is evaluated and left.
    fn call_method(
        &mut self,
        f: FnIdx,
        receiver: Expr,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let ty = receiver.ty;
        if self.c.self_type(f).is_some() {
            let callee = Callee {
                f,
                receiver: Some(receiver),
                self_type: None,
            };
            return self.call_function(callee, call, want, span);
        }
        let callee = Callee {
            f,
            receiver: None,
            self_type: Some(ty),
        };
        let value = self.call_function(callee, call, want, span);
        if crate::call::is_pure(&receiver) || value.ty == self.c.common.error {
            return value;
        }
        let place = receiver.span;
        self.with_statements(vec![stmt(StmtKind::Expr(receiver), place)], value)
    }

    /// `Type.name(..)`
    pub fn associated_call(
        &mut self,
        ty: TypeId,
        name: &'a ast::Ident,
        call: &'a ast::Call,
        want: Option<TypeId>,
        span: Span,
    ) -> Expr {
        let Some(f) = self.associated(ty, name) else {
            self.visit(&call.args);
            return self.error_expr(span);
        };
        let callee = Callee {
            f,
            receiver: None,
            self_type: Some(ty),
        };
        self.call_function(callee, call, want, span)
    }

    /// The method `Type.name` means; reports if there is none, or none that works without a value.
    pub fn associated(&mut self, ty: TypeId, name: &'a ast::Ident) -> Option<FnIdx> {
        let f = match self.c.find_method(ty, name) {
            Found::Method(f) => f,
            Found::Failed => return None,
            Found::None => {
                let message = format!("type `{}` has no member `{}`", self.show(ty), name.text);
                let d = Diagnostic::error("FUSE_UNKNOWN_MEMBER", name.span, message);
                let known = self.c.methods_of(ty);
                self.c.sink.push(with_suggestion(d, &name.text, known));
                return None;
            }
        };
        let user = match self.c.self_type(f) {
            Some(_) => Some(self.c.fn_info(f).signature.name.span),
            None => self.c.needs_value(f),
        };
        let Some(user) = user else {
            return Some(f);
        };
        let message = format!(
            "expected a value before `.{}`, found type `{}`",
            name.text,
            self.show(ty)
        );
        let d = Diagnostic::error("FUSE_METHOD_NEEDS_VALUE", name.span, message);
        self.c
            .sink
            .push(d.with_related(user, "this method uses `self`"));
        None
    }
}
