//! Capabilities: a module requires what it uses, and what the modules require whose code it uses.
//!
//! What counts is what a name was found to mean, wherever it stands: called, kept as a value or bound to a receiver.

use fuse_syntax::diagnostic::Diagnostic;
use fuse_syntax::span::Span;

use crate::checker::{Checker, FnIdx, Owner};
use crate::func::FnCx;
use crate::interfaces::InterfaceId;
use crate::types::TypeId;

impl Checker<'_> {
    /// A callable for messages: what it is and its name.
    fn described(&self, f: FnIdx) -> String {
        let info = self.fn_info(f);
        let kind = match info.owner {
            _ if info.component => "component",
            Owner::Module => "function",
            Owner::Interface(_) | Owner::Impl { .. } => "method",
        };
        format!("{kind} `{}`", self.shown_name(f))
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Something of the language that needs a capability is used.
    pub fn need(&mut self, capability: &str, what: &str, span: Span) {
        if self.instance || !self.lacks(capability) {
            return;
        }
        if self.beyond_transaction(capability, &format!("`{what}`"), span) {
            return;
        }
        let message = format!(
            "`{what}` needs the capability `{capability}`, which this module does not require"
        );
        self.missing("FUSE_CAPABILITY_MISSING", capability, message, span);
    }

    /// A declared callable is used. Members of interfaces have no code: that of an implementation is accounted for where
    /// the type that has it is given.
    pub fn use_callable(&mut self, f: FnIdx, span: Span) {
        let info = self.c.fn_info(f);
        let module = info.module;
        if !matches!(info.owner, Owner::Interface(_)) {
            let what = self.c.described(f);
            self.use_code_of(module, &what, span);
        }
    }

    /// A type is given for a parameter with a bound, whose members can then be called.
    pub fn use_implementation(&mut self, interface: InterfaceId, ty: TypeId, span: Span) {
        let implementation = self.c.implementation(interface, ty);
        let method = implementation.and_then(|i| i.methods.values().next().copied());
        if let Some(method) = method {
            let what = format!(
                "`{}` for `{}`",
                self.c.interface(interface).name.text,
                self.show(ty)
            );
            self.use_code_of(self.c.fn_info(method).module, &what, span);
        }
    }

    /// A module that requires a capability does not lend it to those that do not.
    fn use_code_of(&mut self, module: usize, what: &str, span: Span) {
        if module == self.module || self.instance {
            return;
        }
        let lent: Vec<&'a str> = self.c.modules[module].requires.iter().copied().collect();
        for capability in lent {
            if !self.lacks(capability) || self.beyond_transaction(capability, what, span) {
                continue;
            }
            let message =
                format!("{what} needs the capability `{capability}`, which its module requires");
            self.missing("FUSE_CAPABILITY_LEAK", capability, message, span);
        }
    }

    /// Notes a use of `capability`; whether it may not be used here.
    fn lacks(&mut self, capability: &str) -> bool {
        let module = &mut self.c.modules[self.module];
        module.used_capabilities.insert(capability.to_string());
        !module.requires.contains(capability) || (self.transaction.is_some() && capability != "db")
    }

    /// Reports what a transaction cannot take back. Requiring the capability would not help.
    fn beyond_transaction(&mut self, capability: &str, what: &str, span: Span) -> bool {
        let Some((start, _)) = self.transaction.filter(|_| capability != "db") else {
            return false;
        };
        let message =
            format!("{what} needs the capability `{capability}`; a transaction uses `db` only");
        let d = Diagnostic::error("FUSE_TRANSACTION_CAPABILITY", span, message);
        self.c
            .sink
            .push(d.with_related(start, "the transaction starts here"));
        true
    }

    fn missing(&mut self, code: &'static str, capability: &str, message: String, span: Span) {
        let hint = format!("add `requires {capability}` at the top of the module");
        self.c
            .sink
            .push(Diagnostic::error(code, span, message).with_hint(hint));
    }
}
