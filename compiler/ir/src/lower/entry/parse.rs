//! Values from text: configuration, flags, path parameters.

use fuse_abi::RuntimeFn;
use fuse_sema::types as sema;
use fuse_syntax::span::Span;

use crate::lower::body::{Body, copy};
use crate::lower::context::Context;
use crate::lower::decode::SyntaxForm;
use crate::mir::{LocalId, Operand, Place, Projection, Rvalue, Type, TypeId};

/// How the text of a value is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it stands.
    Plain,
    Base64,
    /// As JSON.
    Structured,
}

/// Of the type without its optional part.
pub(super) fn form(types: &sema::TypeTable, ty: sema::TypeId) -> Form {
    match *types.get(ty) {
        sema::Type::Refined { base, .. } => form(types, base),
        sema::Type::Int
        | sema::Type::Float
        | sema::Type::Bool
        | sema::Type::String
        | sema::Type::Id
        | sema::Type::Email => Form::Plain,
        sema::Type::Bytes => Form::Base64,
        _ => Form::Structured,
    }
}

/// Can a value of this type be read from one piece of text? Reports types that cannot be.
pub(super) fn is_supported(cx: &mut Context, ty: sema::TypeId, span: Span) -> bool {
    cx.ty(ty, span);
    let types = &cx.program.types;
    let supported = !matches!(
        types.get(payload(types, ty)),
        sema::Type::Html
            | sema::Type::Unit
            | sema::Type::Result(..)
            | sema::Type::Task(_)
            | sema::Type::Dynamic
    );
    if !supported {
        let name = types.display(ty);
        cx.unsupported(
            span,
            format!("a value of type `{name}` cannot be read from text"),
        );
    }
    supported
}

/// The payload type of an option type, or the type itself.
pub(super) fn payload(types: &sema::TypeTable, ty: sema::TypeId) -> sema::TypeId {
    match *types.get(ty) {
        sema::Type::Option(inner) => payload(types, inner),
        _ => ty,
    }
}

impl Body<'_, '_> {
    /// Stores the value that `text` stands for, or faults with a validation error for `path`. The type is supported. A `String` is
    /// the text as it is; other types do not mind blanks around it.
    pub fn parse_into(&mut self, dest: LocalId, ty: sema::TypeId, text: Operand, path: &str) {
        let mir_type = self.f.local_type(dest);
        let inner = payload(&self.cx.program.types, ty);
        let Type::Option(scalar) = self.cx.shape(mir_type) else {
            return self.parse_scalar(dest, mir_type, inner, text, path);
        };
        let known = self.cx.known;
        let (null, value, join) = (self.f.block(), self.f.block(), self.f.block());
        let is_null = self.row(RuntimeFn::ParseIsNull, vec![text.clone()], known.bool);
        self.f.branch(is_null, null, value);
        self.f.switch_to(null);
        self.none(Some(dest), mir_type);
        self.f.goto(join);
        self.f.switch_to(value);
        let parsed = self.f.temp(scalar);
        self.parse_scalar(parsed, scalar, inner, text, path);
        self.some(Some(dest), mir_type, copy(parsed));
        self.f.goto(join);
        self.f.switch_to(join);
    }

    fn parse_scalar(
        &mut self,
        dest: LocalId,
        ty: TypeId,
        rules: sema::TypeId,
        text: Operand,
        path: &str,
    ) {
        if form(&self.cx.program.types, rules) == Form::Structured {
            return self.decode_or_fault(dest, text, rules, path, SyntaxForm::Value);
        }
        let row = match self.cx.shape(ty) {
            Type::Bytes => Some(RuntimeFn::ParseBytes),
            Type::Int => Some(RuntimeFn::ParseInt),
            Type::Float => Some(RuntimeFn::ParseFloat),
            Type::Bool => Some(RuntimeFn::ParseBool),
            _ => None,
        };
        match row {
            Some(row) => {
                let path_text = self.text_const(path);
                self.row_into(Some(dest), row, vec![text, path_text], ty);
            }
            None => self.f.assign(dest, Rvalue::Use(text)),
        }
        let rules = self.rules_of(rules);
        if rules.is_empty() {
            return;
        }
        let (fails, message) = self.check_rules(&rules, ty, &copy(dest));
        let holds = self.f.block();
        self.f.goto(holds);
        self.f.switch_to(fails);
        self.fault_validation(path, message);
        self.f.switch_to(holds);
    }

    /// Branches on an optional text; the text is in the place returned where there is one.
    pub fn if_text(
        &mut self,
        text: Operand,
        present: crate::mir::BlockId,
        absent: crate::mir::BlockId,
    ) -> Operand {
        let known = self.cx.known;
        let text: Place = self.place_of(text, known.option_string);
        self.switch_tag(text.clone(), 1, present, absent);
        Operand::Copy(text.project(Projection::Some))
    }

    /// Calls a function that gives a default and stores its result.
    pub fn default_into(
        &mut self,
        dest: LocalId,
        function: fuse_sema::program::FunctionId,
        args: Vec<Operand>,
    ) {
        let ret = self.return_type(function);
        let value = self.call_user(function, args);
        let ty = self.f.local_type(dest);
        // A default of an optional parameter may be given as the payload alone.
        if ret != ty && matches!(self.cx.shape(ty), Type::Option(_)) {
            self.some(Some(dest), ty, value);
        } else if ty != self.cx.known.unit {
            self.f.assign(dest, Rvalue::Use(value));
        }
    }
}
